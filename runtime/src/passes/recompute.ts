/**
 * Values that the way back through a loop pops are computed there instead, where that costs less than to keep them.
 *
 *   in the loop:      %5 = mul %4, %p; %6 = tanh %5; push 0 %4; push 1 %5; push 2 %6; yield %6     →   push 0 %4
 *   on the way back:  %7 = pop 0; %8 = pop 1; %9 = pop 2     →   %7 = pop 0; %8 = mul %7, %p; %9: the %7 of the round before
 *
 * Which values to keep is a minimum cut between what must not be computed again and what is popped: a mask may be kept in place of what it
 * selects, or a counter in place of the row that it indexes. How values can be had again: sources.ts; between which regions: kept.ts.
 * Results have the same bits. What is computed again succeeded before, of the same operands, so nothing new can fail.
 *
 * Comes when nothing else finds anything to do any more: what nobody uses must be gone, and equal values be one.
 */
import { FreshIds, operation } from "../ir/build.ts";
import type { Graph, Node, Region, Value } from "../ir/graph.ts";
import { mapOperands, mapRegions, mapUses, regionsOf } from "../ir/walk.ts";
import { costOfKeeping } from "./cost.ts";
import { Network } from "./cut.ts";
import { type Group, KeptValues } from "./kept.ts";
import { carriedOf, type Loop, loopsOf, type Source, sourceOf } from "./sources.ts";

/** Values in a row that may be computed again; none is worth more. */
const DEEPEST = 16;

export function recompute(graph: Graph): Graph {
  let result = graph;
  for (let again = keepsAnything(graph.body); again; ) {
    const values = new KeptValues(result);
    const groups = values.groups();
    const edits = new Edits(result, values.stacks);
    for (const group of groups) {
      const choice = choose(group, values);
      if (choice !== null) edits.group(group, choice);
    }
    const before = result;
    result = edits.apply();
    // What one way back computes again, the way back through that one may compute again, too.
    again = result !== before && groups.some(({ to }) => groups.some(({ from }) => from === to));
  }
  return result;
}

function keepsAnything(region: Region): boolean {
  return region.nodes.some((node) => node.kind === "push" || regionsOf(node).some(keepsAnything));
}

interface Choice {
  readonly kept: readonly Value[];
  /** In the order in which they are computed. */
  readonly computed: readonly (readonly [Value, Source])[];
}

/**
 * What to keep of a group; null if it is what is kept now. In the network each value has an entrance, and an exit after it. Cut is, from
 * the source to the entrance: the value is computed again; from the entrance to the exit: it is kept.
 */
function choose(group: Group, values: KeptValues): Choice | null {
  const network = new Network();
  const entrances = new Map<Value, number>();
  const sources = new Map<Value, Source>();
  const isHad = (value: Value): boolean => values.isKnownIn(value, group.to);
  const enter = (value: Value): number => {
    let entrance = entrances.get(value);
    if (entrance === undefined) {
      entrance = network.node();
      network.edge(entrance, network.node(), costOfKeeping(value));
      entrances.set(value, entrance);
    }
    return entrance;
  };
  const wanted = new Set(group.kept.map(({ push }) => push.operands[0]));
  const exits = [...wanted].filter((value) => !isHad(value)).map((value) => enter(value) + 1);
  let next: readonly Value[] = [...entrances.keys()];
  for (let depth = 0; next.length > 0; depth++) {
    const found = new Set<Value>();
    for (const value of next) {
      const source = depth < DEEPEST ? sourceOf(value, group, values) : null;
      network.edge(network.source, enter(value), source?.cost ?? Number.POSITIVE_INFINITY);
      if (source === null) continue;
      sources.set(value, source);
      for (const operand of new Set(source.from)) {
        if (isHad(operand)) continue;
        if (!entrances.has(operand)) found.add(operand);
        network.edge(enter(operand) + 1, enter(value), Number.POSITIVE_INFINITY);
      }
    }
    next = [...found];
  }
  const side = network.cut(exits);
  const here = [...entrances].filter(([, entrance]) => side.has(entrance + 1));
  const kept = here.filter(([, entrance]) => !side.has(entrance)).map(([value]) => value);
  if (kept.length === group.kept.length && kept.length === here.length) return null;
  const again = here.filter(([, entrance]) => side.has(entrance)).map(([value]) => value);
  again.sort((a, b) => values.timeOf(a) - values.timeOf(b));
  return { kept, computed: again.map((value) => [value, sources.get(value) as Source]) };
}

/** A value that the way back carries from round to round. */
interface Carried {
  readonly init: Value;
  readonly param: Value;
  next: Value;
}

class Edits {
  readonly #graph: Graph;
  readonly #becomes = new Map<Node, readonly Node[]>();
  readonly #replaced = new Map<Value, Value>();
  readonly #carried = new Map<Node, Carried[]>();
  #ids: FreshIds | null = null;
  #stacks: number;

  constructor(graph: Graph, stacks: number) {
    this.#graph = graph;
    this.#stacks = stacks;
  }

