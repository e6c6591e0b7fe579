import * as gf from "graphfn";
import { graphFunction as staged, type Tensor } from "graphfn";

export const wrapper = gf.graphFunction((x: Tensor): Tensor => x * 2);
export const alias = staged(function named(x: Tensor): Tensor {
  return x + 1;
});
export const configured = staged({ name: "other" })((x: Tensor): Tensor => -x);

/** @graphFunction */
export const arrow = (x: Tensor): Tensor => (x > 0 ? x : -x);

export function directive(x: Tensor): Tensor {
  "use graph";
  return x * x;
}

export const directiveArrow = (x: Tensor): Tensor => {
  "use graph";
  return x - 1;
};

export class Model {
  scale = 3;

  @gf.graphFunction
  apply(x: Tensor): Tensor {
    return x * this.scale;
  }

  @staged({ name: "step" })
  step(x: Tensor): Tensor {
    return this.apply(x) + 1;
  }

  /** @graphFunction */
  static create(x: Tensor): Tensor {
    return x / 2;
  }

  /** @graphFunction */
  field = (x: Tensor): Tensor => x + this.scale;
}

function plainFunction(x: Tensor): Tensor {
  return x.add(1);
}
export const byName = staged(plainFunction);

/** @eagerFunction */
export function atOnce(x: Tensor): Tensor {
  if (x > 0) return x * 2;
  return x;
}

export default /** @graphFunction */ (x: Tensor): Tensor => x * 9;
