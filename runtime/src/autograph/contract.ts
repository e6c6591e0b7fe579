/**
 * What emitted code may touch: one namespace, imported on line 1 as `import { $ } from "graphfn/autograph"`.
 * The transformer emits these names and no others; the runtime implements them (autograph/index.ts). Any change of
 * meaning raises VERSION.
 *
 * Every function works for plain values and for tensors, eagerly and while tracing: a condition that is a JavaScript value
 * is decided at once, one that is a symbolic tensor is staged. So emitted code has one form and two dispatch tables.
 *
 * `at` is "line:column" (1-based) of the construct in the original file.
 *
 *   while (n > 1) { n = n / 2; steps += 1; }
 *   $.while("5:3", $.vars(() => ({ n, steps }), ($v) => { ({ n, steps } = $v); }),
 *     () => $.gt(n, 1),
 *     () => { n = $.div(n, 2); steps = $.add(steps, 1); });
 *
 *   if (x < 0) return -1; rest…
 *   return $.finish($.if("7:3", $.none, $.lt(x, 0), () => $.return($.lit(-1)), () => { rest…; return $.return(r); }));
 */
import type { LoopOptions } from "../api/loop.ts";

export const VERSION = 1;

/**
 * How a region of code ended: normally, by break, continue, return, throw. `undefined` stands for normally.
 * While tracing a completion may be staged: its tag is a tensor and several ends are possible.
 */
export interface Completion {
  readonly kind: "normal" | "break" | "continue" | "return" | "throw" | "never" | "staged";
}
export type Ends = Completion | undefined | void;

/** Variables of the enclosing scopes that a construct may write: how to read and to write all of them. */
export interface Vars {
  readonly get: () => Record<string, unknown>;
  readonly set: (values: Record<string, unknown>) => void;
  /** Those whose type has undefined: for them it is a value, for others it means not assigned yet. */
  readonly optional?: readonly string[];
}

/** Of a `switch`: the value to compare with (null: `default`), and its statements if there are any. */
export type Clause = readonly [test: (() => unknown) | null, body?: () => Ends];

/** What the transformer knows of a marked function. Emitted as a hoisted function `function $meta_f() { return {…} }`. */
export interface FunctionMeta {
  readonly version: number;
  readonly name: string;
  /** Original file, relative to the project root, forward slashes. */
  readonly file: string;
  /** "line:column" of the function in it. */
  readonly at: string;
  readonly params: readonly string[];
  /** Names and places of the captures, in their order: `rate@src/model.ts:7:9`. */
  readonly captures?: readonly string[];
  /**
   * Numbers among the arguments that only meet tensors, as paths: `[[1], [2, "rate"]]`. The body gets them as objects that only the
   * operators of this namespace understand, and one trace serves all numbers.
   */
  readonly lifted?: readonly (readonly (number | string)[])[];
  /** Options of the annotation, where given by decorator: `@graphFunction({...})`. */
  readonly options?: Record<string, unknown>;
  /** Decision per construct, for `explain`: [at, construct, "staged" | "static" | "dynamic" | "unrolled", reason]. */
  readonly decisions: readonly (readonly [string, string, string, string])[];
}
export type MetaThunk = () => FunctionMeta;
/** Reads the captured `let` variables and host properties that the body uses: a change means another trace. */
export type Captures = () => readonly unknown[];

export interface Autograph {
  // --- functions -------------------------------------------------------------------------------------------
  /** Prologue of marked declarations and methods: true unless a trace or an eager run of marked code is under way. */
  outside(): boolean;
  /** `if ($.outside()) return $.run($meta_f, f, this, arguments, () => [k]);` `f` is the function itself (`this.step` for methods). */
  run(meta: MetaThunk, fn: Function, self: unknown, args: ArrayLike<unknown>, captures?: Captures): unknown;
  /** The graph part of a marked async function: `part` of what the call has found before it. One function for all calls. */
  rest(meta: MetaThunk, part: Function, args: readonly unknown[], captures?: Captures): unknown;
  /** Const arrows and function expressions marked by comment or directive: a callable graph function. */
  graphFunction<F extends Function>(meta: MetaThunk, fn: F, captures?: Captures): F;
  /** Argument of the user's own wrapper call: `graphFunction($.lowered($meta_f, (x) => …), options)`. Returns `fn`. */
  lowered<F extends Function>(meta: MetaThunk, fn: F, captures?: Captures): F;
  /**
   * First in the body of a function that reads such variables, and that other marked functions may run as part of their own trace:
   * `$.uses(() => [k], $meta_f);`. Their traces hold as long as the values stay. Names as in the metadata, for functions without.
   */
  uses(captures: Captures, names?: MetaThunk | readonly string[]): void;
  /** In lists of captures: everything in an object, to be compared with what is in it at the next call. */
  contents(value: unknown): unknown;
  /**
   * First in the body of a function that calls itself where the graph may decide on it: `if ($.enters(f)) return $.descend("3:1", ["n"], f,
   * this, arguments);` `enters`: while tracing, unless the runtime itself runs the body.
   */
  enters(fn: Function): boolean;
  descend(at: string, params: readonly string[], fn: Function, self: unknown, args: ArrayLike<unknown>): unknown;
  /** Such a function expression. */
  recursive<F extends Function>(at: string, params: readonly string[], fn: F): F;
  /** Before the module's first statement: gives a marked declaration its `explain`, `graph`, `save`, … */
  attach(meta: MetaThunk, fn: Function): void;
  /** Functions marked @eagerFunction: body runs with eager dispatch; the prologue is not emitted, nothing is traced. */

