/** Linear algebra: products of the factors give the matrix back, on both sides of the size from which native kernels compute; what is refused. */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { compiled } from "../../runtime/src/staged/compiled.ts";
import { random } from "./support.ts";

const { linalg } = gf;

function matrices(shape: number[], seed = 1, dtype: gf.DType = "float64"): gf.Tensor {
  const next = random(seed);
  return gf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * next() - 1),
    shape,
    dtype,
  );
}

/** Largest difference, in units of the dtype's precision times the length. */
function far(got: gf.Tensor, want: gf.Tensor): number {
  expect(got.shape).toEqual(want.shape);
  const [a, b] = [got.dataSync(), want.dataSync()];
  const unit = (got.dtype === "float64" ? 2 ** -52 : 2 ** -23) * Math.max(1, got.shape.at(-1) ?? 1);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!) / unit);
  return most;
}

const t = linalg.matrixTranspose;
const unit = (n: number, like: gf.Tensor) => gf.eye(n).cast(like.dtype);
const SHAPES: [number[], gf.DType][] = [
  [[3, 3], "float64"],
  [[7, 4], "float64"],
  [[4, 7], "float64"],
  [[40, 40], "float64"],
  [[2, 33, 20], "float64"],
  [[30, 5, 5], "float32"],
];

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof gf.GraphFnError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

describe.each(SHAPES)("matrices %j of %s", (shape, dtype) => {
  const x = matrices(shape, 3, dtype);
  const [m, n] = shape.slice(-2) as [number, number];
  const p = Math.min(m, n);

  it("qr", () => {
    for (const full of [false, true]) {
      const [q, r] = linalg.qr(x, full);
      expect(far(gf.matMul(q, r), x)).toBeLessThan(10);
      const k = full ? m : p;
      expect(far(gf.matMul(t(q), q), gf.broadcastTo(unit(k, x), [...shape.slice(0, -2), k, k]))).toBeLessThan(10);
      expect(far(linalg.bandPart(r, 0, -1), r)).toBe(0);
    }
  });

  it("svd", () => {
    const [s, u, v] = linalg.svd(x);
    expect(far(gf.matMul(gf.mul(u, gf.expandDims(s, -2)), t(v)), x)).toBeLessThan(10);
    for (const side of [u, v])
      expect(far(gf.matMul(t(side), side), gf.broadcastTo(unit(p, x), [...shape.slice(0, -2), p, p]))).toBeLessThan(10);
    const values = s.dataSync();
    for (let i = 0; i < values.length; i++) expect(values[i]! >= 0 && (i % p === 0 || values[i]! <= values[i - 1]!)).toBe(true);
  });

  it("eigh, cholesky, solve, inv and det", () => {
    const square = gf.add(gf.matMul(x, t(x)), unit(m, x));
    const [values, vectors] = linalg.eigh(square);
    expect(far(gf.matMul(square, vectors), gf.mul(vectors, gf.expandDims(values, -2)))).toBeLessThan(40);
    const l = linalg.cholesky(square);
    expect(far(gf.matMul(l, t(l)), square)).toBeLessThan(40);
    const b = matrices([...shape.slice(0, -2), m, 2], 5, dtype);
    expect(far(gf.matMul(square, linalg.solve(square, b)), b)).toBeLessThan(200);
    expect(far(gf.matMul(t(square), linalg.solve(square, b, true)), b)).toBeLessThan(200);
    expect(far(gf.matMul(l, linalg.triangularSolve(l, b)), b)).toBeLessThan(100);
    expect(far(gf.matMul(t(l), linalg.triangularSolve(l, b, true, true)), b)).toBeLessThan(100);
    expect(far(gf.matMul(square, linalg.inv(square)), gf.broadcastTo(unit(m, x), square.shape))).toBeLessThan(200);
    const ratio = gf.div(linalg.det(square), gf.prod(values, -1)).dataSync();
    for (const r of ratio) expect(Math.abs(r - 1)).toBeLessThan(dtype === "float64" ? 1e-12 : 1e-4);
  });
});

