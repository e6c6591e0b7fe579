/**
 * Answers that the oracle keeps from one text of a file to the next (transformer/src/types/kept.ts): after every edit a
 * transformer that has seen all texts before says what one says that sees the project for the first time.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTransformer, type Transformer, type TransformResult } from "@graphfn/transformer";
import type ts from "typescript";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadTypeScript } from "../../transformer/src/ast/typescript.ts";

const parent = join(import.meta.dirname, "..", "..", "out", "transform");
vi.setConfig({ testTimeout: 400_000 });

let folder: string;
let transformer: Transformer;

beforeEach(() => {
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, "kept-"));
  transformer = createTransformer({ root: folder });
  write("tsconfig.json", '{ "compilerOptions": { "lib": ["es2023"], "types": [], "strict": true }, "include": ["."] }');
});

afterEach(() => {
  transformer.dispose();
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
});

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

type Outcome = Pick<TransformResult, "code" | "diagnostics" | "functions"> | null;

function outcomes(of: Transformer): Record<string, Outcome> {
  const sources = readdirSync(folder)
    .filter((name) => /(?<!\.d)\.ts$/.test(name))
    .sort();
  return Object.fromEntries(
    sources.map((name) => {
      const file = join(folder, name);
      const result = of.transform(file, readFileSync(file, "utf8"));
      return [name, result && { code: result.code, diagnostics: result.diagnostics, functions: result.functions }];
    }),
  );
}

/** Edits of a project, after each of which both must agree; gives the outcomes of the last. */
function agree(...edits: (() => readonly string[])[]): Record<string, Outcome>[] {
  return edits.map((edit) => {
    for (const name of edit()) transformer.invalidate(join(folder, name));
    const fresh = createTransformer({ root: folder });
    const expected = outcomes(fresh);
    fresh.dispose();
    expect(outcomes(transformer)).toEqual(expected);
    return expected;
  });
}

const edit = (name: string, text: string) => () => {
  write(name, text);
  return [name];
};
const remove = (name: string) => () => {
  rmSync(join(folder, name));
  return [name];
};
const rename = (from: string, to: string) => () => {
  renameSync(join(folder, from), join(folder, to));
  return [from, to];
};

const HEAD = `import type { Tensor } from "graphfn";\n`;
const staged = (name: string, body: string, result = ": Tensor", parameters = "x: Tensor"): string =>
  `/** @graphFunction */\nexport function ${name}(${parameters})${result} {\n  ${body}\n}\n`;
const stagings = (outcome: Outcome | undefined): string[] =>
  (outcome?.functions ?? []).flatMap(({ decisions }) => decisions.map(({ staging }) => staging));

test("an edit of one function has that one checked", () => {
  const ts = loadTypeScript();
  const create = ts.createProgram;
  const checked: (readonly ts.Node[] | undefined)[] = [];
  vi.spyOn(ts, "createProgram").mockImplementation((...given: unknown[]) => {
    const program = (create as (...given: unknown[]) => ts.Program)(...given);
    const check = program.getSemanticDiagnostics as (...all: unknown[]) => readonly ts.Diagnostic[];
    program.getSemanticDiagnostics = (...all: unknown[]) => {
      checked.push(all[2] as readonly ts.Node[] | undefined);
      return check(...all) as readonly ts.DiagnosticWithLocation[];
    };
    return program;
  });
  const text = (factor: number): string =>
    `${HEAD}${staged("f", `return x > 0 ? x * ${factor} : x;`)}${staged("g", "return x > 1 ? x : -x;")}`;
  const file = join(folder, "a.ts");
  write("a.ts", text(1));
  transformer.transform(file, text(1));
  expect(checked).toEqual([undefined]);
  transformer.transform(file, text(20));
  expect(checked.length).toBe(2);
  expect(checked[1]?.map((node) => node.getText().includes("20"))).toEqual([true]);
});

test("places move with the text before them", () => {
  const text = (f: string): string =>
    `${HEAD}${staged("f", f)}function twice(x: Tensor): Tensor {\n  return x.mul(2);\n}\n${staged("g", "return x > 0 ? twice(x) : x / 2;")}`;
  const [, , last] = agree(
    edit("a.ts", text("return x;")),
    edit("a.ts", text("// Longer\n\n  return x > 0 ? x + 1 : x;")),
    edit("a.ts", text("return g(x);")),
  );
  expect(last?.["a.ts"]?.code).toContain("twice(x)");
});

test("errors of functions that are as before stay, at their places", () => {
  const text = (f: string): string =>
    `${HEAD}${staged("f", f)}${staged("g", "let y: Tensor;\n  if (x > 0) y = x;\n  return y;")}${staged("h", "if (x > 0) return x;")}`;
  const [first, second] = agree(
    edit("a.ts", text("return x;")),
    edit("a.ts", text("\n\n\n  return x + 1;")),
    edit("a.ts", text("let z: Tensor;\n  return z;")),
    edit("a.ts", text("return x;")),
  );
  const lines = (outcome: Outcome | undefined): number[] => (outcome?.diagnostics ?? []).map(({ start }) => start.line);
  expect(lines(first?.["a.ts"]).length).toBeGreaterThan(1);
  expect(lines(second?.["a.ts"])).toEqual(lines(first?.["a.ts"]).map((line) => line + 3));
});

test("what a function gives by inference is known to those that call it", () => {
  const text = (body: string, result = ""): string =>
    `${HEAD}export function f(x: Tensor)${result} {\n  ${body}\n}\n${staged("g", "return f(x) > 1 ? x : -x;")}`;
  const all = agree(
    edit("a.ts", text("return x;")),
    edit("a.ts", text("return x.size;")),
    edit("a.ts", text("return x.size as any;")),
    edit("a.ts", text("return x;", ": Tensor")),
    edit("a.ts", text("return x.size;", ": number")),
  );
  expect(all.map((each) => stagings(each["a.ts"]))).toEqual([["staged"], [], ["dynamic"], ["staged"], []]);
});

