/**
 * The reference backend: runs plans and single ops in TypeScript, by the reference kernels of the op records. Always there,
 * and the measure for the native one: both run the same steps over the same arena.
 */
import { DTYPES, newElements, type TypedArray } from "../core/dtype.ts";
import { GraphFnError, InternalError, locate } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import type { Block } from "../ops/op.ts";
import { getOp } from "../ops/op.ts";
import type { Fused, Plan, PlanBuffer, Step } from "../plan/plan.ts";
import type { Backend, Executable, StepTime, StepTimes } from "./backend.ts";
import { ByteStack } from "./byte-stack.ts";
import { runReference } from "./reference-kernels.ts";

type Print = (site: number, values: readonly Block[]) => void;
type MutableBlock = { -readonly [K in keyof Block]: Block[K] };

/** One instance of a plan: blocks over its own arena, and one closure per step that returns the next step. */
class Instance {
  readonly #plan: Plan;
  readonly #blocks: readonly MutableBlock[];
  readonly #steps: readonly (() => number)[];
  readonly #inputs: readonly (readonly [block: MutableBlock, index: number])[];
  readonly #outputs: readonly (readonly [block: MutableBlock, index: number])[];
  readonly #variables: readonly (readonly [block: MutableBlock, index: number])[];
  readonly #stacks: readonly ByteStack[];
  busy = false;

