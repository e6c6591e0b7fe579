import type { Tensor } from "graphfn";

/** @graphFunction */
export function counter(x: Tensor): Tensor {
  let k = 0;
  while (x > 1) {
    x /= 2;
    k += 1; // here
  }
  return x * k;
}

/** @graphFunction */
export function flag(x: Tensor): Tensor {
  let done = false;
  let local = 0;
  if (x > 1) {
    done = true; // here
    local = 3;
    x = x * local;
  }
  return done ? x : -x;
}

/** @graphFunction */
export function fine(x: Tensor): Tensor {
  let k = 0;
  if (x < 0) {
    k = 1;
    return x * k;
  }
  while (x > 0) {
    k = 2;
    for (let i = 0; i < 3; i++) k += i;
    x -= k;
  }
  return x;
}

class Steps {
  count = 0;
  names: string[] = [];
}

/** @graphFunction */
export function fields(x: Tensor): number {
  const steps = new Steps();
  const sizes = [1, 2];
  while (x > 0) {
    steps.count++; // here
    sizes[0] += 2; // here
    x = x - 1;
  }
  return steps.count + (sizes[0] as number);
}

type Shape = { kind: "circle"; r: Tensor } | { kind: "square"; side: Tensor };

/** @graphFunction */
export function others(x: Tensor): Tensor {
  let name = "a";
  let change = (y: Tensor): Tensor => y + 1;
  let shape: Shape = { kind: "circle", r: x };
  let pair: [Tensor, { deep: Tensor }] = [x, { deep: x }];
  if (x > 0) {
    name = "b"; // here
    change = (y) => y * 10; // here
    shape = { kind: "square", side: x }; // here
    pair = [x * 2, { deep: x }];
  }
  const size = shape.kind === "circle" ? shape.r : shape.side;
  return change(name === "a" ? size : pair[1].deep);
}
