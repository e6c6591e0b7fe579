import type { Tensor } from "graphfn";

function* upTo(n: Tensor): Generator<Tensor> {
  let i = n.mul(0);
  while (i.less(n)) {
    yield i;
    i = i.add(1);
  }
}

function* even(items: Iterable<Tensor>): Generator<Tensor> {
  for (const item of items) yield item;
}

/** @graphFunction */
export function f(n: Tensor): Tensor {
  const [first] = [...upTo(n)]; // here
  let sum = first;
  for (const item of even(upTo(n))) sum += item; // here
  const items = upTo(n); // here
  for (const item of items) sum += item;
  let item: Tensor = 0;
  for (item of upTo(n)) sum += item; // here
  for (const item of upTo(n)) sum += item;
  return sum;
}
