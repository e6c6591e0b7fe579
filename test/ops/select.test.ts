/** Positions, masks, counting, blocks and einsum through the API: values, order of duplicates, NaN, empty tensors, what is refused; eager and compiled. */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { compiled } from "../../runtime/src/staged/compiled.ts";

const int = (values: gf.NestedValues, shape?: number[]) => gf.tensor(values, shape, "int32");

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof gf.GraphFnError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

async function codeOfPromise(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof gf.GraphFnError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

const a23 = gf.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
const cases: [string, (...xs: gf.Tensor[]) => gf.Tensor, gf.Tensor[], unknown][] = [
  [
    "gatherND of elements",
    (x, i) => gf.gatherND(x, i),
    [
      a23,
      int([
        [1, 2],
        [0, 0],
      ]),
    ],
    [6, 1],
  ],
  [
    "gatherND of rows",
    (x, i) => gf.gatherND(x, i),
    [a23, int([[1], [1]])],
    [
      [4, 5, 6],
      [4, 5, 6],
    ],
  ],
  ["scatterND adds duplicates", (i, u) => gf.scatterND(i, u, [4]), [int([1, 1, 3]), gf.tensor([1, 2, 4])], [0, 3, 0, 4]],
  ["scatterND of int32 wraps", (i, u) => gf.scatterND(i, u, [1]), [int([0, 0]), int([2147483647, 1])], [-2147483648]],
  [
    "tensorScatterUpdate: the last stays",
    (x, i, u) => gf.tensorScatterUpdate(x, i, u),
    [gf.zeros([3]), int([[2], [0], [2]]), gf.tensor([7, 8, 9])],
    [8, 0, 9],
  ],
  [
    "sparseToDense",
    (i, v) => gf.sparseToDense(i, v, [2, 2], -1),
    [
      int([
        [0, 1],
        [1, 0],
      ]),
      gf.tensor([5, 6]),
    ],
    [
      [-1, 5],
      [6, -1],
    ],
  ],
  ["sparseToDense of one value", (i, v) => gf.sparseToDense(i, v, [3]), [int([0, 2]), gf.scalar(4)], [4, 0, 4]],
  [
    "topk values",
    (x) => gf.topk(x, 2).values,
    [
      gf.tensor([
        [1, 9, 3],
        [NaN, 2, Infinity],
      ]),
    ],
    [
      [9, 3],
      [NaN, Infinity],
    ],
  ],
  ["topk indices of ties", (x) => gf.topk(x, 3).indices, [int([5, 7, 7, 5])], [1, 2, 0]],
  [
    "inTopK",
    (p, t) => gf.inTopK(p, t, 2),
    [
      gf.tensor([
        [1, 5, 2],
        [4, 3, 6],
      ]),
      int([2, 1]),
    ],
    [1, 0],
  ],
  ["searchSorted left", (s, v) => gf.searchSorted(s, v), [gf.tensor([1, 2, 2, 3]), gf.tensor([2, 4, 0, NaN])], [1, 4, 0, 4]],
  [
    "upperBound",
    (s, v) => gf.upperBound(s, v),
    [
      int([
        [1, 2, 2],
        [3, 3, 3],
      ]),
      int([[2], [3]]),
    ],
    [[3], [3]],
  ],
  ["bincount", (x, w) => gf.bincount(x, w, 4), [int([1, 3, 1, 9]), gf.tensor([])], [0, 2, 0, 1]],
  ["bincount of weights", (x, w) => gf.bincount(x, w, 4), [int([1, 3, 1, 9]), gf.tensor([0.5, 1, 2, 3])], [0, 2.5, 0, 1]],
  [
    "denseBincount, binary",
    (x, w) => gf.denseBincount(x, w, 3, true),
    [
      int([
        [1, 1],
        [0, 2],
      ]),
      gf.tensor([]),
    ],
    [
      [0, 1, 0],
      [1, 0, 1],
    ],
  ],
  [
    "mirrorPad, reflect",
    (x) =>
      gf.mirrorPad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        "reflect",
      ),
    [a23],
    [
      [6, 5, 4, 5, 6, 5],
      [3, 2, 1, 2, 3, 2],
      [6, 5, 4, 5, 6, 5],
    ],
  ],
  ["mirrorPad, symmetric", (x) => gf.mirrorPad(x, [[2, 2]], "symmetric"), [int([1, 2])], [2, 1, 1, 2, 2, 1]],
  [
    "batchToSpaceND and back",
    (x) => gf.spaceToBatchND(gf.batchToSpaceND(x, [2], [[0, 0]]), [2], [[0, 0]]),
    [gf.range(0, 16).reshape([4, 2, 2])],
    [...Array(16).keys()],
  ],
  ["batchToSpaceND with crops", (x) => gf.batchToSpaceND(x, [2], [[1, 0]]), [gf.range(0, 4).reshape([2, 2])], [[2, 1, 3]]],
  ["depthToSpace", (x) => gf.depthToSpace(x, 2), [gf.range(0, 8).reshape([1, 1, 2, 4])], [0, 1, 4, 5, 2, 3, 6, 7]],
  [
    "depthToSpace of channels first",
    (x) => gf.depthToSpace(x, 2, "NCHW"),
    [gf.range(0, 8).reshape([1, 4, 1, 2])],
    [0, 2, 1, 3, 4, 6, 5, 7],
  ],
  [
    "diag",
    (x) => gf.diag(x),
    [int([1, 2])],
    [
      [1, 0],
      [0, 2],
    ],
  ],
  ["diag of nothing", (x) => gf.diag(x), [gf.tensor([])], []],
  ["addN", (x, y) => gf.addN([x, y, x]), [int([1, 2]), int([10, 20])], [12, 24]],
  [
    "einsum of two",
    (x, y) => gf.einsum("bij,bjk->kbi", x, y),
    [gf.range(0, 4).reshape([1, 2, 2]), gf.range(0, 4).reshape([1, 2, 2])],
    [[[2, 6]], [[3, 11]]],
  ],
  ["einsum of three", (x, y, z) => gf.einsum("i,ij,j->", x, y, z), [gf.tensor([1, 2]), a23, gf.tensor([1, 0, 1])], 24],
  [
    "einsum of int32 that sums out",
    (x) => gf.einsum("ij->j", x),
    [
      int([
        [1, 2],
        [3, 4],
      ]),
    ],
    [4, 6],
  ],
  [
    "einsum of a trace",
    (x) => gf.einsum("ii->", x),
    [
      gf.tensor([
        [1, NaN],
        [3, 4],
      ]),
    ],
    5,
  ],
  [
    "einsum of diagonals of diagonals",
    (x) => gf.einsum("iibjj->bji", x),
    [gf.range(0, 32).reshape([2, 2, 2, 2, 2])],
    [
      [
        [0, 24],
        [3, 27],
      ],
      [
        [4, 28],
        [7, 31],
      ],
    ],
  ],
  [
    "einsum of a diagonal and a vector",
    (x, y) => gf.einsum("ii,i->i", x, y),
    [
      gf.tensor([
        [1, 2],
        [3, 4],
      ]),
      gf.tensor([5, 6]),
    ],
    [5, 24],
  ],
  ["einsum of an empty diagonal", (x) => gf.einsum("ii->", x), [gf.zeros([0, 0])], 0],
  ["einsum of nothing to sum", (x, y) => gf.einsum("ij,jk->ik", x, y), [gf.zeros([2, 0]), gf.zeros([0, 1])], [[0], [0]]],
  ["a negative number of batch axes", (x, i) => gf.gather(x, i, 1, -1), [a23, int([[2], [0]])], [[3], [4]]],
];

