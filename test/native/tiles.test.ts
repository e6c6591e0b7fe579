/** Kernels that work tile by tile, on sizes at and beside the edges of tiles: the same bits as the reference rules. */
import { expect, it } from "vitest";
import type { DType } from "../../runtime/src/core/dtype.ts";
import { getOp } from "../../runtime/src/ops/index.ts";
import type { Attrs, OpSample } from "../../runtime/src/ops/op.ts";
import { reference, runSample } from "../ops/support.ts";
import { describeNative, native } from "./support.ts";

const SIZES = [
  [1, 9],
  [3, 4],
  [4, 4],
  [5, 7],
  [8, 8],
  [9, 3],
  [31, 33],
  [32, 64],
  [37, 129],
  [2, 1000],
  [1000, 3],
  [300, 300],
] as const;
const DTYPES: readonly DType[] = ["bool", "int32", "float32", "float64", "complex64"];

function same(op: string, inputs: OpSample["inputs"], attrs: Attrs): void {
  const sample = { name: op, inputs, attrs };
  const got = runSample(getOp(op), sample, (...parts) => native.kernel(...parts));
  const want = runSample(getOp(op), sample, reference);
  got.forEach(({ data }, k) => {
    const other = want[k]?.data as typeof data;
    const isSame = data.length === other.length && data.every((x, i) => Object.is(x, other[i]));
    expect(isSame, JSON.stringify({ op, inputs, attrs })).toBe(true);
  });
}

describeNative("tiles", () => {
  it.each(DTYPES)("transposes %s", (dtype) => {
    for (const [m, n] of SIZES) {
      same("transpose", [{ dtype, shape: [m, n] }], { perm: [1, 0] });
      same("transpose", [{ dtype, shape: [2, m, n] }], { perm: [2, 0, 1] });
      if (m * n < 5000) same("transpose", [{ dtype, shape: [3, m, 2, n] }], { perm: [3, 1, 0, 2] });
    }
  });

  it.each(["int32", "float32", "float64"] as const)("running sums and products of %s", (dtype) => {
    for (const [m, n] of SIZES) {
      for (const [axis, exclusive, reverse] of [
        [1, false, false],
        [1, true, true],
        [0, true, false],
        [1, false, true],
      ] as const) {
        const attrs = { axis, exclusive, reverse };
        same("cumsum", [{ dtype, shape: [m, n] }], attrs);
        if (dtype === "int32" || n < 40) same("cumprod", [{ dtype, shape: [m, n] }], attrs);
      }
    }
  });
});