  constructor(plan: Plan, print: Print) {
    this.#plan = plan;
    const arena = new ArrayBuffer(plan.arenaBytes);
    this.#blocks = plan.buffers.map((buffer) => ({ dtype: buffer.dtype, shape: buffer.shape, data: initialData(buffer, arena) }));
    const from = (kind: "input" | "output" | "variable"): (readonly [MutableBlock, number])[] =>
      plan.buffers.flatMap((buffer, id) =>
        buffer.place.kind === kind ? [[this.#blocks[id] as MutableBlock, buffer.place.index] as const] : [],
      );
    this.#inputs = from("input");
    this.#outputs = from("output");
    this.#variables = from("variable");
    this.#stacks = plan.stacks.map((stack) => new ByteStack(stack.bytes));
    this.#steps = plan.steps.map((step, at) => this.#prepare(step, at + 1, print));
  }

  run(
    inputs: readonly TypedArray[],
    outputs: readonly TypedArray[],
    variables: readonly TypedArray[],
    watch: ((step: number) => void) | null = null,
  ): void {
    for (const [block, index] of this.#inputs) block.data = inputs[index] as TypedArray;
    for (const [block, index] of this.#outputs) block.data = seenAs(outputs[index] as TypedArray, block);
    for (const [block, index] of this.#variables) block.data = seenAs(variables[index] as TypedArray, block);
    for (const stack of this.#stacks) stack.clear();
    const steps = this.#steps;
    let at = 0;
    try {
      while (at < steps.length) {
        watch?.(at);
        at = (steps[at] as () => number)();
      }
    } catch (error) {
      const step = this.#plan.steps[at];
      if (error instanceof GraphFnError && step?.kind === "op") locate(error, step.span?.place());
      throw error;
    }
  }

  #prepare(step: Step, next: number, print: Print): () => number {
    const block = (id: number): MutableBlock => this.#blocks[id] as MutableBlock;
    switch (step.kind) {
      case "op": {
        const op = getOp(step.op);
        const inputs = step.inputs.map(block);
        const outputs = step.outputs.map(block);
        const { attrs } = step;
        if (!aliases(this.#plan, step)) {
          return () => {
            runReference(op, inputs, outputs, attrs);
            return next;
          };
        }
        // Reference kernels may write before they have read everything: an op in place computes beside and copies.
        const scratch = outputs.map((b, i) => ({
          ...b,
          data: newElements(b.dtype, (this.#plan.buffers[step.outputs[i] as number] as PlanBuffer).size),
        }));
        return () => {
          runReference(op, inputs, scratch, attrs);
          for (let i = 0; i < scratch.length; i++) (outputs[i] as MutableBlock).data.set((scratch[i] as Block).data);
          return next;
        };
      }
      case "fused": {
        const run = fused(step, [...step.inputs, ...step.outputs].map(block));
        return () => {
          run();
          return next;
        };
      }
      case "copy": {
        const [from, to] = [block(step.from), block(step.to)];
        return () => {
          to.data.set(from.data);
          return next;
        };
      }
      case "jump":
        return () => step.target;
      case "unless": {
        const pred = block(step.pred);
        return () => (pred.data[0] === 0 ? step.target : next);
      }
      case "when": {
        const pred = block(step.pred);
        return () => (pred.data[0] !== 0 ? step.target : next);
      }
      case "push": {
        const stack = this.#stacks[step.stack] as ByteStack;
        const from = block(step.from);
        return () => {
          stack.push(from.data);
          return next;
        };
      }
      case "pop": {
        const stack = this.#stacks[step.stack] as ByteStack;
        const to = block(step.to);
        return () => {
          stack.pop(to.data);
          return next;
        };
      }
      case "print": {
        const inputs = step.inputs.map(block);
        return () => {
          print(
            step.site,
            inputs.map((b) => ({ dtype: b.dtype, shape: b.shape, data: b.data.slice() })),
          );
          return next;
        };
      }
    }
  }
}

/** As native/src/graph/clock.h. */
class StepClock {
  readonly #begin = performance.now();
  readonly #most: number;
  readonly #entries: StepTime[] = [];
  readonly #totals: { count: number; took: number }[];
  #executed = 0;
  #last = -1;
  #lastStart = 0;

  constructor(steps: number, most: number) {
    this.#most = most;
    this.#totals = Array.from({ length: steps }, () => ({ count: 0, took: 0 }));
  }

  step(index: number): void {
    const now = (performance.now() - this.#begin) * 1000;
    const total = this.#totals[this.#last];
    if (total !== undefined) {
      const took = now - this.#lastStart;
      this.#executed++;
      total.count++;
      total.took += took;
      if (this.#entries.length < this.#most) this.#entries.push({ step: this.#last, start: this.#lastStart, took, compiled: false });
    }
    this.#last = index;
    this.#lastStart = now;
  }

  end(): StepTimes {
    this.step(-1);
    return { executed: this.#executed, entries: this.#entries, totals: this.#totals };
  }
}

/** One op after the other over whole arrays; results are copied at the end, since they may lie over operands. */
function fused({ inputs, outputs, ops }: Fused, blocks: readonly MutableBlock[]): () => void {
  const at: Block[] = blocks.slice(0, inputs.length);
  const runs = ops.map(({ op, attrs, operands, result, dtype, shape }) => {
    const given = operands.map((ref) => at[ref] as Block);
    const out = { dtype, shape, data: newElements(dtype, sizeOf(shape)) };
    at[result] = out;
    return () => runReference(getOp(op), given, [out], attrs);
  });
  const results = outputs.map((_, i) => [blocks[inputs.length + i] as MutableBlock, at[inputs.length + i] as Block] as const);
  return () => {
    for (const run of runs) run();
    for (const [to, { data }] of results) to.data.set(data);
  };
}

function initialData(buffer: PlanBuffer, arena: ArrayBuffer): TypedArray {
  const { place } = buffer;
  const { array, parts } = DTYPES[buffer.dtype];
  switch (place.kind) {
    case "arena":
      return new (array as unknown as new (b: ArrayBuffer, offset: number, length: number) => TypedArray)(
        arena,
        place.offset,
        buffer.size * parts,
      );
    case "const":
      return place.data;
    case "input":
    case "output":
    case "variable":
      return new array(0);
  }
}

/** The caller's memory as a block reads it: an op may have worked in place on another dtype of the same width there. */
function seenAs(memory: TypedArray, { dtype }: Block): TypedArray {
  const { array } = DTYPES[dtype];
  if (memory instanceof array) return memory;
  const view = array as unknown as new (b: ArrayBufferLike, offset: number, length: number) => TypedArray;
  return new view(memory.buffer, memory.byteOffset, memory.byteLength / array.BYTES_PER_ELEMENT);
}

/** Whether an output shares memory with an input. */
function aliases(plan: Plan, step: Extract<Step, { kind: "op" }>): boolean {
  const where = (id: number): string => {
    const { place } = plan.buffers[id] as PlanBuffer;
    return place.kind === "arena" ? `arena ${place.offset}` : place.kind === "const" ? `const ${id}` : `${place.kind} ${place.index}`;
  };
  return step.outputs.some((out) => step.inputs.some((input) => where(input) === where(out)));
}

export const referenceBackend: Backend = {
  name: "reference",
  kernel: runReference,
  compiles: () => false,
  usesLibrary: () => false,
  missing: () => [],

  tier: () => "reference",
  compileBeside: () => null,
  compile(plan: Plan, print: Print): Executable {
    let instance: Instance | null = new Instance(plan, print);
    const run = (
      inputs: readonly TypedArray[],
      outputs: readonly TypedArray[],
      variables: readonly TypedArray[] = [],
      watch: ((step: number) => void) | null = null,
    ): void => {
      if (instance === null) throw new InternalError(`The plan of ${plan.name} was run after dispose().`);
      // A print step may call the same function again: that run gets an arena of its own.
      const use = instance.busy ? new Instance(plan, print) : instance;
      use.busy = true;
      try {
        use.run(inputs, outputs, variables, watch);
      } finally {
        use.busy = false;
      }
    };
    return {
      run: (inputs, outputs, variables) => run(inputs, outputs, variables),
      runTimed(inputs, outputs, variables, most) {
        const clock = new StepClock(plan.steps.length, most);
        run(inputs, outputs, variables, (step) => clock.step(step));
        return clock.end();
      },
      loops: () => [],
      dispose() {
        instance = null;
      },
    };
  },
};
