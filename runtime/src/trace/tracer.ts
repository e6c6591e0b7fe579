/**
 * GraphTracer: the interpreter that builds a graph. Ops become nodes of the region that is open; control flow opens nested
 * regions. Every symbolic tensor knows its region, so a value used outside the region that computed it is reported there.
 *
 * Eager tensors met on the way are captured: small ones become constants, larger ones extra inputs of the graph, which
 * hold on to their storage.
 */
import { type DType, newElements, type TypedArray, weakDType } from "../core/dtype.ts";
import { DisposedError, DTypeError, InternalError, type SourcePlace, StagingError } from "../core/errors.ts";
import { type Dims, guardedShape, isOpen, isStatic, type SymbolicDim, showShape, sizeOf } from "../core/shape.ts";
import { isTensor, Tensor, type TensorSymbol } from "../core/tensor.ts";
import { showType, type TensorType } from "../core/type.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { type Interpreter, interpreter } from "../dispatch/dispatch.ts";
import {
  DEFAULT_MAX_DEPTH,
  type Graph,
  type Node,
  type PrintNode,
  type Region,
  type Span,
  type Value,
  type VariableSlot,
} from "../ir/graph.ts";
import { castLong, castNumber } from "../ops/cast.ts";
import { type Attrs, getOp, type OpRecord } from "../ops/op.ts";
import { staleAlias } from "./alias.ts";
import type { Provide } from "./feed.ts";
import { Journal } from "./journal.ts";
import type { Compute, LiftedNumber } from "./number.ts";
import { captureSpan, givenSpan } from "./span.ts";
import { VariableState } from "./state.ts";

/** Captured tensors of at most this many elements become constants. */
const CONSTANT_LIMIT = 64;

/** A region under construction. */
export class OpenRegion {
  readonly params: Value[] = [];
  readonly nodes: Node[] = [];
  readonly parent: OpenRegion | null;
  /** On the stack of open regions: its values may be used. */
  open = true;
  /** What it computes is for one example of many: see vectorize/. */
  examples = false;

  constructor(parent: OpenRegion | null) {
    this.parent = parent;
  }

  close(yields: readonly Value[]): Region {
    return { params: this.params, nodes: this.nodes, yields };
  }
}

/** Values that a trace has read from variables and properties outside of it. */
export interface Guard {
  readonly read: () => readonly unknown[];
  readonly values: readonly unknown[];
  /** `rate@src/model.ts:7:9` */
  readonly names: readonly string[];
}

/** A number of a call that is an input of the graph: a weak scalar, whose dtype settles when the trace has ended. */
export interface NumberInput {
  readonly compute: Compute;
  readonly value: Value;
  readonly type: { dtype: DType; readonly shape: Dims; readonly weak: true };
  /** The number of the traced call. */
  readonly now: number;
}

/** A length of an argument that the program needs as a number, and where. */
export interface LengthRead {
  readonly dim: SymbolicDim;
  readonly what: string;
  readonly at: SourcePlace | undefined;
}

/** What a tape is made of: see eager/tape.ts, autodiff/graph-tape.ts and compat/static-tape.ts. */
export interface Recording {
  watch(t: Tensor): void;
  variables(): Variable[];
  gradients(targets: readonly Tensor[], sources: readonly Tensor[], seeds: readonly (Tensor | null)[]): (Tensor | null)[];
  recording: boolean;
}

export interface GraphSymbol extends TensorSymbol {
  readonly tracer: GraphTracer;
  readonly region: OpenRegion;
  readonly value: Value;
}

export function symbolOf(t: Tensor): GraphSymbol | null {
  return t.symbol as GraphSymbol | null;
}

/** Whether a tensor may be used where the trace is now: not one of a branch or loop that has ended. */
export function isVisible(t: Tensor): boolean {
  const symbol = symbolOf(t);
  return symbol === null || symbol.region.open;
}

/** Where in the user's source a value of the graph was made; of others, and of constants, that is not known. */
export function madeAt(x: unknown): SourcePlace | undefined {
  const symbol = isTensor(x) ? symbolOf(x) : null;
  const maker = (value: Value): Node | undefined => symbol?.region.nodes.find(({ results }) => results.includes(value));
  let node = symbol === null ? undefined : maker(symbol.value);
  while (node?.kind === "op" && node.op === "cast" && node.span === undefined) node = maker(node.operands[0] as Value);
  return node?.span?.place();
}

