/**
 * customGrad: a function with a gradient of its own. In: the user's f, which computes a value and says how gradients flow back.
 * Out: a function of tensors. Tapes see one step with that gradient; what f computes inside does not count.
 *
 * Gradients of gradients: gradFunc's ops are differentiated like any others. So while several tapes are open, f is recorded too
 * (its value then comes from the one step, not from there): what gradFunc uses of f's intermediate results is no constant.
 */
import { withCustomGradient } from "../autodiff/custom.ts";
import { hasGradient } from "../core/dtype.ts";
import { ArgumentError, DisposedError, GraphFnError } from "../core/errors.ts";
import { dimsBehind, sameShape, showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { apply1, isTracing } from "../dispatch/dispatch.ts";
import { enterScope, leaveScope } from "../eager/memory.ts";
import { type EagerTape, endTape, startTape, tapesFor, withoutTapes } from "../eager/tape.ts";
import { identity } from "../ops/identity.ts";
import { tracer } from "../trace/tracer.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";

/** Keeps tensors for gradFunc, which gets them as `saved`. A second call replaces what the first one kept. */
export type GradSaveFunc = (tensors: Tensor[]) => void;

export interface CustomGradient {
  readonly value: Tensor;
  /** From the gradient of `value` to those of the arguments: one per argument, alone or in an array. */
  readonly gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[];
}

/** Called with the arguments as tensors, then `save`. */
export type CustomGradientFunc = (...args: any[]) => CustomGradient;

/**
 * Gives a function a gradient of its own, where the usual one is unstable, slow, or not wanted.
 *
 *   const clipped = gf.customGrad((x) => ({
 *     value: x.exp(),
 *     gradFunc: (dy) => dy.mul(10).clipByValue(-1, 1),
 *   }));
 *
 * `f` gets the arguments and then `save`; tensors that `gradFunc` needs are given to `save([…])`, others that f makes are disposed
 * when it returns. `gradFunc(dy, saved)` returns one tensor per argument, of its shape and dtype; those of integer arguments are
 * ignored.
 * Errors   E_ARGUMENT for what f returns; E_GRADIENT for gradients of wrong number, shape or dtype, and for trainable variables
 *          that f uses without getting them as arguments: their gradients would be lost.
 * Gradient by gradFunc; higher orders by the ops that it runs.
 * Source   TensorFlow.js customGrad.
 */
export function customGrad(f: CustomGradientFunc): (...inputs: TensorLike[]) => Tensor {
  if (typeof f !== "function") throw new ArgumentError(`customGrad: f is ${describe(f)}, but must be a function.`);
  return (...args) => {
    const inputs = args.map((x, i) => toTensor(x, "customGrad", `argument ${i}`));
    if (isTracing()) return traced(f, inputs);
    const outer = enterScope();
    let output: Tensor | null = null;
    try {
      const tapes = tapesFor(inputs);
      const { value, gradFunc, saved } = tapes.length > 1 ? run(f, inputs, tapes) : withoutTapes(() => run(f, inputs, tapes));
      // A tensor of its own: the step must not be mistaken for what made the value, or for an argument that is handed on.
      output = withoutTapes(() => apply1(identity, [value]));
      for (const tape of tapes)
        addStep(
          tape,
          inputs,
          output,
          gradFunc,
          saved.map((t) => (t === value ? (output as Tensor) : t)),
        );
      return output;
    } finally {
      leaveScope(outer, new Set(output === null ? [] : [output]));
    }
  };
}

/** In a graph function: the gradient function is traced at once. */
function traced(f: CustomGradientFunc, inputs: readonly Tensor[]): Tensor {
  const t = tracer();
  const reads = t.state.watchReads();
  const { value, gradFunc, saved } = run(f, inputs, []);
  const lost = [...reads].find((v) => v.trainable && !inputs.includes(v));
  if (lost !== undefined) throw lostVariable(lost);
  return withCustomGradient(t, inputs, value, (dy) =>
    checked(gradFunc(dy, [...saved]), inputs).map((g, i) => (hasGradient((inputs[i] as Tensor).dtype) ? g : (inputs[i] as Tensor))),
  );
}

function lostVariable(v: Variable): GraphFnError {
  return new GraphFnError("E_GRADIENT", `customGrad: f uses the variable ${v.name ?? `#${v.id}`}, whose gradient would be lost.`, {
    hint: "Pass it to the function as an argument.",
  });
}

