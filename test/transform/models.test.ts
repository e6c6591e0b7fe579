/**
 * Models of files that are edited (transformer/src/pipeline/file.ts): made from the one before, as far as the parser hands on its nodes, they
 * say what a model says that is made of the text alone. Samples are edited at random, right and wrong.
 *
 * More: EDIT_ROUNDS=2000 EDIT_SEED=2 npx vitest run test/transform/models.test.ts
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isFunctionNode } from "../../transformer/src/ast/nodes.ts";
import { loadTypeScript } from "../../transformer/src/inside.ts";
import { parseFile } from "../../transformer/src/parse/parse.ts";
import { modelFile, type SourceModel, withUntyped } from "../../transformer/src/pipeline/file.ts";
import { random } from "./programs/program.ts";
import { modelText } from "./support/model-text.ts";

const ts = loadTypeScript();
const texts = ["samples", "../diagnostics/samples"]
  .map((name) => join(import.meta.dirname, name))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name, "input.ts")))
  .filter((file) => existsSync(file))
  .map((file) => readFileSync(file, "utf8"));

type Pick = (n: number) => number;

/** Lines that mark, declare again, import, or say what may be a Tensor. */
const LINES = [
  "/** @graphFunction */",
  "/** @eagerFunction */",
  "// @graphFunction",
  '"use graph";',
  "@graphFunction",
  'import { graphFunction as g } from "graphfn";',
  'import * as gf from "graphfn";',
  'import type { Tensor } from "graphfn";',
  "const staged = gf.graphFunction;",
  "var x = 1;",
  "export function f(x: Tensor): Tensor;",
  "function f(x: number): number { return x + 1; }",
  "export const h = gf.graphFunction((x: Tensor) => f(0) + x);",
  "class Model { @graphFunction call(x: Tensor): Tensor { let y: Tensor = 0; y += x; return y; } }",
  "const __gf$ = 1;",
  "let y: Tensor = 0;",
  "}",
  "{",
  "/*",
  "",
];

const NAMES = ["x", "y", "f", "g", "gf", "graphFunction", "Tensor", "number", "i", "const", "let", "var", "export", "0", "1.5"];

function edited(text: string, pick: Pick): string {
  const lines = text.split("\n");
  const at = pick(lines.length + 1);
  const one = <T>(list: readonly T[]): T => list[pick(list.length)] as T;
  switch (pick(7)) {
    case 0:
      return lines.toSpliced(at, 1 + pick(3)).join("\n");
    case 1:
      return lines.toSpliced(at, 0, one(LINES)).join("\n");
    case 2:
      return lines.toSpliced(at, 0, ...lines.slice(pick(lines.length), pick(lines.length))).join("\n");
    case 3: {
      const start = pick(text.length + 1);
      return text.slice(0, start) + one(["(", ")", ";", "\n", "a", "/", "`", '"', "await ", "!", "<", "= "]) + text.slice(start + pick(2));
    }
    case 4: {
      const [other, another] = [one(texts), pick(2)].map(String) as [string, string];
      return another === "0" ? `${text}\n${other}` : other;
    }
    default: {
      const words = [...text.matchAll(/\w+/g)];
      if (words.length === 0) return text;
      const { index, 0: word } = one(words);
      return text.slice(0, index) + one([...NAMES, one(words)[0]]) + text.slice(index + word.length);
    }
  }
}

/** Some functions without marks, as those that compute with what nothing is known of. */
function someUntyped({ parsed: { tree } }: SourceModel, bits: number) {
  const functions = tree.statements.flatMap(({ nodes }) => nodes.filter((node) => isFunctionNode(ts, node)));
  return functions.filter((_, i) => ((bits >> (i % 8)) & 1) === 1);
}

