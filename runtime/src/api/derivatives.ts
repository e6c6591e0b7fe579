/**
 * Derivatives of functions as maps and as arrays: products with the jacobian from either side, and the jacobian and hessian themselves. All
 * are made of reverse mode (gradients.ts), so they hold for whatever that holds for: control flow, graph functions, custom gradients.
 *
 *   vjp        u ↦ uᵀ·J    one way back
 *   jvp        v ↦ J·v     the way back is linear in u; its own way back is the product from the other side
 *   jacobian   J           the way back for all elements of the result at once (jacobian.ts)
 *   hessian                jacobian of the gradient
 */
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import { dimsBehind, sameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { tidy } from "../eager/scope.ts";
import { compiled } from "../staged/compiled.ts";
import { isGraphFunction, stateOf } from "../staged/graph-function.ts";
import { type TensorLike, toTensor } from "./convert.ts";
import { zerosLike } from "./create.ts";
import { callOn, checkFloating, checkList, GradientTape, grad, isFunction, ownTensors, type TensorFn } from "./gradients.ts";

/** A function at a point: its value, and products with its jacobian there. A type that tidy() takes, which no interface is. */
export type Pullback = {
  readonly value: Tensor;
  /** The gradients of Σ dy·value with respect to the arguments. May be called any number of times. */
  vjp(dy: TensorLike): Tensor[];
  /** Frees what was recorded; without it the collector does. */
  dispose(): void;
  [Symbol.dispose](): void;
};

/**
 * The value of f at `xs`, given as an array, and a function from gradients of the value to those of the arguments.
 *
 *   const { value, vjp } = gf.vjp((a, b) => a.mul(b), [x, y]);
 *   const [da, db] = vjp(gf.onesLike(value));
 *
 * Shapes   vjp takes the shape of the value and gives those of the arguments.
 * Errors   E_GRADIENT for arguments or a value that are not floating; E_SHAPE for a dy of another shape; E_TAPE after dispose().
 * Gradient of any order.
 * Source   jax.vjp.
 */
export function vjp(f: (...xs: Tensor[]) => Tensor, xs: readonly TensorLike[]): Pullback {
  isFunction(f, "vjp");
  const tape = new GradientTape({ persistent: true, watchAccessedVariables: false });
  try {
    const { own, value } = tidy(() => recorded(tape, f, xs, "vjp"));
    // In a trace nothing is recorded.
    if (!isTracing()) tape.stop();
    const dispose = (): void => {
      tape.dispose();
      for (const x of own) x.dispose();
    };
    const back = (dy: TensorLike): Tensor[] => tidy(() => tape.gradient(value, own, { outputGradients: toTensor(dy, "vjp", "dy") }));
    return { value, vjp: back, dispose, [Symbol.dispose]: dispose };
  } catch (error) {
    tape.dispose();
    throw error;
  }
}

function recorded(tape: GradientTape, f: TensorFn, xs: readonly TensorLike[], what: string): { own: Tensor[]; value: Tensor } {
  const own = ownTensors(checkList(xs, what), what);
  tape.watch(own);
  const value = callOn(f, own, what);
  checkFloating(value, `${what}: the value of f`);
  return { own, value };
}

/**
 * The value of f at `primals` and its derivative in the direction of `tangents`, one tangent per argument, both given as arrays.
 *
 *   const { value, tangent } = gf.jvp((x) => x.sin(), [x], [v]);   // tangent: cos(x)·v
 *
 * Shapes   a tangent has the shape of its argument; the tangent that comes out that of the value.
 * Errors   E_GRADIENT for arguments or a value that are not floating; E_SHAPE and E_DTYPE for tangents that do not fit.
 * Gradient of any order.
 * Source   jax.jvp.
 */
export function jvp(
  f: (...xs: Tensor[]) => Tensor,
  primals: readonly TensorLike[],
  tangents: readonly TensorLike[],
): { value: Tensor; tangent: Tensor } {
  isFunction(f, "jvp");
  return tidy(() => {
    const inner = new GradientTape({ persistent: true, watchAccessedVariables: false });
    const outer = new GradientTape({ watchAccessedVariables: false });
    try {
      const { own, value } = recorded(inner, f, primals, "jvp");
      const vs = directions(own, checkList(tangents, "jvp"));
      // Whatever u is: the way back is linear in it.
      const u = zerosLike(value);
      outer.watch(u);
      const back = inner.gradient(value, own, { outputGradients: u, unconnected: "null" });
      const connected = own.flatMap((_, i) => (back[i] === null ? [] : [i]));
      if (connected.length === 0) return { value, tangent: zerosLike(value) };
      const targets = connected.map((i) => back[i] as Tensor);
      return { value, tangent: outer.gradient(targets, u, { outputGradients: connected.map((i) => vs[i]) }) };
    } finally {
      outer.dispose();
      inner.dispose();
    }
  });
}

/** One tangent per argument, of its type. */
function directions(own: readonly Tensor[], tangents: readonly TensorLike[]): Tensor[] {
  if (tangents.length !== own.length) {
    throw new ArgumentError(`jvp: ${own.length} primals, but ${tangents.length} tangents.`, {
      hint: "Give one tangent per argument of f.",
    });
  }
  return tangents.map((given, i) => {
    const x = own[i];
    const v = toTensor(given, "jvp", `tangents[${i}]`);
    if (!sameShape(dimsBehind(v.shape), dimsBehind(x.shape))) {
      throw new ShapeError(`jvp: tangents[${i}] has shape ${showShape(v.shape)}, but its primal ${showShape(x.shape)}.`);
    }
    const fitting = v.weak && v.dtype !== x.dtype ? v.cast(x.dtype) : v;
    if (fitting.dtype !== x.dtype) {
      throw new DTypeError(`jvp: tangents[${i}] is ${v.dtype}, but its primal ${x.dtype}.`, { hint: `Use .cast("${x.dtype}").` });
    }
    return fitting;
  });
}

/**
 * The jacobian of f: a function that gives the derivatives of all elements of f(x) with respect to all elements of x.
 *
 *   const j = gf.jacobian((x) => x.square())(gf.tensor([1, 2]));   // [[2, 0], [0, 4]]
 *
 * Shapes   [...f(x), ...x].
 * Errors   E_GRADIENT for an x or a result that is not floating, or complex; E_SYMBOLIC for a result of unknown length in a graph.
 * Gradient of any order.
 * Source   jax.jacobian (jacrev): the way back for all elements of the result at once, as vmap would run it; where vmap refuses, and for a
 *          few elements in eager code, one for each. Of a marked f it is one graph, traced once per signature.
 */
export function jacobian(f: (x: Tensor) => Tensor): (x: TensorLike) => Tensor {
  isFunction(f, "jacobian");
  return stagedLike(f, "jacobian", jacobianOf(f));
}

function jacobianOf(f: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  return (x) => {
    const tape = new GradientTape({ watchAccessedVariables: false });
    try {
      const { own, value } = recorded(tape, f, [x], "jacobian");
      return tape.jacobian(value, own[0]);
    } finally {
      tape.dispose();
    }
  };
}

type OfOne = (x: Tensor) => Tensor;

/** By marked function: what was made of it, so that it is traced once. */
const known = { jacobian: new WeakMap<Function, OfOne>(), hessian: new WeakMap<Function, OfOne>() };

/** `body`, which calls f: compiled if f is marked, with guards that see what f reads from outside. */
function stagedLike(f: OfOne, what: keyof typeof known, body: OfOne): (x: TensorLike) => Tensor {
  let run = body;
  if (isGraphFunction(f)) {
    const { info } = stateOf(f);
    run = known[what].get(f) ?? compiled(body, { name: `${what}(${info.name})` }, info.file);
    known[what].set(f, run);
  }
  return (x) => tidy(() => (isTracing() ? body : run)(ownTensors([x], what)[0] as Tensor));
}

/**
 * The hessian of f, whose value is a scalar: a function that gives its second derivatives.
 *
 *   const h = gf.hessian((x) => x.pow(3).sum())(gf.tensor([1, 2]));   // [[6, 0], [0, 12]]
 *
 * Shapes   [...x, ...x].
 * Errors   E_SHAPE if f(x) is no scalar; those of jacobian().
 * Gradient of any order.
 * Source   jax.hessian; jacobian of the gradient.
 */
export function hessian(f: (x: Tensor) => Tensor): (x: TensorLike) => Tensor {
  isFunction(f, "hessian");
  const gradient = grad((x) => {
    const value = callOn(f, [x], "hessian");
    if (value.rank !== 0) {
      throw new ShapeError(`hessian: f returned a tensor of shape ${showShape(value.shape)}, but must return a scalar.`, {
        hint: "Use sum(), or jacobian(grad(…)) of each element.",
      });
    }
    return value;
  });
  return stagedLike(f, "hessian", jacobianOf(gradient));
}
