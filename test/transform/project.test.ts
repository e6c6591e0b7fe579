/** What a project asks of TypeScript: programs are counted, and answers follow every change of a file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTransformer, type TransformResult } from "@graphfn/transformer";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadTypeScript } from "../../transformer/src/ast/typescript.ts";

const parent = join(import.meta.dirname, "..", "..", "out", "transform");
let folder: string;
let transformer: ReturnType<typeof createTransformer>;
// Each test opens a project of its own.
vi.setConfig({ testTimeout: 60_000 });
const createProgram = vi.spyOn(loadTypeScript(), "createProgram");

beforeEach(() => {
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, "project-"));
  transformer = createTransformer({ root: folder });
  write("tsconfig.json", '{ "compilerOptions": { "lib": ["es2023"], "types": [], "strict": true }, "include": ["."] }');
  createProgram.mockClear();
});

afterEach(() => {
  transformer.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const texts = new Map<string, string>();

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  texts.set(file, text);
  return file;
}

function transform(file: string): TransformResult | null {
  return transformer.transform(file, texts.get(file) as string);
}

const marked = (name: string, body: string, head = "") =>
  `import type { Tensor } from "graphfn";\n${head}\n/** @graphFunction */\nexport function ${name}(x: Tensor): Tensor {\n  ${body}\n}\n`;

const helper = (name: string) =>
  `import type { Tensor } from "graphfn";\nexport function ${name}(x: Tensor): Tensor {\n  return x.add(1);\n}\n`;

test("one program serves all files, and each change makes one more", () => {
  const helpers = ["a", "b", "c"].map((name) => write(`${name}.ts`, helper(name)));
  const heads = ["a", "b", "c"].map((name) => `import { ${name} } from "./${name}.ts";`).join("\n");
  const first = write("first.ts", marked("first", "return a(b(c(x)));", heads));
  const second = write("second.ts", marked("second", "return c(x) + 1;", `import { c } from "./c.ts";`));
  for (const file of [first, second, ...helpers]) expect(transform(file)).not.toBeNull();
  expect(createProgram).toHaveBeenCalledTimes(1);

  const before = createProgram.mock.results[0]?.value;
  write("first.ts", marked("first", "return a(b(c(x))) * 2;", heads));
  transformer.invalidate(first);
  expect(transform(first)?.code).toContain("$.mul(");
  expect(createProgram).toHaveBeenCalledTimes(2);
  const after = createProgram.mock.results[1]?.value;
  for (const file of [second, ...helpers]) expect(after.getSourceFile(file)).toBe(before.getSourceFile(file));
  expect(after.getSourceFile(first)).not.toBe(before.getSourceFile(first));
});

test("a file that appears is seen by those that import it", () => {
  const user = write("user.ts", marked("user", "return half(x) ? x : -x;", `import { half } from "./half.ts";`));
  expect(transform(user)?.functions[0]?.decisions.map(({ staging }) => staging)).toEqual(["dynamic"]);
  const half = write("half.ts", `export function half(x: unknown): boolean {\n  return x === 1;\n}\n`);
  transformer.invalidate(half);
  expect(transform(user)?.functions[0]?.decisions).toEqual([]);

  rmSync(half);
  transformer.invalidate(half);
  expect(transform(user)?.functions[0]?.decisions.map(({ staging }) => staging)).toEqual(["dynamic"]);
});

test("global declarations are among what a file depends on", () => {
  const globals = write("globals.d.ts", "declare const limit: number;\n");
  const user = write("user.ts", marked("user", "return x > limit ? x : -x;"));
  expect(transform(user)?.dependencies).toEqual([globals]);
});

test("only functions that a marked function can reach are transformed, whichever file comes first", () => {
  const used = write("used.ts", helper("used"));
  const unused = write("unused.ts", helper("unused"));
  write("user.ts", marked("user", "return used(x);", `import { used } from "./used.ts";\nimport "./unused.ts";`));
  expect(transform(used)?.functions.map(({ name }) => name)).toEqual(["used"]);
  expect(transform(unused)).toBeNull();
});

test("methods that override what a marked function calls are transformed, whoever imports their file", () => {
  const method = "call(x: Tensor): Tensor {\n    return x.less(0) ? x.neg() : x;\n  }";
  const file = (name: string, head: string) =>
    write(`${name}.ts`, `import type { Tensor } from "graphfn";\nimport { Layer } from "./layer.ts";\nexport ${head} {\n  ${method}\n}\n`);
  write("layer.ts", `import type { Tensor } from "graphfn";\nexport abstract class Layer {\n  abstract call(x: Tensor): Tensor;\n}\n`);
  const user = write(
    "user.ts",
    marked("user", "return layer.call(x);", `import type { Layer } from "./layer.ts";\ndeclare const layer: Layer;`),
  );
  const absolute = file("absolute", "class Absolute extends Layer");
  const other = file("other", "class Other");
  expect(transform(user)?.diagnostics).toEqual([]);
  expect(transform(absolute)?.functions.map(({ name }) => name)).toEqual(["Absolute.call"]);
  expect(transform(other)).toBeNull();

  file("other", "class Other extends Layer");
  transformer.invalidate(other);
  expect(transform(other)?.code).toContain("$.select(");
});

test("a loop over a generator of another file follows what that file decides", () => {
  const text = (test: string): string =>
    `import type { Tensor } from "graphfn";\nexport function* upTo(n: Tensor): Generator<Tensor> {\n  for (let i = 0; ${test}; i++) yield n.mul(i);\n}\n`;
  const file = write("upTo.ts", text("n.greater(i)"));
  const loop = "let sum: Tensor = 0;\n  for (const item of upTo(x)) sum += item;\n  return sum;";
  const user = write("user.ts", marked("user", loop, `import { upTo } from "./upTo.ts";`));
  expect(transform(user)?.code).toContain("$.forOf(");
  expect(transform(file)?.code).toContain("$.generator(");
  write("upTo.ts", text("i < 3"));
  transformer.invalidate(file);
  expect(transform(user)?.code).toContain("for (const item of upTo(x))");
  expect(transform(file)?.code).toContain("function* upTo");
});
