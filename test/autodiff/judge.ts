/**
 * Gradients of programs in every way: by the eager tape, inside a graph function, of a compiled function under an eager tape; on
 * both backends; second order; and by differences where the program is smooth.
 */
import { join } from "node:path";
import { nativeAddon } from "@graphfn/native";
import { createTransformer } from "@graphfn/transformer";
import * as gf from "graphfn";
import { stateOf } from "../../runtime/src/staged/graph-function.ts";
import { loadEmitted } from "../transform/modes.ts";
import { smaller } from "../transform/programs/program.ts";
import { type GradientProgram, printModule } from "./programs.ts";

const folder = join(process.cwd(), "test", "transform", "programs", "project");
const transformer = createTransformer({ tsconfig: join(folder, "tsconfig.json") });
export const dispose = (): void => transformer.dispose();

type Fn = (x: gf.Tensor, s: gf.Tensor, m: gf.Tensor) => gf.Tensor;
type Body = (x: gf.Tensor, s: gf.Tensor, m: gf.Tensor) => gf.Tensor[];
interface Module {
  readonly w: gf.Variable;
  readonly u: gf.Variable;
  readonly fn: Fn;
  /** A graph function of a body, from emitted code: here it would be one only where this file is transformed. */
  readonly inGraph: (body: Body) => Body;
}
/** Value, gradients of x, s, m, w, u, and the variables afterwards; for the second order, gradients of the sum of the first. */
type Result = number[];

const SHAPES = [[3], [], [3, 3], [3], []];
/** `compiler`: whether loops and fused ops of native plans become machine code, before they run. */
const WAYS = [
  { way: "native", backend: "native", compiler: "off" },
  { way: "reference", backend: "reference", compiler: "off" },
  { way: "native as machine code", backend: "native", compiler: "wait" },
] as const;

/** No two sums of these are the same number in another order of adding: comparisons have one answer. */
const POINTS = [
  [0.5, -0.8, 0.3, 0.7, 0.2, -0.4, 0.9, 0.6, -0.1, 0.8, -0.5, 0.35, 0.1, 0.3, -0.7, 0.9, 0.4],
  [-0.9, 0.25, 1.1, -0.45, -0.6, 0.15, -0.2, 0.33, 0.7, -0.85, 0.05, 0.95, -0.3, 0.8, 0.1, -0.6, -0.75],
].map((point) => point.map((v, i) => v + Math.sin(7 * i + 1) / 50));

function tensorsOf(point: readonly number[]): gf.Tensor[] {
  let at = 0;
  return SHAPES.map((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return gf.tensor(point.slice(at, (at += size)), shape, "float64");
  });
}

function numbers(tensors: readonly gf.Tensor[]): Result {
  return tensors.flatMap((t) => [...t.dataSync()]);
}

function run(module: Module, point: readonly number[], body: Body): Result {
  const [x, s, m, w, u] = tensorsOf(point) as [gf.Tensor, gf.Tensor, gf.Tensor, gf.Tensor, gf.Tensor];
  module.w.assign(w);
  module.u.assign(u);
  const found = body(x, s, m);
  return numbers([...found, module.w, module.u]);
}

function eagerly<T>(body: () => T): T {
  gf.runFunctionsEagerly(true);
  try {
    return body();
  } finally {
    gf.runFunctionsEagerly(false);
  }
}

/** f with its gradients, by a tape where it is called. */
function withGradients({ fn, w, u }: Module) {
  return (x: gf.Tensor, s: gf.Tensor, m: gf.Tensor): gf.Tensor[] => {
    const tape = gf.gradientTape();
    tape.watch([x, s, m]);
    // `return 0.0` is a number eagerly, so of no dtype.
    const y = gf.cast(fn(x, s, m), "float64");
    return [y, ...tape.gradient(y, [x, s, m, w, u])];
  };
}

/** Gradients of the sum of all gradients, with respect to the arguments. */
function second(module: Module, first: (x: gf.Tensor, s: gf.Tensor, m: gf.Tensor) => gf.Tensor[]) {
  return (x: gf.Tensor, s: gf.Tensor, m: gf.Tensor): gf.Tensor[] => {
    const tape = gf.gradientTape();
    tape.watch([x, s, m]);
    const [, ...found] = first(x, s, m);
    let sum: gf.Tensor = gf.scalar(0, "float64");
    found.forEach((g, i) => {
      sum = gf.add(sum, g.mul(0.7 - 0.2 * i).sum());
    });
    return tape.gradient(sum, [x, s, m, module.w, module.u]);
  };
}

function close(a: Result, b: Result, tolerance: number): boolean {
  return a.length === b.length && a.every((v, i) => Object.is(v, b[i]) || Math.abs(v - (b[i] as number)) <= tolerance * (1 + Math.abs(v)));
}

function show(result: Result): string {
  return result.map((v) => Number(v.toPrecision(10))).join(" ");
}