  // --- operators, with JavaScript's meaning ------------------------------------------------------------------
  add(a: unknown, b: unknown): unknown;
  sub(a: unknown, b: unknown): unknown;
  mul(a: unknown, b: unknown): unknown;
  /** True division, also of integer tensors. */
  div(a: unknown, b: unknown): unknown;
  /** Truncated remainder: sign of the dividend. */
  mod(a: unknown, b: unknown): unknown;
  pow(a: unknown, b: unknown): unknown;
  /** Bits of 32-bit integers: fractions are cut off, as JavaScript does. */
  bitAnd(a: unknown, b: unknown): unknown;
  bitOr(a: unknown, b: unknown): unknown;
  bitXor(a: unknown, b: unknown): unknown;
  bitNot(a: unknown): unknown;
  shl(a: unknown, b: unknown): unknown;
  shr(a: unknown, b: unknown): unknown;
  lt(a: unknown, b: unknown): unknown;
  le(a: unknown, b: unknown): unknown;
  gt(a: unknown, b: unknown): unknown;
  ge(a: unknown, b: unknown): unknown;
  /** `===`; elementwise when an operand is a tensor. */
  eq(a: unknown, b: unknown): unknown;
  ne(a: unknown, b: unknown): unknown;
  neg(a: unknown): unknown;
  pos(a: unknown): unknown;
  not(a: unknown): unknown;
  /** Literal, or lifted number, where a Tensor is expected: a weak scalar. */
  lit(value: unknown): unknown;
  /** `a && b`, `a || b` with lazy right side; `vars` where it assigns variables. */
  and(at: string, a: unknown, b: () => unknown, vars?: Vars): unknown;
  or(at: string, a: unknown, b: () => unknown, vars?: Vars): unknown;
  /** `c ? a : b`; `vars` where an arm assigns variables. */
  select(at: string, pred: unknown, a: () => unknown, b: () => unknown, vars?: Vars): unknown;
  /** `t[i]`; plain arrays and objects as JavaScript does. */
  index(target: unknown, key: unknown): unknown;
  /** `t[i] = v` → `t = $.setIndex(t, i, v)`. Plain arrays are written in place and returned. */
  setIndex(target: unknown, key: unknown, value: unknown): unknown;
  /** `x++` as a value → `$.first(x, x = $.add(x, 1))`: what was evaluated first. */
  first(value: unknown, then: unknown): unknown;

  // --- state that other code may see -------------------------------------------------------------------------
  /**
   * Before a write, gives the object: `$.touch(p, "x").x = v`, `$.touch(array)[i] = v`, `$.touch(array).push(v)`, `delete $.touch(p, "x").x`. Writes in
   * a region that the graph decides on are merged or carried like variables. `get`, `set`: for `this.#x`, which only its class can reach.
   */
  touch(object: unknown, key?: unknown, get?: () => unknown, set?: (value: unknown) => void): unknown;
  /**
   * After the declaration of a local variable that an inner function assigns: `const $n = $.cell("n", () => n, ($x) => { n = $x; });` Each
   * assignment is `$.touch($n), n = …`.
   */
  cell(name: string, get: () => unknown, set: (value: unknown) => void): object;

