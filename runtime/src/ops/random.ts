/**
 * Random numbers as pure functions of a state (philox.ts): equal states give equal elements, on every backend and for any number
 * of threads; integers and uniform numbers to the bit. An element depends on the state and on its index alone, so that a longer
 * draw begins with the elements of a shorter one. Whoever draws again with the same generator asks nextRandomState before.
 */
import type { DType } from "../core/dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import { type Dims, type Shape, showShape } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import type { BatchRule } from "./batch.ts";
import { FLOATING, INT, lengths } from "./infer.ts";
import { type AttrSchema, type Attrs, defineOp, type OpErrorSample, type OpRecord, type OpSample } from "./op.ts";
import { aboveZero53, below, normal32, normal64, philox, type RandomState, unit24, unit53 } from "./philox.ts";

/** Limit of rejection: one in 10^85 elements gets this far. */
const ATTEMPTS = 64;

function checkState(name: string, { dtype, shape }: TensorType): void {
  if (dtype !== "int32") throw new DTypeError(`${name}: the state is ${dtype}, but must be int32.`);
  if (shape.length !== 1 || (typeof shape[0] === "number" && shape[0] !== 4)) {
    throw new ShapeError(`${name}: the state has shape ${showShape(shape)}, but must have shape [4].`);
  }
}

const STATES: readonly (readonly number[])[] = [
  [0, 0, 0, 0],
  [1, -1640531527, 7, 0],
  [-1, -1, -1, -1],
];

function stateInput(values: readonly number[]): OpSample["inputs"][number] {
  return { dtype: "int32", shape: [4], values };
}

/** Every state with every set of attributes. */
function samplesOf(list: readonly Attrs[]): OpSample[] {
  return STATES.flatMap((state, k) =>
    list.map((attrs) => ({ name: `state ${k} ${JSON.stringify(attrs)}`, inputs: [stateInput(state)], attrs })),
  );
}

function errorsOf(attrs: Attrs): OpErrorSample[] {
  const state = stateInput(STATES[0]);
  return [
    { name: "short state", code: "E_SHAPE", inputs: [{ dtype: "int32", shape: [3] }], attrs },
    { name: "state of rank 2", code: "E_SHAPE", inputs: [{ dtype: "int32", shape: [4, 1] }], attrs },
    { name: "floating state", code: "E_DTYPE", inputs: [{ dtype: "float32", shape: [4] }], attrs },
    ...("shape" in attrs ? [{ name: "negative length", code: "E_SHAPE", inputs: [state], attrs: { ...attrs, shape: [2, -1] } }] : []),
    ...("dtype" in attrs ? [{ name: "dtype", code: "E_DTYPE", inputs: [state], attrs: { ...attrs, dtype: "int32" } }] : []),
  ];
}

/** Examples that share a state share one draw that is large enough for all; those with states of their own draw by themselves. */
const drawn: BatchRule = (s) => (s.isBatched(0) ? null : s.run([s.given(0)], { ...s.attrs, shape: [s.size, ...(s.attrs.shape as Dims)] }));

/** One state per example, drawn from the state that they share. */
const ordered: BatchRule = (s) => {
  if (s.isBatched(0)) return null;
  const states = s.f.op("randomInt", [s.given(0)], { shape: [s.size, 4], lo: -0x80000000, hi: 0x7fffffff });
  return s.loop([states]);
};

interface RandomSpec {
  readonly attrs: AttrSchema;
  readonly samples: readonly Attrs[];
  readonly errors?: readonly OpErrorSample[];
  /** Where it draws: how examples draw from a state that they share. */
  readonly batch?: BatchRule;
  result(attrs: Attrs, name: string): TensorType;
  /** Fills the elements of a result. */
  draw(state: RandomState, to: { dtype: DType; length: number; set(i: number, value: number): void }, attrs: Attrs): void;
}

function randomOp(name: string, doc: string, spec: RandomSpec): OpRecord {
  return defineOp({
    name,
    arity: 1,
    dtypes: INT,
    promote: "none",
    flags: spec.batch === undefined ? ["pure"] : ["pure", "draws"],
    attrs: spec.attrs,
    doc,
    infer: ([state], attrs) => {
      checkState(name, state);
      return [spec.result(attrs, name)];
    },
    reference: ([state], [out], attrs) => {
      const { data, dtype } = out;
      const set = (i: number, value: number) => {
        data[i] = value;
      };
      spec.draw(state.data, { dtype, length: data.length, set }, attrs);
    },
    grad: [null],
    ...(spec.batch === undefined ? {} : { batch: spec.batch }),
    samples: () => samplesOf(spec.samples),
    errors: [...errorsOf(spec.samples[0]), ...(spec.errors ?? [])],
  });
}

