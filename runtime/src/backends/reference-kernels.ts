/**
 * The kernel side of the reference backend: one op by its record's reference implementation. Outputs are allocated by the
 * caller with the inferred types and alias no input; inputs are promoted. Throws the typed errors of checked ops.
 */
import type { Attrs, Block, OpRecord } from "../ops/op.ts";

export function runReference(op: OpRecord, inputs: readonly Block[], outputs: readonly Block[], attrs: Attrs): void {
  op.reference(inputs, outputs, attrs);
}
