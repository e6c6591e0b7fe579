/**
 * Graph → Plan: updates of variables late (updates.ts), registers (program.ts), fused ops (fuse.ts), lifetimes (liveness.ts), shared memory (coalesce.ts, arena.ts), then one flat list
 * of steps with jumps. Every register becomes a buffer of its own type; registers of one group share a place.
 */
import { DTYPES } from "../core/dtype.ts";
import { checkDepth } from "../ir/depth.ts";
import type { Graph } from "../ir/graph.ts";
import { getOp } from "../ops/op.ts";
import { placeInArena } from "./arena.ts";
import { coalesce, type Groups } from "./coalesce.ts";
import { sequence } from "./copies.ts";
import { fuse } from "./fuse.ts";
import type { Heads } from "./heads.ts";
import { lifetimes, type Stretch } from "./liveness.ts";
import type { BufferId, Plan, PlanBuffer, PrintSite, Step } from "./plan.ts";
import { buildProgram, type Item, type Program, type Register, type RegisterInfo } from "./program.ts";
import { delayUpdates } from "./updates.ts";

export interface PlanOptions {
  /** Whether what runs the plan compiles fused ops; without it, no. Asked where the plan depends on it. */
  readonly compiles?: () => boolean;
  /** Whether large products are computed by a library; without it, no. Asked like that. */
  readonly usesLibrary?: () => boolean;
  /** Which groups of fused ops take products as their heads; without it, where that is worthwhile. */
  readonly heads?: Heads;
}

/** Throws U_SYMBOLIC for shapes that are known only at run time, U_DEPTH for regions nested too deep. */
export function buildPlan(graph: Graph, options: PlanOptions = {}): Plan {
  const { compiles = () => false, usesLibrary = () => false, heads = "worthwhile" } = options;
  checkDepth(graph);
  const whole = buildProgram(delayUpdates(graph));
  const program = process.env["GRAPHFN_FUSE"] === "off" ? whole : fuse(whole, { compiles, usesLibrary, heads });
  const groups = coalesce(program, lifetimes(program));
  const emitter = new Emitter(program, groups);
  emitter.items(program.items);
  const { buffers, arenaBytes } = place(program, groups, emitter.temporaries);
  return withoutUnused({
    name: graph.name,
    buffers,
    steps: emitter.steps,
    inputs: program.inputs,
    outputs: program.outputs,
    variables: program.variables.map(({ register, written }) => ({ buffer: register, written })),
    stacks: program.stacks,
    arenaBytes,
    prints: emitter.prints,
    ...(program.single === undefined ? {} : { single: program.single }),
  });
}

/** Values that stay inside of fused ops are no buffers. */
function withoutUnused(plan: Plan): Plan {
  const used = new Set([...plan.inputs, ...plan.outputs, ...plan.variables.map((v) => v.buffer)]);
  const numbers = new Map<BufferId, BufferId>();
  const note = (id: BufferId): BufferId => {
    used.add(id);
    return id;
  };
  for (const step of plan.steps) withBuffers(step, note);
  for (const id of plan.buffers.keys()) if (used.has(id)) numbers.set(id, numbers.size);
  const renumber = (id: BufferId): BufferId => numbers.get(id) as BufferId;
  if (numbers.size === plan.buffers.length) return plan;
  return {
    ...plan,
    buffers: plan.buffers.filter((_, id) => used.has(id)),
    steps: plan.steps.map((step) => withBuffers(step, renumber)),
    inputs: plan.inputs.map(renumber),
    outputs: plan.outputs.map(renumber),
    variables: plan.variables.map((v) => ({ ...v, buffer: renumber(v.buffer) })),
  };
}