const words = new Uint32Array(4);

/** Calls `visit(i, words, place)`: element i has the words from `place` on of its block. */
function eachElement(state: RandomState, length: number, perBlock: number, visit: (i: number, place: number) => void): void {
  for (let block = 0, i = 0; i < length; block++) {
    philox(state, block, 0, words);
    for (let k = 0; k < perBlock && i < length; k++, i++) visit(i, (k * 4) / perBlock);
  }
}

/** Normal number `k` of a block whose words are drawn. */
function normalOf(dtype: DType, k: number): number {
  const odd = k % 2 === 1;
  return dtype === "float32" ? normal32(words[k & 2], words[(k & 2) + 1], odd) : normal64(words, odd);
}

function floatingResult(attrs: Attrs, name: string): TensorType {
  const [dtype, shape] = [attrs.dtype as DType, attrs.shape as Shape];
  lengths(name, "shape", shape);
  if (!FLOATING.includes(dtype)) {
    throw new DTypeError(`${name} gives ${FLOATING.join(" or ")}, not ${dtype}.`, { hint: "Cast the result." });
  }
  return { dtype, shape };
}

function floatingOp(name: string, doc: string, draw: RandomSpec["draw"]): OpRecord {
  return randomOp(name, doc, {
    batch: drawn,
    attrs: { shape: "dims", dtype: "dtype" },
    samples: FLOATING.flatMap((dtype) => [
      { shape: [2, 5], dtype },
      { shape: [1031], dtype },
      { shape: [], dtype },
      { shape: [0], dtype },
    ]),
    result: floatingResult,
    draw,
  });
}

export const randomUniform = floatingOp(
  "randomUniform",
  "Uniform numbers in [0, 1), float32 of 24 bits, float64 of 53: a function of state int32 [4] alone.",
  (state, to) => {
    if (to.dtype === "float32") eachElement(state, to.length, 4, (i, at) => to.set(i, unit24(words[at])));
    else eachElement(state, to.length, 2, (i, at) => to.set(i, unit53(words[at], words[at + 1])));
  },
);

export const randomNormal = floatingOp(
  "randomNormal",
  "Normal numbers of mean 0 and variance 1 (Box–Muller): a function of state int32 [4] alone.",
  (state, to) => {
    const perBlock = to.dtype === "float32" ? 4 : 2;
    eachElement(state, to.length, perBlock, (i) => to.set(i, normalOf(to.dtype, i % perBlock)));
  },
);

export const randomTruncatedNormal = floatingOp(
  "randomTruncatedNormal",
  "Normal numbers of which those outside (−2, 2) are drawn again: a function of state int32 [4] alone.",
  (state, to) => {
    const perBlock = to.dtype === "float32" ? 4 : 2;
    const stored = to.dtype === "float32" ? Math.fround : (x: number) => x;
    for (let i = 0; i < to.length; i++) {
      let x = 2;
      for (let attempt = 0; attempt < ATTEMPTS && Math.abs(x) >= 2; attempt++) {
        philox(state, Math.floor(i / perBlock), attempt, words);
        x = stored(normalOf(to.dtype, i % perBlock));
      }
      to.set(i, x);
    }
  },
);

/**
 * Marsaglia and Tsang (2000): d·v with v = (1 + c·x)³ of a normal x, drawn again until accepted. For alpha < 1 of alpha + 1, times u^(1/alpha).
 * Each attempt takes one block of the element: two words for x, two for what decides.
 */
function gamma(state: RandomState, element: number, alpha: number): number {
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  let v = 1;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    philox(state, element, attempt, words);
    const x = normal32(words[0], words[1], false);
    const base = 1 + c * x;
    if (base <= 0) continue;
    v = base * base * base;
    if (Math.log(aboveZero53(words[2], words[3])) < 0.5 * x * x + d * (1 - v + Math.log(v))) break;
  }
  if (alpha >= 1) return d * v;
  philox(state, element, ATTEMPTS, words);
  return d * v * aboveZero53(words[0], words[1]) ** (1 / alpha);
}

