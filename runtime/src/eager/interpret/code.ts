/**
 * Graphs prepared to be run node by node: every value has a slot, every node is a step over slots, and for each step stands which
 * values nobody needs after it.
 *
 *   %3: f32[2] = exp %0       steps:  slot 1 ← exp(slot 0)      drops: slot 0
 *   %4: f32[2] = add %3, %3           slot 2 ← add(slot 1, …)          slot 1
 *
 * A slot owns its tensor: what leaves a slot for another one moves if that was its last use, and is shared otherwise. So every
 * tensor is disposed as soon as its value has died, and a loop of any length needs the memory of one iteration.
 */
import { InternalError } from "../../core/errors.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import { Tensor } from "../../core/tensor.ts";
import type { CondNode, ConstNode, DefineNode, Graph, Node, Region, Span, Value } from "../../ir/graph.ts";
import { capturesOf, freeValues, operandsOf, regionsOf, walkNodes } from "../../ir/walk.ts";
import type { Callee, Rest } from "./calls.ts";
import { type Held, hold, release } from "./held.ts";
import { findParts, type PartMaker, type PartRunner, readBy, type Stretch } from "./parts.ts";
import { type Run, runSteps } from "./run.ts";
import { STEPS } from "./steps.ts";

/** One execution of a graph: its values, by slot, and what all frames of a run share. */
export interface Frame {
  readonly values: (Held | null)[];
  readonly run: Run;
}

/** A step that calls a function gives the rest of itself, for `drive` (calls.ts). */
export type Step = (frame: Frame) => Rest | void;

/** Steps in order. */
export interface Steps {
  readonly steps: readonly Step[];
  /** Where the op of each step comes from; undefined for nodes that cannot fail. */
  readonly spans: readonly (Span | undefined)[];
  /** Slots whose values die with each step. */
  readonly drops: readonly (readonly number[])[];
}

/** A region: its steps, and what becomes of its values. */
export interface Code extends Steps {
  /** Parameters that nobody reads. */
  readonly unread: readonly number[];
  readonly yields: readonly Use[];
  /** A step in it, or in regions inside, calls a function. */
  readonly calls: boolean;
}

/** A read of a slot that hands its tensor on: `last` reads take it away. */
export interface Use {
  readonly slot: number;
  readonly last: boolean;
}

/** A whole graph. `template`: the values of a new frame, constants in their slots and null elsewhere. */
export interface GraphCode {
  readonly template: readonly (Tensor | null)[];
  readonly params: readonly number[];
  readonly body: Code;
  /** How many parts become one call each (parts.ts). */
  readonly parts: number;
}

/** A value that the caller owns. */
export function take({ values }: Frame, { slot, last }: Use): Held {
  const x = values[slot] as Held;
  if (!last) return hold(x);
  values[slot] = null;
  return x;
}

export function drop({ values }: Frame, slot: number): void {
  const t = values[slot];
  if (t === null || t === undefined) return;
  values[slot] = null;
  release(t);
}

/** `maker`: makes a call of a part of the graph; null where there are to be none. */
export function prepare(graph: Graph, maker: PartMaker | null): GraphCode {
  const preparation = new Preparation(graph, maker);
  const params = graph.body.params.map((p) => preparation.define(p));
  const body = preparation.region(graph.body, true);
  return { template: preparation.template(), params, body, parts: preparation.parts };
}

/** Steps of a region while it is prepared. */
interface Made {
  readonly steps: Step[];
  readonly spans: (Span | undefined)[];
  readonly drops: number[][];
  /** For each node, and behind the last, how many steps stand before it. */
  readonly stepOf: readonly number[];
}

/** Values of a region that die in it, with the index of the node that reads each last. */
interface Lives {
  readonly lastUse: ReadonlyMap<Value, number>;
  at: number;
}

/** What a row of STEPS prepares its node with. */
export class Preparation {
  readonly #slots = new Map<Value, number>();
  readonly #constants: { readonly slot: number; readonly tensor: Tensor }[] = [];
  #count = 0;
  #lives: Lives = { lastUse: new Map(), at: 0 };
  /** Values that regions of the node being prepared read, and functions that it calls. */
  #inner: ReadonlySet<Value> = new Set();
  readonly #functions = new Map<number, Callee>();
  /** By function: what its body takes from outside. */
  readonly #captured = new Map<number, readonly Value[]>();
  readonly #constantNodes = new Map<Value, ConstNode>();
  readonly #name: string;
  readonly #maker: PartMaker | null;
  parts = 0;
  #isInPart = false;

