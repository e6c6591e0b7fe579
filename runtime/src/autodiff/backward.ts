/**
 * Reverse mode over a trace: adds nodes that compute gradients of values that the trace has computed so far.
 *
 * Nodes are visited from the last to the first. An op applies its rules. Branches and loops become branches and loops that visit
 * their regions backwards:
 *
 *   cond p { A } else { B }     →   cond p { A backwards } else { B backwards }
 *   while … do { A }            →   the loop counts its rounds;  while count > 0 do { A backwards }
 *
 * A value of a region that the way back needs is pushed on a stack when the region runs and popped when it is visited backwards;
 * constants and what does not depend on the region are computed again instead. What a region takes from outside collects its
 * gradient in a carried value (loops) or a result (branches), once per loop and not per use.
 */
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type {
  CallNode,
  Checkpoint,
  CondNode,
  CustomGradNode,
  DefineNode,
  ForNode,
  Node,
  OpNode,
  PopNode,
  PushNode,
  Region,
  Value,
  WhileNode,
} from "../ir/graph.ts";
import { capturesOf, regionsOf } from "../ir/walk.ts";
import { getOp } from "../ops/op.ts";
import { withSpan } from "../trace/span.ts";
import type { GraphTracer, OpenRegion } from "../trace/tracer.ts";
import { type Activity, type Recorded, recordedWithin } from "./activity.ts";
import { counting, leavingStates, runAgain } from "./checkpoint.ts";
import { Demand } from "./demand.ts";
import { duplicate, inlineRegion } from "./inline.ts";
import { backThroughList, zerosLike } from "./lists.ts";
import { closedType, insideItself, located, outsideOf } from "./refusals.ts";
import { builder, gradientsOf } from "./rules.ts";
import { OpenScope, RegionScope, type Scope } from "./scope.ts";

const COUNT: TensorType = { dtype: "int32", shape: [] };

/** Nodes that become others. */
type Edits = Map<Node, Node[]>;

interface WayBack {
  readonly node: DefineNode;
  /** The function that leaves what the way back needs, and the way back. */
  readonly forward: number;
  readonly back: number;
  /** Results whose gradients it takes; parameters, and values from outside, whose gradients it gives. */
  readonly results: readonly number[];
  readonly params: readonly number[];
  readonly captured: readonly Value[];
}

export class Backward {
  readonly #t: GraphTracer;
  readonly #active: Activity;
  /** Stack of a loop → stack for its gradients. */
  readonly #adjointStacks = new Map<number, number>();
  /** Sources that pass nothing on. */
  #ends: ReadonlySet<Value> = new Set();
  /** By function: how gradients go back through its calls, and what its body takes from outside. */
  readonly #ways = new Map<number, WayBack>();
  readonly #captured = new Map<number, readonly Value[]>();
  /** Stacks that bodies of functions use. */
  readonly #inFunctions = new Set<number>();
  #recorded: Recorded = () => true;
  #demand = new Demand([], () => true);

  constructor(t: GraphTracer, active: Activity) {
    this.#t = t;
    this.#active = active;
  }

