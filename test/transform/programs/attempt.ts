/**
 * Runs programs in every way and compares: plain JavaScript on numbers, eager ops, the plan of the optimised graph on both
 * backends and as machine code, its script, and the graph as traced run node by node. What a program throws is part of its meaning.
 */
import { join } from "node:path";
import { nativeAddon } from "@graphfn/native";
import { createTransformer } from "@graphfn/transformer";
import * as gf from "graphfn";
import { ConcreteFunction } from "../../../runtime/src/staged/concrete.ts";
import { stateOf } from "../../../runtime/src/staged/graph-function.ts";
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
  readonly backend?: "native" | "reference";
  /** Whether loops of native plans become machine code, before they run. */
  readonly compiler?: "off" | "wait";
  /** Switches of the environment. */
  readonly set?: Readonly<Record<string, string>>;
  /** The graph as traced is run node by node. */
  readonly interpreted?: boolean;
}

/** A program is traced by the first staged way; the others run what was traced. */
export const WAYS: readonly Way[] = [
  { name: "eager", mode: "eager" },
  { name: "native", mode: "staged", backend: "native", compiler: "off", set: { GRAPHFN_SCRIPT: "off" } },
  { name: "reference", mode: "staged", backend: "reference" },
  { name: "compiled", mode: "staged", backend: "native", compiler: "wait", set: { GRAPHFN_SCRIPT: "off" } },
  { name: "script", mode: "staged", backend: "native" },
  { name: "interpreted", mode: "staged", set: { GRAPHFN_INTERPRET: "traced" }, interpreted: true },
];

export interface Outcome {
  /** Programs that were refused, with the code of the first diagnostic. */
  readonly refused: ReadonlyMap<string, string>;
  /** Per program: what is wrong, if anything. */
  readonly failures: ReadonlyMap<string, string>;
  /** How many results were compared, by way. */
  readonly compared: Readonly<Record<string, number>>;
}

const folder = join(process.cwd(), "test", "transform", "programs", "project");
const transformer = createTransformer({ tsconfig: join(folder, "tsconfig.json") });
export const dispose = (): void => transformer.dispose();

type Exports = ReturnType<typeof loadPlain>;
type Staged = ((...args: unknown[]) => unknown) & { concrete(...args: unknown[]): ConcreteFunction };

const run = (fn: unknown, name: string, mode: Mode): string =>
  JSON.stringify(results({ [name]: fn, runs: { [name]: INPUTS } }, mode)[name]);

/** Calls run what is made for this way of their trace, and nothing that was made for another. */
function anew(fn: Staged): (...args: unknown[]) => unknown {
  const made = new Set<ConcreteFunction>();
  return (...args) => {
    const concrete = fn.concrete(...args);
    if (!made.has(concrete)) concrete.runner.dispose();
    made.add(concrete);
    return fn(...args);
  };
}

/** Calls run the graph of their trace before passes, node by node. */
function interpreted(fn: Staged): (...args: unknown[]) => unknown {
  const made = new Map<ConcreteFunction, ConcreteFunction>();
  return (...args) => {
    const optimized = fn.concrete(...args);
    const traced = made.get(optimized) ?? new ConcreteFunction(optimized.parts);
    made.set(optimized, traced);
    if (traced.graph !== traced.traced || traced.runner.plan !== null) throw new Error("It has a plan.");
    return traced.run(args);
  };
}

/** As plain JavaScript. What shrinking left of a loop may push without end, and an array that cannot grow ends the process. */
function runPlain(fn: unknown, name: string): string {
  const { push } = Array.prototype;
  Array.prototype.push = function (this: unknown[], ...items) {
    if (this.length > 1e6) throw new TypeError("An array grows without end.");
    return push.apply(this, items);
  };
  try {
    return run(fn, name, "plain");
  } finally {
    Array.prototype.push = push;
  }
}

function callable(way: Way, fn: Staged): (...args: unknown[]) => unknown {
  if (way.interpreted) return interpreted(fn);
  return way.backend === undefined ? fn : anew(fn);
}

function runIn(way: Way, emitted: Exports, name: string): string {
  const backend = gf.getBackend();
  const { set = {} } = way;
  try {
    Object.assign(process.env, set);
    if (way.backend !== undefined) void gf.setBackend(way.backend);
    if (way.compiler !== undefined) nativeAddon()?.setCompiler(way.compiler, "");
    return run(callable(way, emitted[name] as Staged), name, way.mode);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } finally {
    for (const key of Object.keys(set)) delete process.env[key];
    nativeAddon()?.setCompiler("background", "");
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
  const emitted = loadEmitted(result.code);
  for (const { name } of accepted) {
    // A program that fails on plain numbers is no program (shrinking makes some): the error goes up.
    const expected = runPlain(plain[name], name);
    if (/ReferenceError|TypeError/.test(expected)) throw new Error(expected);
    for (const way of WAYS) {
      const actual = runIn(way, emitted, name);
      compared[way.name] = (compared[way.name] ?? 0) + 1;
      if (actual === expected) continue;
      failures.set(name, `plain  ${expected}\n${way.name}  ${actual}`);
      break;
    }
    stateOf(emitted[name] as Staged).release();
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
