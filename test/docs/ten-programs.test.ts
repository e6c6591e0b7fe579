/** docs/ten-programs.md: each program is compiled and run as it stands there, and prints what the page says of graphfn. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { createTransformer, formatDiagnostics } from "@graphfn/transformer";
import { afterAll, describe, expect, it, vi } from "vitest";
import { loadEmitted } from "../transform/modes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/ten-programs.md"), "utf8");
const transformer = createTransformer({ tsconfig: join(root, "test/transform/samples/tsconfig.json") });
afterAll(() => transformer.dispose());

const [introduction, ...sections] = page.split(/^## /m) as [string, ...string[]];
const codeOf = (text: string): string => /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
const programs = sections.map((section) => ({
  title: section.slice(0, section.indexOf("\n")),
  code: codeOf(introduction) + codeOf(section),
  prints: [...(/^\| graphfn \| (.*) \|$/m.exec(section)?.[1] ?? "").matchAll(/`([^`]*)`/g)].map(([, line]) => line),
}));

/** What is printed, a line per call. */
function linesOf(run: () => void): string[] {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    run();
    return log.mock.calls.map((args) => args.map((arg) => (typeof arg === "string" ? arg : oneLine(arg))).join(" "));
  } finally {
    log.mockRestore();
  }
}

function oneLine(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(oneLine).join(", ")}]` : inspect(value);
}

it("has ten programs", () => {
  expect(programs.map(({ title }) => Number.parseInt(title, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

describe("ten programs", () => {
  it.each(programs)("$title", ({ code, prints }) => {
    const result = transformer.transform(join(root, "test/transform/samples/page/program.ts"), code);
    expect(formatDiagnostics(result?.diagnostics ?? [], { color: false })).toBe("");
    expect(linesOf(() => void loadEmitted(result?.code ?? ""))).toEqual(prints);
  });
});
