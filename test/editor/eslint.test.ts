/** The ESLint plugin: rules report what the transformer says, at its places, with its fixes as suggestions. */
import { join } from "node:path";
import { Linter } from "eslint";
import { parser } from "typescript-eslint";
import { expect, it } from "vitest";
import graphfn from "../../transformer/src/adapters/eslint.ts";

/** A name in a small project; the text is the one given. */
const fileName = join(import.meta.dirname, "samples", "linted.ts");

const TEXT = `import * as gf from "graphfn";

// @graphFunction
export function plain(x: gf.Tensor): gf.Tensor {
  if (x) return -x;
  return x;
}

/** @graphFunction */
export function marked(x: gf.Tensor): gf.Tensor {
  let k = 0;
  x.add(Math.random());
  if (x == 1) return x;
  k = x;
  return x;
}
`;

function lint(text: string): Linter.LintMessage[] {
  const config: Linter.Config = {
    ...graphfn.configs.recommended,
    files: ["**/*.ts"],
    languageOptions: { parser: parser as Linter.Parser },
  };
  return new Linter({ configType: "flat", cwd: import.meta.dirname }).verify(text, [config], fileName);
}

it("reports codes at their places, by rule", () => {
  expect(lint(TEXT).map(({ ruleId, message, line, column }) => [ruleId, message.slice(0, 6), line, column])).toEqual([
    ["graphfn/marks", "GF1037", 3, 1],
    ["graphfn/plain-tensors", "GF1008", 5, 7],
    ["graphfn/plain-tensors", "GF1036", 5, 17],
    ["graphfn/graph-functions", "GF1030", 12, 3],
    ["graphfn/graph-functions", "GF1005", 12, 9],
    ["graphfn/graph-functions", "GF1012", 13, 7],
    ["graphfn/graph-functions", "GF1001", 14, 3],
  ]);
}, 120_000);

it("offers fixes as suggestions, and names the second place", () => {
  const byCode = new Map(lint(TEXT).map((one) => [one.message.slice(0, 6), one]));
  const fixed = (code: string): string => {
    const { range, text } = byCode.get(code)!.suggestions![0]!.fix;
    return (TEXT.slice(0, range[0]) + text + TEXT.slice(range[1])).split("\n").find((line, i) => line !== TEXT.split("\n")[i])!;
  };
  expect(fixed("GF1037")).toBe("/** @graphFunction */");
  expect(fixed("GF1012")).toBe("  if (x === 1) return x;");
  expect(fixed("GF1030")).toBe("  x = x.add(Math.random());");
  expect(fixed("GF1001")).toBe("  let k: gf.Tensor = 0;");
  expect(byCode.get("GF1001")!.message).toContain("Line 11: `k` is declared here.");
}, 120_000);

it("says nothing of files without graphfn, and of right ones", () => {
  expect(lint("export const f = (x: object) => (x ? 1 : 2);\n")).toEqual([]);
  expect(lint('import { scalar } from "graphfn";\n/** @graphFunction */\nexport const f = () => scalar(1);\n')).toEqual([]);
  expect(lint('import { scalar } from "graphfn";\nexport const f = () => (scalar(1) ? 1 : 2);\n').map(({ ruleId }) => ruleId)).toEqual([
    "graphfn/plain-tensors",
  ]);
}, 120_000);