function withBuffers(step: Step, map: (id: BufferId) => BufferId): Step {
  switch (step.kind) {
    case "op":
    case "fused":
      return { ...step, inputs: step.inputs.map(map), outputs: step.outputs.map(map) };
    case "print":
      return { ...step, inputs: step.inputs.map(map) };
    case "copy":
      return { ...step, from: map(step.from), to: map(step.to) };
    case "push":
      return { ...step, from: map(step.from) };
    case "pop":
      return { ...step, to: map(step.to) };
    case "unless":
    case "when":
      return { ...step, pred: map(step.pred) };
    case "jump":
      return step;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A place for values while registers change places in a circle: lives at one position only. */
export interface Temporary {
  readonly like: Register;
  readonly position: number;
}

class Emitter {
  readonly steps: Step[] = [];
  readonly prints: PrintSite[] = [];
  readonly temporaries: Temporary[] = [];
  readonly #program: Program;
  readonly #groups: Groups;

  constructor(program: Program, groups: Groups) {
    this.#program = program;
    this.#groups = groups;
  }

  items(items: readonly Item[]): void {
    for (const item of items) this.#item(item);
  }

  #item(item: Item): void {
    const { steps } = this;
    switch (item.kind) {
      case "op":
        this.#op(item);
        return;
      case "fused": {
        const { inputs, outputs, ops, temporaries, columns, run, shape } = item;
        steps.push({ kind: "fused", inputs, outputs, ops, temporaries, columns, run, shape });
        return;
      }
      case "copies":
        this.#copies(item);
        return;
      case "print":
        steps.push({ kind: "print", site: this.prints.length, inputs: item.inputs });
        this.prints.push({ kind: "print", method: item.method, parts: item.parts });
        return;
      case "fail":
        steps.push({ kind: "print", site: this.prints.length, inputs: [] });
        this.prints.push({ kind: "fail", error: item.error });
        return;
      case "push":
        steps.push({ kind: "push", stack: item.stack, from: item.from });
        return;
      case "pop":
        steps.push({ kind: "pop", stack: item.stack, to: item.to });
        return;
      case "branch":
        this.#branch(item);
        return;
      case "loop": {
        const jump = { kind: "jump", target: -1 } satisfies Step as Mutable<Extract<Step, { kind: "jump" }>>;
        steps.push(jump);
        const body = steps.length;
        this.items(item.body);
        jump.target = steps.length;
        this.items(item.test);
        steps.push({ kind: "when", pred: item.pred, target: body });
      }
    }
  }

  /** An arm without steps costs no jump; two of them cost nothing. */
  #branch(item: Extract<Item, { kind: "branch" }>): void {
    const { steps } = this;
    const start = steps.length;
    const { pred } = item;
    steps.push({ kind: "unless", pred, target: -1 });
    this.items(item.whenTrue);
    const thenEnd = steps.length;
    if (thenEnd === start + 1) {
      this.items(item.whenFalse);
      if (steps.length === thenEnd) steps.pop();
      else steps[start] = { kind: "when", pred, target: steps.length };
      return;
    }
    steps.push({ kind: "jump", target: -1 });
    this.items(item.whenFalse);
    if (steps.length === thenEnd + 1) {
      steps.pop();
      steps[start] = { kind: "unless", pred, target: thenEnd };
      return;
    }
    steps[start] = { kind: "unless", pred, target: thenEnd + 1 };
    steps[thenEnd] = { kind: "jump", target: steps.length };
  }

  /** Views that share their operand's place cost nothing. */
  #op(item: Extract<Item, { kind: "op" }>): void {
    const { op, inputs, outputs, attrs, span } = item;
    const out = outputs[0];
    const first = inputs[0];
    if (out !== undefined && first !== undefined && getOp(op).flags.has("view")) {
      if (this.#groups.of(out) !== this.#groups.of(first)) this.steps.push({ kind: "copy", from: first, to: out });
      return;
    }
    this.steps.push({ kind: "op", op, inputs, outputs, attrs, span });
  }

  #copies(item: Extract<Item, { kind: "copies" }>): void {
    const pairs = item.pairs.filter(([to, from]) => this.#groups.of(to) !== this.#groups.of(from));
    const temporary = (like: Register): Register => {
      this.temporaries.push({ like, position: item.position });
      return this.#program.registers.length + this.temporaries.length - 1;
    };
    for (const [to, from] of sequence(pairs, (r) => (r < this.#program.registers.length ? this.#groups.of(r) : r), temporary))
      this.steps.push({ kind: "copy", from, to });
  }
}

function place(
  program: Program,
  groups: Groups,
  temporaries: readonly Temporary[],
): { readonly buffers: readonly PlanBuffer[]; readonly arenaBytes: number } {
  const { registers } = program;
  const bytesOf = (info: RegisterInfo): number => info.size * DTYPES[info.dtype].bytes;
  const tenants: { bytes: number; stretches: readonly Stretch[] }[] = [];
  const tenantOf = new Map<Register, number>();
  registers.forEach((info, register) => {
    if (groups.of(register) !== register || info.source.kind !== "computed") return;
    // Inside of fused ops.
    if (groups.stretches(register).length === 0) return;
    tenantOf.set(register, tenants.length);
    tenants.push({ bytes: bytesOf(info), stretches: groups.stretches(register) });
  });
  const firstTemporary = tenants.length;
  for (const { like, position } of temporaries)
    tenants.push({ bytes: bytesOf(registers[like] as RegisterInfo), stretches: [[2 * position, 2 * position + 2]] });
  const arena = placeInArena(tenants);
  const buffer = (info: RegisterInfo, where: PlanBuffer["place"]): PlanBuffer => ({
    dtype: info.dtype,
    shape: info.shape,
    size: info.size,
    place: where,
    ...(info.name === undefined ? {} : { name: info.name }),
  });
  const buffers: PlanBuffer[] = registers.map((info, register): PlanBuffer => {
    const root = groups.of(register);
    const { source } = registers[root] as RegisterInfo;
    if (source.kind === "computed") return buffer(info, { kind: "arena", offset: arena.offsets[tenantOf.get(root) ?? -1] ?? 0 });
    return buffer(info, source.kind === "variable" ? { kind: "variable", index: source.index } : source);
  });
  temporaries.forEach(({ like }, i) => {
    buffers.push(buffer(registers[like] as RegisterInfo, { kind: "arena", offset: arena.offsets[firstTemporary + i] as number }));
  });
  return { buffers, arenaBytes: arena.bytes };
}
