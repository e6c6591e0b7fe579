/**
 * Runs programs in every way and compares: plain JavaScript on numbers, eager ops, the graph as traced run node by node, and
 * the plan of the optimised graph on both backends. What a program throws is part of its meaning.
 */
import { join } from "node:path";
import { createTransformer } from "@graphfn/transformer";
import * as gf from "graphfn";
import { loadEmitted, loadPlain, type Mode, results } from "../modes.ts";
import { type Program, printModule, smaller } from "./program.ts";

const INPUTS = [
  [3, 5, { fixed: 2 }, true],
  [-4, 1, { fixed: 2 }, true],
  [0, -7, { fixed: 5 }, false],
];

interface Way {
  readonly name: string;
  readonly mode: Mode;
  readonly interpret?: string;
  readonly backend?: "native" | "reference";
}

export const WAYS: readonly Way[] = [
  { name: "eager", mode: "eager" },
  { name: "interpreted", mode: "staged", interpret: "traced" },
  { name: "reference", mode: "staged", backend: "reference" },
  { name: "native", mode: "staged", backend: "native" },
];

export interface Outcome {
  /** Programs that were refused, with the code of the first diagnostic. */
  readonly refused: ReadonlyMap<string, string>;
  /** Per program: what is wrong, if anything. */
  readonly failures: ReadonlyMap<string, string>;
  /** How many results were compared, by way. */
  readonly compared: Readonly<Record<string, number>>;
}

const folder = join(process.cwd(), "test", "transform", "samples");
const transformer = createTransformer({ tsconfig: join(folder, "tsconfig.json") });
export const dispose = (): void => transformer.dispose();

type Exports = ReturnType<typeof loadPlain>;
const run = (exports: Exports, name: string, mode: Mode): string =>
  JSON.stringify(results({ [name]: exports[name], runs: { [name]: INPUTS } }, mode)[name]);

function runIn(way: Way, emitted: Exports, name: string): string {
  const backend = gf.getBackend();
  try {
    if (way.interpret !== undefined) process.env["GRAPHFN_INTERPRET"] = way.interpret;
    if (way.backend !== undefined) void gf.setBackend(way.backend);
    return run(emitted, name, way.mode);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } finally {
    delete process.env["GRAPHFN_INTERPRET"];
    void gf.setBackend(backend);
  }
}

/** Transforms all of them as one file: the checker is what takes time. */
export function attempt(programs: readonly Program[]): Outcome {
  const text = printModule(programs);
  const result = transformer.transform(join(folder, "random.ts"), text);
  if (result === null) throw new Error("Nothing was transformed.");
  const refused = new Map<string, string>();
  for (const { code, message, severity, start } of result.diagnostics) {
    if (severity !== "error") continue;
    const fn = result.functions.find((f) => f.start.line <= start.line && start.line <= f.end.line);
    if (fn === undefined) throw new Error(`${start.line}: ${code} ${message}`);
    if (!refused.has(fn.name)) refused.set(fn.name, `${code} ${message}`);
  }
  const accepted = programs.filter((program) => !refused.has(program.name));
  const failures = new Map<string, string>();
  const compared: Record<string, number> = {};
  if (accepted.length === 0) return { refused, failures, compared };
  // A refused program may have no valid text; it must not hide the others.
  if (refused.size > 0) return { ...attempt(accepted), refused };
  const plain = loadPlain(text);
  // Traces are shared by the backends.
  const shared = loadEmitted(result.code);
  const emitted = WAYS.map((way) => [way, way.backend === undefined ? loadEmitted(result.code) : shared] as const);
  for (const { name } of accepted) {
    // A program that fails on plain numbers is no program (shrinking makes some): the error goes up.
    const expected = run(plain, name, "plain");
    if (/ReferenceError|TypeError/.test(expected)) throw new Error(expected);
    for (const [way, exports] of emitted) {
      const actual = runIn(way, exports, name);
      compared[way.name] = (compared[way.name] ?? 0) + 1;
      if (actual === expected) continue;
      failures.set(name, `plain  ${expected}\n${way.name}  ${actual}`);
      break;
    }
  }
  return { refused, failures, compared };
}

/** The smallest program found that still fails in the same way, and how. */
export function shrink(program: Program, failure: string, limit = 400): { program: Program; failure: string } {
  const kind = kindOf(failure);
  let tries = 0;
  let best = { program, failure };
  for (let found = true; found; ) {
    found = false;
    for (const candidate of smaller(best.program)) {
      if (++tries > limit) return best;
      try {
        const now = attempt([candidate]).failures.get(candidate.name);
        if (now === undefined || kindOf(now) !== kind) continue;
        best = { program: candidate, failure: now };
        found = true;
        break;
      } catch {
        // Left out too much: no valid program.
      }
    }
  }
  return best;
}

/** What failed, without names and numbers: two programs of one kind most likely have one cause. */
export function kindOf(failure: string): string {
  const [, way = ""] = failure.split("\n");
  const message = /\w+Error: [^"]*/.exec(way)?.[0] ?? "different result";
  const [name] = way.split(" ");
  return `${name}: ${message.replace(/`[^`]*`|\d+/g, "…").slice(0, 120)}`;
}