describe("what is picked, put and counted", () => {
  it.each(cases)("%s", (_, run, args, want) => {
    const list = [want].flat(Infinity) as number[];
    const graph = compiled((...xs: gf.Tensor[]) => [run(...xs)], { name: "f" });
    for (const got of [run(...args), graph(...args)[0] as gf.Tensor]) expect([...got.dataSync()]).toEqual(list);
    if (Array.isArray(want) && list.length > 0 && Array.isArray(want[0]))
      expect(run(...args).shape.slice(0, 2)).toEqual([want.length, want[0].length]);
  });

  it("tensors have what TensorFlow.js's have", () => {
    expect(a23.topk(1).values.dataSync()).toEqual(Float32Array.of(3, 6));
    expect(a23.unique(1).indices.dataSync()).toEqual(Int32Array.of(0, 1, 2));
    expect(
      a23.mirrorPad(
        [
          [0, 0],
          [1, 0],
        ],
        "symmetric",
      ).shape,
    ).toEqual([2, 4]);
    expect(a23.euclideanNorm(1).dataSync()[0]).toBeCloseTo(Math.sqrt(14), 6);
    expect(
      gf
        .tensor([1, 2])
        .concat([[3], [4]] as never)
        .dataSync(),
    ).toEqual(Float32Array.of(1, 2, 3, 4));
  });
});

