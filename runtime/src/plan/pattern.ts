/**
 * How an operand lies along the elements of a result, counted through all axes:
 *
 *   one      [] or [1,1] for [m,n]    always its one element
 *   full     [m,n]                    element i
 *   row      [n] or [1,n]             element i mod n: period n
 *   column   [m,1]                    element ⌊i / n⌋: period n
 *
 * Other ways to broadcast ([m,1,n] for [m,k,n]) have no pattern.
 */
import type { Shape } from "../core/shape.ts";

export interface Pattern {
  readonly kind: "one" | "full" | "row" | "column";
  readonly period: number;
}

/** Null where there is none, or where `operand` does not broadcast to `shape`. */
export function patternOf(shape: Shape, operand: Shape): Pattern | null {
  const missing = shape.length - operand.length;
  if (missing < 0) return null;
  // Runs of axes that all move or all stay, outermost first; axes of length 1 are neither.
  const runs: { readonly moves: boolean; size: number }[] = [];
  for (const [axis, d] of shape.entries()) {
    const own = axis < missing ? 1 : (operand[axis - missing] as number);
    if (own !== d && own !== 1) return null;
    if (d === 1) continue;
    const last = runs[runs.length - 1];
    if (last?.moves === (own === d)) last.size *= d;
    else runs.push({ moves: own === d, size: d });
  }
  const [first, second] = runs;
  if (first === undefined || (!first.moves && second === undefined)) return { kind: "one", period: 1 };
  if (second === undefined) return { kind: "full", period: 1 };
  return runs.length > 2 ? null : { kind: second.moves ? "row" : "column", period: second.size };
}
