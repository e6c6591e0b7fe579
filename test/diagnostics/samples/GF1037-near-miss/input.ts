import type { Tensor } from "graphfn";

/**
 * Doubles x.
 * @GraphFunction // here
 */
export function name(x: Tensor): Tensor {
  return x.mul(2);
}

/* @graphFunction */ export function block(x: Tensor): Tensor { // here
  return x.add(1);
}

export function directive(x: Tensor): Tensor {
  "use Graph"; // here
  return x.mul(2);
}

// A @graphFunction is traced.
export function prose(x: Tensor): Tensor {
  return x.mul(2);
}

/** Doubles x. @graphFunction */ export function last(x: Tensor): Tensor { // here
  return x.mul(2);
}

/** Calls what is marked @graphFunction, and adds to it. */
export function mentions(x: Tensor): Tensor {
  return x.mul(2);
}
