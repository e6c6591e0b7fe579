/** Marked functions inside of an unmarked one, which a marked function calls: they keep marks of their own. */
import * as gf from "graphfn";

function both(x: gf.Tensor): [gf.Tensor, gf.Tensor] {
  const twice = gf.graphFunction((y: gf.Tensor): gf.Tensor => y * 2);
  /** @graphFunction */
  function small(y: gf.Tensor): gf.Tensor {
    while (y > 3) y = y / 2;
    return y;
  }
  class Square {
    @gf.graphFunction
    of(y: gf.Tensor): gf.Tensor {
      return y ** 2;
    }
  }
  return [small(twice(x)), new Square().of(x)];
}

/** @graphFunction */
export function marked(x: gf.Tensor): gf.Tensor {
  const [a, b] = both(x);
  return a + b;
}

export const runs = { marked: [[5], [1]] };
