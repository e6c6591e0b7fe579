/** What the tests of the native backend share: the addon where it is built, plans written by hand, distances between floats. */
import { type NativeAddon, nativeAddon, nativeInfo } from "@graphfn/native";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Backend } from "../../runtime/src/backends/backend.ts";
import { createNativeBackend } from "../../runtime/src/backends/native.ts";
import { referenceBackend } from "../../runtime/src/backends/reference.ts";
import { DTYPES, type DType, newElements, type TypedArray } from "../../runtime/src/core/dtype.ts";
import "../../runtime/src/ops/index.ts";
import type { Attrs } from "../../runtime/src/ops/op.ts";
import type { Plan, PlanBuffer, PlanStack, PlanVariable, PrintSite, Step } from "../../runtime/src/plan/plan.ts";
import { sizeOf } from "../ops/support.ts";

export const addon = nativeAddon();
export const native: Backend = createNativeBackend() ?? referenceBackend;

/** A suite that needs the addon; without one it is skipped under a name that says why. */
export function describeNative(name: string, body: () => void): void {
  if (addon === null) it.skip(`${name}: ${nativeInfo().reason}`, () => {});
  else describe(name, body);
}

/** How kernels and loops are run: by the addon's own loops, and as code where LLVM is there. */
export const COMPILING: readonly ("off" | "wait")[] = addon?.hasCompiler() === true ? ["off", "wait"] : ["off"];

/** Sets that for the tests of a suite; `expect` nothing failed and more than `least` pieces of code were used. */
export function compiling(mode: "off" | "wait"): { check(least: number): void } {
  let before = { compiled: 0, reused: 0, failed: 0 };
  beforeEach(() => {
    addon?.setCompiler(mode, "");
    before = addon?.compiler() ?? before;
  });
  afterEach(() => void addon?.setCompiler("background", ""));
  return {
    check(least) {
      if (mode === "off") return;
      const { compiled, reused, failed, failure } = (addon as NativeAddon).compiler(true);
      expect(failed - before.failed, failure).toBe(0);
      expect(compiled + reused - before.compiled - before.reused).toBeGreaterThan(least);
    },
  };
}

/** Counts calls into native code during each test of the suite around; from 0 for every test. */
export function countCrossings(): { createPlan: number; runPlan: number; runOp: number } {
  const counts = { createPlan: 0, runPlan: 0, runOp: 0 };
  const names = Object.keys(counts) as (keyof typeof counts)[];
  const functions = addon as unknown as Record<string, (...args: unknown[]) => unknown>;
  const originals = names.map((name) => functions[name] as (...args: unknown[]) => unknown);
  beforeEach(() => {
    names.forEach((name, i) => {
      counts[name] = 0;
      functions[name] = (...args) => {
        counts[name]++;
        return originals[i]!(...args);
      };
    });
  });
  afterEach(() => {
    names.forEach((name, i) => {
      functions[name] = originals[i]!;
    });
  });
  return counts;
}

export const BACKENDS = [
  ["reference", referenceBackend],
  ["native", native],
] as const;

/** Collects the buffers and steps of a plan; arena places are never shared. */
export class PlanWriter {
  readonly buffers: PlanBuffer[] = [];
  readonly steps: Step[] = [];
  readonly prints: PrintSite[] = [];
  readonly #inputs: number[] = [];
  readonly #outputs: number[] = [];
  readonly #variables: PlanVariable[] = [];
  readonly #stacks: PlanStack[] = [];
  #arena = 0;