export class GraphTracer implements Interpreter {
  readonly kind = "trace";
  readonly root = new OpenRegion(null);
  /** File of the function being traced, for places of constructs. */
  readonly file: string;
  /** Captured eager tensors that are inputs of the graph, in order: after the declared inputs. */
  readonly captured: { readonly tensor: Tensor; readonly value: Value }[] = [];
  /** Captured variables of functions that were traced along, with the values they had: see `guard`. */
  readonly guards: Guard[] = [];
  /** What is read from outside at each call, with the parameters that it is passed in. */
  readonly feeds: { readonly provide: Provide; readonly values: readonly Value[] }[] = [];
  /** Lifted numbers that met tensors, by expression. */
  readonly numbers = new Map<string, NumberInput>();
  /** Arguments that were lifted and then needed as plain numbers: the trace holds for their values alone. */
  readonly pinned = new Set<number>();
  /** Captured eager tensors that are constants of the graph. */
  readonly constants: { readonly tensor: Tensor; readonly value: Value; readonly data: TypedArray }[] = [];
  /** Variables that were read or assigned, with the parameters that stand for their values at the start. */
  readonly variables = new Map<Variable, Tensor>();
  readonly state = new VariableState((variable) => this.#parameterOf(variable));
  readonly journal = new Journal();
  /** Lengths of arguments that the program read as numbers, though they stand for any. */
  readonly lengthsRead: LengthRead[] = [];
  readonly #capturedBy = new Map<Tensor, Value>();
  readonly #now = (variable: Variable): Tensor => this.state.get(variable);
  readonly #retain: (t: Tensor) => Tensor;
  readonly #dtypeOfNumber: (value: number) => DType;
  /** Of functions that call themselves. */
  readonly maxDepth: number;
  #region = this.root;
  #nextValue = 0;
  #nextStack = 0;
  #nextFunction = 0;
  #nextDim = 0;

  /** `retain` gives a tensor that shares the storage of its argument and survives its disposal. */
  constructor(
    file: string,
    retain: (t: Tensor) => Tensor,
    dtypeOfNumber: (value: number) => DType = weakDType,
    maxDepth: number = DEFAULT_MAX_DEPTH,
  ) {
    this.file = file;
    this.maxDepth = maxDepth;
    this.#retain = retain;
    this.#dtypeOfNumber = dtypeOfNumber;
  }

  /** What runs now is part of a function that is traced; not so for code around a static graph (compat/). */
  get inFunction(): boolean {
    return true;
  }

  /** Lengths that are not known are −1 for whoever reads `shape`; otherwise reading them is refused. */
  protected get showsOpenLengths(): boolean {
    return false;
  }

  /** How a tensor of the graph is printed, where not as usual. */
  show(_t: Tensor): string | null {
    return null;
  }

  /** For messages about elements that are not there. */
  get whereValuesAre(): string {
    return "Elements exist when the graph runs: return the tensor from the graph function, or print it with console.log there.";
  }

  /** A variable of the graph's own; null where variables live outside of graphs. */
  variable(_initial: () => Tensor, _trainable: boolean, _name: string | undefined): Variable | null {
    return null;
  }

  /** A tape of the graph's own; null where gradients are added to the graph at once. */
  tape(_watchVariables: boolean): Recording | null {
    return null;
  }

  /** Adds what `body` adds. Graphs of which parts run keep it together: see compat/. */
  asOne<T>(body: () => T): T {
    return body();
  }

  get region(): OpenRegion {
    return this.#region;
  }

  /** The next value's number: all values so far have smaller ones. */
  get nextId(): number {
    return this.#nextValue;
  }

  freshStack(): number {
    return this.#nextStack++;
  }

  freshFunction(): number {
    return this.#nextFunction++;
  }

  freshValue(type: TensorType, name?: string): Value {
    return { id: this.#nextValue++, type, ...(name === undefined ? {} : { name }) };
  }

  /** A symbolic tensor for a value of a region. */
  tensor(value: Value, region: OpenRegion = this.#region): Tensor {
    const { dtype, shape, weak } = value.type;
    const symbol: GraphSymbol = { id: value.id, dims: shape, tracer: this, region, value };
    if (isStatic(shape)) return new Tensor(dtype, shape, sizeOf(shape), weak ?? false, null, null, symbol);
    if (this.showsOpenLengths) {
      const lengths = shape.map((d) => (typeof d === "number" ? d : -1));
      return new Tensor(dtype, lengths, -1, weak ?? false, null, null, symbol);
    }
    const lengths = guardedShape(shape, (axis) => this.#readLength(value, axis));
    const t = new Tensor(dtype, lengths, -1, weak ?? false, null, null, symbol);
    return Object.defineProperty(t, "size", { get: () => sizeOf(t.shape) });
  }

  /**
   * A length was read as a number that is none while tracing. That of an argument becomes one: the function is traced again for it,
   * whatever the program makes of this error.
   */
  #readLength(value: Value, axis: number): never {
    const dim = value.type.shape[axis] as SymbolicDim;
    const what = value.name === undefined ? "a tensor" : `\`${value.name}\``;
    const at = captureSpan().place();
    const isArgument = !isOpen(dim);
    if (isArgument) this.lengthsRead.push({ dim, what: `axis ${axis} of ${what}`, at });
    throw new StagingError(
      `The length of axis ${axis} of ${what} (${showType(value.type)}) was read, but it ${isArgument ? "differs between calls" : "depends on data"}.`,
      { code: "E_SYMBOLIC", hint: `It is known only when the graph runs: gf.lengthOf(x, ${axis}) gives it as a tensor.`, at },
    );
  }

  /** The name of a length that is found only when the graph runs. */
  freshDim(): SymbolicDim {
    return { sym: `?${this.#nextDim++}` };
  }

  /** A new parameter of a region: an argument of the function, or a carried value. */
  param(region: OpenRegion, type: TensorType, name?: string): Tensor {
    const value = this.freshValue(type, name);
    region.params.push(value);
    return this.tensor(value, region);
  }

  add(node: Node): void {
    const span = node.span ?? (node.kind === "const" ? undefined : givenSpan());
    this.#region.nodes.push(span === node.span ? node : { ...node, span });
  }

  /** Traces `body` into a new region inside the open one. Dropping the region drops everything traced. */
  within<T>(body: (region: OpenRegion) => T): { readonly region: OpenRegion; readonly result: T } {
    const region = new OpenRegion(this.#region);
    region.open = false;
    return { region, result: this.resume(region, () => body(region)) };
  }

  /** Opens a region again, for nodes at its end. */
  resume<T>(region: OpenRegion, body: () => T): T {
    const before = this.#region;
    const wasOpen = region.open;
    this.#region = region;
    region.open = true;
    try {
      return body();
    } finally {
      region.open = wasOpen;
      this.#region = before;
    }
  }

  /** What follows in the open region goes into a region of its own, until `rejoin` goes back to the one around it. */
  branchOff(): OpenRegion {
    this.#region = new OpenRegion(this.#region);
    return this.#region;
  }

  rejoin(region: OpenRegion): void {
    region.open = false;
    this.#region = region.parent as OpenRegion;
  }

  /** What was opened inside of an open region counts for nothing. */
  returnTo(region: OpenRegion): void {
    this.#region = region;
  }

  /** The run ends here with this error. */
  fail(error: unknown): void {
    this.add({ kind: "fail", error, results: [], span: captureSpan() });
  }

  /** The graph value of a tensor, as seen from the open region. */
  valueOf(t: Tensor): Value {
    const symbol = symbolOf(t);
    if (symbol === null) return isVariable(t) ? this.valueOf(this.state.read(t)) : this.#capture(t);
    const stale = staleAlias(t, this.#now);
    if (stale !== undefined) throw stale;
    if (symbol.tracer !== this) {
      throw new StagingError("A tensor of another trace was used here.", {
        code: "E_LEAK",
        hint: "It was kept from a graph function in a variable, field or array; return it from that function instead.",
      });
    }
    if (!symbol.region.open) {
      throw new StagingError(
        `A tensor${symbol.value.name ? ` (${symbol.value.name})` : ""} that was computed inside a branch or loop was used outside of it.`,
        {
          code: "E_LEAK",
          hint: "Assign it to a variable declared before the branch or loop, so that it has a value on every path.",
        },
      );
    }
    return symbol.value;
  }

  #capture(t: Tensor): Value {
    if (t.dtype === "string") throw stringsInGraph(`The string tensor ${t.name ?? `#${t.id}`} was used in it`);
    if (t.elements === null) throw new DisposedError(`Tensor ${t.name ?? `#${t.id}`} was used in a graph function after dispose().`);
    let value = this.#capturedBy.get(t);
    if (value === undefined && t.size <= CONSTANT_LIMIT) {
      // At the start, where every region sees it.
      value = this.freshValue(typeWith(t.dtype, t.shape, t.weak), t.name);
      this.#capturedBy.set(t, value);
      const data = t.elements.slice();
      this.root.nodes.unshift({ kind: "const", data, results: [value] });
      this.constants.push({ tensor: t, value, data });
    } else if (value === undefined) {
      value = this.freshValue(typeWith(t.dtype, t.shape, false), t.name);
      this.#capturedBy.set(t, value);
      this.captured.push({ tensor: this.#retain(t), value });
    }
    return value;
  }

  #parameterOf(variable: Variable): Tensor {
    let tensor = this.variables.get(variable);
    if (tensor === undefined) {
      if (variable.elements === null) throw new DisposedError(`Variable ${variable.name} was used in a graph function after dispose().`);
      tensor = this.tensor(this.freshValue(typeWith(variable.dtype, variable.shape, false), variable.name), this.root);
      this.variables.set(variable, tensor);
      this.state.remember(variable, { value: (symbolOf(tensor) as GraphSymbol).value, region: this.root });
    }
    return tensor;
  }

  read(variable: Variable): Tensor {
    return this.tensor(this.valueOf(variable));
  }

  /** Values of a graph have no end. */
  discard(): void {}

  /**
   * The value counts as the variable's from here on: its gradient is the variable's, none flows to what it was computed from.
   * That is a gradient of its own: dy goes to the parameter that stands for the variable.
   */
  assign(variable: Variable, value: Tensor): Tensor {
    // One that is assigned and never read has a parameter as well.
    const parameter = this.#parameterOf(variable);
    const of = this.valueOf(value);
    const { region, result: dy } = this.within((open) => this.valueOf(this.param(open, of.type)));
    const result = this.freshValue(of.type);
    const vjp = region.close([dy]);
    this.add({ kind: "customGrad", inputs: [this.valueOf(parameter)], values: [of], vjp, results: [result], span: captureSpan() });
    const assigned = this.tensor(result);
    this.setState(variable, assigned);
    return assigned;
  }

  /** The value of a variable from here on. One that it has already is no assignment: branches give back all that they know of. */
  setState(variable: Variable, value: Tensor): void {
    if (this.state.get(variable) === value) return;
    this.state.set(variable, value, { value: this.valueOf(value), region: this.#region });
  }

  /** Symbols for what `provide` gives at each call; `now` is what it gave for this trace. */
  feed(now: readonly Tensor[], provide: Provide): Tensor[] {
    const values = now.map((t) => this.freshValue(typeWith(t.dtype, t.shape, false)));
    this.feeds.push({ provide, values });
    return values.map((value) => this.tensor(value, this.root));
  }

  /** A lifted number as a tensor: the input that is computed from the numbers of each call. */
  number(number: LiftedNumber): Tensor {
    let input = this.numbers.get(number.key);
    if (input === undefined) {
      const type: NumberInput["type"] = { dtype: this.#dtypeOfNumber(number.value), shape: [], weak: true };
      input = { compute: number.compute, value: this.freshValue(type), type, now: number.value };
      this.numbers.set(number.key, input);
    }
    return this.tensor(input.value, this.root);
  }

  constantValue(data: TypedArray, type: TensorType): Value {
    const value = this.freshValue(type);
    this.add({ kind: "const", data, results: [value] });
    return value;
  }

  constant(value: number | bigint | boolean, dtype: DType, weak: boolean): Tensor {
    const data = newElements(dtype, 1);
    data[0] = typeof value === "bigint" ? castLong(value, dtype) : castNumber(Number(value), dtype);
    return this.tensor(this.constantValue(data, typeWith(dtype, [], weak)));
  }

  /** Zeros of a type: fill the holes of paths that end elsewhere. */
  zeros(type: TensorType): Tensor {
    if (type.list) {
      const empty = this.freshValue(type);
      this.add({ kind: "list", action: "make", operands: [], attrs: {}, results: [empty], span: captureSpan() });
      return this.tensor(empty);
    }
    // Nobody reads it: where a length is open, none will do. Lengths of arguments are those, so that types stay as they are.
    if (type.shape.some((d) => typeof d === "object" && !isOpen(d))) {
      const shape = type.shape.map((d) => (isOpen(d) ? 0 : d));
      return this.run(getOp("broadcastTo"), [this.constant(0, type.dtype, type.weak ?? false)], { shape })[0] as Tensor;
    }
    const shape = type.shape.map((d) => (typeof d === "number" ? d : 0));
    return this.tensor(this.constantValue(newElements(type.dtype, sizeOf(shape)), typeWith(type.dtype, shape, type.weak ?? false)));
  }

  run(op: OpRecord, inputs: readonly Tensor[], attrs: Attrs): Tensor[] {
    const operands = inputs.map((t) => this.valueOf(t));
    for (const key in attrs) if (op.attrs[key] === "dims") refuseOpen(op, attrs[key] as Dims);
    const types = op.infer(
      operands.map((v) => v.type),
      attrs,
    );
    const results = types.map((type) => this.freshValue(type));
    this.add({ kind: "op", op: op.name, operands, attrs, results, span: captureSpan() });
    return results.map((value) => this.tensor(value));
  }

  /** The trace holds as long as these variables keep their values. */
  guard(read: () => readonly unknown[], names: readonly string[]): void {
    this.guards.push({ read, values: read(), names });
  }

  cast(x: Tensor, dtype: DType, weak: boolean): Tensor {
    if (x.dtype === dtype && x.weak === weak) return x;
    const operand = this.valueOf(x);
    const type = typeWith(dtype, operand.type.shape, weak);
    const result = this.freshValue(operand.type.list ? { ...type, list: true } : type);
    const common = { operands: [operand], attrs: { dtype }, results: [result] };
    this.add(operand.type.list ? { kind: "list", action: "cast", ...common } : { kind: "op", op: "cast", ...common });
    return this.tensor(result);
  }

  print(method: PrintNode["method"], operands: readonly Tensor[], parts: PrintNode["parts"], span: Span): void {
    this.add({ kind: "print", method, operands: operands.map((t) => this.valueOf(t)), parts, results: [], span });
  }

  /** Closes the graph. Parameters: declared inputs, captures, feeds, numbers, variables. Results: outputs, new values of variables. */
  finish(name: string, outputs: readonly Value[]): Graph {
    const params = [
      ...this.root.params,
      ...this.captured.map((c) => c.value),
      ...this.feeds.flatMap((f) => f.values),
      ...[...this.numbers.values()].map((n) => n.value),
    ];
    const yields = [...outputs];
    const variables: VariableSlot[] = [];
    for (const [variable, parameter] of this.variables) {
      const [before, after] = [parameter, this.state.get(variable)].map((t) => (symbolOf(t) as GraphSymbol).value) as [Value, Value];
      variables.push({ param: params.length, result: after === before ? null : yields.length });
      params.push(before);
      if (after !== before) yields.push(after);
    }
    this.root.open = false;
    return { name, body: { params, nodes: this.root.nodes, yields }, ...(variables.length === 0 ? {} : { variables }) };
  }
}

/** Graphs compute with numbers only. */
export function stringsInGraph(what: string): DTypeError {
  return new DTypeError(`${what}: a graph function takes no string tensors.`, {
    hint: "Compute with strings outside of it, and pass numbers: indices of a vocabulary, string.stringToHashBucketFast(…).",
  });
}

/** Attributes may name lengths of arguments, which are numbers before the graph runs. */
function refuseOpen(op: OpRecord, dims: Dims): void {
  if (!dims.some(isOpen)) return;
  throw new StagingError(`${op.name} needs the shape ${showShape(dims)}, of which a length depends on data.`, {
    code: "E_SYMBOLIC",
    hint: "Such a length is known only when the graph runs; ops that take it from an operand can work with it.",
    at: captureSpan().place(),
  });
}

function typeWith(dtype: DType, shape: Dims, weak: boolean): TensorType {
  return weak ? { dtype, shape, weak } : { dtype, shape };
}

/** The tracer in force; only call while tracing. */
export function tracer(): GraphTracer {
  const current = interpreter();
  if (!(current instanceof GraphTracer)) throw new InternalError("No trace is under way.");
  return current;
}