describe("how many depends on elements", () => {
  it("unique keeps the order in which slices come up; NaN is one value, and so is zero", () => {
    const { values, indices } = gf.unique([3, NaN, 0, 3, -0, NaN]);
    expect([...values.dataSync()]).toEqual([3, NaN, 0]);
    expect([...indices.dataSync()]).toEqual([0, 1, 2, 0, 2, 1]);
    const columns = gf.unique(
      [
        [1, 0, 1],
        [2, 0, 2],
      ],
      1,
    );
    expect(columns.values.arraySync()).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect([...columns.indices.dataSync()]).toEqual([0, 1, 0]);
    expect(gf.unique(gf.zeros([0, 3])).values.shape).toEqual([0, 3]);
    const many = gf.unique(gf.range(0, 100000, 1, "int32").mod(gf.scalar(777, "int32")));
    expect(many.values.dataSync()).toEqual(Int32Array.from({ length: 777 }, (_, i) => i));
  });

  it("masks", async () => {
    expect(
      (
        await gf.whereAsync([
          [true, false],
          [true, true],
        ])
      ).arraySync(),
    ).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
    ]);
    expect((await gf.whereAsync(gf.zeros([2, 0], "bool"))).shape).toEqual([0, 2]);
    expect(
      (
        await gf.booleanMaskAsync(
          [
            [1, 2],
            [3, 4],
          ],
          [false, true],
        )
      ).arraySync(),
    ).toEqual([[3, 4]]);
    expect(
      (
        await gf.booleanMaskAsync(
          [
            [1, 2],
            [3, 4],
          ],
          [false, true],
          1,
        )
      ).arraySync(),
    ).toEqual([[2], [4]]);
    const [kept, at] = await gf.setdiff1dAsync([1, 2, 3, 2, NaN], [1, NaN]);
    expect([...kept.dataSync(), ...at.dataSync()]).toEqual([2, 3, 2, 1, 2, 3]);
  });

  it("is refused in a graph function, at once", () => {
    const traced = (run: (x: gf.Tensor) => unknown) => () =>
      compiled(
        (x: gf.Tensor) => {
          run(x);
          return [x];
        },
        { name: "f" },
      )(gf.tensor([true, false]));
    expect(codeOf(traced((x) => gf.whereAsync(x)))).toBe("E_SYMBOLIC");
    expect(codeOf(traced((x) => gf.booleanMaskAsync(x, x)))).toBe("E_SYMBOLIC");
    expect(codeOf(traced((x) => gf.setdiff1dAsync(x, x)))).toBe("E_SYMBOLIC");
    expect(codeOf(traced((x) => gf.unique(x)))).toBe("E_SYMBOLIC");
    expect(codeOf(traced((x) => gf.broadcastArgs(x, x)))).toBe("E_SYMBOLIC");
  });

  it("what was taken has gradients", () => {
    const dx = gf.grad((x: gf.Tensor) => gf.unique(x).values.square().sum())(gf.tensor([2, 3, 2]));
    expect([...dx.dataSync()]).toEqual([4, 6, 0]);
  });
});

describe("gradients of what has duplicates", () => {
  it("only the update that stays has one", () => {
    const at = int([1, 1, 0]);
    const [dx, du] = gf.grads((x: gf.Tensor, u: gf.Tensor) => gf.tensorScatterUpdate(x, at, u).mul([1, 10, 100]).sum())([
      gf.zeros([3]),
      gf.ones([3]),
    ]);
    expect([...dx!.dataSync()]).toEqual([0, 0, 100]);
    expect([...du!.dataSync()]).toEqual([0, 10, 1]);
  });

  it("all updates that were added have one", () => {
    const du = gf.grad((u: gf.Tensor) =>
      gf
        .scatterND(int([1, 1, 0]), u, [2])
        .mul([1, 10])
        .sum(),
    )(gf.ones([3]));
    expect([...du.dataSync()]).toEqual([10, 10, 1]);
  });
});

