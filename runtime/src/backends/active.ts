/**
 * The backend whose kernels eager ops use. Reference until select.ts puts a better one here; eager/ asks for each large op, so
 * a change takes effect at once.
 */
import type { Attrs, Block, OpRecord } from "../ops/op.ts";
import { runReference } from "./reference-kernels.ts";

export interface KernelBackend {
  kernel(op: OpRecord, inputs: readonly Block[], outputs: readonly Block[], attrs: Attrs): void;
}

let active: KernelBackend = { kernel: runReference };

export function kernelBackend(): KernelBackend {
  return active;
}

export function setKernelBackend(backend: KernelBackend): void {
  active = backend;
}
