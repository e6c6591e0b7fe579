/**
 * The program that every host must run: a marked function with operators, staged control flow, and an error thrown by code
 * that a marked function calls. Its values and the places in its trace are the same whatever built or loaded it.
 */
import { placeOf } from "./fixture.ts";

export const MODEL = `import * as gf from "graphfn";
import { limit } from "./limit.js";

interface Named { readonly name: string }

/** @graphFunction */
export function collatz(n: gf.Tensor): gf.Tensor {
  let steps: gf.Tensor = 0;
  while (n > 1) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    steps += 1;
  }
  return steps;
}

/** @graphFunction */
export function guarded(x: gf.Tensor, größe: number): gf.Tensor {
  let y = x ** 2 + 2 * x + 1;
  if (y > 0) { y = -y; }
  const factor: number = 2;   return y * factor + limit(größe, { name: "größe" } satisfies Named);
}
`;

export const LIMIT = `export function limit(value: number, what: { readonly name: string }): number {
  if (value > 10)   throw new RangeError(what.name + " is too large");
  return value;
}
`;

export const APP = `import * as gf from "graphfn";
import { collatz, guarded } from "./model.ts";

console.log(collatz(gf.scalar(27)).item(), guarded(gf.scalar(3), 1).item());
try {
  guarded(gf.scalar(3), 11);
} catch (error) {
  console.log((error as Error).stack);
}
`;

export const PROGRAM = { "model.ts": MODEL, "limit.ts": LIMIT, "app.ts": APP };

/** collatz(27) = 111; -(3² + 2·3 + 1) · 2 + 1 = -31. */
export const VALUES = "111 -31";

/** Where the error comes from, in the original files. */
export const PLACES = {
  thrown: `limit.ts:${placeOf(LIMIT, "new RangeError")}`,
  called: `model.ts:${placeOf(MODEL, "limit(größe")}`,
  app: `app.ts:${placeOf(APP, "guarded(gf.scalar(3), 11)")}`,
};
