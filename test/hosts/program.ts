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

/**
 * The same in plain JavaScript: nothing says what is a tensor, and the graph decides in a function that is not marked, too. `limit` is
 * called twice, or a minifier would put its body in the place of the call.
 */
const PLAIN_MODEL = `import { limit, size } from "./limit.js";

/** @graphFunction */
export function collatz(n) {
  let steps = 0;
  while (n > 1) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    steps += 1;
  }
  return steps;
}

/** @graphFunction */
export function guarded(x, größe) {
  const y = size(x ** 2 + 2 * x + 1);
  const factor = limit(2, { name: "factor" });   return y * factor + limit(größe, { name: "größe" });
}
`;

const PLAIN_LIMIT = `export function limit(value, what) {
  if (value > 10)   throw new RangeError(what.name + " is too large");
  return value;
}

export function size(y) {
  if (y > 0) return -y;
  return y;
}
`;

const PLAIN_MAIN = APP.replace("./model.ts", "./model.js").replace("(error as Error)", "error");

/** `app.ts` is for builds that begin there. */
export const PLAIN = { "model.js": PLAIN_MODEL, "limit.js": PLAIN_LIMIT, "main.js": PLAIN_MAIN, "app.ts": 'import "./main.js";\n' };

export const PLAIN_PLACES = {
  thrown: `limit.js:${placeOf(PLAIN_LIMIT, "new RangeError")}`,
  called: `model.js:${placeOf(PLAIN_MODEL, "limit(größe")}`,
  app: `main.js:${placeOf(PLAIN_MAIN, "guarded(gf.scalar(3), 11)")}`,
};

const commonJs = (text: string): string =>
  text
    .replace(/import (?:\* as )?(.+) from (".*");/g, (_, names: string, from: string) => `const ${names} = require(${from});`)
    .replace(/export function (\w+)/g, "exports.$1 = function $1")
    .replaceAll('.js"', '.cjs"');

const COMMON = { model: commonJs(PLAIN_MODEL), limit: commonJs(PLAIN_LIMIT), main: commonJs(PLAIN_MAIN) };

/** The same for `require`. */
export const COMMONJS = {
  "model.cjs": COMMON.model,
  "limit.cjs": COMMON.limit,
  "main.cjs": COMMON.main,
  "app.ts": 'import "./main.cjs";\n',
};

export const COMMONJS_PLACES = {
  thrown: `limit.cjs:${placeOf(COMMON.limit, "new RangeError")}`,
  called: `model.cjs:${placeOf(COMMON.model, "limit(größe")}`,
  app: `main.cjs:${placeOf(COMMON.main, "guarded(gf.scalar(3), 11)")}`,
};
