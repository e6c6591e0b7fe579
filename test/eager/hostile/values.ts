/** What hostile calls are made of: tensors of every dtype and odd shapes, plain arguments, and things that are wrong almost everywhere. */
import * as gf from "graphfn";
import type { Random } from "../../support/random.ts";

/** The caller's own error, thrown in a getter, trap or callback: it passes through. */
export class Trap extends Error {}

const trap = (): never => {
  throw new Trap("the caller's own error");
};

/** An array whose length and second element throw. */
export const trappedArray: unknown = new Proxy([1, 2], {
  get(target, key) {
    return key === "1" || key === "length" || key === "shape" || key === "then" ? trap() : (Reflect.get(target, key) as unknown);
  },
});

const GETTERS = ["shape", "dtype", "length", "axis", "x", "begin", "then"];
/** An object whose getters and conversions throw. */
export const trappedObject: unknown = Object.defineProperties(
  { valueOf: trap, toString: trap },
  Object.fromEntries(GETTERS.map((key) => [key, { get: trap, enumerable: true }])),
);

function detached(): Float32Array {
  const data = new Float32Array(8);
  structuredClone(data, { transfer: [data.buffer] });
  return data;
}

/** A view that follows the length of its buffer, which has become `bytes` long. */
function resizable(bytes: number): Float32Array {
  const Resizable = ArrayBuffer as unknown as new (bytes: number, options: object) => ArrayBuffer & { resize(bytes: number): void };
  const buffer = new Resizable(32, { maxByteLength: 64 });
  const view = new Float32Array(buffer);
  buffer.resize(bytes);
  return view;
}

const SHAPES = [
  ...[[], [1], [3], [0], [7], [64], [2, 3], [3, 2], [3, 3], [4, 4], [65, 3], [0, 3], [3, 0]],
  ...[
    [2, 2, 2],
    [1, 3, 3],
    [2, 0, 2],
    [1, 4, 4, 2],
    [2, 2, 2, 1],
    [2, 2, 3, 3],
    [0, 4, 4, 2],
    [1, 0, 0, 1],
    [1, 2, 4, 4, 1],
  ],
  // No elements, but axes that no loop and no array has room for.
  ...[
    [2 ** 31 - 1, 0],
    [0, 2 ** 31 - 1],
    [3, 0, 2 ** 17],
    [1, 0, 2 ** 16, 2],
  ],
];

const RULES: readonly ((i: number) => number)[] = [
  (i) => (i * 7 + 3) % 5,
  (i) => (i % 3) - 1,
  (i) => [NaN, Infinity, -1e30, 2.5][i % 4] as number,
];

function tensorOf(dtype: gf.DType, shape: number[], rule: (i: number) => number): gf.Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const real = gf.tensor(
    Float32Array.from({ length: n }, (_, i) => rule(i)),
    shape,
  );
  return dtype === "complex64" ? gf.complex(real, real) : real.cast(dtype);
}

export function hostileTensors(): gf.Tensor[] {
  const list: gf.Tensor[] = [];
  for (const dtype of ["float32", "float64", "int32", "bool", "complex64"] as const) {
    const rules = dtype.startsWith("float") ? RULES : RULES.slice(0, 2);
    for (const shape of SHAPES) for (const rule of rules) list.push(gf.tidy(() => gf.keep(tensorOf(dtype, shape, rule))));
  }
  return list;
}

export function hostileValues(): unknown[] {
  const dead = gf.tensor([1, 2, 3]);
  dead.dispose();
  return [
    ...[
      undefined,
      null,
      NaN,
      -1,
      -0,
      0.5,
      100,
      2 ** 31 - 1,
      2 ** 31,
      -(2 ** 31),
      2 ** 32,
      2 ** 53,
      2 ** 53 + 2,
      1e300,
      Infinity,
      -Infinity,
    ],
    ...["", "x", "\0", "__proto__", "constructor", "toString", "string", "float16", "int64", Symbol("s"), 10n, true],
    ...[{}, [], [[]], [[], [1]], Object.create(null), new Date(0), /x/, new Map(), new Set([1]), new WeakMap(), new String("same"), gf],
    ...[() => {}, trap, async () => 1, new Proxy({}, {}), new Proxy(() => {}, {}), Promise.resolve(1)],
    ...[new ArrayBuffer(8), new DataView(new ArrayBuffer(8)), new Int8Array(4), new BigInt64Array(2)],
    ...[new Float32Array(new SharedArrayBuffer(16)), detached(), resizable(0), resizable(40)],
    ...[dead, [dead], trappedArray, trappedObject, Object.create(gf.Tensor.prototype), Object.freeze([1, 2])],
    ...[[NaN], [-1], [-5, -5], [2 ** 31], [2 ** 31, 2 ** 31], [2 ** 53], [1e300, 0], [0, 2 ** 53], [2 ** 20, 2 ** 20, 2 ** 20]],
    ...[[undefined], [null], [{}], ["a"], [1n], [[1, 2], [3]], new Array(5), new Array(2 ** 20), Object.assign(new Array(2), { 1: 1 })],
    ...[
      [
        [0, 2 ** 31],
        [0, 0],
      ],
      [[-1, 0]],
      [0, 2 ** 31 - 1],
      [2 ** 31 - 1, 0],
    ],
  ];
}

