/**
 * StaticTracer: the interpreter that builds a static graph. It differs from the trace of a function in what variables mean: a read
 * and an assignment are operations like others, which happen in a run of a session, if something that is fetched needs them.
 *
 * Operations run in the order in which they were added. Gradients are one operation here; replay.ts makes ops of it, when all
 * lengths are known.
 */
import type { TypedArray } from "../core/dtype.ts";
import { DisposedError, GraphFnError } from "../core/errors.ts";
import type { Dims } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { apply1, withInterpreter } from "../dispatch/dispatch.ts";
import { share } from "../eager/memory.ts";
import type { Node, Value } from "../ir/graph.ts";
import { regionsOf, walkNodes } from "../ir/walk.ts";
import { identity } from "../ops/identity.ts";
import type { Attrs, OpRecord } from "../ops/op.ts";
import { captureSpan } from "../trace/span.ts";
import { flatten, rebuild } from "../trace/structure.ts";
import { GraphTracer, type OpenRegion, type Recording, symbolOf } from "../trace/tracer.ts";
import { Names } from "./names.ts";
import { type Action, Operation, showTensor } from "./operation.ts";
import { StaticTape } from "./static-tape.ts";
import { inferOpen } from "./unknown.ts";

/** What a run does for a node besides what the node says. */
interface Extra {
  readonly action: Action | null;
  readonly name: string | undefined;
  readonly control: readonly Operation[];
}

export class StaticTracer extends GraphTracer {
  readonly names = new Names();
  /** Eager tensors that the graph uses, by the value that stands for them. */
  readonly eagerOf = new Map<Value, Tensor>();
  readonly #constantOf = new Map<Tensor, Value>();
  readonly #operations = new Map<Node, Operation>();
  readonly #makers = new Map<Value, Operation>();
  readonly #byName = new Map<string, Operation>();
  /** Values of which not even the rank is known. */
  readonly #rankless = new Set<Value>();
  /** The last read of a variable, while nothing has assigned it. */
  readonly #reads = new Map<Variable, { readonly tensor: Tensor; readonly region: OpenRegion }>();
  readonly #readings = new Map<Variable, readonly Value[]>();
  readonly #makeVariable: (initial: () => Tensor, trainable: boolean, name: string | undefined) => Variable;
  #control: readonly Operation[] = [];
  /** Function calls under way. */
  #depth = 0;
  #extra: Extra | null = null;
  /** Of the op that is added next. */
  #name: string | null = null;

  constructor(makeVariable: (initial: () => Tensor, trainable: boolean, name: string | undefined) => Variable) {
    super("graph", retain);
    this.#makeVariable = makeVariable;
  }

  override get inFunction(): boolean {
    return this.#depth > 0;
  }

