/** Layers of our own: known by name, and what their `call` computes on the way is disposed. Layers of users are left as they are. */
import { tidied } from "../eager/scope.ts";
import { Layer } from "./layer.ts";
import { registerClass, type SerializableClass } from "./serialization.ts";

type Call = Layer["call"];

function withThis(call: Call): Call {
  const inside = tidied("call", (layer: Layer, ...args: Parameters<Call>) => call.apply(layer, args));
  return function (this: Layer, ...args) {
    return inside(this, ...args);
  };
}

/** Prototypes whose `call` is tidied already. */
const done = new WeakSet<object>([Layer.prototype]);

export function registerLayers(...classes: readonly unknown[]): void {
  for (const cls of classes as readonly SerializableClass<Layer>[]) {
    registerClass(cls);
    for (let proto = cls.prototype as object; !done.has(proto); proto = Object.getPrototypeOf(proto) as object) {
      done.add(proto);
      // A class may leave it to those that extend it, or to the one that it extends.
      const own = Object.getOwnPropertyDescriptor(proto, "call");
      if (own !== undefined) Object.defineProperty(proto, "call", { ...own, value: withThis(own.value as Call) });
    }
  }
}
