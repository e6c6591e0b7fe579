/**
 * Random programs mean the same as plain JavaScript on numbers, with eager dispatch, and staged.
 *
 * `PROGRAMS=5000 SEED=1 npx vitest run test/transform/programs` tries more; a failing program is shrunk and printed.
 */
import { join } from "node:path";
import { createTransformer } from "@graphfn/transformer";
import { afterAll, expect, it } from "vitest";
import { loadEmitted, loadPlain, type Mode, results } from "./modes.ts";
import { generate, type Program, printModule, smaller } from "./programs.ts";

const folder = join(import.meta.dirname, "samples");
const transformer = createTransformer({ tsconfig: join(folder, "tsconfig.json") });
afterAll(() => transformer.dispose());

const INPUTS = [
  [3, 5, { fixed: 2 }, true],
  [-4, 1, { fixed: 2 }, true],
  [0, -7, { fixed: 5 }, false],
];

interface Outcome {
  readonly refused: ReadonlySet<string>;
  /** Per program: what is wrong, if anything. */
  readonly failures: ReadonlyMap<string, string>;
}

function attempt(programs: readonly Program[]): Outcome {
  const text = printModule(programs);
  const result = transformer.transform(join(folder, "random.ts"), text);
  if (result === null) throw new Error("Nothing was transformed.");
  const refused = new Set<string>();
  for (const diagnostic of result.diagnostics) {
    const fn = result.functions.find(({ start, end }) => start.line <= diagnostic.start.line && diagnostic.start.line <= end.line);
    if (fn !== undefined) refused.add(fn.name);
  }
  const accepted = programs.filter((program) => !refused.has(program.name));
  const failures = new Map<string, string>();
  if (accepted.length === 0) return { refused, failures };
  const plain = loadPlain(text);
  let emitted: ReturnType<typeof loadEmitted>;
  try {
    emitted = loadEmitted(result.code);
  } catch (error) {
    if (programs.length > 1) {
      // Some refused program may have no valid text; it must not hide the others.
      const again = attempt(accepted);
      return { refused: new Set([...refused, ...again.refused]), failures: again.failures };
    }
    return {
      refused,
      failures: new Map(accepted.map(({ name }) => [name, `emitted text does not load: ${String(error)}\n${result.code}`])),
    };
  }
  for (const { name } of accepted) {
    const one = (exports: typeof plain, mode: Mode): string =>
      JSON.stringify(results({ [name]: exports[name], runs: { [name]: INPUTS } }, mode)[name]);
    const caught = (mode: Mode): string => {
      try {
        return one(emitted, mode);
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      }
    };
    // A program that fails on plain numbers is no program (shrinking makes some): the error goes up.
    const expected = one(plain, "plain");
    const eager = caught("eager");
    const staged = caught("staged");
    if (eager !== expected || staged !== expected) failures.set(name, `plain  ${expected}\neager  ${eager}\nstaged ${staged}`);
  }
  return { refused, failures };
}

function shrink(program: Program): Program {
  for (const candidate of smaller(program)) {
    try {
      const failure = attempt([candidate]).failures.get(candidate.name);
      // A name whose declaration was left out is another fault than the one that is shrunk.
      if (failure !== undefined && !failure.includes("ReferenceError")) return shrink(candidate);
    } catch {
      // Left out too much: no valid program.
    }
  }
  return program;
}

it("mean the same in every mode", { timeout: 3_600_000 }, () => {
  const count = Number(process.env["PROGRAMS"] ?? 120);
  const first = Number(process.env["SEED"] ?? 1);
  const batch = 40;
  let refused = 0;
  for (let seed = first; seed < first + count; seed += batch) {
    const programs = Array.from({ length: Math.min(batch, first + count - seed) }, (_, i) => generate(seed + i));
    const outcome = attempt(programs);
    refused += outcome.refused.size;
    const failing = programs.find(({ name }) => outcome.failures.has(name));
    if (failing === undefined) continue;
    const small = shrink(failing);
    expect.fail(`${printModule([small])}\n\n${attempt([small]).failures.get(small.name) ?? outcome.failures.get(failing.name)}`);
  }
  expect(refused / count).toBeLessThan(0.5);
});