export const PLAIN: readonly unknown[] = [
  ...[0, 1, 2, 3, 4, -1, 0.5, 1e-3, true, false, undefined],
  ...["float32", "float64", "int32", "bool", "complex64", "same", "valid", "NHWC", "NDHWC", "reflect", "symmetric"],
  ...["sum", "max", "avg", "relu", "fro", "euclidean", "ij,jk->ik", "i->", "...ij->...ji"],
  ...[[0], [1], [2], [3], [4], [-1], [0, 1], [1, 0], [1, 1], [2, 2], [2, 3], [3, 2], [1, -1], [0, 0, 0], [1, 1, 1], [2, 2, 2], [1, 2, 3]],
  ...[
    [0.5, 1.5],
    [1, 1, 1, 1],
    [1, 2, 2, 1],
    [[0, 0]],
    [
      [1, 1],
      [0, 1],
    ],
    [
      [1, 2],
      [3, 4],
    ],
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
  ],
  ...[new Float32Array([1, 2, 3]), new Int32Array([0, 1]), new Uint8Array([1, 0])],
];

export class Arguments {
  readonly tensors = hostileTensors();
  readonly hostile = hostileValues();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  any(): unknown {
    const r = this.#random.next();
    if (r < 0.45) return this.#random.pick(this.tensors);
    if (r < 0.75) return this.#random.pick(PLAIN);
    return r < 0.85 ? this.#list(() => this.#random.pick(this.tensors), 3) : this.#random.pick(this.hostile);
  }

  fresh(): unknown[] {
    return this.#list(() => this.any(), 6);
  }

  #list(make: () => unknown, most: number): unknown[] {
    return Array.from({ length: this.#random.int(0, most) }, make);
  }

  /** A call that went well with one thing wrong: an argument, an element of one, or a property. */
  changed(args: readonly unknown[], from: number): unknown[] {
    const random = this.#random;
    const out = [...args];
    if (out.length <= from) return [...out, this.any()];
    const at = random.int(from, out.length - 1);
    const old = out[at];
    const wrong = random.chance(0.6) ? random.pick(this.hostile) : this.any();
    if (old !== trappedArray && Array.isArray(old) && old.length > 0 && old.length < 10 && random.chance(0.4)) {
      out[at] = old.with(random.int(0, old.length - 1), wrong);
    } else if (old !== trappedObject && isPlain(old) && random.chance(0.7)) {
      const keys = Object.keys(old);
      out[at] = keys.length === 0 ? wrong : { ...old, [random.pick(keys)]: wrong };
    } else {
      out[at] = wrong;
    }
    return out;
  }

  /** Each list in these calls, with a hole for each of its elements: what skips holes takes them for whole. */
  *withHoles(calls: readonly (readonly unknown[])[]): Generator<unknown[]> {
    for (const args of calls) {
      for (const [at, old] of args.entries()) {
        if (!Array.isArray(old)) continue;
        for (const i of old.keys()) {
          const holed = [...(old as unknown[])];
          delete holed[i];
          yield args.with(at, holed);
        }
      }
    }
  }

  /** Each hostile value in each place of each of these calls: an argument, an element of a list, a property. */
  *swept(calls: readonly (readonly unknown[])[], from: number): Generator<unknown[]> {
    yield* this.withHoles(calls);
    for (const args of calls) {
      for (const [at, old] of args.entries()) {
        if (at < from) continue;
        for (const wrong of this.hostile) {
          yield args.with(at, wrong);
          if (Array.isArray(old) && old.length < 10) for (const i of old.keys()) yield args.with(at, old.with(i, wrong));
          else if (isPlain(old)) for (const key of Object.keys(old)) yield args.with(at, { ...old, [key]: wrong });
        }
      }
    }
  }
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
