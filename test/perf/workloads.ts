/**
 * What `npm run bench` measures: each piece of work in plain JavaScript, in eager ops and as a graph function, on the same
 * inputs, with the same result.
 */
import * as gf from "graphfn";

export interface Workload {
  readonly name: string;
  /** What one unit is: time is divided by `units`. */
  readonly unit: string;
  readonly units: number;
  readonly ways: Readonly<Record<string, () => unknown>>;
  /** The number that every way must give. */
  readonly check: (result: unknown) => number;
}

const asNumber = (x: unknown): number => (x instanceof gf.Tensor ? (x.item() as number) : (x as number));

function eagerly<T>(body: () => T): T {
  gf.runFunctionsEagerly(true);
  try {
    return body();
  } finally {
    gf.runFunctionsEagerly(false);
  }
}

// --- one op, one call ------------------------------------------------------------------------------------------

const one = gf.scalar(1);
const ten = gf.ones([10]);

function eagerAdds(x: gf.Tensor, y: gf.Tensor, count: number): gf.Tensor {
  let sum = x;
  for (let i = 0; i < count; i++) sum = gf.add(sum, y);
  return sum;
}

function plainAdds(count: number): number {
  // A new boxed result each time, as a tensor would be.
  let sum = Float32Array.of(0);
  const y = Float32Array.of(1);
  for (let i = 0; i < count; i++) {
    const next = new Float32Array(1);
    next[0] = (sum[0] as number) + (y[0] as number);
    sum = next;
  }
  return sum[0] as number;
}

function plainAdds10(count: number): number {
  let sum = new Float32Array(10);
  const y = new Float32Array(10).fill(1);
  for (let i = 0; i < count; i++) {
    const next = new Float32Array(10);
    for (let k = 0; k < 10; k++) next[k] = (sum[k] as number) + (y[k] as number);
    sum = next;
  }
  return sum.reduce((a, b) => a + b, 0);
}

const polynomial = gf.graphFunction((x: gf.Tensor): gf.Tensor => x ** 2 + 2 * x + 1);
const three = gf.scalar(3);

function calls(f: (x: gf.Tensor) => gf.Tensor, count: number): gf.Tensor {
  let y = three;
  for (let i = 0; i < count; i++) y = f(three);
  return y;
}

// --- a scalar loop ---------------------------------------------------------------------------------------------

/** Logistic map until `limit` iterations are done; double precision. */
const logistic = gf.graphFunction((x: gf.Tensor, limit: gf.Tensor): gf.Tensor => {
  let i: gf.Tensor = 0;
  while (i < limit) {
    x = 3.7 * x * (1 - x);
    i += 1;
  }
  return x;
});

/** The same loop by hand in eager ops: every op is a tensor, the condition is read back. */
function eagerLogistic(x: gf.Tensor, limit: gf.Tensor): gf.Tensor {
  let i = gf.scalar(0, "int32");
  let y = x;
  while (gf.less(i, limit).dataSync()[0] !== 0) {
    y = gf.mul(gf.mul(y, 3.7), gf.add(gf.neg(y), 1));
    i = gf.add(i, 1);
  }
  return y;
}

function plainLogistic(start: number, limit: number): number {
  let x = start;
  for (let i = 0; i < limit; i++) x = 3.7 * x * (1 - x);
  return x;
}

const start = gf.scalar(0.4, "float64");
const many = 1_000_000;
const few = 20_000;

export const workloads: readonly Workload[] = [
  {
    name: "add two scalars",
    unit: "op",
    units: 10_000,
    ways: { "plain arrays": () => plainAdds(10_000), eager: () => eagerAdds(gf.scalar(0), one, 10_000) },
    check: asNumber,
  },
  {
    name: "add two vectors of 10",
    unit: "op",
    units: 10_000,
    ways: { "plain arrays": () => plainAdds10(10_000), eager: () => gf.sum(eagerAdds(gf.zeros([10]), ten, 10_000)) },
    check: asNumber,
  },
  {
    name: "x**2 + 2*x + 1 of a scalar",
    unit: "call",
    units: 1000,
    ways: {
      "plain numbers": () => {
        let y = 0;
        for (let i = 0; i < 1000; i++) y = 3 ** 2 + 2 * 3 + 1;
        return y;
      },
      eager: () => calls((x) => x.square().add(x.mul(2)).add(1), 1000),
      graph: () => calls(polynomial, 1000),
    },
    check: asNumber,
  },
  {
    name: `scalar while, ${many} iterations`,
    unit: "iteration",
    units: many,
    ways: { "plain numbers": () => plainLogistic(0.4, many), graph: () => logistic(start, gf.scalar(many, "int32")) },
    check: asNumber,
  },
  {
    name: `scalar while, ${few} iterations`,
    unit: "iteration",
    units: few,
    ways: {
      "plain numbers": () => plainLogistic(0.4, few),
      "eager, marked": () => eagerly(() => logistic(start, gf.scalar(few, "int32"))),
      eager: () => eagerLogistic(start, gf.scalar(few, "int32")),
      graph: () => logistic(start, gf.scalar(few, "int32")),
    },
    check: asNumber,
  },
];
