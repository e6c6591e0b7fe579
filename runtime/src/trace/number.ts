/**
 * Lifted numbers: a `number` argument of a marked function that only meets tensors. While tracing it is not a value but an
 * expression over the numbers of a call. Arithmetic between numbers stays JavaScript's and is done again at each call; where
 * such a number meets a tensor it is a scalar input of the graph. So one trace serves all numbers.
 *
 *   (x, rate) => x * (rate / 2)        one input, `#1 / 2`, computed per call
 *
 * The transformer lifts a number only where every use is of that kind. Should one reach JavaScript all the same, it turns into
 * the number of this call, and the trace then holds for that number alone (`GraphTracer.pinned`).
 */
import { tracer } from "./tracer.ts";

/** The value for a call, whose leaves are given. */
export type Compute = (leaves: ArrayLike<unknown>) => number;

export class LiftedNumber {
  /** In the call that is traced. */
  readonly value: number;
  readonly compute: Compute;
  /** Equal for equal expressions. */
  readonly key: string;
  /** Positions of the arguments it is computed from. */
  readonly leaves: readonly number[];

  constructor(value: number, compute: Compute, key: string, leaves: readonly number[]) {
    this.value = value;
    this.compute = compute;
    this.key = key;
    this.leaves = leaves;
  }

  static argument(leaf: number, value: number): LiftedNumber {
    return new LiftedNumber(value, (leaves) => leaves[leaf] as number, `#${leaf}`, [leaf]);
  }

  [Symbol.toPrimitive](): number {
    const { pinned } = tracer();
    for (const leaf of this.leaves) pinned.add(leaf);
    return this.value;
  }
}

export function isLifted(x: unknown): x is LiftedNumber {
  return x instanceof LiftedNumber;
}

const OPERATORS = {
  "+": (a: number, b: number) => a + b,
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
  "%": (a: number, b: number) => a % b,
  "**": (a: number, b: number) => a ** b,
} as const;

type Part = Pick<LiftedNumber, "value" | "compute" | "key" | "leaves">;

function partOf(x: LiftedNumber | number): Part {
  return isLifted(x) ? x : { value: x, compute: () => x, key: Object.is(x, -0) ? "-0" : String(x), leaves: [] };
}

/** Arithmetic between numbers, of which at least one is lifted. Anything else that comes along gets the number of this call. */
export function combine(operator: keyof typeof OPERATORS, a: unknown, b: unknown): unknown {
  const run = OPERATORS[operator];
  const number = (x: unknown): x is LiftedNumber | number => isLifted(x) || typeof x === "number";
  if (!number(a) || !number(b)) return run((isLifted(a) ? Number(a) : a) as number, (isLifted(b) ? Number(b) : b) as number);
  const [x, y] = [partOf(a), partOf(b)];
  const compute: Compute = (leaves) => run(x.compute(leaves), y.compute(leaves));
  return new LiftedNumber(run(x.value, y.value), compute, `(${x.key} ${operator} ${y.key})`, [...new Set([...x.leaves, ...y.leaves])]);
}

export function negate(x: LiftedNumber): LiftedNumber {
  return new LiftedNumber(-x.value, (leaves) => -x.compute(leaves), `-${x.key}`, x.leaves);
}

/** Where a tensor is meant: the scalar input that stands for the number. Anything else as it is. */
export function inputOf(x: unknown): unknown {
  return isLifted(x) ? tracer().number(x) : x;
}
