/**
 * One sample, four ways: plain JavaScript numbers, eager ops, graph on the reference backend, graph on the native backend.
 * Values must be equal within the sample's tolerance; what is printed must be the same text in the same order. A program has
 * three ways: plain numbers cannot train.
 */
import * as gf from "graphfn";
import type { Plain, Program, Sample } from "./sample.ts";

export type Way = "plain" | "eager" | "reference" | "native";
export const WAYS: readonly Way[] = ["plain", "eager", "reference", "native"];

export interface Outcome {
  readonly values: readonly Plain[];
  /** Printed lines, or null for plain numbers, which print without dtype. */
  readonly printed: readonly string[] | null;
  /** Median time of one call over all inputs, in nanoseconds. */
  readonly time: number;
}

export interface Comparison {
  readonly outcomes: Partial<Record<Way, Outcome>>;
  /** Empty when all agree. */
  readonly differences: readonly string[];
}

type Call = () => Plain | gf.Tensor;

function asTensor(value: Plain, dtype: Sample["dtype"]): gf.Tensor {
  return typeof value === "number" ? gf.scalar(value, dtype) : gf.tensor([...value], undefined, dtype);
}

function asPlain(value: unknown): Plain {
  if (value instanceof gf.Tensor) return value.arraySync() as Plain;
  return value as Plain;
}

/** Runs `body` with console.log collected. */
function collecting<T>(body: () => T): { readonly result: T; readonly lines: string[] } {
  const lines: string[] = [];
  const before = console.log;
  console.log = (...args: unknown[]): void => {
    lines.push(args.map((a) => (typeof a === "string" ? a : a instanceof gf.Tensor ? a.toString() : String(a))).join(" "));
  };
  try {
    return { result: body(), lines };
  } finally {
    console.log = before;
  }
}

function medianTime(calls: readonly Call[], budgetMs: number): number {
  const samples: number[] = [];
  const end = performance.now() + budgetMs;
  let repeat = 1;
  do {
    const start = performance.now();
    for (let i = 0; i < repeat; i++) for (const call of calls) call();
    const elapsed = performance.now() - start;
    if (elapsed < 0.2 && repeat < 1 << 16) repeat *= 2;
    else samples.push((elapsed * 1e6) / (repeat * calls.length));
  } while (performance.now() < end || samples.length === 0);
  samples.sort((a, b) => a - b);
  return samples[samples.length >> 1] as number;
}

/** The calls of a sample in one way. The backend and mode must be in force while they run. */
function callsOf(sample: Sample, way: Way, plain: (...args: Plain[]) => Plain): Call[] {
  if (way === "plain") return sample.inputs.map((args) => () => plain(...args.map((a) => (typeof a === "number" ? a : [...a]))));
  return sample.inputs.map((args) => {
    const tensors = args.map((a) => asTensor(a, sample.dtype));
    return () => sample.fn(...tensors);
  });
}

function enter(way: Way): void {
  gf.runFunctionsEagerly(way === "eager");
  if (way === "reference" || way === "native") gf.setBackend(way);
}

function leave(backend: ReturnType<typeof gf.backendInfo>["name"]): void {
  gf.runFunctionsEagerly(false);
  gf.setBackend(backend);
}

function near(a: Plain, b: Plain, tolerance: number): boolean {
  if (typeof a === "number" && typeof b === "number") {
    return Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
  }
  if (typeof a === "number" || typeof b === "number") return false;
  return a.length === b.length && a.every((x, i) => near(x, b[i] as number, tolerance));
}

/** `timeBudget`: milliseconds spent on timing each way; 0 for none. */
export function compare(sample: Sample, plainText: (...args: Plain[]) => Plain, ways: readonly Way[], timeBudget = 0): Comparison {
  const outcomes: Partial<Record<Way, Outcome>> = {};
  const found: string[] = [];
  const backend = gf.backendInfo().name;
  try {
    for (const way of ways) {
      enter(way);
      const calls = callsOf(sample, way, sample.plain ?? plainText);
      const { result: values, lines } = collecting(() => calls.map((call) => asPlain(call())));
      const time = timeBudget > 0 ? collecting(() => medianTime(calls, timeBudget)).result : Number.NaN;
      outcomes[way] = { values, printed: way === "plain" ? null : lines, time };
      if (way !== "plain") found.push(...formsOf(sample, way, values));
    }
  } finally {
    leave(backend);
  }
  return { outcomes, differences: [...differences(sample, outcomes), ...found] };
}

/** Where another form of the sample's function gives something else than the function itself. */
function formsOf(sample: Sample, way: Way, values: readonly Plain[]): string[] {
  return Object.entries(sample.forms ?? {}).flatMap(([name, fn]) => {
    const { result } = collecting(() => callsOf({ ...sample, fn }, way, fn as never).map((call) => asPlain(call())));
    return result.flatMap((value, i) =>
      near(value, values[i] as Plain, sample.tolerance)
        ? []
        : [`input ${JSON.stringify(sample.inputs[i])}: ${way} ${JSON.stringify(values[i])}, as ${name} ${JSON.stringify(value)}`],
    );
  });
}

/** The same for a program, which runs once in each way; its numbers stand in the outcome as one value. */
export async function compareProgram(program: Program, ways: readonly Way[]): Promise<Comparison> {
  const outcomes: Partial<Record<Way, Outcome>> = {};
  const backend = gf.backendInfo().name;
  try {
    for (const way of ways.filter((w) => w !== "plain")) {
      enter(way);
      const start = performance.now();
      const values = [await program.check()];
      outcomes[way] = { values, printed: null, time: (performance.now() - start) * 1e6 };
    }
  } finally {
    leave(backend);
  }
  const label = { ...program, inputs: [[]] };
  return { outcomes, differences: differences(label, outcomes) };
}

function differences(sample: Pick<Sample, "inputs" | "tolerance">, outcomes: Partial<Record<Way, Outcome>>): string[] {
  const found: string[] = [];
  const ways = WAYS.filter((way) => outcomes[way] !== undefined);
  const [first, ...others] = ways;
  if (first === undefined) return found;
  const reference = outcomes[first] as Outcome;
  for (const way of others) {
    const outcome = outcomes[way] as Outcome;
    outcome.values.forEach((value, i) => {
      const expected = reference.values[i] as Plain;
      if (!near(value, expected, sample.tolerance))
        found.push(`input ${JSON.stringify(sample.inputs[i])}: ${first} ${JSON.stringify(expected)}, ${way} ${JSON.stringify(value)}`);
    });
  }
  const printing = ways.filter((way) => outcomes[way]?.printed !== null);
  const lines = (way: Way): string => (outcomes[way]?.printed ?? []).join("\n");
  for (const way of printing.slice(1)) {
    if (lines(way) !== lines(printing[0] as Way)) found.push(`${way} printed other lines than ${printing[0]}`);
  }
  return found;
}
