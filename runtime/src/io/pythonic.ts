/**
 * Configurations of layers in memory (camelCase, as in TensorFlow.js) and in files (snake_case, as in Keras).
 *
 *   { className: "Dense", config: { name: "myDense", kernelInitializer: { className: "VarianceScaling", … }, activation: "hardSigmoid" } }
 *   { class_name: "Dense", config: { name: "myDense", kernel_initializer: { class_name: "VarianceScaling", … }, activation: "hard_sigmoid" } }
 *
 * Strings are converted too, since they name activations and the like; names of layers are not: values of `name`, and the first
 * items of `inboundNodes`, `inputLayers`, `outputLayers`. Class names are kept on writing (Keras has none with underscores).
 *
 * Source: tfjs-layers, utils/serialization_utils.ts and utils/generic_utils.ts.
 */
export type ConfigValue = null | undefined | string | number | boolean | readonly ConfigValue[] | { readonly [key: string]: ConfigValue };

const REFERENCES: ReadonlySet<string | undefined> = new Set(["inboundNodes", "inputLayers", "outputLayers"]);

export function toSnakeCase(name: string): string {
  const words = name.replace(/(.)([A-Z][a-z0-9]+)/g, "$1_$2");
  const snake = words.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  return snake.startsWith("_") ? `private${snake}` : snake;
}

export function toCamelCase(name: string): string {
  if (name.length <= 1 || !name.includes("_")) return name;
  return name.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase());
}

/** From files to memory. */
export function convertPythonicToTs(value: ConfigValue, key?: string): ConfigValue {
  return convert(value, key, toCamelCase, (k) => k === "name");
}

/** From memory to files. */
export function convertTsToPythonic(value: ConfigValue, key?: string): ConfigValue {
  return convert(value, key, toSnakeCase, (k) => k === "name" || k === "className");
}

/** `key` is the key in memory under which a value stands, also through arrays. */
function convert(value: ConfigValue, key: string | undefined, rename: (s: string) => string, keeps: (key: string) => boolean): ConfigValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return rename(value);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) {
    return (value as readonly ConfigValue[]).map((item, i) =>
      i === 0 && typeof item === "string" && REFERENCES.has(key) ? item : convert(item, key, rename, keeps),
    );
  }
  return Object.fromEntries(
    Object.entries(value).map(([k, item]) => {
      const renamed = rename(k);
      if (keeps(k) && typeof item === "string") return [renamed, item];
      return [renamed, convert(item, rename === toCamelCase ? renamed : k, rename, keeps)];
    }),
  );
}
