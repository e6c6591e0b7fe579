/** A program of TensorFlow 1, placeholders and a session, and what it becomes: a marked function. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

/** Then: first build the graph, later run parts of it on values that are fed. */
export function withSession(a: gf.Tensor, b: gf.Tensor, c: gf.Tensor): gf.Tensor {
  const { graph, placeholder, Session } = gf.compat.v1;
  return graph(() => {
    const x = placeholder(a.dtype, [], "x");
    const y = placeholder(b.dtype, [], "y");
    const z = placeholder(c.dtype, [], "z");
    const result = x.mul(y).sub(z);
    const session = new Session();
    return session.run(result, [
      [x, a],
      [y, b],
      [z, c],
    ]);
  });
}

/**
 * Now: write the computation, mark it, call it. The graph is still there.
 * @graphFunction
 */
export function modern(x: gf.Tensor, y: gf.Tensor, z: gf.Tensor): gf.Tensor {
  return x * y - z;
}

export function main(): void {
  const [a, b, c] = [gf.scalar(12), gf.scalar(3), gf.scalar(2)];
  withSession(a, b, c).print(); // 34
  modern(a, b, c).print(); // 34

  const { graph, placeholder, Session } = gf.compat.v1;
  graph(() => {
    const x = placeholder("float32", [null, 2], "x");
    const doubled = x.mul(2);
    const sum = doubled.sum();
    console.log(String(doubled)); // a place in the graph: op, shape and dtype, no values yet
    const session = new Session();
    const { doubled: values, sum: total } = session.run({ doubled, sum }, [[x, gf.tensor([[1, 2]])]]);
    console.log("fetched together:", values, total);
    console.log("fed in the middle:", session.run(sum, [[doubled, gf.tensor([[10, 20]])]])); // x is not needed then
  });
}

export const sample: Sample = {
  title: "Placeholders and a session, and the marked function that replaces them",
  fn: modern,
  inputs: [
    [12, 3, 2],
    [0.5, -4, 1],
  ],
  dtype: "float32",
  forms: { session: withSession },
  tolerance: 0,
};
