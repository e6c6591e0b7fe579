import { graphFunction, type Tensor } from "graphfn";

@graphFunction
export function decorated(x: Tensor): Tensor {
  return x * 2;
}

@graphFunction({ name: "other" })
function local(x: Tensor): Tensor {
  return x + 1;
}

@graphFunction
export const arrow = (x: Tensor): Tensor => local(x);