  #add(dtype: DType, shape: readonly number[], place: PlanBuffer["place"]): number {
    this.buffers.push({ dtype, shape, size: sizeOf(shape), place });
    return this.buffers.length - 1;
  }

  arena(dtype: DType, shape: readonly number[] = []): number {
    const bytes = sizeOf(shape) * DTYPES[dtype].bytes;
    if (bytes > 8) this.#arena = Math.ceil(this.#arena / 64) * 64;
    const offset = this.#arena;
    this.#arena += Math.max(8, Math.ceil(bytes / 8) * 8);
    return this.#add(dtype, shape, { kind: "arena", offset });
  }

  input(dtype: DType, shape: readonly number[] = []): number {
    const id = this.#add(dtype, shape, { kind: "input", index: this.#inputs.length });
    this.#inputs.push(id);
    return id;
  }

  output(dtype: DType, shape: readonly number[] = []): number {
    const id = this.#add(dtype, shape, { kind: "output", index: this.#outputs.length });
    this.#outputs.push(id);
    return id;
  }

  variable(dtype: DType, shape: readonly number[] = [], written = true): number {
    const buffer = this.#add(dtype, shape, { kind: "variable", index: this.#variables.length });
    this.#variables.push({ buffer, written });
    return buffer;
  }

  stack(bytes: number): number {
    return this.#stacks.push({ bytes }) - 1;
  }

  push(stack: number, from: number): this {
    this.steps.push({ kind: "push", stack, from });
    return this;
  }

  pop(stack: number, to: number): this {
    this.steps.push({ kind: "pop", stack, to });
    return this;
  }

  constant(dtype: DType, values: readonly number[], shape: readonly number[] = []): number {
    const data = new DTYPES[dtype].array(values.length);
    data.set(values);
    return this.#add(dtype, shape, { kind: "const", data });
  }

  op(op: string, inputs: readonly number[], output: number, attrs: Attrs = {}): this {
    this.steps.push({ kind: "op", op, inputs, outputs: [output], attrs });
    return this;
  }

  copy(from: number, to: number): this {
    this.steps.push({ kind: "copy", from, to });
    return this;
  }

  print(inputs: readonly number[]): this {
    this.steps.push({ kind: "print", site: this.prints.length, inputs });
    this.prints.push({ kind: "print", method: "log", parts: inputs.map((_, i) => i) });
    return this;
  }

  /** A jump whose target is filled in by `land`. */
  jump(kind: "jump" | "unless" | "when" = "jump", pred = -1): number {
    this.steps.push(kind === "jump" ? { kind, target: -1 } : { kind, pred, target: -1 });
    return this.steps.length - 1;
  }

  /** Makes a jump go to the next step. */
  land(...jumps: readonly number[]): this {
    for (const at of jumps) (this.steps[at] as { target: number }).target = this.steps.length;
    return this;
  }

  /** `while (test) body`, as the planner lays it out: the test stands after the body. */
  loop(body: () => void, test: () => number): this {
    const enter = this.jump();
    const start = this.steps.length;
    body();
    this.land(enter);
    const pred = test();
    this.steps.push({ kind: "when", pred, target: start });
    return this;
  }

  done(name = "plan"): Plan {
    return {
      name,
      buffers: this.buffers,
      steps: this.steps,
      inputs: this.#inputs,
      outputs: this.#outputs,
      variables: this.#variables,
      stacks: this.#stacks,
      arenaBytes: Math.ceil(this.#arena / 64) * 64,
      prints: this.prints,
    };
  }
}

/** Results of a plan, freshly allocated. */
export function results(plan: Plan): TypedArray[] {
  return plan.outputs.map((id) => {
    const { dtype, size } = plan.buffers[id] as PlanBuffer;
    return newElements(dtype, size);
  });
}

/** Compiles, runs once, disposes. */
export function runOnce(backend: Backend, plan: Plan, inputs: readonly TypedArray[], print = (): void => {}): TypedArray[] {
  const executable = backend.compile(plan, print);
  try {
    const outputs = results(plan);
    executable.run(inputs, outputs);
    return outputs;
  } finally {
    executable.dispose();
  }
}

const bits32 = new Int32Array(1);
const float32 = new Float32Array(bits32.buffer);

/** Position of a float32 in the order of all of them: neighbours differ by 1, ±0 are one. */
function rank32(x: number): number {
  float32[0] = x;
  const b = bits32[0] as number;
  return b < 0 ? -(b & 0x7fffffff) : b;
}

const bits64 = new BigInt64Array(1);
const float64 = new Float64Array(bits64.buffer);

function rank64(x: number): bigint {
  float64[0] = x;
  const b = bits64[0] as bigint;
  return b < 0n ? -(b & 0x7fffffffffffffffn) : b;
}

/** How many representable numbers lie between two, in units in the last place; NaN fits NaN only. */
export function ulps(a: number, b: number, dtype: DType): number {
  if (Object.is(a, b)) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Infinity;
  if (dtype === "float32" || dtype === "complex64") return Math.abs(rank32(a) - rank32(b));
  if (dtype === "float64") {
    const d = rank64(a) - rank64(b);
    return Number(d < 0n ? -d : d);
  }
  return a === b ? 0 : Infinity;
}
