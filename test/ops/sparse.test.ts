/** Sparse and ragged tensors: values, gradients, what is refused; in a graph function, too. */
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

describe("sparse", () => {
  const at = int([
    [2, 1],
    [0, 0],
    [2, 0],
  ]);

  it("sparseFillEmptyRows orders by row, keeps the order within one, and passes gradients to values", () => {
    const result = gf.sparse.sparseFillEmptyRows(at, [5, 6, 7], [4, 2], -1);
    expect(result.outputIndices.arraySync()).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [2, 0],
      [3, 0],
    ]);
    expect([...result.outputValues.dataSync()]).toEqual([6, -1, 5, 7, -1]);
    expect([...result.emptyRowIndicator.dataSync()]).toEqual([0, 1, 0, 1]);
    expect([...result.reverseIndexMap.dataSync()]).toEqual([2, 0, 3]);
    const d = gf.grad((v: gf.Tensor) => gf.sparse.sparseFillEmptyRows(at, v, [4, 2], 0).outputValues.mul([1, 2, 3, 4, 5]).sum())(
      gf.ones([3]),
    );
    expect([...d.dataSync()]).toEqual([3, 1, 4]);
  });

  it("sparseReshape", () => {
    const { outputIndices, outputShape } = gf.sparse.sparseReshape(at, [4, 2], [2, -1]);
    expect(outputIndices.arraySync()).toEqual([
      [1, 1],
      [0, 0],
      [1, 0],
    ]);
    expect([...outputShape.dataSync()]).toEqual([2, 4]);
  });

  it("segments: holes are zeros, means of integers are cut", () => {
    const x = [
      [1, 2],
      [4, 8],
    ];
    expect(gf.sparse.sparseSegmentSum(x, [0, 1, 1], [0, 0, 2]).arraySync()).toEqual([
      [5, 10],
      [0, 0],
      [4, 8],
    ]);
    expect(gf.sparse.sparseSegmentMean(int(x), [0, 1], [0, 0]).arraySync()).toEqual([[2, 5]]);
    expect(gf.sparse.sparseSegmentMean(x, [], []).shape).toEqual([0, 2]);
    const d = gf.grad((v: gf.Tensor) => gf.sparse.sparseSegmentMean(v, [0, 1, 1], [0, 0, 2]).sum())(gf.tensor(x));
    expect(d.arraySync()).toEqual([
      [0.5, 0.5],
      [1.5, 1.5],
    ]);
  });
});

describe("ragged", () => {
  it("raggedGather and raggedRange", () => {
    const { outputNestedSplits, outputDenseValues } = gf.raggedGather([int([0, 2, 2, 3])], [1, 2, 3], int([[2, 0]]), 2);
    expect(outputNestedSplits.map((s) => [...s.dataSync()])).toEqual([
      [0, 2],
      [0, 1, 3],
    ]);
    expect([...outputDenseValues.dataSync()]).toEqual([3, 1, 2]);
    const { rtNestedSplits, rtDenseValues } = gf.raggedRange(int([0, 5]), int([3, 1]), int([1, -2]));
    expect([...rtNestedSplits.dataSync()]).toEqual([0, 3, 5]);
    expect([...rtDenseValues.dataSync()]).toEqual([0, 1, 2, 5, 3]);
  });

  it("raggedTensorToTensor finds the shape, cuts, fills and passes gradients", () => {
    const splits = [int([0, 2, 2, 3])];
    expect(gf.raggedTensorToTensor(-1 as never, [1, 2, 3], 9, splits, ["ROW_SPLITS"]).arraySync()).toEqual([
      [1, 2],
      [9, 9],
      [3, 9],
    ]);
    expect(gf.raggedTensorToTensor([-1, 1], [1, 2, 3], 9, splits, ["ROW_SPLITS"]).arraySync()).toEqual([[1], [9], [3]]);
    const d = gf.grad((v: gf.Tensor) => gf.raggedTensorToTensor([3, 1], v, 0, splits, ["ROW_SPLITS"]).sum())(gf.ones([3]));
    expect([...d.dataSync()]).toEqual([1, 0, 1]);
  });
});

describe("refused", () => {
  const one = [int([0, 1])];
  const refused: [string, () => unknown, string][] = [
    ["a row that is not there", () => gf.sparse.sparseFillEmptyRows(int([[4, 0]]), [1], [4, 1], 0), "E_INDEX"],
    ["more values than indices", () => gf.sparse.sparseFillEmptyRows(int([[0, 0]]), [1, 2], [4, 1], 0), "E_SHAPE"],
    ["a reshape that does not fit", () => gf.sparse.sparseReshape(int([[0, 0]]), [2, 3], [4, -1]), "E_SHAPE"],
    ["an index outside of the shape", () => gf.sparse.sparseReshape(int([[2, 0]]), [2, 3], [6]), "E_INDEX"],
    ["an index outside of the data", () => gf.sparse.sparseSegmentSum([1, 2], [2], [0]), "E_INDEX"],
    ["ids out of order", () => gf.sparse.sparseSegmentSum([1, 2], [0, 1], [1, 0]), "E_INDEX"],
    ["negative ids", () => gf.sparse.sparseSegmentMean([1, 2], [0], [-1]), "E_INDEX"],
    ["a ragged row outside", () => gf.raggedGather(one, [1], int([1]), 1), "E_INDEX"],
    ["splits beyond the values", () => gf.raggedGather([int([0, 5])], [1], int([0]), 1), "E_ARGUMENT"],
    ["a wrong ragged rank", () => gf.raggedGather(one, [1], int([0]), 2), "E_ARGUMENT"],
    ["a step of 0", () => gf.raggedRange(0, 1, 0), "E_ARGUMENT"],
    ["a range without end", () => gf.raggedRange(0, Infinity, 1), "E_ARGUMENT"],
    ["partitions of no kind", () => gf.raggedTensorToTensor([1, 1], [1], 0, one, ["ROWS"]), "E_ARGUMENT"],
    ["fewer values than splits say", () => gf.raggedTensorToTensor([1, 1], [1], 0, [int([0, 2])], ["ROW_SPLITS"]), "E_ARGUMENT"],
    ["more values than splits say", () => gf.raggedTensorToTensor([1, 1], [1, 2], 0, one, ["ROW_SPLITS"]), "E_SHAPE"],
  ];
  it.each(refused)("%s", (_, run, code) => expect(codeOf(run)).toBe(code));

  it("in a graph function, since shapes depend on elements", () => {
    const inGraph = (run: (x: gf.Tensor) => unknown, x: gf.Tensor) => codeOf(() => compiled((t: gf.Tensor) => [run(t)], { name: "f" })(x));
    const row = int([0]);
    expect(inGraph((x) => gf.sparse.sparseSegmentSum([1, 2], x, x), row)).toBe("E_SYMBOLIC");
    expect(inGraph((x) => gf.raggedRange(0, x, 1), row)).toBe("E_SYMBOLIC");
    expect(inGraph((x) => gf.raggedTensorToTensor(-1 as never, [1], 0, [x], ["ROW_SPLITS"]), row)).toBe("E_SYMBOLIC");
    expect(inGraph((x) => gf.sparse.sparseReshape(x, [1, 1], [1]), int([[0, 0]]))).toBe("E_SYMBOLIC");
  });
});