interface Forward extends CustomGradient {
  readonly saved: readonly Tensor[];
}

function run(f: CustomGradientFunc, inputs: readonly Tensor[], tapes: readonly EagerTape[]): Forward {
  let saved: readonly Tensor[] = [];
  const save: GradSaveFunc = (tensors) => {
    if (!Array.isArray(tensors) || !tensors.every(isTensor)) {
      throw new ArgumentError(`customGrad: save was given ${describe(tensors)}, but takes an array of tensors.`);
    }
    saved = [...tensors];
  };
  // Sees which variables f uses, where someone may ask for their gradients.
  const watcher = tapes.length > 0 ? startTape(true) : null;
  try {
    const result: unknown = f(...inputs, save);
    const { value, gradFunc } = (result ?? {}) as Partial<CustomGradient>;
    if (!isTensor(value)) {
      throw new ArgumentError(
        `customGrad: f returned a value that is ${describe(value)}, but must return { value, gradFunc }, value a tensor.`,
      );
    }
    if (typeof gradFunc !== "function") {
      throw new ArgumentError(
        `customGrad: f returned a gradFunc that is ${describe(gradFunc)}, but must return { value, gradFunc }, gradFunc a function.`,
      );
    }
    const lost = watcher?.variables().find((v) => !inputs.includes(v) && tapes.some((tape) => tape.isActive(v)));
    if (lost !== undefined) throw lostVariable(lost);
    return { value, gradFunc, saved };
  } finally {
    if (watcher !== null) endTape(watcher);
  }
}

function addStep(
  tape: EagerTape,
  inputs: readonly Tensor[],
  output: Tensor,
  gradFunc: CustomGradient["gradFunc"],
  saved: readonly Tensor[],
): void {
  const held = inputs.map((t) => tape.hold(t));
  const kept = saved.map((t) => (isVariable(t) ? tape.hold(t) : t));
  for (const t of [...kept, output]) tape.hold(t);
  tape.add(held, [output], ([dy], wanted) => {
    const given = checked(backward(gradFunc, dy as Tensor, kept), held);
    return given.map((g, i) => (wanted[i] && hasGradient(held[i].dtype) ? g : null));
  });
}

function backward(gradFunc: CustomGradient["gradFunc"], dy: Tensor, saved: readonly Tensor[]): unknown {
  try {
    return gradFunc(dy, [...saved]);
  } catch (error) {
    if (!(error instanceof DisposedError)) throw error;
    throw new DisposedError("customGrad: gradFunc uses a tensor that was disposed when f returned.", {
      hint: "Give it to save([…]) in f, and take it from gradFunc's second argument.",
      cause: error,
    });
  }
}

/** One gradient per argument, each of its type. */
function checked(result: unknown, inputs: readonly Tensor[]): Tensor[] {
  const list: unknown[] = Array.isArray(result) ? result : [result];
  const wrong = (what: string): GraphFnError => new GraphFnError("E_GRADIENT", `customGrad: gradFunc returned ${what}.`);
  if (list.length !== inputs.length) {
    throw wrong(`${counted(list.length, "gradient")}, but the function was called with ${counted(inputs.length, "argument")}`);
  }
  return list.map((g, i) => {
    const { dtype, shape } = inputs[i];
    if (!isTensor(g)) throw wrong(`${describe(g)} for argument ${i}, but must return a tensor`);
    if (hasGradient(dtype) && (g.dtype !== dtype || !sameShape(dimsBehind(g.shape), shape))) {
      throw wrong(`a ${g.dtype} tensor of shape ${showShape(g.shape)} for argument ${i}, which is ${dtype} of shape ${showShape(shape)}`);
    }
    return g;
  });
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
