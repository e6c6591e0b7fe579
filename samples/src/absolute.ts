/** |x| in two ways: `cond`, which takes both branches as functions, and a plain `if`. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

/** Then: a conditional op of a static graph. Only the branch that is taken runs. */
export function withCond(x: gf.Tensor): gf.Tensor {
  const { cond, graph, placeholder, Session } = gf.compat.v1;
  return graph(() => {
    const fed = placeholder(x.dtype, [], "x");
    const result = cond(
      fed.less(0),
      () => fed.neg(),
      () => fed,
    );
    return new Session().run(result, [[fed, x]]);
  });
}

/**
 * Now: an if.
 * @graphFunction
 */
export function absolute(x: gf.Tensor): gf.Tensor {
  if (x < 0) return -x;
  return x;
}

export function main(): void {
  for (const value of [-3, 4]) {
    withCond(gf.scalar(value)).print();
    absolute(gf.scalar(value)).print();
  }
}

export const sample: Sample = {
  title: "|x| with cond, and with a plain if",
  fn: absolute,
  inputs: [[-3], [4], [0], [-1e-30]],
  dtype: "float64",
  forms: { cond: withCond },
  tolerance: 0,
};