test("variables of the module that some function assigns do not keep what a test says of them", () => {
  const text = (reset: string): string =>
    `${HEAD}let state: Tensor | null = null;\nexport function put(x: Tensor): void {\n  state = x;\n}\nexport function reset(): void {\n  ${reset}\n}\n${staged("g", "const known = state !== null;\n  return known ? x.add(state) : x;")}`;
  agree(
    edit("a.ts", text("return;")),
    edit("a.ts", text("state = null;")),
    edit("a.ts", text("const state = 1;\n  void state;")),
    edit("a.ts", text("[state] = [null];")),
    edit("a.ts", text("return;")),
  );
});

test("a constant of the module that narrows by an alias, until some function assigns it", () => {
  const text = (other: string): string =>
    `${HEAD}let size = 1 as number | Tensor;\nexport function other(): void {\n  ${other}\n}\n${staged("g", "const isNumber = typeof size === 'number';\n  if (isNumber) return size > 1 ? x : -x;\n  return x;")}`;
  agree(edit("a.ts", text("return;")), edit("a.ts", text("size = 2;")), edit("a.ts", text("size++;")), edit("a.ts", text("return;")));
});

test("a type changes two imports away", () => {
  write("types.ts", "export interface Options {\n  limit: number;\n}\n");
  write("options.ts", `import type { Options } from "./types.ts";\nexport const options: Options = { limit: 1 } as Options;\n`);
  const user = `import { options } from "./options.ts";\n${HEAD}${staged("f", "return options.limit > 0 ? x : -x;")}${staged("g", "return x + 1;")}`;
  const all = agree(
    edit("user.ts", user),
    edit("types.ts", `${HEAD}export interface Options {\n  limit: Tensor;\n}\n`),
    edit("user.ts", user.replace("x + 1", "x + 2")),
    edit("types.ts", "export interface Options {\n  limit: number;\n}\n"),
    edit("types.ts", "export interface Options {\n  limit: any;\n}\n"),
  );
  expect(all.map((each) => stagings(each["user.ts"])[0])).toEqual([undefined, "staged", "staged", undefined, "dynamic"]);
});

test("a helper becomes marked, and is so no longer", () => {
  const helper = (mark: string): string => `${HEAD}${mark}export function half(x: Tensor): Tensor {\n  return x.div(2);\n}\n`;
  const user = (end: string): string =>
    `import { half } from "./helper.ts";\n${HEAD}${staged("f", `return half(x) > 1 ? x : half(x)${end};`)}`;
  const all = agree(
    edit("helper.ts", helper("")),
    edit("user.ts", user("")),
    edit("helper.ts", helper("/** @graphFunction */\n")),
    edit("user.ts", user(" * 2")),
    edit("helper.ts", helper("\n/** @eagerFunction */\n")),
    edit("helper.ts", helper("")),
  );
  expect(all.at(-1)?.["helper.ts"]?.functions.map(({ form }) => form)).toEqual(["reachable"]);
});

test("a file is deleted, restored, renamed", () => {
  const helper = `${HEAD}export function half(x: Tensor): Tensor {\n  return x.div(2);\n}\n`;
  const user = (from: string, factor = 1): string =>
    `import { half } from "./${from}.ts";\n${HEAD}${staged("f", `return half(x) > 1 ? x : -x * ${factor};`)}${staged("g", "return half(x);")}`;
  const all = agree(
    edit("helper.ts", helper),
    edit("user.ts", user("helper")),
    remove("helper.ts"),
    edit("user.ts", user("helper", 2)),
    edit("helper.ts", helper),
    rename("helper.ts", "other.ts"),
    edit("user.ts", user("other", 2)),
    rename("other.ts", "helper.ts"),
    edit("user.ts", user("helper", 3)),
  );
  expect(all.map((each) => stagings(each["user.ts"])[0])).toEqual([
    undefined,
    "staged",
    "dynamic",
    "dynamic",
    "staged",
    "dynamic",
    "staged",
    "dynamic",
    "staged",
  ]);
});

test("a class in a body overrides a method that others call", () => {
  const clip = "class Clip extends Layer {\n    call(x: Tensor): Tensor {\n      return x > 0 ? x : -x;\n    }\n  }\n  return new Clip();";
  const text = (made: string): string =>
    `${HEAD}export class Layer {\n  call(x: Tensor): Tensor {\n    return x.neg();\n  }\n}\nexport function make(): Layer {\n  ${made}\n}\n${staged("g", "return make().call(x);")}`;
  agree(edit("a.ts", text("return new Layer();")), edit("a.ts", text(clip)), edit("a.ts", text("return new Layer();")));
});

test("global declarations, and files that an import in a body brings in", () => {
  const user = (body: string): string =>
    `${HEAD}export function load(): void {\n  ${body}\n}\n${staged("f", "return limit > 0 ? x : -x;")}`;
  const all = agree(
    edit("globals.d.ts", "declare const limit: number;\n"),
    edit("user.ts", user("return;")),
    edit("globals.d.ts", `declare const limit: import("graphfn").Tensor;\n`),
    edit("user.ts", user("void 1;")),
    remove("globals.d.ts"),
    edit("late.ts", "declare global {\n  const limit: number;\n}\nexport {};\n"),
    edit("user.ts", user(`void import("./late.ts");`)),
    edit("user.ts", user("return;")),
  );
  expect(stagings(all[2]?.["user.ts"])).toEqual(["staged"]);
});