  constructor(graph: Graph, maker: PartMaker | null) {
    this.#name = graph.name;
    this.#maker = maker;
    walkNodes(graph.body, (node) => {
      if (node.kind === "define") this.#captured.set(node.fn, capturesOf(node, this.#captured));
      if (node.kind === "const") this.#constantNodes.set(node.results[0] as Value, node);
    });
  }

  define(value: Value): number {
    const slot = this.#count++;
    this.#slots.set(value, slot);
    return slot;
  }

  /** Another name for a slot: parameters of a loop's test and of its body hold the same values. */
  alias(value: Value, slot: number): void {
    this.#slots.set(value, slot);
  }

  slot(value: Value): number {
    const slot = this.#slots.get(value);
    if (slot === undefined) throw new InternalError(`Value %${value.id} is used before it is defined.`);
    return slot;
  }

  /** Reads by which the node being prepared hands values on. */
  uses(values: readonly Value[]): Use[] {
    const { lastUse, at } = this.#lives;
    return values.map((v, i) => ({
      slot: this.slot(v),
      last: lastUse.get(v) === at && !this.#inner.has(v) && values.indexOf(v, i + 1) < 0,
    }));
  }

  /** A value that never dies. */
  constant({ data, results: [result] }: ConstNode): void {
    const { dtype, shape, weak = false } = (result as Value).type;
    const tensor = new Tensor(dtype, Object.freeze([...(shape as Shape)]), sizeOf(shape as Shape), weak, data, null, null);
    this.#constants.push({ slot: this.define(result as Value), tensor });
  }

