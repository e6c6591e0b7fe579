/**
 * Functions that call themselves while the graph decides how deep.
 *
 * The first call is traced in place, and so is a call with other JavaScript values, or one that JavaScript alone decides on: recursion over
 * objects is unrolled. A call inside of a branch or loop with the same JavaScript values cannot be: then the open call becomes a definition
 * (`Definition`), traced with parameters in place of the tensors of its arguments, and the inner one a call node.
 *
 *   fib(n)  →  cond … { fib(n − 1) }        back to the first call:  define fib(%n) { cond … { call fib } };  call fib
 */
import { InternalError, StagingError } from "../core/errors.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { placeSpan } from "../trace/span.ts";
import { type GraphTracer, type OpenRegion, tracer } from "../trace/tracer.ts";
import { attempt } from "./attempt.ts";
import { NEVER } from "./completion.ts";
import { Definition } from "./definition.ts";
import { Pattern } from "./pattern.ts";
import { unwinding } from "./throwing.ts";

/** Calls within calls that are traced in place although the graph decides on them. */
const MAX_UNROLLED = 100;

/** A call that is being traced. */
class Activation {
  readonly fn: Function;
  readonly self: unknown;
  readonly at: string;
  args: readonly Pattern[];
  /** Where its body is traced. */
  region: OpenRegion;
  definition: Definition | null = null;

  constructor(t: GraphTracer, at: string, names: readonly string[], fn: Function, self: unknown, args: readonly unknown[]) {
    this.fn = fn;
    this.self = self;
    this.at = at;
    this.region = t.region;
    const place = placeSpan(t.file, at).place();
    this.args = args.map((value, i) => Pattern.ofArgument(t, names[i] ?? `argument ${i + 1}`, place, value));
  }

  /** Patterns that these arguments fit too; null if they cannot. */
  accept(fn: Function, self: unknown, args: readonly unknown[]): readonly Pattern[] | null {
    if (fn !== this.fn || self !== this.self || args.length !== this.args.length) return null;
    const patterns = this.args.map((pattern, i) => pattern.withArgument(args[i]));
    return patterns.includes(null) ? null : (patterns as Pattern[]);
  }
}

/** Back to an open call: it has to be traced in another way. */
class Again extends InternalError {
  readonly activation: Activation;
  constructor(activation: Activation) {
    super("A function that calls itself was not traced again.");
    this.activation = activation;
  }
}

interface State {
  readonly open: Activation[];
  /** The function whose body the runtime is about to run. */
  entered: Function | null;
}

const states = new WeakMap<GraphTracer, State>();

function stateOf(t: GraphTracer): State {
  let state = states.get(t);
  if (state === undefined) {
    state = { open: [], entered: null };
    states.set(t, state);
  }
  return state;
}

/** A call of the user's, which is for `recursive` to trace; not the runtime running the body. */
export function enters(fn: Function): boolean {
  if (!isTracing()) return false;
  const state = stateOf(tracer());
  if (state.entered !== fn) return true;
  state.entered = null;
  return false;
}

export function descend(at: string, names: readonly string[], fn: Function, self: unknown, args: ArrayLike<unknown>): unknown {
  const t = tracer();
  const { open } = stateOf(t);
  const given = Array.from(args);
  for (let i = open.length - 1; i >= 0; i--) {
    const activation = open[i] as Activation;
    const accepted = activation.accept(fn, self, given);
    if (accepted === null) continue;
    if (activation.region === t.region) break;
    return callAgain(t, at, activation, accepted, given);
  }
  return first(t, new Activation(t, at, names, fn, self, given), given);
}

export function recursive<F extends Function>(at: string, names: readonly string[], fn: F): F {
  const entered = function (this: unknown, ...args: unknown[]): unknown {
    return enters(entered) ? descend(at, names, entered, this, args) : (fn.apply(this, args) as unknown);
  };
  for (const key of ["name", "length"] as const) Object.defineProperty(entered, key, { value: fn[key] });
  return entered as unknown as F;
}

/** A call of a function that is being traced. */
function callAgain(t: GraphTracer, at: string, activation: Activation, accepted: readonly Pattern[], args: readonly unknown[]): unknown {
  const isWider = accepted.some((pattern, i) => pattern !== activation.args[i]);
  activation.args = accepted;
  const { definition } = activation;
  if (isWider || definition === null) throw new Again(activation);
  if (!definition.finds()) throw new Again(activation);
  // What it gives is not known before a path that comes to its end has been traced: this one takes no part yet.
  if (!definition.isKnown) throw unwinding(NEVER);
  return definition.call(t, at, activation.args, args);
}

/** A function that is not being traced with these arguments: in place, unless it turns out to call itself. */
function first(t: GraphTracer, activation: Activation, args: readonly unknown[]): unknown {
  const { open } = stateOf(t);
  checkUnrolled(t, open, activation, args);
  open.push(activation);
  const isMine = (error: unknown): boolean => error instanceof Again && error.activation === activation;
  try {
    try {
      return attempt(t, () => enter(t, activation, args), isMine);
    } catch (error) {
      if (!isMine(error)) throw error;
    }
    return define(t, activation, isMine).call(t, activation.at, activation.args, args);
  } finally {
    open.pop();
  }
}

/** Runs the body. */
function enter(t: GraphTracer, { fn, self }: Activation, args: readonly unknown[]): unknown {
  stateOf(t).entered = fn;
  return fn.apply(self, args as unknown[]) as unknown;
}

function define(t: GraphTracer, activation: Activation, isMine: (error: unknown) => boolean): Definition {
  const { fn, at } = activation;
  const definition = new Definition(t, fn.name === "" ? "a function" : fn.name, placeSpan(t.file, at));
  activation.definition = definition;
  const entry = activation.region;
  const around = stateOf(t).open.filter((other) => other !== activation);
  const isPartial = around.some((other) => other.definition?.isKnown === false);
  for (let settled = false; !settled; ) {
    try {
      settled = attempt(
        t,
        () =>
          definition.trace(activation.args, isPartial, (args) => {
            activation.region = t.region;
            return enter(t, activation, args);
          }),
        isMine,
      );
    } catch (error) {
      if (!isMine(error)) throw error;
      definition.restart();
    } finally {
      activation.region = entry;
    }
  }
  return definition;
}

/** JavaScript values that change from call to call: tracing would not come to an end. */
function checkUnrolled(t: GraphTracer, open: readonly Activation[], activation: Activation, args: readonly unknown[]): void {
  const others = open.filter((other) => other.fn === activation.fn && other.self === activation.self);
  if (new Set(others.map((other) => other.region)).size <= MAX_UNROLLED) return;
  const last = others[others.length - 1] as Activation;
  const changed = last.args.find((pattern, i) => pattern.withArgument(args[i]) === null);
  throw new StagingError(
    `\`${activation.fn.name}\` calls itself with ${changed === undefined ? "other arguments" : `another \`${changed.name}\``} each time, more than ${MAX_UNROLLED} deep, and the graph decides how often.`,
    {
      code: "E_RECURSION",
      hint: `JavaScript values are fixed while tracing: declare ${changed === undefined ? "what changes" : `\`${changed.name}\``} as a Tensor.`,
      at: placeSpan(t.file, activation.at).place(),
    },
  );
}