export const randomGamma = randomOp(
  "randomGamma",
  "Gamma-distributed numbers of shape alpha and rate 1: a function of state int32 [4] alone.",
  {
    batch: drawn,
    attrs: { shape: "dims", dtype: "dtype", alpha: "number" },
    samples: FLOATING.flatMap((dtype) => [
      { shape: [2, 5], dtype, alpha: 2 },
      { shape: [1031], dtype, alpha: 0.3 },
      { shape: [700], dtype, alpha: 50 },
      { shape: [], dtype, alpha: 1 },
      { shape: [0], dtype, alpha: 1 },
    ]),
    errors: [0, -1, Infinity].map((alpha) => ({
      name: `alpha ${alpha}`,
      code: "E_ARGUMENT",
      inputs: [stateInput(STATES[0])],
      attrs: { shape: [1], dtype: "float32", alpha },
    })),
    result: (attrs, name) => {
      const alpha = attrs.alpha as number;
      if (!(alpha > 0 && alpha < Infinity)) throw new ArgumentError(`${name}: alpha is ${alpha}, but must be a finite number above 0.`);
      return floatingResult(attrs, name);
    },
    draw: (state, to, attrs) => {
      for (let i = 0; i < to.length; i++) to.set(i, gamma(state, i, attrs.alpha as number));
    },
  },
);

export const randomInt = randomOp("randomInt", "Whole numbers in lo..hi−1, all equally likely: a function of state int32 [4] alone.", {
  batch: drawn,
  attrs: { shape: "dims", lo: "int", hi: "int" },
  samples: [
    { shape: [2, 5], lo: 0, hi: 6 },
    { shape: [1031], lo: -0x80000000, hi: 0x7fffffff },
    { shape: [3], lo: 5, hi: 6 },
    { shape: [0], lo: 0, hi: 1 },
  ],
  errors: [{ name: "empty range", code: "E_ARGUMENT", inputs: [stateInput(STATES[0])], attrs: { shape: [1], lo: 3, hi: 3 } }],
  result: (attrs, name) => {
    const { shape, lo, hi } = attrs as { shape: Shape; lo: number; hi: number };
    lengths(name, "shape", shape);
    if (lo >= hi) throw new ArgumentError(`${name}: there is no whole number from ${lo} up to, but not including, ${hi}.`);
    return { dtype: "int32", shape };
  },
  draw: (state, to, attrs) => {
    const lo = attrs.lo as number;
    const bound = (attrs.hi as number) - lo;
    eachElement(state, to.length, 2, (i, at) => to.set(i, lo + below(words[at], words[at + 1], bound)));
  },
});

export const randomPermutation = randomOp(
  "randomPermutation",
  "The numbers 0..count−1 in random order, int32 [count] (Fisher–Yates): a function of state int32 [4] alone.",
  {
    batch: ordered,
    attrs: { count: "int" },
    samples: [{ count: 5 }, { count: 1031 }, { count: 1 }, { count: 0 }],
    errors: [{ name: "negative count", code: "E_SHAPE", inputs: [stateInput(STATES[0])], attrs: { count: -1 } }],
    result: (attrs, name) => {
      const count = attrs.count as number;
      lengths(name, "shape", [count]);
      return { dtype: "int32", shape: [count] };
    },
    draw: (state, to) => {
      const order = Int32Array.from({ length: to.length }, (_, i) => i);
      // Element i is exchanged with one of 0..i, itself included.
      eachElement(state, to.length, 2, (i, at) => {
        const j = below(words[at], words[at + 1], i + 1);
        const moved = order[j];
        order[j] = order[i];
        order[i] = moved;
      });
      for (let i = 0; i < to.length; i++) to.set(i, order[i]);
    },
  },
);

export const nextRandomState = randomOp("nextRandomState", "The state of the next draw: the same key, one more in the counter.", {
  attrs: {},
  samples: [{}],
  result: () => ({ dtype: "int32", shape: [4] }),
  draw: (state, to) => {
    const low = (state[2] + 1) | 0;
    to.set(0, state[0]);
    to.set(1, state[1]);
    to.set(2, low);
    to.set(3, low === 0 ? state[3] + 1 : state[3]);
  },
});