  /** Values that the arms of the cond being prepared may take: it is the last to read them. */
  dying(node: CondNode): Value[] {
    const { lastUse, at } = this.#lives;
    return [...this.#inner].filter((v) => v !== node.pred && lastUse.get(v) === at);
  }

  /** `given`: values from around it that may die here. `owning`: parameters die in this region; those of a loop's test live on in its body. Their slots are defined already. */
  region(region: Region, owning: boolean, given: readonly Value[] = []): Code {
    const outer = [this.#lives, this.#inner] as const;
    const inPart = this.#isInPart;
    const parts = this.#maker === null || inPart ? [] : findParts(region.nodes);
    const lastUse = this.#lastUses(region, owning, given);
    let calls = false;
    const steps: Step[] = [];
    const spans: (Span | undefined)[] = [];
    const drops: number[][] = [];
    const stepOf: number[] = [];
    const dying = new Map<number, Value[]>();
    for (const [value, at] of lastUse) dying.set(at, [...(dying.get(at) ?? []), value]);
    for (const [at, node] of region.nodes.entries()) {
      stepOf.push(steps.length);
      if (node.kind === "const") {
        this.constant(node);
        continue;
      }
      calls ||= hasCalls(node);
      this.#lives = { lastUse, at };
      this.#inner = new Set(this.#readsInside(node));
      this.#isInPart = inPart || parts.some(({ from, to }) => from <= at && at < to);
      steps.push((STEPS[node.kind] as (node: Node, at: Preparation) => Step)(node, this));
      spans.push(node.kind === "op" || node.kind === "call" || node.kind === "list" ? node.span : undefined);
      drops.push((dying.get(at) ?? []).map((v) => this.slot(v)));
    }
    this.#isInPart = inPart;
    this.#lives = { lastUse, at: region.nodes.length };
    this.#inner = new Set();
    const yields = this.uses(region.yields);
    [this.#lives, this.#inner] = outer;
    stepOf.push(steps.length);
    const before = this.parts;
    this.parts += parts.length;
    // From the end, so that places of those before stay.
    for (let i = parts.length - 1; i >= 0; i--) {
      const name = `${this.#name}, part ${before + i + 1}`;
      this.#join(name, region.nodes, parts[i] as Stretch, lastUse, { steps, spans, drops, stepOf });
    }
    return { steps, spans, drops, unread: (dying.get(-1) ?? []).map((v) => this.slot(v)), yields, calls };
  }

  /** Puts one step in the place of those of a part: they run by themselves at first. */
  #join(name: string, all: readonly Node[], { from, to }: Stretch, lastUse: ReadonlyMap<Value, number>, made: Made): void {
    const nodes = all.slice(from, to).filter((node) => node.kind !== "const");
    const { inputs, constants } = readBy(nodes, this.#constantNodes);
    const outputs = nodes.flatMap((node) => node.results.filter((v) => (lastUse.get(v) as number) >= to));
    const body: Region = { params: inputs, nodes: [...constants, ...nodes], yields: outputs };
    const { steps, spans, drops, stepOf } = made;
    const [first, end] = [stepOf[from] as number, stepOf[to] as number];
    const own: Steps = { steps: steps.slice(first, end), spans: spans.slice(first, end), drops: drops.slice(first, end) };
    const [given, found] = [inputs.map((v) => this.slot(v)), outputs.map((v) => this.slot(v))];
    steps.splice(first, end - first, partStep({ name, body }, own, { given, found, maker: this.#maker as PartMaker }));
    spans.splice(first, end - first, undefined);
    drops.splice(first, end - first, own.drops.flat());
  }

  function(define: DefineNode): void {
    const first = this.#count;
    const callee: Callee = { name: define.name, maxDepth: define.maxDepth, params: [], own: [], body: null };
    this.#functions.set(define.fn, callee);
    callee.params = define.body.params.map((p) => this.define(p));
    callee.body = this.region(define.body, true);
    const constants = new Set(this.#constants.map(({ slot }) => slot));
    for (let slot = first; slot < this.#count; slot++) if (!constants.has(slot)) callee.own.push(slot);
  }

  callee(fn: number): Callee {
    return this.#functions.get(fn) as Callee;
  }

  /** What regions of a node read, and functions that it or they call. */
  #readsInside(node: Node): Value[] {
    const inner = regionsOf(node).flatMap(freeValues);
    const called = (n: Node): readonly Value[] => (n.kind === "call" ? (this.#captured.get(n.fn) ?? []) : []);
    if (this.#captured.size === 0) return inner;
    inner.push(...called(node));
    for (const region of regionsOf(node)) walkNodes(region, (n) => void inner.push(...called(n)));
    return inner;
  }

  /** For each value that dies in the region: the node that reads it last, −1 for none, the number of nodes for a yield. */
  #lastUses(region: Region, owning: boolean, given: readonly Value[]): Map<Value, number> {
    const last = new Map<Value, number>();
    const read = (value: Value, at: number): void => {
      if (last.has(value)) last.set(value, at);
    };
    if (owning) for (const p of region.params) last.set(p, -1);
    for (const v of given) last.set(v, -1);
    region.nodes.forEach((node, at) => {
      for (const v of operandsOf(node)) read(v, at);
      for (const v of this.#readsInside(node)) read(v, at);
      if (node.kind !== "const") for (const v of node.results) last.set(v, at);
    });
    for (const v of region.yields) read(v, region.nodes.length);
    return last;
  }

  template(): (Tensor | null)[] {
    const values = new Array<Tensor | null>(this.#count).fill(null);
    for (const { slot, tensor } of this.#constants) values[slot] = tensor;
    return values;
  }
}

interface PartSlots {
  readonly given: readonly number[];
  readonly found: readonly number[];
  readonly maker: PartMaker;
}

function partStep(graph: Graph, own: Steps, { given, found, maker }: PartSlots): Step {
  // A loop may go on for long in its first run.
  let left = hasLoop(graph.body) ? 0 : maker.after;
  let runner: PartRunner | null | undefined;
  return (frame) => {
    if (left-- === 0) runner = maker.make(graph);
    if (!runner) return runSteps(own, frame);
    const { values } = frame;
    const results = runner.run(given.map((slot) => values[slot] as Tensor));
    for (let i = 0; i < found.length; i++) values[found[i] as number] = results[i] as Tensor;
  };
}

function hasLoop(region: Region): boolean {
  return region.nodes.some((node) => node.kind === "while" || node.kind === "for" || regionsOf(node).some(hasLoop));
}

function hasCalls(node: Node): boolean {
  return node.kind === "call" || (node.kind !== "define" && regionsOf(node).some((region) => region.nodes.some(hasCalls)));
}
