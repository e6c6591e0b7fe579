/** A function with a loop over tensors, for what is told and kept of functions. */
import * as gf from "graphfn";

export function settling(name: string) {
  return gf.graphFunction(
    (x: gf.Tensor, w: gf.Tensor): gf.Tensor => {
      let h: gf.Tensor = x;
      let i: gf.Tensor = 0;
      while (i < 3 && gf.max(h) > 0) {
        h = gf.tanh(gf.matMul(h, w) + x) * 0.5;
        i += 1;
      }
      return h;
    },
    { name },
  );
}

export const inputs = (): [gf.Tensor, gf.Tensor] => [gf.fill([4, 8], 0.25), gf.fill([8, 8], 0.125)];
