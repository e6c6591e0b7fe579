/** softmax, logSoftmax, logSumExp and segment sums through the API: any axis, extreme elements, what is refused. */
import { describe, expect, it } from "vitest";
import * as gf from "../../runtime/src/index.ts";

const LOG3 = Math.log(3);
const LOG4 = Math.log(4);
const E2 = Math.E ** 2;

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof gf.GraphFnError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

describe("softmax and its kin", () => {
  const f64 = (values: gf.NestedValues) => gf.tensor(values, undefined, "float64");
  const table: [string, gf.Tensor, unknown][] = [
    [
      "softmax along another axis",
      gf.softmax(
        f64([
          [1, 2],
          [3, 2],
        ]),
        0,
      ),
      [
        [1 / (1 + E2), 0.5],
        [E2 / (1 + E2), 0.5],
      ],
    ],
    ["softmax along an inner axis", gf.softmax(gf.zeros([1, 4, 2]), 1), [Array(4).fill([0.25, 0.25])]],
    ["softmax of −∞ beside others", gf.softmax([0, -Infinity, 0]), [0.5, 0, 0.5]],
    ["softmax of nothing but −∞", gf.softmax([-Infinity, -Infinity]), [NaN, NaN]],
    [
      "softmax of NaN",
      gf.softmax([
        [NaN, 1],
        [1, 1],
      ]),
      [
        [NaN, NaN],
        [0.5, 0.5],
      ],
    ],
    ["softmax of int32", gf.softmax(gf.tensor([3, 3], [2], "int32")), [0.5, 0.5]],
    ["logSoftmax of large numbers", gf.logSoftmax([1000, 0]), [0, -1000]],
    ["logSoftmax along axis 0", gf.logSoftmax(gf.zeros([4, 1], "float64"), 0), [[-LOG4], [-LOG4], [-LOG4], [-LOG4]]],
    ["logSumExp of all axes", gf.logSumExp(gf.zeros([2, 2], "float64")), LOG4],
    [
      "logSumExp of an inner axis",
      gf.logSumExp(gf.zeros([2, 3, 2], "float64"), 1),
      [
        [LOG3, LOG3],
        [LOG3, LOG3],
      ],
    ],
    ["logSumExp, axes kept", gf.logSumExp(gf.zeros([2, 3, 2], "float64"), [0, 2], true), [[[LOG4], [LOG4], [LOG4]]]],
    [
      "logSumExp of different elements",
      gf.logSumExp(
        f64([
          [1, 2],
          [3, 4],
        ]),
        [0, 1],
      ),
      Math.log(Math.E + E2 + Math.E ** 3 + Math.E ** 4),
    ],
    ["logSumExp of ∞", gf.logSumExp([1, Infinity]), Infinity],
    ["logSumExp of NaN beside ∞", gf.logSumExp([NaN, Infinity]), NaN],
    ["logSumExp of no elements", gf.logSumExp(gf.zeros([2, 0]), 1), [-Infinity, -Infinity]],
    ["logSumExp of a scalar", gf.logSumExp(3), 3],
    [
      "segment sums",
      gf.unsortedSegmentSum(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [2, 0, 2],
        4,
      ),
      [
        [3, 4],
        [0, 0],
        [6, 8],
        [0, 0],
      ],
    ],
    ["segment sums leave negative ids out", gf.unsortedSegmentSum([1, 2, 4], [0, -1, 0], 2), [5, 0]],
    ["segment sums of bool", gf.unsortedSegmentSum([true, true], [0, 0], 1), [2]],
    ["segment sums of int32 wrap", gf.unsortedSegmentSum(gf.tensor([2147483647, 1], [2], "int32"), [0, 0], 1), [-2147483648]],
  ];
  it.each(table)("%s", (_, got, want) => {
    const list = [want].flat(Infinity) as number[];
    const values = [...got.dataSync()];
    expect(values).toHaveLength(list.length);
    for (const [i, v] of values.entries()) {
      if (Number.isFinite(list[i])) expect(v).toBeCloseTo(list[i] as number, 12);
      else expect(v).toBe(list[i]);
    }
  });

  it("logSumExp is one float32 rounding of the double value", () => {
    const x = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i) * 20);
    const want = Math.log(x.reduce((sum, v) => sum + Math.exp(v), 0));
    expect(gf.logSumExp(gf.tensor(x)).dataSync()[0]).toBe(Math.fround(want));
  });

  const refused: [string, () => unknown, string][] = [
    ["softmax of a scalar", () => gf.softmax(1), "E_AXIS"],
    ["softmax along an axis that is not there", () => gf.softmax([1, 2], 1), "E_AXIS"],
    ["logSumExp along one that is not there", () => gf.logSumExp([1, 2], [0, 3]), "E_AXIS"],
    ["a segment id beyond", () => gf.unsortedSegmentSum([1, 2], [0, 2], 2), "E_INDEX"],
    ["a fraction as segment id", () => gf.unsortedSegmentSum([1, 2], [0, 0.5], 2), "E_INDEX"],
    ["float32 segment ids", () => gf.unsortedSegmentSum([1, 2], gf.tensor([0, 0]), 2), "E_DTYPE"],
    ["fewer ids than slices", () => gf.unsortedSegmentSum([1, 2], [0], 2), "E_SHAPE"],
    ["a fraction of segments", () => gf.unsortedSegmentSum([1, 2], [0, 0], 1.5), "E_ARGUMENT"],
  ];
  it.each(refused)("refused: %s", (_, run, code) => expect(codeOf(run)).toBe(code));
});