describe("cases of their own", () => {
  it("svd of matrices without full rank has orthonormal factors", () => {
    for (const x of [gf.zeros([4, 3], "float64"), gf.ones([3, 4], "float64"), gf.tensor([1e-300, 0, 0, 1e300], [2, 2], "float64")]) {
      const [s, u, v] = linalg.svd(x);
      for (const side of [u, v]) expect(far(gf.matMul(t(side), side), unit(s.shape[0]!, x))).toBeLessThan(4);
      expect(
        far(gf.matMul(gf.mul(u, gf.expandDims(s, 0)), t(v)).div(gf.maximum(gf.max(gf.abs(x)), 1)), x.div(gf.maximum(gf.max(gf.abs(x)), 1))),
      ).toBeLessThan(4);
    }
  });

  it.each([2, 12])("NaN stays NaN, and ends, for length %i", (n) => {
    const bad = gf.tensorScatterUpdate(
      gf.eye(n),
      gf.tensor(
        [
          [1, 0],
          [0, 1],
        ],
        undefined,
        "int32",
      ),
      [NaN, NaN],
    );
    for (const y of [...linalg.eigh(bad), ...linalg.svd(bad)]) expect([...y.dataSync()].every(Number.isNaN)).toBe(true);
    const wide = gf.tensorScatterUpdate(gf.eye(n), gf.tensor([[1, 0]], undefined, "int32"), [Infinity]);
    for (const y of [...linalg.eigh(wide), ...linalg.svd(wide)]) expect([...y.dataSync()].every(Number.isNaN)).toBe(true);
    const large = gf.tensor([0, 1e200, 1e200, 0], [2, 2], "float64");
    for (const [i, e] of linalg.eigh(large)[0].dataSync().entries())
      expect(Math.abs(e / (i === 0 ? -1e200 : 1e200) - 1)).toBeLessThan(1e-15);
    const x = gf.tensor([1, NaN, NaN, 1], [2, 2], "float64");
    expect([...linalg.eigh(x)[0].dataSync()].some(Number.isNaN)).toBe(true);
    expect([...linalg.svd(x)[0].dataSync()].some(Number.isNaN)).toBe(true);
    expect([...linalg.qr(x)[1].dataSync()].some(Number.isNaN)).toBe(true);
    expect(linalg.det(x).dataSync()[0]).toBeNaN();
  });

  it("a batch broadcasts; integers become float32; the same in a graph", () => {
    const a = matrices([3, 3], 2);
    const b = matrices([4, 3, 2], 4);
    const eager = linalg.solve(a, b);
    expect(eager.shape).toEqual([4, 3, 2]);
    const graph = compiled((x: gf.Tensor, y: gf.Tensor) => [linalg.solve(x, y)], { name: "f" })(a, b)[0] as gf.Tensor;
    expect(graph.dataSync()).toEqual(eager.dataSync());
    expect(
      linalg
        .inv([
          [2, 0],
          [0, 4],
        ])
        .arraySync(),
    ).toEqual([
      [0.5, 0],
      [0, 0.25],
    ]);
    expect(linalg.det(gf.tensor([1, 2, 3, 4], [2, 2], "int32")).dataSync()).toEqual(Float32Array.of(-2));
    expect(linalg.det(gf.zeros([2, 0, 0])).dataSync()).toEqual(Float32Array.of(1, 1));
  });

  const refused: [string, () => unknown, string][] = [
    [
      "a singular matrix",
      () =>
        linalg.solve(
          [
            [1, 2],
            [2, 4],
          ],
          [[1], [1]],
        ),
      "E_SINGULAR",
    ],
    ["the inverse of zeros", () => linalg.inv(gf.zeros([50, 50])), "E_SINGULAR"],
    ["a gradient through a singular determinant", () => gf.grad((x: gf.Tensor) => linalg.det(x))(gf.zeros([2, 2])), "E_SINGULAR"],
    [
      "an indefinite matrix",
      () =>
        linalg.cholesky([
          [1, 2],
          [2, 1],
        ]),
      "E_NOT_POSITIVE_DEFINITE",
    ],
    ["heights that differ", () => linalg.solve([[1]], [[1], [2]]), "E_SHAPE"],
    ["a matrix that is not square", () => linalg.det([[1, 2]]), "E_SHAPE"],
    ["a vector", () => linalg.svd([1, 2]), "E_SHAPE"],
    ["a vector on the right", () => linalg.solve([[1]], [1]), "E_SHAPE"],
    ["more diagonals than there are", () => linalg.bandPart([[1]], 2, 0), "E_ARGUMENT"],
    ["more vectors than dimensions", () => linalg.gramSchmidt(gf.ones([3, 2])), "E_SHAPE"],
    ["a gradient that is not determined", () => gf.grad((x: gf.Tensor) => linalg.qr(x, true)[0].sum())(gf.ones([3, 2])), "U_UNSUPPORTED"],
  ];
  it.each(refused)("refused: %s", (_, run, code) => expect(codeOf(run)).toBe(code));

  it("names the first matrix without an inverse, whatever thread found it", () => {
    const many = gf.concat([gf.broadcastTo(gf.eye(8), [70, 8, 8]), gf.zeros([30, 8, 8])]);
    expect(() => linalg.inv(many)).toThrow("solve: matrix 70 is singular: there is no pivot for column 0.");
  });
});
