/** A training step as one graph. A file of its own, for the transform to see; loaded late, see train-node.mjs. */
import * as gf from "graphfn";

/** @param {(x: gf.Tensor, y: gf.Tensor) => gf.Tensor} plain */
export function asGraph(plain) {
  return gf.graphFunction((/** @type {gf.Tensor} */ x, /** @type {gf.Tensor} */ y) => plain(x, y));
}
