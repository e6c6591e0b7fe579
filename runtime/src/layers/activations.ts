/**
 * Activation functions by name: `activation: "relu"` of layers. Names are TensorFlow.js's; `hard_sigmoid` and the like are taken too.
 */
import { describe } from "../api/convert.ts";
import * as el from "../api/elementwise.ts";
import { logSoftmax, softmax } from "../api/softmax.ts";
import { ArgumentError, GraphFnError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";

export type ActivationFunction = (x: Tensor) => Tensor;
/** A name, a function of a tensor, or null for none. */
export type ActivationIdentifier = string | ActivationFunction | null;

const ACTIVATIONS = {
  elu: (x) => el.elu(x),
  exponential: (x) => el.exp(x),
  gelu: (x) => el.mul(el.mul(0.5, x), el.add(1, el.erf(el.mul(x, Math.SQRT1_2)))),
  geluNew: (x) =>
    el.mul(el.mul(0.5, x), el.add(1, el.tanh(el.mul(Math.sqrt(2 / Math.PI), el.add(x, el.mul(0.044715, el.mul(x, el.square(x)))))))),
  hardSigmoid: (x) => el.clipByValue(el.add(0.5, el.mul(0.2, x)), 0, 1),
  leakyRelu: (x) => el.leakyRelu(x, 0.2),
  linear: (x) => x,
  logSoftmax: (x) => logSoftmax(x),
  mish: (x) => el.mul(x, el.tanh(el.softplus(x))),
  relu: (x) => el.relu(x),
  relu6: (x) => el.relu6(x),
  selu: (x) => el.selu(x),
  sigmoid: (x) => el.sigmoid(x),
  silu: (x) => el.mul(x, el.sigmoid(x)),
  softmax: (x) => softmax(x),
  softplus: (x) => el.softplus(x),
  softsign: (x) => el.realDiv(x, el.add(el.abs(x), 1)),
  swish: (x) => el.mul(x, el.sigmoid(x)),
  tanh: (x) => el.tanh(x),
} as const satisfies Record<string, ActivationFunction>;

/** An activation with the name that stands in configurations. */
export interface Activation {
  readonly name: string;
  readonly apply: ActivationFunction;
}

/** The name for configurations. E_CONFIG for a function that has none. */
export function activationName({ name, apply }: Activation, layer: string): string {
  if (Object.hasOwn(ACTIVATIONS, name) && ACTIVATIONS[name as keyof typeof ACTIVATIONS] === apply) return name;
  throw new GraphFnError("E_CONFIG", `${layer}: an activation given as a function (${name}) cannot be written down.`, {
    hint: "Use an activation by name, or a layer class of your own.",
  });
}

/** E_ARGUMENT with the known names for an unknown one. */
export function getActivation(identifier: ActivationIdentifier | undefined): Activation {
  if (identifier === null || identifier === undefined) return { name: "linear", apply: ACTIVATIONS.linear };
  if (typeof identifier === "function") {
    const known = Object.entries(ACTIVATIONS).find(([, f]) => f === identifier);
    return { name: known?.[0] ?? (identifier.name || "custom"), apply: identifier };
  }
  if (typeof identifier === "string") {
    const name = identifier.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
    const found = Object.keys(ACTIVATIONS).find((key) => key.toLowerCase() === name.toLowerCase()) as keyof typeof ACTIVATIONS | undefined;
    if (found !== undefined) return { name: found, apply: ACTIVATIONS[found] };
  }
  throw new ArgumentError(
    `There is no activation ${typeof identifier === "string" ? `named ${describe(identifier)}` : `in ${describe(identifier)}`}.`,
    {
      hint: `Known activations: ${Object.keys(ACTIVATIONS).join(", ")}; or give a function of a tensor.`,
    },
  );
}
