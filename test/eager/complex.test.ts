/**
 * complex64: construction and reading, arithmetic against the definition, gradients of every record against differences, graph
 * functions on both backends against eager runs, refusals.
 */
import * as gf from "graphfn";
import { afterEach, describe, expect, it } from "vitest";
import { apply } from "../../runtime/src/dispatch/dispatch.ts";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { Block, OpSample } from "../../runtime/src/ops/op.ts";
import { blockOf, random } from "../ops/support.ts";

type Pair = readonly [number, number];

function complexOf(pairs: readonly Pair[], shape: readonly number[] = [pairs.length]): gf.Tensor {
  const part = (i: 0 | 1): gf.Tensor =>
    gf.tensor(
      pairs.map((p) => p[i]),
      shape,
      "float32",
    );
  return gf.complex(part(0), part(1));
}

function parts(t: gf.Tensor): number[] {
  return [...(t.dataSync() as Float32Array)];
}

function tensorOf({ dtype, shape, data }: Block): gf.Tensor {
  if (dtype !== "complex64") return gf.tensor([...data], shape, dtype);
  const of = (at: number): gf.Tensor =>
    gf.tensor(
      [...data].filter((_, i) => i % 2 === at),
      shape,
      "float32",
    );
  return gf.complex(of(0), of(1));
}

const z = (): gf.Tensor =>
  complexOf([
    [1, 2],
    [-3, 0.5],
    [0, -1],
  ]);
const w = (): gf.Tensor =>
  complexOf([
    [2, -1],
    [0.25, 4],
    [-1, -1],
  ]);

describe("complex64", () => {
  it("is made of two real tensors of one shape, and read as pairs", () => {
    const t = gf.complex([[1, 2]], [[3, 4]]);
    expect([t.dtype, t.shape, t.size]).toEqual(["complex64", [1, 2], 2]);
    expect(parts(t)).toEqual([1, 3, 2, 4]);
    expect(t.arraySync()).toEqual([[1, 3, 2, 4]]);
    expect(gf.complex(1, 2).arraySync()).toEqual([1, 2]);
    expect([parts(gf.real(t)), parts(gf.imag(t))]).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(gf.complex(new Int32Array([1]), [2]).dtype).toBe("complex64");
    expect(gf.complex(1.5, 2).toString()).toBe("Tensor\n    1.5 + 2j");
    expect(() => gf.complex([1], [1, 2])).toThrow(/E_SHAPE/);
    expect(() => gf.complex(gf.tensor([1], undefined, "float64"), [1])).toThrow(/E_DTYPE/);
    expect(() => gf.tensor([1, 2], [1], "complex64")).toThrow(/E_DTYPE.*complex\(real, imag\)/);
    expect(() => gf.buffer([2], "complex64")).toThrow(/E_DTYPE/);
    expect(() => t.item()).toThrow(/E_SHAPE/);
    expect(() => gf.complex(1, 2).item()).toThrow(/E_DTYPE/);
  });

  it("is created filled, and counted with eight bytes per element", () => {
    expect(parts(gf.ones([2], "complex64"))).toEqual([1, 0, 1, 0]);
    expect(parts(gf.zeros([1], "complex64"))).toEqual([0, 0]);
    expect(parts(gf.fill([2], 3, "complex64"))).toEqual([3, 0, 3, 0]);
    expect(parts(gf.onesLike(z()))).toEqual([1, 0, 1, 0, 1, 0]);
    expect(parts(gf.eye(2, 2, undefined, "complex64"))).toEqual([1, 0, 0, 0, 0, 0, 1, 0]);
    const before = gf.memory().numBytes;
    const t = gf.zeros([100], "complex64");
    expect(gf.memory().numBytes - before).toBe(800);
    t.dispose();
  });

  it("computes as the definitions say, also beyond the size that JavaScript computes", () => {
    for (const n of [1, 40, 70_000]) {
      const next = random(n);
      const pairs = Array.from({ length: n }, (): Pair => [(next() - 0.5) * 4, (next() - 0.5) * 4]);
      const a = complexOf(pairs);
      const b = complexOf(pairs.map(([re, im]): Pair => [im, 1 - re]));
      const quotient = gf.sub(gf.mul(gf.realDiv(a, b), b), a);
      expect(gf.max(gf.abs(quotient)).item()).toBeLessThan(1e-5);
      const exact = gf.sub(gf.exp(gf.log(a)), a);
      expect(gf.max(gf.abs(exact)).item()).toBeLessThan(1e-5);
      expect(gf.max(gf.abs(gf.sub(gf.square(gf.sqrt(a)), a))).item()).toBeLessThan(1e-5);
      expect(gf.min(gf.real(gf.sqrt(a))).item()).toBeGreaterThanOrEqual(0);
      const total = pairs.reduce(([re, im], p): Pair => [re + p[0], im + p[1]], [0, 0] as Pair);
      expect(parts(gf.sum(a))[0]).toBeCloseTo(total[0], 2);
      expect(parts(gf.mean(a))[1]).toBeCloseTo(total[1] / n, 5);
    }
  });

  it("divides by zeros and infinities as ISO C does", () => {
    const quotient = (a: Pair, b: Pair): number[] => parts(gf.realDiv(complexOf([a]), complexOf([b])));
    expect(quotient([1, 0], [0, 0])).toEqual([Infinity, Number.NaN]);
    expect(quotient([1, 1], [Infinity, 0])).toEqual([0, 0]);
    expect(quotient([Infinity, 0], [1, 1])).toEqual([Infinity, -Infinity]);
    expect(quotient([0, 0], [0, 0])).toEqual([Number.NaN, Number.NaN]);
    expect(quotient([1e38, 1e38], [1e38, 1e38])).toEqual([1, 0]);
    expect(quotient([1e-40, 0], [1e-40, 0])).toEqual([1, 0]);
  });

  it("meets other dtypes: float32, whole numbers and numbers become complex, float64 is refused", () => {
    expect(parts(gf.add(gf.complex([1], [2]), [3]))).toEqual([4, 2]);
    expect(parts(gf.complex([1], [2]).mul(2))).toEqual([2, 4]);
    expect(parts(gf.complex([1], [2]).add(0.5))).toEqual([1.5, 2]);
    expect(() => gf.add(z(), gf.tensor([1, 2, 3], undefined, "float64"))).toThrow(/E_DTYPE.*float32/);
    expect(() => gf.less(z(), w())).toThrow(/E_DTYPE/);
    expect(() => gf.max(z())).toThrow(/E_DTYPE/);
    expect(() => gf.sigmoid(z())).toThrow(/E_DTYPE/);
    expect([...gf.equal(z(), z()).dataSync()]).toEqual([1, 1, 1]);
    expect([...gf.notEqual(z(), gf.conj(z())).dataSync()]).toEqual([1, 1, 1]);
    expect([...z().cast("int32").dataSync()]).toEqual([1, -3, 0]);
    expect(parts(gf.tensor([true, false]).cast("complex64"))).toEqual([1, 0, 0, 0]);
  });

  it("multiplies matrices", () => {
    const a = complexOf(
      [
        [1, 1],
        [2, 0],
        [0, 3],
        [1, -1],
      ],
      [2, 2],
    );
    const product = gf.matMul(a, a);
    // [[1+i, 2], [3i, 1−i]]²
    expect(parts(product)).toEqual([0, 8, 4, 0, 0, 6, 0, 4]);
    expect(parts(gf.matMul(a, gf.eye(2)))).toEqual(parts(a));
  });
});

