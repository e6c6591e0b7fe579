import type { Tensor } from "graphfn";

/** @graphFunction */
export function has(x: Tensor): Tensor {
  const object: { a: Tensor; b?: Tensor } = { a: x };
  if (x > 3) object.b = x;
  return "b" in object ? object.a : -object.a;
}

type Bag = Record<string, Tensor>;

function add(o: Bag, x: Tensor): void {
  o["b"] = x;
}
function remove(o: Bag): void {
  delete o["a"];
}

/** @graphFunction */
export function keys(x: Tensor): Tensor {
  const o: Bag = { a: x };
  if (x > 3) add(o, x);
  return x + Object.keys(o).length;
}

/** @graphFunction */
export function deleted(x: Tensor): Tensor {
  const o: Bag = { a: x, b: x };
  if (x > 3) remove(o);
  return x + Object.values(o).length;
}

/** @graphFunction */
export function looped(x: Tensor): Tensor {
  const o: Bag = { a: x };
  for (let i: Tensor = 0; i < x; i++) o["b"] = i;
  return x + Object.entries(o).length;
}

/** @graphFunction */
export function spread(x: Tensor): Tensor {
  const o: { a: Tensor; b?: Tensor } = { a: x };
  if (x > 3) o.b = x * 2;
  const p = { b: x * 100, ...o };
  return p.b;
}

/** @graphFunction */
export function assigned(x: Tensor): Tensor {
  const o: { a: Tensor; b?: Tensor } = { a: x };
  if (x > 3) o.b = x * 2;
  return Object.assign({ b: x * 100 }, o).b;
}

/** @graphFunction */
export function rest(x: Tensor): Tensor {
  const o: { a: Tensor; b?: Tensor } = { a: x };
  if (x > 3) o.b = x * 2;
  const { a, ...others } = o;
  return a + Object.keys(others).length;
}

/** @graphFunction */
export function forIn(x: Tensor): Tensor {
  const o: Bag = { a: x };
  if (x > 3) o["b"] = x * 2;
  let count = 0;
  for (const _ in o) count++;
  return x + count;
}

/** @graphFunction */
export function own(x: Tensor): Tensor {
  const o: { a: Tensor; b?: Tensor } = { a: x };
  if (x > 3) o.b = x;
  return Object.hasOwn(o, "b") || Object.hasOwn(o, "c") ? x : -x;
}

/** @graphFunction */
export function known(x: Tensor): Tensor {
  const o: { a: Tensor; b?: Tensor; c?: Tensor | undefined } = { a: x, c: undefined };
  if (x > 3) {
    o.b = x * 2;
    o.c = x;
  } else o.b = x * 3;
  const p = { b: x * 100, ...o };
  let count = 0;
  for (const _ in o) count++;
  return p.b! + Object.keys(o).length * 10 + count;
}

/** @graphFunction */
export function later(x: Tensor): Tensor {
  const o: Bag = { a: x };
  if (x > 3) o["b"] = x * 2;
  o["b"] = x;
  return x + Object.keys(o).length;
}