test("random edits of samples", { timeout: 600_000 }, () => {
  const next = random(Number(process.env["EDIT_SEED"] ?? 1));
  const pick: Pick = (n) => Math.floor(next() * n);
  let kept = 0;
  let all = 0;
  for (let round = 0; round < Number(process.env["EDIT_ROUNDS"] ?? 40); round++) {
    let text = texts[pick(texts.length)] as string;
    // Edits are often taken back.
    const before: string[] = [];
    let model: SourceModel | undefined;
    for (let step = 0; step < 12; step++) {
      const statements = new Set(model?.parsed.sourceFile.statements);
      const fileName = round % 8 === 0 ? "file.js" : "file.ts";
      const bits = pick(4) === 0 ? pick(256) : 0;
      const made = modelFile(ts, fileName, text, model);
      const anew = modelFile(ts, fileName, text);
      expect(modelText(ts, made), text).toEqual(modelText(ts, anew));
      model = withUntyped(ts, made, someUntyped(made, bits));
      if (bits !== 0) {
        const other = { ...anew, parsed: parseFile(ts, fileName, text) };
        expect(modelText(ts, model), text).toEqual(modelText(ts, withUntyped(ts, other, someUntyped(other, bits))));
      }
      kept += made.parsed.sourceFile.statements.filter((statement) => statements.has(statement)).length;
      all += made.parsed.sourceFile.statements.length;
      before.push(text);
      text = pick(3) === 0 ? (before[pick(before.length)] as string) : edited(text.length > 20_000 ? (before[0] as string) : text, pick);
    }
  }
  expect(kept).toBeGreaterThan(all / 4);
});

/** A statement, and what stands elsewhere in the file before and after: what is known of the statement changes with it. */
const ELSEWHERE: Readonly<Record<string, readonly [statement: string, before: string, after: string]>> = {
  "a mark on an overload": [
    "function f(x: Tensor): Tensor;\nfunction f(x: any): any {\n  return x + x;\n}",
    "export {};\n/** @graphFunction */\nfunction f(x: number): number;",
    "export {};\n/** Twice. */\nfunction f(x: number): number;",
  ],
  "a name of graphfn": [
    "const f = g((x: Tensor) => x + x);",
    'import { graphFunction as g } from "graphfn";',
    'import { graphFunction as h } from "graphfn";',
  ],
  "the type of a parameter": [
    "/** @graphFunction */\nfunction f(x: Tensor): Tensor {\n  return x + g(1);\n}",
    "function g(x: number): Tensor {\n  return x;\n}",
    "function g(x: Tensor): Tensor {\n  return x;\n}",
  ],
  "the type of a method's parameter": [
    "/** @graphFunction */\nfunction f(x: Model): Tensor {\n  return x.call(1);\n}",
    "class Model {\n  call(x: number): Tensor {\n    return x;\n  }\n}",
    "class Model {\n  call(x: Tensor): Tensor {\n    return x;\n  }\n}",
  ],
  "the type of a variable": [
    "/** @graphFunction */\nfunction f(x: Tensor): Tensor {\n  last = 1;\n  return x;\n}",
    "let last: number = 0;",
    "let last: Tensor = 0;",
  ],
  "an import": [
    "/** @graphFunction */\nfunction f(x: Tensor): Tensor {\n  return x + g(1);\n}",
    'import { g } from "module";',
    'import { g } from "./module.ts";',
  ],
  "the name of the helpers": [
    "/** @graphFunction */\nfunction f(x: Tensor): Tensor {\n  return x + x;\n}",
    "const helpers = 1;",
    "const __gf$ = 1;",
  ],
  "a declaration": ["function f() {\n  return x;\n}", "var y = 1;", "var x = 1;"],
  "a declaration before": ["var x = 2;", "var y = 1;", "var x = 1;"],
};

test.for(Object.entries(ELSEWHERE))("%s elsewhere", ([, [statement, before, after]]) => {
  const nodeOf = ({ parsed }: SourceModel): unknown => parsed.sourceFile.statements.at(-1);
  const first = modelFile(ts, "file.ts", `${before}\n${statement}\n`);
  const known = modelText(ts, first);
  const node = nodeOf(first);
  const text = `${after}\n${statement}\n`;
  const second = modelFile(ts, "file.ts", text, first);
  expect(nodeOf(second)).toBe(node);
  const found = modelText(ts, second);
  expect(found).not.toEqual(known);
  expect(found).toEqual(modelText(ts, modelFile(ts, "file.ts", text)));
});

test("a tree that was handed over is not asked for again", () => {
  const first = modelFile(ts, "file.ts", "export const a = 1;\n");
  const second = modelFile(ts, "file.ts", "export const a = 2;\n", first);
  expect(() => first.parsed.sourceFile).toThrow("earlier text of file.ts");
  expect(second.parsed.sourceFile.text).toBe("export const a = 2;\n");
  // It may be given again by whoever does not know.
  expect(modelText(ts, modelFile(ts, "file.ts", "export const a = 3;\n", first))).toEqual(
    modelText(ts, modelFile(ts, "file.ts", "export const a = 3;\n")),
  );
});