/** Operands of complex records at points where nothing is on a cut. */
function pointOf(sample: OpSample): Block[] {
  const next = random(3);
  return sample.inputs.map((input) => {
    const block = blockOf(input);
    if (block.dtype !== "complex64" && block.dtype !== "float32") return block;
    for (let i = 0; i < block.data.length; i++) block.data[i] = 0.5 + next();
    return block;
  });
}

const differentiable = allOps().filter(
  (op) =>
    op.grad !== undefined &&
    op.grad !== "zero" &&
    op.name !== "stopGradient" &&
    op.samples.some((s) => s.inputs.some((t) => t.dtype === "complex64")),
);

describe.each([...differentiable, ...allOps().filter((op) => op.name === "complex")].map((op) => [op.name, op] as const))(
  "gradient of %s",
  (_, op) => {
    it("is ∂L/∂x + i·∂L/∂y of a real loss", () => {
      let compared = 0;
      for (const sample of op.samples) {
        if (op.name !== "complex" && !sample.inputs.some((t) => t.dtype === "complex64")) continue;
        const blocks = pointOf(sample);
        const attrs = sample.attrs ?? {};
        const free = blocks.findIndex((b) => b.dtype === "complex64" || op.name === "complex");
        const place = blocks[free] as Block;
        if (place.data.length > 40) continue;
        const loss = (x: gf.Tensor): gf.Tensor => {
          const operands = blocks.map((b, i) => (i === free ? x : tensorOf(b)));
          const [out] = apply(op, operands, attrs) as [gf.Tensor];
          if (["bool", "uint8", "int32", "int64"].includes(out.dtype)) return gf.scalar(0);
          const next = random(9);
          const weights = (): gf.Tensor => gf.tensor(Array.from({ length: out.size }, next), out.shape, "float32");
          if (out.dtype !== "complex64") return gf.sum(gf.mul(gf.cast(out, "float32"), weights()));
          return gf.add(gf.sum(gf.mul(gf.real(out), weights())), gf.sum(gf.mul(gf.imag(out), weights())));
        };
        const dx = gf.grad(loss)(tensorOf(place));
        expect([dx.dtype, dx.shape]).toEqual([place.dtype, [...place.shape]]);
        const found = parts(dx);
        const h = 1 / 64;
        for (let i = 0; i < place.data.length; i++) {
          const at = (d: number): number => {
            const data = place.data.slice();
            data[i] = (data[i] as number) + d;
            return loss(tensorOf({ ...place, data })).dataSync()[0] as number;
          };
          expect(found[i], `${sample.name}, part ${i}`).toBeCloseTo((at(h) - at(-h)) / (2 * h), 1);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(0);
    });
  },
);

describe("complex64 in graph functions", () => {
  afterEach(() => gf.setBackend("native"));

  const programs: Record<string, (a: gf.Tensor, b: gf.Tensor) => gf.Tensor> = {
    arithmetic: (a, b) => gf.sub(gf.mul(a, b), gf.realDiv(gf.conj(a), gf.add(b, 1))),
    scalars: (a, b) => gf.add(gf.mul(gf.sum(a), 2), gf.mean(b)),
    functions: (a, b) => gf.exp(gf.log(gf.square(gf.sqrt(gf.mul(a, b))))),
    moves: (a, b) => gf.concat([gf.reverse(gf.slice(a, [1], [2])), gf.pad(b, [[1, 2]], 0.5), gf.tile(a, [2])]),
    choice: (a, b) => gf.where(gf.notEqual(a, gf.conj(a)), gf.gather(b, [2, 1, 0]), gf.complex(gf.real(a), gf.abs(b))),
    product: (a, b) => gf.flatten(gf.matMul(gf.reshape(a, [3, 1]), gf.reshape(b, [1, 3]))),
    constants: (a) =>
      gf.mul(
        gf.add(
          a,
          complexOf([
            [0, 1],
            [0, 1],
            [0, 1],
          ]),
        ),
        gf.complex(2, 2),
      ),
    gradient: (a, b) => gf.grad((x: gf.Tensor) => gf.sum(gf.square(gf.abs(gf.mul(x, b)))))(a),
    casts: (a, b) => gf.cast(gf.cast(gf.add(a, b), "float32"), "complex64"),
  };

  it.each(Object.entries(programs))("%s: eager, reference and native agree", (_, program) => {
    for (const count of [3, 3000]) {
      const wide = (t: gf.Tensor): gf.Tensor => gf.tile(t, [count / 3]);
      if (count > 3 && /constants|product|choice|moves/.test(_)) continue;
      const [a, b] = [wide(z()), wide(w())];
      const eager = parts(program(a, b));
      for (const backend of ["reference", "native"] as const) {
        gf.setBackend(backend);
        const staged = gf.graphFunction(program);
        for (let run = 0; run < 2; run++) {
          const got = parts(staged(a, b));
          expect(got.length).toBe(eager.length);
          for (const [i, x] of got.entries()) expect(x, `${backend}, part ${i}`).toBeCloseTo(eager[i] as number, 3);
        }
      }
    }
  });

  it("keeps constants in the text of a graph", () => {
    const staged = gf.graphFunction((a: gf.Tensor) => gf.mul(a, complexOf([[2, 2]])));
    expect(parts(staged(complexOf([[1, 0]])))).toEqual([2, 2]);
    const variable = gf.variable(z());
    const update = gf.graphFunction((x: gf.Tensor) => {
      variable.assign(gf.mul(variable, x));
      return gf.sum(variable);
    });
    update(complexOf([[0, 1]]));
    expect(parts(variable)).toEqual([-2, 1, -0.5, -3, 1, 0]);
  });
});

it("transpose takes conjugates where it is asked to", () => {
  const z = gf.complex([[1, 2]], [[3, -4]]);
  expect(Array.from(gf.transpose(z, [1, 0], true).dataSync())).toEqual([1, -3, 2, 4]);
  expect(Array.from(z.transpose([1, 0]).dataSync())).toEqual([1, 3, 2, -4]);
  expect(gf.transpose([[1, 2]], null, true).arraySync()).toEqual([[1], [2]]);
});
