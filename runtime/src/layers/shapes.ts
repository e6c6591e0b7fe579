/** Shapes of layers: lengths per axis, null where any length fits (the batch). */
import { describe } from "../api/convert.ts";
import { describeDeep } from "../core/describe.ts";
import { ArgumentError } from "../core/errors.ts";

export type LayerShape = readonly (number | null)[];

export function showLayerShape(shape: LayerShape): string {
  return `[${shape.map((d) => d ?? "null").join(",")}]`;
}

/** A copy of a user's shape. E_ARGUMENT unless it is an array of lengths and nulls. */
export function checkLayerShape(shape: unknown, what: string): LayerShape {
  const list = typeof shape === "number" ? [shape] : shape;
  if (!Array.isArray(list) || !list.every((d) => d === null || (Number.isInteger(d) && d >= 0))) {
    throw new ArgumentError(`${what} must be an array of lengths, with null for any length, but is ${describe(shape)}.`, {
      hint: "For example [28, 28, 1].",
    });
  }
  return [...(list as (number | null)[])];
}

/** A number for every axis, or one per axis. E_ARGUMENT otherwise. */
export function perAxis(value: unknown, count: number, what: string): number[] {
  const list = typeof value === "number" ? Array.from({ length: count }, () => value) : value;
  if (!Array.isArray(list) || list.length !== count || !list.every((d) => Number.isInteger(d) && d > 0)) {
    throw new ArgumentError(`${what} must be a positive whole number or ${count} of them, but is ${describeDeep(value)}.`);
  }
  return [...(list as number[])];
}
