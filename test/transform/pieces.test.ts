/**
 * What is kept from one text of a file to the next, of its statements (transformer/src/ast/per-statement.ts) and of groups of functions
 * (pipeline/kept-pieces.ts): after random edits of random programs a project that has seen all texts before knows and says what one does
 * that sees the file for the first time, with the same checker.
 */
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { loadTypeScript, Programs, Project, readConfig, runPipeline, TypeScript6Oracle } from "../../transformer/src/inside.ts";
import * as pieces from "../../transformer/src/pipeline/piece.ts";
import type { TransformResult } from "../../transformer/src/types.ts";
import { printModule, random } from "./programs/program.ts";
import { generate } from "./programs/statements.ts";
import { modelText } from "./support/model-text.ts";

const folder = join(import.meta.dirname, "samples");
const fileName = join(folder, "pieces.ts");
const ts = loadTypeScript();
const config = { ...readConfig(ts, join(folder, "tsconfig.json"), folder), files: [] };
const oracle = new TypeScript6Oracle(ts, new Programs(ts, config));
const made = vi.spyOn(pieces, "makePiece");

afterAll(() => oracle.dispose());

function outcome(project: Project, text: string): Omit<TransformResult, "dependencies"> & { readonly model: readonly string[] } {
  project.update(fileName, text);
  const reached = project.reachedIn(fileName);
  const model = project.update(fileName, text);
  const { dependencies: _, ...result } = runPipeline({ project, model, reached, displayName: "pieces.ts" });
  return { ...result, map: JSON.parse(`${result.map}`) as TransformResult["map"], model: modelText(ts, model) };
}

/** A program with helpers of its own, so that it is a group of its own. */
function chapter(i: number, seed: number): string {
  const [head, ...rest] = printModule([{ ...generate(seed), name: "program" }]).split("\n");
  const text = rest.join("\n");
  const names = new Set(Array.from(text.matchAll(/^(?:export )?(?:function\*?|class) (\w+)/gm), ([, name]) => name as string));
  return `${i === 0 ? `${head}\n` : ""}${text.replace(/(?<![.\w])(\w+)\b/g, (name: string) => (names.has(name) ? `${name}${i}` : name))}`;
}

const CHAPTERS = 4;

/** Programs with objects belong to the group of what stands in classes: half of them do without. */
function seedOf(pick: (n: number) => number): number {
  const any = pick(2) === 0;
  for (;;) {
    const seed = pick(100_000);
    if (any || !JSON.stringify(generate(seed).body).includes("Box")) return seed;
  }
}

const times = (text: string, factor: number): string =>
  text.replace(/(?<=return [a-z]+ [*+-] )\d+/g, (digits) => `${Number(digits) * factor}`);

test("random edits of random programs", { timeout: 600_000 }, () => {
  const rounds = Number(process.env["EDIT_ROUNDS"] ?? 24);
  const next = random(Number(process.env["EDIT_SEED"] ?? 1));
  const pick = (n: number): number => Math.floor(next() * n);
  const seeds = Array.from({ length: CHAPTERS }, () => seedOf(pick));
  /** What the numbers of a chapter are multiplied with: other texts with as many lines. */
  const factors = Array.from({ length: CHAPTERS }, () => 1);
  const extra = Array.from({ length: CHAPTERS }, () => "");
  const between = Array.from({ length: CHAPTERS }, () => "");
  const kept = new Project(ts, config, oracle);
  const text = (): string =>
    seeds.map((seed, i) => `${times(chapter(i, seed), factors[i] as number)}${extra[i]}\n${between[i]}`).join("\n");
  const EXTRA = [
    (i: number) =>
      `\n/** @graphFunction */\nexport function uses${i}(x: Tensor): Tensor {\n  return x > 2 ? program${i}(x, x, 1, true) : x;\n}`,
    () => "\n/** @eagerFunction */\nexport function apart(x: Tensor): Tensor {\n  if (x > 0) return x;\n  return -x;\n}",
    (i: number) =>
      `\n/** @graphFunction */\nexport function wrong${i}(x: Tensor): Tensor {\n  let y: Tensor;\n  if (x > 0) y = x;\n  return y;\n}`,
    (i: number) =>
      `\n/** @graphFunction */\nexport function grows${i}(xs: Tensor[], n: Tensor): Tensor {\n  for (let i: Tensor = 0; i < n; i++) xs.push(i);\n  return xs[0] ?? n;\n}`,
    (i: number) =>
      `\n/** @graphFunction */\nexport function shared${i}(x: Tensor): Tensor {\n  return last !== null && x > last ? x : last ?? x;\n}`,
    () => "",
  ];
  const BETWEEN = [
    "let last: Tensor | null = null;\nexport function put(x: Tensor): void {\n  last = x;\n}\n",
    "// A comment\n",
    "\n\n",
    "const $ = 1;\nvoid $;\n",
    "",
  ];
  let skipped = 0;
  for (let round = 0; round < rounds; round++) {
    const i = pick(CHAPTERS);
    const kind = pick(7);
    if (kind === 0) seeds[i] = seedOf(pick);
    else if (kind > 3) factors[i] = 1 + pick(2000);
    else if (kind < 3) extra[i] = (EXTRA[pick(EXTRA.length)] as (typeof EXTRA)[number])(i).replace("apart", `apart${i}`);
    else between[i] = (BETWEEN[pick(BETWEEN.length)] as string).replace(/put|\$(?! )/g, (name) => (name === "put" ? `put${i}` : name));
    if (between.filter((part) => part.includes("let last")).length !== 1) between[0] = BETWEEN[0] as string;
    between.forEach((part, at) => {
      if (at > 0 && (part.includes("let last") || (part.includes("const $") && between.indexOf(part) < at))) between[at] = "";
    });
    const now = text();
    made.mockClear();
    const incremental = outcome(kept, now);
    const again = made.mock.calls.length;
    expect(incremental, now).toEqual(outcome(new Project(ts, config, oracle), now));
    skipped += made.mock.calls.length - 2 * again;
  }
  // Some were kept.
  expect(skipped).toBeGreaterThan(rounds / 4);
});

test("an edit of one function has only its group made again", () => {
  const kept = new Project(ts, config, oracle);
  const text = (factor: number, lines = ""): string =>
    `import type { Tensor } from "graphfn";\n/** @graphFunction */\nexport function f(x: Tensor): Tensor {${lines}\n  return x > 0 ? half(x) * ${factor} : x;\n}\nfunction half(x: Tensor): Tensor {\n  return x.div(2);\n}\n/** @graphFunction */\nexport function g(x: Tensor): Tensor {\n  return x > 1 ? x : -x;\n}\n`;
  const madeFor = (edited: string): string[] => {
    made.mockClear();
    const result = outcome(kept, edited);
    const names = made.mock.calls.map(([{ group }]) => group.units.map(({ name }) => name).join(" "));
    expect(result).toEqual(outcome(new Project(ts, config, oracle), edited));
    return names;
  };
  expect(madeFor(text(1))).toEqual(["f half", "g"]);
  expect(madeFor(text(1000))).toEqual(["f half"]);
  // Places in the emitted text are lines and columns.
  expect(madeFor(text(1000, "\n"))).toEqual(["f half", "g"]);
  expect(madeFor(`${text(1000, "\n")}// The end`)).toEqual(["f half", "g"]);
});