  get #fresh(): FreshIds {
    this.#ids ??= new FreshIds(this.#graph);
    return this.#ids;
  }

  group(group: Group, { kept, computed }: Choice): void {
    const [pushes, back]: [Node[], Node[]] = [[], []];
    const there = new Map<Value, Value>();
    const [first] = group.kept;
    const stacks = new Map(group.kept.map((each) => [each.push.operands[0], each]));
    for (const value of kept) {
      const known = stacks.get(value);
      const stack = known?.push.stack ?? this.#stacks++;
      const result = known?.pop.results[0] ?? this.#fresh.value(value.type, value.name);
      pushes.push(known?.push ?? { kind: "push", stack, operands: [value], results: [], span: first?.push.span });
      back.push(known?.pop ?? { kind: "pop", stack, results: [result], span: first?.pop.span });
      there.set(value, result);
    }
    const carried = new Map<number, Value>();
    for (const [value, source] of computed) there.set(value, this.#again(value, source, group, there, back, carried));
    this.#carry(group, carried, there);
    for (const { push, pop } of group.kept) {
      const [value, result] = [push.operands[0], pop.results[0] as Value];
      const instead = there.get(value) ?? value;
      if (instead !== result) this.#replaced.set(result, instead);
      this.#becomes.set(push, []);
      this.#becomes.set(pop, []);
    }
    // Pushed where the last push was, popped where the first pop was: there everything is, and nothing is used yet.
    const nodes = new Set<Node>(group.kept.flatMap(({ push, pop }) => [push, pop]));
    this.#becomes.set(group.from.region.nodes.findLast((node) => nodes.has(node)) as Node, pushes);
    this.#becomes.set(group.to.region.nodes.find((node) => nodes.has(node)) as Node, back);
  }

  /** Adds the nodes that compute a value again; what stands for it. */
  #again(value: Value, source: Source, { from, to }: Group, there: Map<Value, Value>, nodes: Node[], carried: Map<number, Value>): Value {
    const add = (op: string, a: Value, b: Value): Value => {
      const node = operation(this.#fresh, op, [a, b]);
      nodes.push(node);
      return node.results[0] as Value;
    };
    const nextOne = (at: number): Value => {
      const param = carried.get(at) ?? this.#fresh.value(value.type, value.name);
      carried.set(at, param);
      return param;
    };
    switch (source.kind) {
      case "op": {
        const result = this.#fresh.value(value.type, value.name);
        nodes.push({ ...mapOperands(source.node, (operand) => there.get(operand) ?? operand), results: [result] } as Node);
        return result;
      }
      case "carried":
        return nextOne(source.at);
      case "stepped":
        return add(source.op, nextOne(source.at), source.by);
      case "index": {
        const { start, limit, step } = from.owner as Extract<Node, { kind: "for" }>;
        return add("sub", add("sub", add("add", start, limit), step), to.region.params[0] as Value);
      }
    }
  }

  /** Each round hands its parameters to the one before it, which has come to them as what it yields. */
  #carry({ from, to }: Group, carried: ReadonlyMap<number, Value>, there: ReadonlyMap<Value, Value>): void {
    const loops = loopsOf(from, to);
    if (loops === null || carried.size === 0) return;
    const rows = [...carried].map(([at, param]): Carried => {
      const own = carriedOf(loops.there)[at] as Value;
      return { init: loops.there.results[at] as Value, param, next: there.get(own) as Value };
    });
    this.#carried.set(loops.back, [...(this.#carried.get(loops.back) ?? []), ...rows]);
  }

  apply(): Graph {
    if (this.#becomes.size === 0) return this.#graph;
    const edited = (region: Region): Region => {
      const nodes = region.nodes.flatMap((node) => this.#becomes.get(node) ?? [this.#carrying(mapRegions(node, edited), node)]);
      return { ...region, nodes };
    };
    const resolve = (value: Value): Value => {
      let v = value;
      for (let next = this.#replaced.get(v); next !== undefined; next = this.#replaced.get(v)) v = next;
      return v;
    };
    return { ...this.#graph, body: mapUses(edited(this.#graph.body), resolve) };
  }

  #carrying(node: Node, before: Node): Node {
    const rows = this.#carried.get(before);
    if (rows === undefined) return node;
    const { body, ...loop } = node as Loop;
    const more = (of: (row: Carried) => Value): Value[] => rows.map(of);
    const again = ({ param }: Carried): Value => this.#fresh.value(param.type, param.name);
    const longer = {
      init: [...loop.init, ...more(({ init }) => init)],
      body: { ...body, params: [...body.params, ...more(({ param }) => param)], yields: [...body.yields, ...more(({ next }) => next)] },
      results: [...loop.results, ...more(again)],
    };
    if (loop.kind === "for") return { ...loop, ...longer };
    return { ...loop, ...longer, test: { ...loop.test, params: [...loop.test.params, ...more(again)] } };
  }
}