describe("refused", () => {
  const refused: [string, () => unknown, string][] = [
    ["an index beyond", () => gf.gatherND(a23, int([[0, 3]])), "E_INDEX"],
    ["a negative index", () => gf.scatterND(int([-1]), [1], [3]), "E_INDEX"],
    ["a fraction as index", () => gf.gatherND(a23, [[0.5, 0]]), "E_INDEX"],
    ["an index beyond 32 bits", () => gf.gatherND(a23, [[4294967296, 0]]), "E_INDEX"],
    ["float indices", () => gf.gatherND(a23, gf.tensor([[0, 0]])), "E_DTYPE"],
    ["scalar updates", () => gf.scatterND(int([[1]]), 1, [3]), "E_SHAPE"],
    ["updates of another dtype", () => gf.tensorScatterUpdate(int([1, 2]), int([0]), gf.tensor([1])), "E_DTYPE"],
    ["a default of another dtype", () => gf.sparseToDense(int([0]), gf.tensor([1]), [2], int(1 as never)), "E_DTYPE"],
    ["a shape with a fraction", () => gf.scatterND(int([0]), [1], [2.5]), "E_SHAPE"],
    ["k beyond the row", () => gf.topk([1, 2], 3), "E_SHAPE"],
    ["a huge k", () => gf.topk([1, 2], 2 ** 40), "E_ARGUMENT"],
    ["k that is none", () => gf.topk([1, 2], 1.5), "E_ARGUMENT"],
    ["a side that is none", () => gf.searchSorted([1], [1], "middle" as never), "E_ARGUMENT"],
    ["a negative number to count", () => gf.bincount(int([-1]), [], 3), "E_INDEX"],
    ["a fraction to count", () => gf.bincount([0.5], [], 3), "E_INDEX"],
    ["floats to count", () => gf.bincount(gf.tensor([1]), [], 3), "E_DTYPE"],
    ["a margin that is too long", () => gf.mirrorPad([1, 2], [[2, 0]], "reflect"), "E_SHAPE"],
    ["a mode that is none", () => gf.mirrorPad([1, 2], [[1, 0]], "wrap" as never), "E_ARGUMENT"],
    ["blocks that do not fit", () => gf.spaceToBatchND(gf.zeros([1, 3]), [2], [[0, 0]]), "E_SHAPE"],
    ["crops of more than there is", () => gf.batchToSpaceND(gf.zeros([2, 1]), [2], [[2, 1]]), "E_SHAPE"],
    ["a letter for two lengths", () => gf.einsum("i,i->", [1, 2], [1, 2, 3]), "E_SHAPE"],
    ["a letter that no tensor has", () => gf.einsum("i->k", [1, 2]), "E_ARGUMENT"],
    ["a diagonal of a matrix that is not square", () => gf.einsum("ii->", [[1, 2]]), "E_SHAPE"],
    ["shapes that do not broadcast", () => gf.broadcastArgs([2], [3]), "E_SHAPE"],
    ["a vector as matrix", () => gf.slice2d([1, 2], [0], [1]), "E_SHAPE"],
    ["a disposed tensor", () => gf.topk(disposed()), "E_DISPOSED"],
    ["disposed indices", () => gf.gatherND(a23, disposed()), "E_DISPOSED"],
  ];
  it.each(refused)("%s", (_, run, code) => expect(codeOf(run)).toBe(code));

  it("by promises", async () => {
    expect(await codeOfPromise(() => gf.whereAsync([1, 0]))).toBe("E_DTYPE");
    expect(await codeOfPromise(() => gf.booleanMaskAsync([1, 2], [true]))).toBe("E_SHAPE");
    expect(await codeOfPromise(() => gf.inTopKAsync([[1, 2]], [0], 3))).toBe("E_SHAPE");
    expect(await codeOfPromise(() => gf.setdiff1dAsync([1], int([1])))).toBe("E_DTYPE");
  });

  it("names the index, its axis and the limit, on both backends", () => {
    const message = "gatherND: index 7 is out of range for axis 1 of length 3. Use 0 to 2.";
    expect(() => gf.gatherND(a23, int([[0, 7]]))).toThrow(message);
    expect(() =>
      gf.gatherND(
        gf.zeros([100, 3]),
        int(
          [...Array(80).keys()].flatMap((i) => [i, i === 79 ? 7 : 0]),
          [80, 2],
        ),
      ),
    ).toThrow(message);
  });
});

function disposed(): gf.Tensor {
  const t = int([[0, 0]]);
  t.dispose();
  return t;
}
