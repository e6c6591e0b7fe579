import type { Tensor } from "graphfn";

function record(list: Tensor[], x: Tensor): void {
  list.push(x);
}

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const all: Tensor[] = [];
  const box = { value: x };
  const seen = new Map<string, Tensor>();
  all.push(x);
  box.value = x;
  record(all, x);
  while (x > 1) {
    const local: Tensor[] = [];
    local.push(x);
    record(local, x);
    all.push(x); // here
    box.value = x; // here
    all[0] = x; // here
    seen.set("x", x); // here
    record(all, x); // here
    x /= 2;
  }
  if (x > 0) return x;
  all.pop(); // here
  return x;
}