  /**
   * Gradients of targets (with the given gradients of their own) with respect to sources, through the recorded nodes of the open
   * regions; null where there is none. `ends`: sources that pass nothing on to what they were computed from.
   */
  run(
    targets: readonly Value[],
    seeds: readonly Tensor[],
    sources: readonly (readonly Value[])[],
    { recorded, ends = new Set() }: { readonly recorded: Recorded; readonly ends?: ReadonlySet<Value> },
  ): (Tensor | null)[] {
    const t = this.#t;
    this.#ends = ends;
    this.#recorded = recorded;
    this.#demand = new Demand(targets, recorded);
    const regions: OpenRegion[] = [];
    for (let region: OpenRegion | null = t.region; region !== null; region = region.parent) regions.push(region);
    this.#demand.settle(regions);
    for (const { nodes } of regions) this.#findStacks(nodes, false);
    const scope = new OpenScope(t, new Set(sources.flat()));
    targets.forEach((target, i) => {
      if (this.#flows(target)) scope.add(target, seeds[i] as Tensor);
    });
    // The nodes that this adds to the open region come after those that are visited.
    const visited = regions.map(({ nodes }) => nodes.slice());
    const edits = visited.map((nodes) => this.#defines(nodes, scope));
    regions.forEach((region, i) => {
      const outer = region === t.region ? null : region;
      const edited = [...(edits[i] as Edits), ...this.#nodes(visited[i] as Node[], scope, outer)];
      for (const [node, becomes] of edited) region.nodes.splice(region.nodes.indexOf(node), 1, ...becomes);
    });
    return sources.map((values) => {
      let sum: Tensor | null = null;
      for (const value of values) {
        const dx = scope.take(value);
        if (dx !== null) sum = sum === null ? dx : builder.add(sum, dx);
      }
      return sum;
    });
  }

  /**
   * Visits nodes backwards. Returns those that must become others, because the way back needs more of them. `outer`: an open region
   * around the one in which gradients are taken, whose loops cannot be followed backwards from there.
   */
  #nodes(nodes: readonly Node[], scope: Scope, outer: OpenRegion | null): Edits {
    const edited: Edits = new Map();
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i] as Node;
      if (!this.#recorded(node)) continue;
      if (node.kind === "push") {
        this.#push(node, scope);
        continue;
      }
      const dys = node.results.map((v) => (this.#flows(v) && !this.#ends.has(v) ? scope.take(v) : null));
      if (dys.every((dy) => dy === null) && !this.#movesAdjoints(node)) continue;
      const becomes = withSpan(node.span, () => this.#back(node, dys, scope, outer));
      if (becomes !== null) edited.set(node, becomes);
    }
    return edited;
  }

  /** Follows one node back. Returns what the node must become, null where it stays. */
  #back(node: Node, dys: readonly (Tensor | null)[], scope: Scope, outer: OpenRegion | null): Node[] | null {
    const flows = (v: Value): boolean => this.#flows(v);
    switch (node.kind) {
      case "op":
        this.#op(node, dys, scope);
        return null;
      case "pop":
        this.#pop(node, dys[0] ?? null, scope);
        return null;
      case "customGrad":
        this.#custom(node, dys, scope);
        return null;
      case "list":
        return backThroughList(this.#t, node, dys[0] as Tensor, scope, flows);
      case "call":
      case "cond":
      case "while":
      case "for":
        break;
      default:
        return null;
    }
    if (outer !== null) throw outsideOf(node);
    if (node.kind === "call") return [this.#call(node, dys, scope)];
    if (node.kind === "cond") return [this.#cond(node, dys, scope)];
    return this.#anyLoop(node, dys, scope);
  }

  #findStacks(nodes: readonly Node[], inFunction: boolean): void {
    for (const node of nodes) {
      if (inFunction && (node.kind === "push" || node.kind === "pop")) this.#inFunctions.add(node.stack);
      for (const region of regionsOf(node)) this.#findStacks(region.nodes, inFunction || node.kind === "define");
    }
  }

  /** A region that has ended, backwards. */
  #visit(nodes: readonly Node[], inside: RegionScope): void {
    const defined = this.#defines(nodes, inside);
    inside.edit(new Map([...defined, ...this.#nodes(nodes, inside, null)]));
  }

  /**
   * Functions that call themselves: of each a variant that leaves what the way back needs, which calls that have a gradient run instead,
   * and the way back, which takes gradients of results and gives those of parameters and of what the body takes from outside. It makes the
   * calls of the body in reverse order, so what calls within calls leave on a stack comes off it in order.
   */
  #defines(nodes: readonly Node[], scope: Scope): Edits {
    const edited: Edits = new Map();
    for (const node of nodes) if (node.kind === "define") edited.set(node, this.#define(node, scope));
    return edited;
  }

  #define(node: DefineNode, scope: Scope): DefineNode[] {
    const t = this.#t;
    const { params, yields } = node.body;
    const flowing = (values: readonly Value[]): number[] => values.flatMap((v, i) => (this.#flows(v) ? [i] : []));
    const way: WayBack = {
      node,
      forward: t.freshFunction(),
      back: t.freshFunction(),
      results: flowing(yields),
      params: flowing(params),
      captured: capturesOf(node, this.#captured).filter((v) => this.#flows(v)),
    };
    this.#captured.set(node.fn, capturesOf(node, this.#captured));
    this.#ways.set(node.fn, way);
    const recorded = this.#recorded;
    this.#recorded = recordedWithin(node, recorded);
    const inside = new RegionScope(t, node.body, scope);
    const { region, result } = t.within((open) => {
      inside.enter(open, () => null);
      const dys = way.results.map((i) => t.param(open, closedType(yields[i] as Value)));
      way.results.forEach((i, k) => {
        inside.add(yields[i] as Value, dys[k] as Tensor);
      });
      this.#visit(node.body.nodes, inside);
      const orZeros = (dx: Tensor | null | undefined, v: Value): Value => t.valueOf(dx ?? zerosLike(v, inside));
      return [
        ...way.params.map((i) => orZeros(inside.take(params[i] as Value), params[i] as Value)),
        ...way.captured.map((v) => orZeros(inside.captured.get(v), v)),
      ];
    });
    this.#recorded = recorded;
    const body = inside.close(region, result);
    const gives = result.map((v) => v.type);
    t.add({ ...node, fn: way.back, name: `${node.name} gradient`, body, gives });
    return [
      { ...node, body: duplicate(t, node.body) },
      { ...node, fn: way.forward, body: inside.edited() },
    ];
  }

  #call(node: CallNode, dys: readonly (Tensor | null)[], scope: Scope): CallNode {
    const t = this.#t;
    const way = this.#ways.get(node.fn);
    if (way === undefined) throw insideItself(node);
    const given = way.results.map((i) => t.valueOf(dys[i] ?? zerosLike(node.results[i] as Value, scope)));
    const values = [...way.params.map((i) => node.operands[i] as Value), ...way.captured];
    const { params } = way.node.body;
    const types = [...way.params.map((i) => params[i] as Value), ...way.captured].map(({ type }) => type);
    const results = types.map((type) => t.freshValue(type));
    t.add({ kind: "call", fn: way.back, operands: given, results, span: node.span });
    this.#addAll(values, results.map((v) => t.tensor(v)), scope); // biome-ignore format: one line
    return { ...node, fn: way.forward };
  }

  /** Whether a value has a gradient: it depends on sources, and targets depend on it. */
  #flows(value: Value): boolean {
    return this.#active.has(value) && this.#demand.has(value);
  }

  /**
   * A branch, loop or call whose results do not matter may have put aside values that do. Functions: see #isMirrored; `seen` are those
   * that have been looked into.
   */
  #movesAdjoints(node: Node, seen = new Set<number>()): boolean {
    if (node.kind === "push" || node.kind === "pop") {
      return this.#isMirrored(node.stack) || (node.kind === "push" && this.#adjointStacks.has(node.stack));
    }
    if (node.kind === "call") {
      const way = this.#ways.get(node.fn);
      if (way === undefined || seen.has(node.fn)) return false;
      seen.add(node.fn);
      return way.node.body.nodes.some((inner) => this.#movesAdjoints(inner, seen));
    }
    return regionsOf(node).some(({ nodes }) => nodes.some((inner) => this.#movesAdjoints(inner, seen)));
  }

  /**
   * What functions put aside has its gradient put aside in turn, be it zero: whatever calls what, each finds its own. So all calls of such
   * functions are followed back.
   */
  #isMirrored(stack: number): boolean {
    return this.#inFunctions.has(stack) && this.#active.hasStack(stack) && this.#demand.hasStack(stack);
  }

  #op(node: OpNode, dys: readonly (Tensor | null)[], scope: Scope): void {
    const use = {
      op: getOp(node.op),
      attrs: node.attrs,
      inputTypes: node.operands.map((v) => v.type),
      outputTypes: node.results.map((v) => v.type),
      input: (i: number) => scope.lookup(node.operands[i] as Value),
      output: (i: number) => scope.lookup(node.results[i] as Value),
    };
    const wanted = node.operands.map((v) => this.#flows(v));
    const found = located(node.span, () => gradientsOf(use, dys, wanted));
    this.#addAll(node.operands, found, scope);
  }

  #addAll(values: readonly Value[], gradients: readonly (Tensor | null)[], scope: Scope): void {
    values.forEach((value, i) => {
      const dx = gradients[i] ?? null;
      if (dx !== null && this.#flows(value)) scope.add(value, dx);
    });
  }

  /** A value that was put aside: its gradient has been put aside in turn. */
  #push(node: PushNode, scope: Scope): void {
    const [value] = node.operands;
    const isMirrored = this.#isMirrored(node.stack);
    const stack = isMirrored ? this.#adjointStack(node.stack) : this.#adjointStacks.get(node.stack);
    if (stack === undefined || !(isMirrored || this.#flows(value))) return;
    const dx = this.#t.freshValue(value.type);
    this.#t.add({ kind: "pop", stack, results: [dx], span: node.span });
    if (this.#flows(value)) scope.add(value, this.#t.tensor(dx));
  }

  #pop(node: PopNode, dy: Tensor | null, scope: Scope): void {
    const operand = this.#t.valueOf(dy ?? zerosLike(node.results[0] as Value, scope));
    this.#t.add({ kind: "push", stack: this.#adjointStack(node.stack), operands: [operand], results: [], span: node.span });
  }

  #adjointStack(stack: number): number {
    const known = this.#adjointStacks.get(stack) ?? this.#t.freshStack();
    this.#adjointStacks.set(stack, known);
    return known;
  }

  #custom(node: CustomGradNode, dys: readonly (Tensor | null)[], scope: Scope): void {
    const given = dys.map((dy, i) => dy ?? builder.zeros(closedType(node.results[i] as Value)));
    this.#addAll(
      node.inputs,
      inlineRegion(this.#t, node.vjp, given, (v) => scope.lookup(v)),
      scope,
    );
  }

  #cond(node: CondNode, dys: readonly (Tensor | null)[], scope: Scope): CondNode {
    const t = this.#t;
    const visit = (arm: Region) => {
      const inside = new RegionScope(t, arm, scope);
      const { region } = t.within((open) => {
        inside.enter(open, () => null);
        this.#addAll(arm.yields, dys, inside);
        this.#visit(arm.nodes, inside);
      });
      return { inside, region };
    };
    const [a, b] = [visit(node.then), visit(node.else)];
    const captured = new Set([...a.inside.captured.keys(), ...b.inside.captured.keys()]);
    if (captured.size > 0 || [a, b].some(({ region }) => movesStacks(region.nodes))) {
      const close = ({ inside, region }: typeof a): Region => {
        const yields = t.resume(region, () => [...captured].map((v) => t.valueOf(inside.captured.get(v) ?? zerosLike(v, inside))));
        return inside.close(region, yields);
      };
      const results = [...captured].map((v) => t.freshValue(v.type));
      const pred = t.valueOf(scope.lookup(node.pred));
      // biome-ignore lint/suspicious/noThenProperty: arms of a branch
      t.add({ kind: "cond", pred, then: close(a), else: close(b), results, span: node.span });
      [...captured].forEach((v, i) => {
        scope.add(v, t.tensor(results[i] as Value));
      });
    }
    // biome-ignore lint/suspicious/noThenProperty: arms of a branch
    return { ...node, then: a.inside.edited(), else: b.inside.edited() };
  }

  #anyLoop(node: WhileNode | ForNode, dys: readonly (Tensor | null)[], scope: Scope): Node[] {
    if (node.checkpoint !== undefined) return this.#checkpointed(node, node.checkpoint, dys, scope);
    return node.kind === "while" ? this.#while(node, dys, scope) : this.#for(node, dys, scope);
  }

  #while(node: WhileNode, dys: readonly (Tensor | null)[], scope: Scope): Node[] {
    const t = this.#t;
    const count = t.freshValue(COUNT);
    scope.define(count);
    const back = this.#loop(node, node.body.params, dys, scope, COUNT);
    const rounds = t.valueOf(scope.lookup(count));
    const { region: test, result: more } = t.within((open) => {
      const [left] = [t.param(open, COUNT), ...back.types.map((type) => t.param(open, type))];
      return t.valueOf(builder.greater(left as Tensor, builder.scalar(0, "int32")));
    });
    const left = t.resume(back.region, () => t.valueOf(builder.sub(t.tensor(back.first, back.region), builder.scalar(1, "int32"))));
    t.add({
      kind: "while",
      init: [rounds, ...back.init()],
      test: test.close([more]),
      body: back.inside.close(back.region, [left, ...back.yields]),
      results: [t.freshValue(COUNT), ...back.results],
      span: node.span,
    });
    back.finish();
    // The way there counts its rounds.
    const zero = t.freshValue(COUNT);
    const body = back.inside.edited();
    const before = t.freshValue(COUNT);
    const one = t.freshValue(COUNT);
    const after = t.freshValue(COUNT);
    const nodes: Node[] = [
      ...body.nodes,
      { kind: "const", data: Int32Array.of(1), results: [one], span: node.span },
      { kind: "op", op: "add", operands: [before, one], attrs: {}, results: [after], span: node.span },
    ];
    return [
      { kind: "const", data: Int32Array.of(0), results: [zero], span: node.span },
      {
        ...node,
        init: [...node.init, zero],
        test: { ...node.test, params: [...node.test.params, t.freshValue(COUNT)] },
        body: { params: [...body.params, before], nodes, yields: [...body.yields, after] },
        results: [...node.results, count],
      },
    ];
  }

  #for(node: ForNode, dys: readonly (Tensor | null)[], scope: Scope): Node[] {
    const t = this.#t;
    const [index, ...params] = node.body.params as [Value, ...Value[]];
    const back = this.#loop(node, params, dys, scope, index.type);
    const [start, limit, step] = [node.start, node.limit, node.step].map((v) => t.valueOf(scope.lookup(v))) as [Value, Value, Value];
    t.add({
      kind: "for",
      start,
      limit,
      step,
      init: back.init(),
      body: back.inside.close(back.region, back.yields),
      results: back.results,
      span: node.span,
    });
    back.finish();
    return [{ ...node, body: back.inside.edited() }];
  }

  /**
   * A loop that leaves its state at some rounds only (checkpoint.ts). The way back goes through the stretches between them, from the last
   * one: it runs the rounds of a stretch again, which leave what each needs, and visits them backwards.
   */
  #checkpointed(node: WhileNode | ForNode, checkpoint: Checkpoint, dys: readonly (Tensor | null)[], scope: Scope): Node[] {
    const t = this.#t;
    const params = node.kind === "for" ? node.body.params.slice(1) : node.body.params;
    const forward = leavingStates(t, node, params, checkpoint);
    scope.define(forward.count);
    const rounds = scope.lookup(forward.count);
    const { region: stretch, result } = t.within((open) => {
      const end = t.param(open, COUNT);
      const [begin, ...states] = forward.popped(t) as [Tensor, ...Tensor[]];
      const length = builder.sub(end, begin);
      const back = this.#loop(node, params, dys, scope, COUNT);
      const close = back.inside.close(back.region, back.yields);
      const again = runAgain(t, node, back.inside.edited(), { begin, length, states }, (v) => scope.lookup(v));
      const adjoints = back.types.map((type) => t.valueOf(t.param(open, type)));
      const results = back.types.map((type) => t.freshValue(type));
      t.add(again);
      t.add({ ...counting(t, length), init: adjoints, body: close, results, span: node.span });
      return { back, yields: [t.valueOf(begin), ...results] };
    });
    const { back, yields } = result;
    const { region: test, result: more } = t.within((open) => {
      const [left] = [t.param(open, COUNT), ...back.types.map((type) => t.param(open, type))];
      return t.valueOf(builder.greater(left as Tensor, builder.scalar(0, "int32")));
    });
    t.add({
      kind: "while",
      init: [t.valueOf(rounds), ...back.init()],
      test: test.close([more]),
      body: stretch.close(yields),
      results: [t.freshValue(COUNT), ...back.results],
      span: node.span,
    });
    back.finish();
    return forward.nodes;
  }

  /**
   * The body of a loop backwards. Parameters: one of type `first` for the caller, gradients of the carried values, then of what the
   * body takes from outside.
   */
  #loop(node: WhileNode | ForNode, params: readonly Value[], dys: readonly (Tensor | null)[], scope: Scope, first: TensorType) {
    const t = this.#t;
    const carried = params.flatMap((p, i) => (this.#flows(p) || this.#flows(node.results[i] as Value) ? [i] : []));
    const inside = new RegionScope(t, node.body, scope);
    const sums: { readonly value: Value; readonly param: Value }[] = [];
    const { region, result } = t.within((open) => {
      const own = t.valueOf(t.param(open, first));
      const adjoints = carried.map((i) => t.param(open, (params[i] as Value).type));
      inside.enter(open, (value) => {
        const sum = t.param(open, value.type);
        sums.push({ value, param: t.valueOf(sum) });
        return sum;
      });
      carried.forEach((i, k) => {
        const value = node.body.yields[i] as Value;
        // A yield may be a parameter as it is: another round passes it on.
        if (this.#flows(value)) inside.add(value, adjoints[k] as Tensor);
      });
      this.#visit(node.body.nodes, inside);
      return { own, next: carried.map((i) => t.valueOf(inside.take(params[i] as Value) ?? zerosLike(params[i] as Value, inside))) };
    });
    const sumResults = sums.map(({ value }) => t.freshValue(value.type));
    const carriedResults = carried.map((i) => t.freshValue((params[i] as Value).type));
    return {
      inside,
      region,
      first: result.own,
      types: [...carried.map((i) => (params[i] as Value).type), ...sums.map(({ value }) => value.type)],
      init: (): Value[] => [
        ...carried.map((i) => t.valueOf(dys[i] ?? zerosLike(node.results[i] as Value, scope))),
        ...sums.map(({ value }) => t.valueOf(zerosLike(value, scope))),
      ],
      yields: [...result.next, ...sums.map(({ value }) => t.resume(region, () => t.valueOf(inside.captured.get(value) as Tensor)))],
      results: [...carriedResults, ...sumResults],
      finish: (): void => {
        carried.forEach((i, k) => {
          const init = node.init[i] as Value;
          if (this.#flows(init)) scope.add(init, t.tensor(carriedResults[k] as Value));
        });
        sums.forEach(({ value }, k) => {
          scope.add(value, t.tensor(sumResults[k] as Value));
        });
      },
    };
  }
}

/** Puts something aside, for a gradient of this gradient, or takes it. */
function movesStacks(nodes: readonly Node[]): boolean {
  return nodes.some(
    (node) =>
      node.kind === "push" || node.kind === "pop" || node.kind === "call" || regionsOf(node).some((region) => movesStacks(region.nodes)),
  );
}
