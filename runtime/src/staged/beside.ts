/**
 * One run beside the thread that asked for it: begun on copies, its results taken when it has ended. Variables keep their values until then.
 */
import type { BesideExecutable, RunEnd } from "../backends/backend.ts";
import type { TypedArray } from "../core/dtype.ts";
import { GraphFnError } from "../core/errors.ts";
import { dataOf, type Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { allocate, dispose } from "../eager/memory.ts";
import { assignEager, readEager } from "../eager/variables.ts";
import type { Plan, PlanBuffer } from "../plan/plan.ts";

export interface RunProgress {
  /** Rounds of loops that stand in no other loop, so far. */
  readonly rounds: number;
  readonly milliseconds: number;
}

export interface RunAsyncOptions {
  /** Ends the run before its next round or op; the promise is rejected with the signal's reason, and variables are as they were. */
  readonly signal?: AbortSignal;
  /** Called every tenth of a second while the function runs, and once when it has ended. */
  readonly onProgress?: (progress: RunProgress) => void;
}

/** Milliseconds between two reports. */
const INTERVAL = 100;

export function runBeside(
  plan: Plan,
  executable: BesideExecutable,
  inputs: readonly TypedArray[],
  variables: readonly Variable[],
  weak: readonly boolean[],
  { signal, onProgress }: RunAsyncOptions,
): Promise<Tensor[]> {
  // Whoever assigns a variable meanwhile gives it other memory: these hold the memory of now.
  const before = variables.map(readEager);
  const data = before.map((t) => dataOf(t, () => new GraphFnError("I_INTERNAL", "A variable has no value.")));
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const ended = (end: RunEnd): void => {
      clearInterval(timer);
      signal?.removeEventListener("abort", stop);
      try {
        if (end.kind === "failed") throw end.error;
        if (end.kind === "stopped") throw signal?.reason ?? new GraphFnError("E_ABORT", `${plan.name} was stopped.`);
        const results = taken(plan, end, variables, before, weak);
        onProgress?.({ rounds: run.rounds(), milliseconds: performance.now() - began });
        resolve(results);
      } catch (error) {
        reject(error as Error);
      } finally {
        for (const t of before) dispose(t);
      }
    };
    const run = begun(() => executable.start(inputs, data, ended), before);
    const stop = (): void => run.stop();
    signal?.addEventListener("abort", stop);
    const look = (): void => {
      try {
        const rounds = run.rounds();
        onProgress?.({ rounds, milliseconds: performance.now() - began });
      } catch (error) {
        // Of onProgress, or of the console: the run is of no use any more.
        run.stop();
        reject(error as Error);
      }
    };
    const timer = onProgress === undefined && plan.prints.length === 0 ? undefined : setInterval(look, INTERVAL);
  });
}

function begun<T>(start: () => T, held: readonly Tensor[]): T {
  try {
    return start();
  } catch (error) {
    for (const t of held) dispose(t);
    throw error;
  }
}

/** Results as tensors, and new values in variables. */
function taken(
  plan: Plan,
  end: RunEnd & { kind: "done" },
  variables: readonly Variable[],
  before: readonly Tensor[],
  weak: readonly boolean[],
): Tensor[] {
  const written = variables.filter((_, i) => plan.variables[i]?.written);
  const changed = variables.find((v, i) => plan.variables[i]?.written && (v.isDisposed || v.elements !== before[i]?.elements));
  if (changed !== undefined) {
    throw new GraphFnError("E_CONCURRENT", `${changed.name} was assigned or disposed while ${plan.name}, which assigns it, ran beside.`, {
      hint: "Await the run before something else assigns what it assigns; random numbers have their state in a variable, too.",
    });
  }
  const fresh = ({ dtype, shape, size }: PlanBuffer, isWeak: boolean): Tensor => allocate(dtype, shape, size, isWeak);
  const results = plan.outputs.map((id, i) => fresh(plan.buffers[id] as PlanBuffer, weak[i] ?? false));
  const values = written.map((v) => allocate(v.dtype, v.shape, v.size, false));
  const memory = (tensors: readonly Tensor[]): TypedArray[] => tensors.map((t) => t.elements as TypedArray);
  end.take(memory(results), memory(values));
  for (const [i, value] of values.entries()) {
    assignEager(written[i] as Variable, value);
    dispose(value);
  }
  return results;
}