/** What is wrong with gradients that are given, by differences of the function. */
function differences(module: Module, point: readonly number[], given: Result): string | null {
  const at = (i: number, h: number): number =>
    run(
      module,
      point.map((v, k) => (k === i ? v + h : v)),
      (x, s, m) => [module.fn(x, s, m)],
    )[0] as number;
  for (const i of [1, 3, 7, 12, 14, 16]) {
    const slopes = [1e-4, 5e-5, 2e-5].map((h) => (at(i, h) - at(i, -h)) / (2 * h)) as [number, number, number];
    const settled = Math.max(...slopes) - Math.min(...slopes) < 1e-4 * (1 + Math.abs(slopes[0]));
    if (!settled) continue;
    const g = given[1 + i] as number;
    if (!(Math.abs(g - slopes[2]) <= 1e-3 * (1 + Math.abs(slopes[2])))) return `element ${i}: ${g}, but differences say ${slopes[2]}`;
  }
  return null;
}

interface Verdict {
  /** Null for nothing. */
  readonly wrong: string | null;
  /** Why graphs refuse it, if they do. */
  readonly refused: string | null;
}

/** A value that is a variable on one path, used after an assignment to it: JavaScript sees the new value, which graphs say that they cannot. */
const isRefusal = (error: unknown): error is Error => error instanceof gf.GraphFnError && error.code === "E_ALIAS";

/** What is wrong with the gradients of a program. */
function judge(program: GradientProgram, module: Module, orders: boolean, compared: { count: number }): Verdict {
  const eager = withGradients(module);
  const graph = module.inGraph(eager);
  const wrong: string[] = [];
  let refused: string | null = null;
  const attempt = (what: string, expected: Result, tolerance: number, body: () => Result): void => {
    try {
      const got = body();
      compared.count++;
      if (!close(expected, got, tolerance)) wrong.push(`${what}\n  eager ${show(expected)}\n  got   ${show(got)}`);
    } catch (error) {
      if (isRefusal(error)) [refused] = error.message.split("\n");
      else wrong.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  };
  const expected = POINTS.map((point) => eagerly(() => run(module, point, eager)));
  // Points inside of backends: what runs a graph is made again when another is chosen, so reference stands between.
  for (const { way, backend, compiler } of WAYS) {
    gf.setBackend(backend);
    nativeAddon()?.setCompiler(compiler, "");
    for (const [i, point] of POINTS.entries()) {
      attempt(`graph on ${way}`, expected[i] as Result, 1e-9, () => run(module, point, graph));
      attempt(`compiled under a tape on ${way}`, expected[i] as Result, 1e-9, () => run(module, point, eager));
    }
  }
  if (refused === null && stateOf(graph).traces === 0) wrong.push("The graph was never traced.");
  const graphTwice = module.inGraph(second(module, eager));
  for (const [i, point] of POINTS.entries()) {
    if (program.smooth) {
      const said = differences(module, point, expected[i] as Result);
      if (said !== null) wrong.push(said);
    }
    if (!orders) continue;
    const twice = eagerly(() => run(module, point, second(module, eager)));
    attempt("second order in a graph", twice, 1e-7, () => run(module, point, graphTwice));
    attempt("second order of a compiled function", twice, 1e-7, () => run(module, point, second(module, eager)));
    attempt("gradient of a compiled gradient", twice, 1e-7, () => run(module, point, second(module, graph)));
  }
  return { wrong: wrong.length === 0 ? null : wrong.join("\n"), refused };
}

export interface Outcome {
  /** Programs that were refused when they were compiled or traced, and why. */
  readonly refused: ReadonlyMap<string, string>;
  /** Per program: what is wrong, if anything. */
  readonly failures: ReadonlyMap<string, string>;
  /** How many results were compared. */
  readonly compared: number;
}

export function attemptAll(programs: readonly GradientProgram[]): Outcome {
  const text = printModule(programs);
  const result = transformer.transform(join(folder, "random.ts"), text);
  if (result === null) throw new Error("Nothing was transformed.");
  const refused = new Map<string, string>();
  for (const { code, message, start } of result.diagnostics) {
    const fn = result.functions.find((f) => f.start.line <= start.line && start.line <= f.end.line);
    if (fn !== undefined && !refused.has(fn.name)) refused.set(fn.name, `${code} ${message}`);
  }
  const failures = new Map<string, string>();
  const accepted = programs.filter((program) => !refused.has(program.name));
  const compared = { count: 0 };
  if (accepted.length === 0) return { refused, failures, compared: 0 };
  const exports = loadEmitted(result.code) as Record<string, unknown>;
  accepted.forEach((program, i) => {
    const module = { w: exports["w"], u: exports["u"], fn: exports[program.name], inGraph: exports["inGraph"] } as Module;
    try {
      const verdict = judge(program, module, i % 4 === 0 || programs.length === 1, compared);
      if (verdict.wrong !== null) failures.set(program.name, verdict.wrong);
      else if (verdict.refused !== null) refused.set(program.name, verdict.refused);
    } catch (error) {
      failures.set(program.name, `eager: ${error instanceof Error ? error.stack : String(error)}`);
    }
  });
  return { refused, failures, compared: compared.count };
}

export async function shrink(program: GradientProgram): Promise<GradientProgram> {
  for (const candidate of smaller(program)) {
    // As between batches: see many.ts.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      const small: GradientProgram = { ...candidate, smooth: program.smooth };
      const failure = attemptAll([small]).failures.get(candidate.name);
      if (failure !== undefined && !failure.includes("ReferenceError")) return shrink(small);
    } catch {
      // Left out too much: no valid program.
    }
  }
  return program;
}
