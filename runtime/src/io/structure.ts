/**
 * Arguments and results of a saved function as JSON: their structure, with what stands at each leaf.
 *
 *   { lo: tensor, rest: [3, true] }  ⇄  {"object": [["lo", {"tensor": "f32[2]"}], ["rest", {"array": [{"plain": 3}, {"plain": true}]}]]}
 *
 * Numbers that JSON lacks are written as text: {"number": "NaN"}. A variable that was passed as an argument is {"variable": 0}: its place
 * among the function's variables. A result that the graph may leave out is {"maybe": ["null", {"tensor": "bool"}, {"tensor": "f32"}]}: what
 * stands for it then, whether it is there, and itself.
 */
import { ArgumentError } from "../core/errors.ts";
import { showType, type TensorType } from "../core/type.ts";
import { SHORT_DTYPES } from "../ir/print.ts";
import type { Skeleton } from "../trace/structure.ts";
import { formatError, isObject } from "./json.ts";

export type SavedLeaf =
  | { readonly kind: "tensor"; readonly type: TensorType }
  | { readonly kind: "variable"; readonly index: number }
  | { readonly kind: "plain"; readonly value: unknown };

/** `what` names the value in errors: "argument x". */
export function structureToJson(skeleton: Skeleton, leaves: Iterator<SavedLeaf>, what: string): unknown {
  switch (skeleton.kind) {
    case "leaf":
      return leafToJson((leaves.next() as IteratorYieldResult<SavedLeaf>).value, what);
    case "array":
      return { array: skeleton.items.map((item) => structureToJson(item, leaves, what)) };
    case "object":
      return { object: skeleton.items.map((item, i) => [skeleton.keys[i], structureToJson(item, leaves, what)]) };
    case "maybe": {
      const has = leafToJson((leaves.next() as IteratorYieldResult<SavedLeaf>).value, what);
      return { maybe: [String(skeleton.nothing), has, structureToJson(skeleton.value, leaves, what)] };
    }
  }
}

function leafToJson(leaf: SavedLeaf, what: string): unknown {
  if (leaf.kind === "tensor") return { tensor: showType(leaf.type) };
  if (leaf.kind === "variable") return { variable: leaf.index };
  const { value } = leaf;
  if (value === null || typeof value === "boolean" || typeof value === "string") return { plain: value };
  if (value === undefined) return { undefined: true };
  if (typeof value === "bigint") return { bigint: String(value) };
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0) ? { plain: value } : { number: Object.is(value, -0) ? "-0" : String(value) };
  }
  const kind = typeof value === "object" ? `an object of class ${(value as object).constructor?.name ?? "unknown"}` : `a ${typeof value}`;
  throw new ArgumentError(`The function cannot be saved: ${what} is ${kind}, which has no place in a file.`, {
    code: "E_SAVE",
    hint: "Save a function that captures it instead: graphFunction((x) => f(x, it)).",
  });
}

/** Appends the leaves in order and gives the skeleton. Throws E_FILE_FORMAT with the file's name. */
export function structureFromJson(json: unknown, leaves: SavedLeaf[], file: string): Skeleton {
  const [[kind, value] = [undefined, undefined], ...more] = isObject(json) ? Object.entries(json) : [];
  const fail = (): never => {
    throw formatError(file, `is damaged: ${JSON.stringify(json)} is no argument or result`);
  };
  if (more.length > 0) fail();
  if (kind === "array" && Array.isArray(value)) {
    return { kind: "array", items: value.map((item: unknown) => structureFromJson(item, leaves, file)) };
  }
  if (kind === "object" && Array.isArray(value)) {
    const pairs = value.map((pair: unknown): readonly [string, Skeleton] =>
      Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "string"
        ? [pair[0], structureFromJson(pair[1], leaves, file)]
        : fail(),
    );
    return { kind: "object", keys: pairs.map(([key]) => key), items: pairs.map(([, item]) => item) };
  }
  if (kind === "maybe" && Array.isArray(value) && value.length === 3) {
    const [nothing, has, inner] = value as readonly unknown[];
    if (nothing !== "null" && nothing !== "undefined") fail();
    if (JSON.stringify(has) !== '{"tensor":"bool"}') fail();
    leaves.push({ kind: "tensor", type: { dtype: "bool", shape: [] } });
    return { kind: "maybe", nothing: nothing === "null" ? null : undefined, value: structureFromJson(inner, leaves, file) };
  }
  leaves.push(leafFromJson(kind, value) ?? fail());
  return { kind: "leaf" };
}

function leafFromJson(kind: string | undefined, value: unknown): SavedLeaf | undefined {
  const plain = (x: unknown): SavedLeaf => ({ kind: "plain", value: x });
  switch (kind) {
    case "tensor": {
      const type = typeof value === "string" ? typeFromText(value) : undefined;
      return type === undefined ? undefined : { kind: "tensor", type };
    }
    case "variable":
      return Number.isInteger(value) ? { kind: "variable", index: value as number } : undefined;
    case "plain":
      return typeof value === "object" && value !== null ? undefined : plain(value);
    case "undefined":
      return plain(undefined);
    case "bigint":
      return typeof value === "string" && /^-?\d+$/.test(value) ? plain(BigInt(value)) : undefined;
    case "number":
      return typeof value === "string" && /^(NaN|-?Infinity|-0)$/.test(value) ? plain(Number(value)) : undefined;
    default:
      return undefined;
  }
}

/** `f32[2,3]`, `i32*`: what showType writes. */
export function typeFromText(text: string): TensorType | undefined {
  const [, short, star, dims] = /^(\w+)(\*?)(?:\[([\d,]*)\])?$/.exec(text) ?? [];
  const dtype = SHORT_DTYPES.get(short ?? "");
  if (dtype === undefined) return undefined;
  const shape = dims === undefined || dims === "" ? [] : dims.split(",").map(Number);
  if (shape.some((d) => !Number.isSafeInteger(d))) return undefined;
  return star === "*" ? { dtype, shape, weak: true } : { dtype, shape };
}