  /**
   * `const xs: Tensor[] = $.array("xs", [])`: an array that code which the graph decides on may change. It gives a tensor as its length, and its
   * elements as operations, where those differ between paths.
   */
  array<T>(name: string, items: readonly T[]): T[];
  /** `[...xs, x]` as such an array: `$.joined("xs", xs, [x])`. */
  joined(name: string, ...parts: readonly Iterable<unknown>[]): unknown[];
  /** `rows.filter(f)`, `some`, `every` with a function that gives a tensor, `rows.includes(x)` of a tensor: `$.method("3:5", rows, "filter", f)`. */
  method(at: string, items: unknown[], name: "filter" | "some" | "every" | "includes", x: unknown): unknown;

  // --- values that may be null or undefined -------------------------------------------------------------------
  /** `x === null`, `x === undefined`, `x == null`: a condition. */
  isNull(x: unknown): unknown;
  isUndefined(x: unknown): unknown;
  isNullish(x: unknown): unknown;
  /** Condition `x` of a variable that may be null: whether it has a value. */
  has(x: unknown): unknown;
  /** `x` where TypeScript knows that it has a value. */
  some(x: unknown): unknown;
  /** `x!`, and reads of `let x!: Tensor`: checked when the graph runs. */
  nonNull(at: string, x: unknown): unknown;
  /** `key in object`; refused where the graph decides. */
  in(key: PropertyKey, object: object): boolean;
  /** Before the fields of an object are listed or copied: `Object.keys($.fields(o))`, `{ ...$.fields(o) }`. Refused where the graph decides. */
  fields<T>(object: T): T;
  /** `a ?? b`. */
  coalesce(at: string, a: unknown, b: () => unknown, vars?: Vars): unknown;
  /** `a?.b…`: `rest` of what is there. */
  optional(at: string, a: unknown, rest: (a: never) => unknown): unknown;

  /** A template literal in what is printed: `$.text\`x = ${x}\``; formatted when the graph runs. */
  text(strings: readonly string[], ...values: unknown[]): unknown;
  /** `console.log(…)` in program order, when the graph runs. */
  log(at: string, method: string, ...args: unknown[]): void;
  /** `console.assert(c, message)`. */
  assert(at: string, condition: unknown, ...message: unknown[]): void;
  /** `assert(condition, message)` of node:assert: throws if the condition does not hold when the graph runs. */
  check(at: string, condition: unknown, message?: unknown): void;

  // --- statements --------------------------------------------------------------------------------------------
  // Options of loops are those that `loop.options` at the start of the body gives, evaluated once before the loop.
  vars(get: Vars["get"], set: Vars["set"], optional?: readonly string[]): Vars;
  readonly none: Vars;
  if(at: string, vars: Vars, pred: unknown, then: () => Ends, otherwise?: () => Ends): Ends;
  /** Clauses in order: what does not end runs into the next one. */
  switch(at: string, vars: Vars, value: unknown, clauses: readonly Clause[]): Ends;
  while(at: string, vars: Vars, test: () => unknown, body: () => Ends, label?: string, options?: LoopOptions): Ends;
  doWhile(at: string, vars: Vars, body: () => Ends, test: () => unknown, label?: string, options?: LoopOptions): Ends;
  /** C-style for after its initialiser; `update` runs after `continue` too. */
  for(at: string, vars: Vars, test: () => unknown, update: () => void, body: () => Ends, label?: string, options?: LoopOptions): Ends;
  /** What `for (const key in object)` goes over. */
  keys(object: unknown): readonly string[];
  /** Over a tensor's first axis, rows of tensors (zip, reversed, entries), a dataset, or any JavaScript iterable. */
  forOf(at: string, vars: Vars, items: unknown, body: (item: never) => Ends, label?: string, options?: LoopOptions): Ends;
  /**
   * What a generator gives whose yields the graph decides on. `run` calls what it is given with each value, and ends as that says:
   * `return $.then("4:5", $.none, $yield(x), () => { … })`; `return $.break("*")` is the generator's own return.
   */
  generator(at: string, run: (body: (item: unknown) => Ends) => Ends): unknown;
  /** Statements after one that may end abruptly: `rest` runs only if it ended normally. */
  then(at: string, vars: Vars, completion: Ends, rest: () => Ends): Ends;
  /** `try`: `handler` gets what was thrown; `finalizer` runs on every path. */
  try(at: string, vars: Vars, body: () => Ends, handler?: (error: never) => Ends, finalizer?: () => Ends): Ends;
  /** Labelled block: `break label` inside becomes a normal end. */
  label(label: string, completion: Ends): Ends;
  break(label?: string): Completion;
  continue(label?: string): Completion;
  return(value?: unknown): Completion;
  /** Value of a function body that ended by `return`, or undefined. */
  finish(completion: Ends): unknown;
}
