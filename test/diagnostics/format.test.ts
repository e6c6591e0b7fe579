import { expect, it } from "vitest";
import { formatDiagnostic, formatDiagnostics } from "../../transformer/src/diagnostics/format.ts";
import type { Diagnostic } from "../../transformer/src/types.ts";

const text = ["function f(x: Tensor) {", "\tconst größe = row(x);", "\tif (größe > 0) {", "    return 1;", "", "  }", "}"].join("\n");
const options = { color: false, cwd: "/app", readText: () => text };
const base: Diagnostic = {
  code: "GF1003",
  severity: "error",
  message: "A condition needs one value, größe has shape [3].",
  file: "/app/src/model.ts",
  start: { line: 3, column: 6 },
  end: { line: 3, column: 15 },
};

it("shows place, code, message, and carets below the text, also behind tabs", () => {
  expect(formatDiagnostic(base, options)).toBe(
    [
      "src/model.ts:3:6 - error GF1003: A condition needs one value, größe has shape [3].",
      "",
      "    2 | \tconst größe = row(x);",
      "  > 3 | \tif (größe > 0) {",
      "      | \t    ^^^^^^^^^",
      "",
      "  docs: @graphfn/transformer/diagnostics.md#gf1003",
    ].join("\n"),
  );
});

it("shows the second place and the hint", () => {
  const related = [{ message: "größe is made here.", start: { line: 2, column: 8 }, end: { line: 2, column: 13 } }];
  expect(
    formatDiagnostic({ ...base, related, hint: "Use größe.any()." }, options)
      .split("\n\n")
      .slice(2),
  ).toEqual([
    "  src/model.ts:2:8: größe is made here.",
    ["    1 | function f(x: Tensor) {", "  > 2 | \tconst größe = row(x);", "      | \t      ^^^^^"].join("\n"),
    "  hint: Use größe.any().",
    "  docs: @graphfn/transformer/diagnostics.md#gf1003",
  ]);
});

it("marks a range of several lines, and says where it shows less than all", () => {
  const body = formatDiagnostic({ ...base, end: { line: 7, column: 2 } }, options).split("\n\n")[1];
  expect(body).toBe(
    [
      "    2 | \tconst größe = row(x);",
      "  > 3 | \tif (größe > 0) {",
      "      | \t    ^^^^^^^^^^^^",
      "  > 4 |     return 1;",
      "      |     ^^^^^^^^^",
      "  > 5 |",
      "  > 6 |   }",
      "      |   ^ …",
    ].join("\n"),
  );
});

it("works at the end of a file and without its text", () => {
  const end = { line: 7, column: 2 };
  expect(formatDiagnostic({ ...base, start: end, end }, options)).toContain("  > 7 | }\n      |  ^");
  expect(formatDiagnostic(base, { ...options, readText: () => undefined })).toMatch(
    `src/model.ts:3:6 - error GF1003: ${base.message}\n\n  docs: `,
  );
});

it("names files outside the folder in full", () => {
  expect(formatDiagnostic({ ...base, file: "/other/a.ts" }, options)).toMatch(/^\/other\/a\.ts:3:6 - /);
});

it("orders diagnostics by place", () => {
  const early = { ...base, start: { line: 2, column: 8 }, end: { line: 2, column: 9 }, code: "GF2001", severity: "warning" as const };
  expect(formatDiagnostics([base, early], options).match(/GF\d+(?=:)/g)).toEqual(["GF2001", "GF1003"]);
});