  override show(t: Tensor): string {
    const symbol = symbolOf(t);
    const name = t.name ?? (symbol === null ? "?" : this.nameOf(symbol.value));
    return showTensor(name, symbol?.value.type ?? t, symbol !== null && this.#rankless.has(symbol.value));
  }

  override get whereValuesAre(): string {
    return "Run it in a session: session.run(tensor, feeds).";
  }

  // ── operations ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** `add:0`: the operation that computes a value, and which of its results it is. */
  nameOf(value: Value): string {
    const maker = this.#makers.get(value);
    return maker === undefined ? (value.name ?? `value_${value.id}`) : `${maker.name}:${maker.node.results.indexOf(value)}`;
  }

  makerOf(value: Value): Operation | undefined {
    return this.#makers.get(value);
  }

  operationOf(node: Node): Operation | undefined {
    return this.#operations.get(node);
  }

  operationNamed(name: string): Operation | undefined {
    return this.#byName.get(name);
  }

  /** Variables that were read, in order of their first reads. */
  variablesRead(): readonly Variable[] {
    return [...this.#readings.keys()];
  }

  /** All operations, those of branches and loops included, in order. */
  operations(): Operation[] {
    const list: Operation[] = [];
    walkNodes(this.root.close([]), (node) => {
      const operation = this.#operations.get(node);
      if (operation !== undefined) list.push(operation);
    });
    return list;
  }

  isRankless(value: Value): boolean {
    return this.#rankless.has(value);
  }

  override add(node: Node): void {
    const { action, name, control } = this.#extra ?? { action: null, name: undefined, control: [] };
    this.#extra = null;
    const type = node.kind === "op" ? node.op : node.kind;
    const full = name ?? this.names.unique(type);
    const region = this.region;
    const operation = new Operation(this, full, type, node, action, [...this.#control, ...control], () =>
      node.results.map((v) => this.tensor(v, region)),
    );
    this.#operations.set(node, operation);
    this.#byName.set(operation.name, operation);
    for (const value of node.results) this.#makers.set(value, operation);
    super.add(node);
  }

  /** Adds a node that no op's record describes. `name`: complete. */
  act(type: string, action: Action, operands: readonly Value[], results: readonly TensorType[], options: ActOptions = {}): Operation {
    const values = results.map((result) => this.freshValue(result));
    if (options.rankless !== undefined)
      values.forEach((v, i) => {
        if (options.rankless?.[i]) this.#rankless.add(v);
      });
    this.#extra = { action, name: options.name, control: options.control ?? [] };
    const node: Node = { kind: "op", op: type, operands, attrs: {}, results: values, span: captureSpan() };
    this.add(node);
    return this.#operations.get(node) as Operation;
  }

  /** What `body` adds runs only after the given operations. */
  controlled<T>(operations: readonly Operation[], body: () => T): T {
    const before = this.#control;
    this.#control = [...before, ...operations];
    try {
      return body();
    } finally {
      this.#control = before;
    }
  }

  /** Adds to the graph itself, whatever branch or loop is open, and after nothing: initial values. */
  atRoot<T>(body: () => T): T {
    const before = this.#control;
    this.#control = [];
    try {
      return withInterpreter(this, () => this.resume(this.root, body));
    } finally {
      this.#control = before;
    }
  }

  // ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** As in programs of TensorFlow.js. */
  protected override get showsOpenLengths(): boolean {
    return true;
  }

  override tensor(value: Value, region: OpenRegion = this.region): Tensor {
    const t = super.tensor(value, region);
    if (this.#makers.has(value) || value.name !== undefined) t.name = this.nameOf(value);
    return t;
  }

  override valueOf(t: Tensor): Value {
    if (isVariable(t)) return (symbolOf(this.read(t)) as { value: Value }).value;
    const symbol = symbolOf(t);
    if (symbol === null) return this.#constant(t);
    if (symbol.tracer !== this) {
      throw new GraphFnError("E_GRAPH", `${t.name ?? `Tensor #${t.id}`} is not a tensor of the graph that is being built.`, {
        hint: "Tensors of one computation must be made in one graph.",
      });
    }
    if (!symbol.region.open) {
      throw new GraphFnError("E_LEAK", `${this.nameOf(symbol.value)} was computed inside a branch or loop and used outside of it.`, {
        hint: "Return it from the function of the branch, or carry it in the loop.",
      });
    }
    return symbol.value;
  }

  #constant(t: Tensor): Value {
    let value = this.#constantOf.get(t);
    if (value !== undefined) return value;
    if (t.elements === null) throw new DisposedError(`Tensor ${t.name ?? `#${t.id}`} was used in a graph after dispose().`);
    value = this.#addConstant(t, this.names.unique("const"));
    this.#constantOf.set(t, value);
    return value;
  }

  /** At the start, where every branch sees it. */
  #addConstant(t: Tensor, name: string): Value {
    const held = retain(t);
    const value = this.freshValue(t.weak ? { dtype: t.dtype, shape: t.shape, weak: true } : { dtype: t.dtype, shape: t.shape });
    const node: Node = { kind: "const", data: held.elements as TypedArray, results: [value] };
    const operation = new Operation(this, name, "const", node, null, [], () => [this.tensor(value, this.root)]);
    this.#operations.set(node, operation);
    this.#byName.set(operation.name, operation);
    this.#makers.set(value, operation);
    this.root.nodes.unshift(node);
    this.eagerOf.set(value, held);
    return value;
  }

  /** A constant with an eager tensor's elements, which may be disposed afterwards. */
  constantNamed(t: Tensor, name: string): Tensor {
    return this.tensor(this.#addConstant(t, this.names.unique(name)), this.root);
  }

  /** Adds one op under a name. */
  named(name: string, body: () => Tensor): Tensor {
    this.#name = this.names.unique(name);
    try {
      return body();
    } finally {
      this.#name = null;
    }
  }

  /** The operation that was added last. */
  get lastOperation(): Operation {
    const { nodes } = this.region;
    return this.#operations.get(nodes[nodes.length - 1] as Node) as Operation;
  }

  /** `given`, unless it is fed; `dims`: null for those of `given`. */
  defaulted(given: Tensor, dims: Dims | null, name: string): Tensor {
    const value = this.valueOf(given);
    const rankless = dims === null && this.#rankless.has(value);
    return this.act("placeholderWithDefault", { kind: "default" }, [value], [{ dtype: given.dtype, shape: dims ?? value.type.shape }], {
      name: this.names.unique(name),
      rankless: [rankless],
    }).outputs[0] as Tensor;
  }

  override run(op: OpRecord, inputs: readonly Tensor[], attrs: Attrs): Tensor[] {
    const operands = inputs.map((t) => this.valueOf(t));
    const name = this.#name ?? this.names.unique(op.name);
    this.#name = null;
    try {
      const inferred = inferOpen(
        op,
        operands.map((v) => v.type),
        operands.map((v) => this.#rankless.has(v)),
        attrs,
      );
      const results = inferred.types.map((type) => this.freshValue(type));
      if (inferred.rankless) for (const value of results) this.#rankless.add(value);
      this.#extra = { action: null, name, control: [] };
      this.add({ kind: "op", op: op.name, operands, attrs, results, span: captureSpan() });
      return results.map((value) => this.tensor(value));
    } catch (error) {
      if (error instanceof GraphFnError) error.message += ` (operation ${name} of ${operands.map((v) => this.nameOf(v)).join(", ")})`;
      throw error;
    }
  }

  override cast(x: Tensor, dtype: Tensor["dtype"], weak: boolean): Tensor {
    const result = super.cast(x, dtype, weak);
    if (result !== x && this.#rankless.has(this.valueOf(x))) this.#rankless.add(this.valueOf(result));
    return result;
  }

  /** Values of all reads of a variable. */
  readsOf(variable: Variable): readonly Value[] {
    return this.#readings.get(variable) ?? [];
  }

  // ── variables ────────────────────────────────────────────────────────────────────────────────────────────────────

  override read(variable: Variable): Tensor {
    this.#checkOwn(variable);
    const last = this.#reads.get(variable);
    if (last !== undefined && last.region === this.region && this.#control.length === 0) return last.tensor;
    const [tensor] = this.act("read", { kind: "read", variable }, [], [{ dtype: variable.dtype, shape: variable.shape }], {
      name: this.names.complete(`${variable.name ?? "variable"}/read`),
    }).outputs as [Tensor];
    this.#reads.set(variable, { tensor, region: this.region });
    this.#readings.set(variable, [...this.readsOf(variable), this.valueOf(tensor)]);
    return tensor;
  }

  override assign(variable: Variable, value: Tensor): Tensor {
    return this.assignment(variable, value).outputs[0] as Tensor;
  }

  /** `name`: complete. */
  assignment(variable: Variable, value: Tensor, name?: string): Operation {
    this.#checkOwn(variable);
    this.#reads.delete(variable);
    const type: TensorType = { dtype: variable.dtype, shape: variable.shape };
    return this.act("assign", { kind: "assign", variable }, [this.valueOf(value)], [type], name === undefined ? {} : { name });
  }

  #checkOwn(variable: Variable): void {
    const symbol = symbolOf(variable);
    if (symbol === null || symbol.tracer === this) return;
    throw new GraphFnError("E_GRAPH", `Variable ${variable.name} belongs to another graph.`, {
      hint: "Make it in the graph that uses it.",
    });
  }

  override tape(watchVariables: boolean): Recording {
    // Uses of variables from here on are reads of their own.
    this.#reads.clear();
    return new StaticTape(this, watchVariables);
  }

  override variable(initial: () => Tensor, trainable: boolean, name: string | undefined): Variable {
    return this.#makeVariable(initial, trainable, name);
  }

  /**
   * A function call, or another step that assigns: whoever uses its results gets its effects as well, though nothing that is
   * fetched may need them.
   */
  override asOne<T>(body: () => T): T {
    const { nodes } = this.region;
    const last = nodes[nodes.length - 1];
    this.#depth++;
    let result: T;
    try {
      result = body();
    } finally {
      this.#depth--;
    }
    const added = last === undefined ? nodes : nodes.slice(nodes.lastIndexOf(last) + 1);
    const effects = added.flatMap((node) => (this.#hasEffect(node) ? [this.#operations.get(node) as Operation] : []));
    if (effects.length === 0) return result;
    const leaves: unknown[] = [];
    const skeleton = flatten(result, leaves);
    const tied = leaves.map((leaf) => {
      if (!isTensor(leaf) || isVariable(leaf)) return leaf;
      return this.controlled(effects, () => apply1(identity, [leaf]));
    });
    return rebuild(skeleton, tied[Symbol.iterator]()) as T;
  }

  /** In the node, or in its branches or loops, a variable is assigned or something is printed. */
  #hasEffect(node: Node): boolean {
    if (node.kind === "print" || this.#operations.get(node)?.action?.kind === "assign") return true;
    return regionsOf(node).some((region) => region.nodes.some((inner) => this.#hasEffect(inner)));
  }
}

interface ActOptions {
  readonly name?: string;
  readonly control?: readonly Operation[];
  readonly rankless?: readonly boolean[];
}

/** Another handle on a tensor's elements: the graph keeps it, whatever the user disposes. */
export function retain(t: Tensor): Tensor {
  const held = share(t, t.elements as TypedArray, t.shape, t.weak);
  held.kept = true;
  return held;
}
