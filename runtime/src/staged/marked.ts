/**
 * Marked functions as emitted code knows them: by their metadata function. See autograph/contract.ts for the forms.
 */
import { InternalError } from "../core/errors.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { tracer } from "../trace/tracer.ts";
import { GraphFunction, type GraphFunctionOptions, isOutside, withMembers } from "./graph-function.ts";
import type { FunctionInfo } from "./info.ts";

export { isOutside };

/** Version of the emitted code this runtime understands. */
const VERSION = 1;

type Meta = FunctionInfo & { readonly version: number; readonly options?: Record<string, unknown> };
type MetaThunk = () => Meta;
type Captures = () => readonly unknown[];

const byMeta = new WeakMap<MetaThunk, { state: GraphFunction; self: unknown }>();
const lowerings = new WeakMap<Function, { meta: MetaThunk; captures: Captures | undefined }>();

function infoOf(meta: MetaThunk): Meta {
  const info = meta();
  if (info.version !== VERSION) {
    throw new InternalError(`${info.file} was transformed for version ${info.version} of the runtime, this one is ${VERSION}.`, {
      hint: "Build it again with the transformer of this release.",
    });
  }
  return info;
}

function stateFor(meta: MetaThunk, fn: Function, captures: Captures | undefined, options?: GraphFunctionOptions): GraphFunction {
  const found = byMeta.get(meta);
  if (found !== undefined && found.state.fn === fn) return found.state;
  const info = infoOf(meta);
  const state = new GraphFunction(fn, info, captures, { ...(info.options as GraphFunctionOptions | undefined), ...options });
  byMeta.set(meta, { state, self: undefined });
  return state;
}

export function runMarked(meta: MetaThunk, fn: Function, self: unknown, args: ArrayLike<unknown>, captures?: Captures): unknown {
  return stateFor(meta, fn, captures).call(self, args, captures);
}

/** Each call of the async function makes its graph part anew; what it takes from the call are its arguments. */
export function runRest(meta: MetaThunk, part: Function, args: readonly unknown[], captures?: Captures): unknown {
  const state = byMeta.get(meta)?.state ?? stateFor(meta, part, captures);
  state.fn = part;
  return state.call(undefined, args, captures);
}

/** While tracing: the trace holds only as long as these variables keep their values. `of`: their names, or who knows them. */
export function uses(captures: Captures, of: MetaThunk | readonly string[] = []): void {
  if (isTracing()) tracer().guard(captures, typeof of === "function" ? (of().captures ?? []) : of);
}

/** Before the module's first statement: options of the mark may not be evaluated yet. */
export function attach(meta: MetaThunk, fn: Function): void {
  withMembers(fn, () => stateFor(meta, fn, undefined));
}

export function lowered<F extends Function>(meta: MetaThunk, fn: F, captures?: Captures): F {
  lowerings.set(fn, { meta, captures });
  return fn;
}

export function graphFunctionOf<F extends Function>(meta: MetaThunk, fn: F, captures?: Captures): F {
  const info = infoOf(meta);
  return callableOf(new GraphFunction(fn, info, captures, info.options as GraphFunctionOptions | undefined), fn);
}

function callableOf<F extends Function>(state: GraphFunction, fn: F): F {
  const callable = function (this: unknown, ...args: unknown[]): unknown {
    return state.call(this, args);
  };
  Object.defineProperty(callable, "name", { value: state.info.name });
  Object.defineProperty(callable, "length", { value: fn.length });
  return withMembers(callable as unknown as F, () => state);
}

let warned = false;

/** The wrapper `graphFunction(fn, options)`: a graph function if the transform has seen `fn`, otherwise `fn` run eagerly. */
export function wrap<F extends Function>(fn: F, options: GraphFunctionOptions = {}): F {
  const lowering = lowerings.get(fn);
  if (lowering !== undefined) {
    const info = infoOf(lowering.meta);
    const named = options.name === undefined ? info : { ...info, name: options.name };
    return callableOf(new GraphFunction(fn, named, lowering.captures, options), fn);
  }
  if (!warned) {
    warned = true;
    console.warn(
      `graphfn: ${fn.name || "a function"} was passed to graphFunction() without the transform and runs eagerly. Build with @graphfn/plugin-esbuild or run with \`node --import @graphfn/transformer/register\`.`,
    );
  }
  return fn;
}
