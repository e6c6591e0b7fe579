/** One op on both backends: outputs side by side, or the code of the error that each gives. */
import { createNativeBackend, fallbacks } from "../../runtime/src/backends/native.ts";
import { runReference } from "../../runtime/src/backends/reference-kernels.ts";
import { writeElements } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import type { Attrs, Block, OpRecord } from "../../runtime/src/ops/op.ts";
import { blockOf } from "../ops/support.ts";

const backend = createNativeBackend();

/** False where the addon is not built. */
export const present = backend !== null;

export interface Pair {
  readonly native: readonly Block[];
  readonly reference: readonly Block[];
}

/** Outputs start with recognisable elements, so that one that is not written shows. */
function outputsOf(op: OpRecord, inputs: readonly Block[], attrs: Attrs): Block[] {
  return op.infer(inputs, attrs).map(({ dtype, shape }) => {
    const block = blockOf({ dtype, shape: shape as number[] });
    writeElements(block.data, new Array<number>(block.data.length).fill(dtype === "bool" ? 1 : 77));
    return block;
  });
}

function codeOf(run: () => void): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof GraphFnError && !error.code.startsWith("I_")) return error.code;
    throw error;
  }
  return undefined;
}

export function runBoth(
  op: OpRecord,
  inputs: readonly Block[],
  attrs: Attrs,
): Pair | { nativeCode: string | undefined; referenceCode: string } {
  const native = outputsOf(op, inputs, attrs);
  const reference = outputsOf(op, inputs, attrs);
  const before = fallbacks.get(op.name) ?? 0;
  const nativeCode = codeOf(() => backend!.kernel(op, inputs, native, attrs));
  if ((fallbacks.get(op.name) ?? 0) !== before) throw new Error(`${op.name} has no native kernel for these operands.`);
  const referenceCode = codeOf(() => runReference(op, inputs, reference, attrs));
  if (referenceCode !== undefined) return { nativeCode, referenceCode };
  if (nativeCode !== undefined) throw new Error(`native gives ${nativeCode}, the reference none`);
  return { native, reference };
}

/** Distance in units of the last place of the dtype; 0 for two NaN; zeros of different sign are 1 apart. */
export function ulps(a: number, b: number, dtype: "float32" | "float64"): number {
  if (Object.is(a, b)) return 0;
  if (Number.isNaN(a) || Number.isNaN(b) || !Number.isFinite(a) || !Number.isFinite(b)) return Infinity;
  if (a === b) return 1;
  const [digits, least] = dtype === "float32" ? [23, -126] : [52, -1022];
  const exponent = Math.max(least, Math.floor(Math.log2(Math.max(Math.abs(a), Math.abs(b)))));
  return Math.abs(a - b) / 2 ** (exponent - digits);
}

export function largestDistance({ native, reference }: Pair): number {
  let largest = 0;
  for (const [k, { data, dtype }] of native.entries()) {
    const expected = reference[k]!.data;
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [data[i]!, expected[i]!];
      if (dtype === "float32" || dtype === "float64") largest = Math.max(largest, ulps(x, y, dtype));
      else if (x !== y) return Infinity;
    }
  }
  return largest;
}
