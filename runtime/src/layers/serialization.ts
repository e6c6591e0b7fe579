/**
 * Classes by name, so that a configuration can become an object again: layers, initializers, regularizers, constraints and what users
 * register. Names and forms are those of TensorFlow.js (`tf.serialization`); configurations in memory have camelCase keys, the
 * conversion to Keras's JSON belongs to io.
 *
 *   { className: "Dense", config: { units: 3, … } }  →  deserializeObject(…)  →  a Dense layer
 */
import { describe } from "../api/convert.ts";
import { ArgumentError } from "../core/errors.ts";

export type ConfigDict = Record<string, unknown>;

export interface Serialized {
  readonly className: string;
  readonly config: ConfigDict;
}

/** What can be written as a configuration. */
export interface Serializable {
  getClassName(): string;
  getConfig(): ConfigDict;
}

export interface SerializableClass<T extends Serializable = Serializable> {
  new (...args: any[]): T;
  readonly className?: string;
  fromConfig?(cls: SerializableClass<T>, config: ConfigDict, customObjects?: CustomObjects): T;
}

/** Classes given along with a configuration, by name. */
export type CustomObjects = Readonly<Record<string, SerializableClass>>;

const classes = new Map<string, SerializableClass>();

/**
 * Makes a class known by its static `className`, so that models with it can be loaded.
 * Errors   E_ARGUMENT where there is no className.
 */
export function registerClass<T extends Serializable>(cls: SerializableClass<T>): void {
  const name = cls.className;
  if (typeof name !== "string" || name.length === 0 || !Object.hasOwn(cls, "className")) {
    throw new ArgumentError(`registerClass: ${cls.name || "the class"} has no className.`, {
      hint: `Add \`static className = ${JSON.stringify(cls.name || "MyLayer")};\` to it.`,
    });
  }
  classes.set(name, cls);
}

export function classNamed(name: string, customObjects: CustomObjects = {}): SerializableClass | undefined {
  return Object.hasOwn(customObjects, name) ? customObjects[name] : classes.get(name);
}

/** className and config of an object. */
export function serializeObject(x: Serializable): Serialized {
  return { className: x.getClassName(), config: x.getConfig() };
}

/**
 * The object of a configuration, which must be of class `base`; `kind` is for messages.
 * Errors   E_ARGUMENT for a class that nobody registered, or of another kind.
 */
export function deserializeObject<T>(
  serialized: Serialized,
  kind: string,
  base: abstract new (...args: any[]) => T,
  customObjects?: CustomObjects,
): T {
  const cls = classNamed(serialized.className, customObjects);
  if (cls === undefined) {
    throw new ArgumentError(`There is no ${kind} class ${describe(serialized.className)}.`, {
      hint: "If it is your own, register it with gf.serialization.registerClass(…) before.",
    });
  }
  const config = serialized.config ?? {};
  const made: unknown = cls.fromConfig === undefined ? new cls(config) : cls.fromConfig(cls, config, customObjects);
  if (made instanceof base) return made;
  throw new ArgumentError(`${describe(serialized.className)} is no ${kind} class.`);
}

const counters = new Map<string, number>();

/** 1, 2, 3, … per prefix. */
export function uid(prefix: string): number {
  const next = (counters.get(prefix) ?? 0) + 1;
  counters.set(prefix, next);
  return next;
}

/** `dense_Dense1`: how TensorFlow.js names a layer without a name. */
export function defaultName(className: string): string {
  return `${snakeCase(className)}_${className}${uid(className)}`;
}

/** As Keras writes class names: Conv2D → conv2d, MaxPooling2D → max_pooling2d. */
export function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z0-9]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
