/** Parts of structures that are no tensors: where the graph would decide on them they are refused, by name, while tracing. */
import { join } from "node:path";
import { createTransformer } from "@graphfn/transformer";
import * as gf from "graphfn";
import { afterAll, expect, it } from "vitest";
import { loadEmitted } from "../transform/modes.ts";

const folder = join(import.meta.dirname, "..", "transform", "samples");
const transformer = createTransformer({ tsconfig: join(folder, "tsconfig.json") });
afterAll(() => transformer.dispose());

const text = `import type { Tensor } from "graphfn";
/** @graphFunction */
export function number(x: Tensor): Tensor {
  let p = { n: 0, t: x };
  if (x > 0) p = { n: 1, t: x * 2 };
  return p.n > 0 ? p.t : -p.t;
}
/** @graphFunction */
export function text(x: Tensor): Tensor {
  let p = { kind: "a", t: x };
  if (x > 0) p = { kind: "b", t: x * 2 };
  return p.kind === "a" ? p.t : -p.t;
}
/** @graphFunction */
export function flag(x: Tensor): Tensor {
  const p = x > 0 ? { yes: true, t: x } : { yes: false, t: x };
  return p.yes ? p.t : -p.t;
}
/** @graphFunction */
export function loop(x: Tensor): Tensor {
  let p = { n: 0, t: x };
  while (p.t > 0) p = { n: p.n + 1, t: p.t - 1 };
  return p.n > 2 ? p.t : -p.t;
}
/** @graphFunction */
export function maybe(xs: Tensor): Tensor {
  let best: { first: boolean; t: Tensor } | null = null;
  for (const x of xs) {
    if (best === null) best = { first: true, t: x };
    else best = { first: false, t: x };
  }
  if (best === null) return 0;
  return best.first ? best.t : -best.t;
}
/** @graphFunction */
export function unset(x: Tensor): Tensor {
  let y!: Tensor;
  if (x > 0) y = x;
  return y + 1;
}
`;
const result = transformer.transform(join(folder, "refused.ts"), text);
const exports = loadEmitted(result?.code ?? "") as Record<string, (x: gf.Tensor) => gf.Tensor>;

it.each([
  ["number", "E_STATIC_STATE", "`p.n` is 1 in one branch and 0 in the other", 5],
  ["text", "E_STATIC_STATE", '`p.kind` is "b" in one branch and "a" in the other', 11],
  ["flag", "E_STATIC_STATE", "is true in one branch and false in the other", 16],
  ["loop", "E_LOOP_STATE", "`p.n` is 0 before the loop and 1 after one iteration", 22],
  ["maybe", undefined, "best.first", undefined],
  ["unset", "E_NULL", "A value that the program says is there was undefined", 39],
] as const)("%s", (name, code, message, line) => {
  expect(result?.diagnostics ?? []).toEqual([]);
  let error: unknown;
  try {
    (exports[name] as (x: gf.Tensor) => gf.Tensor)(name === "maybe" ? gf.tensor([1, 2]) : gf.scalar(-1));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(gf.GraphFnError);
  const found = error as gf.GraphFnError;
  expect(found.message).toContain(message);
  if (code !== undefined) expect(found.code).toBe(code);
  if (line !== undefined) expect(found.at?.line).toBe(line);
});
