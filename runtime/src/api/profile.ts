/**
 * Where programs spend time and memory. Of eager ops: `profile` lists every kernel, `time` adds up; a graph function counts as a whole, and is
 * no kernel. Of graph functions: `timeline` has every trace, pass, run and step.
 */
import { describe } from "../core/describe.ts";
import { ArgumentError, StagingError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { type Interpreter, isTracing, setInterpreter } from "../dispatch/dispatch.ts";
import { eagerInterpreter } from "../eager/interpreter.ts";
import { memory } from "../eager/memory.ts";
import type { Attrs, OpRecord } from "../ops/op.ts";
import { recordedBy, type TraceFile } from "../watch/timeline.ts";

/** One kernel that ran. */
export interface KernelInfo {
  /** Of the op: docs/ops.md. */
  readonly name: string;
  /** By which the memory of tensors has grown. */
  readonly bytesAdded: number;
  readonly totalBytesSnapshot: number;
  readonly tensorsAdded: number;
  readonly totalTensorsSnapshot: number;
  readonly inputShapes: readonly Shape[];
  readonly outputShapes: readonly Shape[];
  /** In milliseconds. */
  readonly kernelTimeMs: number;
  readonly extraInfo: string;
}

export interface ProfileInfo<T = unknown> {
  /** Bytes of tensors that are left in the end. */
  readonly newBytes: number;
  readonly newTensors: number;
  /** Most bytes of tensors after any kernel, those from before included. */
  readonly peakBytes: number;
  readonly kernels: readonly KernelInfo[];
  /** Without repetition, in the order of their first use. */
  readonly kernelNames: readonly string[];
  /** What the function has returned. */
  readonly result: T;
}

export interface TimingInfo {
  /** All of it, in milliseconds. */
  readonly wallMs: number;
  /** In kernels. */
  readonly kernelMs: number;
}

/**
 * Runs `f` and tells of each kernel that it ran: name, shapes, time, memory. `f` may be asynchronous; what other code computes meanwhile
 * counts, too. Small tensors take their usual way, not the shortcuts for them.
 *
 * Throws E_ARGUMENT where `f` is no function, E_STAGING inside of a graph function, and what `f` throws.
 *
 *   const { kernels, peakBytes } = await gf.profile(() => model.predict(x));
 */
export async function profile<T>(f: () => T | Promise<T>): Promise<ProfileInfo<T>> {
  const { result, kernels, before } = await watched(f, "profile");
  const after = memory();
  return {
    newBytes: after.numBytes - before.numBytes,
    newTensors: after.numTensors - before.numTensors,
    peakBytes: kernels.reduce((most, { totalBytesSnapshot }) => Math.max(most, totalBytesSnapshot), 0),
    kernels,
    kernelNames: [...new Set(kernels.map(({ name }) => name))],
    result,
  };
}

/**
 * Milliseconds that `f` takes, in all and in kernels. Errors are those of `profile`.
 *
 *   const { wallMs, kernelMs } = await gf.time(() => gf.matMul(a, b));
 */
export async function time(f: () => unknown): Promise<TimingInfo> {
  const start = performance.now();
  const { kernels } = await watched(f, "time");
  return { wallMs: performance.now() - start, kernelMs: kernels.reduce((sum, { kernelTimeMs }) => sum + kernelTimeMs, 0) };
}

export interface TimelineInfo<T = unknown> extends TraceFile {
  /** What the function has returned. */
  readonly result: T;
}

/**
 * Runs `f` and tells what graph functions did meanwhile, as Chrome's trace events: traces, passes, plans, runs, and the steps of runs with op,
 * types, bytes, place and time. `f` may be asynchronous. GRAPHFN_TRACE=file.json writes the same for a whole process.
 *
 * Throws E_ARGUMENT where `f` is no function, E_STAGING inside of a graph function, and what `f` throws.
 *
 *   const { traceEvents } = await gf.timeline(() => step(x, y));
 *   writeFileSync("trace.json", JSON.stringify({ traceEvents }));      // for chrome://tracing or ui.perfetto.dev
 */
export async function timeline<T>(f: () => T | Promise<T>): Promise<TimelineInfo<T>> {
  checkOutside(f, "timeline");
  const { result, file } = await recordedBy(f);
  return { ...file, result };
}

async function watched<T>(f: () => T | Promise<T>, fn: string) {
  checkOutside(f, fn);
  const before = memory();
  const kernels: KernelInfo[] = [];
  lists.add(kernels);
  setInterpreter(watching);
  try {
    return { result: await f(), kernels, before };
  } finally {
    lists.delete(kernels);
    if (lists.size === 0) setInterpreter(null);
  }
}

function checkOutside(f: unknown, fn: string): void {
  if (typeof f !== "function") throw new ArgumentError(`${fn}: f must be a function, but is ${describe(f)}.`);
  if (isTracing()) {
    throw new StagingError(`${fn} cannot look into a graph function: it runs in one call.`, { hint: "Use explain(), or call it outside." });
  }
}

/** Of those who watch now: calls of `profile` and `time` may nest, and asynchronous ones overlap. */
const lists = new Set<KernelInfo[]>();

/** The eager interpreter, with a note of each kernel. */
const watching: Interpreter = {
  ...eagerInterpreter,
  run(op: OpRecord, inputs: readonly Tensor[], attrs: Attrs): Tensor[] {
    const before = memory();
    const start = performance.now();
    const outputs = eagerInterpreter.run(op, inputs, attrs);
    const kernelTimeMs = performance.now() - start;
    const after = memory();
    const kernel: KernelInfo = {
      name: op.name,
      bytesAdded: after.numBytes - before.numBytes,
      totalBytesSnapshot: after.numBytes,
      tensorsAdded: after.numTensors - before.numTensors,
      totalTensorsSnapshot: after.numTensors,
      inputShapes: inputs.map(({ shape }) => shape),
      outputShapes: outputs.map(({ shape }) => shape),
      kernelTimeMs,
      extraInfo: "",
    };
    for (const list of lists) list.push(kernel);
    return outputs;
  },
};
