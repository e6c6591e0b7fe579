import type { Tensor } from "graphfn";

/** @graphFunction */
export function pushed(n: Tensor): Tensor {
  let xs: Tensor[] = [];
  while (n > 0) {
    xs.push(n);
    if (n === 3) xs = [];
    n -= 1;
  }
  return n + xs.length;
}

/** @graphFunction */
export function turned(n: Tensor): Tensor[] {
  const xs: Tensor[] = [];
  while (n > 0) {
    xs.push(n);
    n -= 1;
  }
  return xs.reverse();
}

/** @graphFunction */
export function shifted(n: Tensor): Tensor {
  const xs: Tensor[] = [n];
  while (n > 0) {
    xs.shift();
    n -= 1;
  }
  return xs.shift()!;
}

/** The graph chooses between two objects, one of which is changed afterwards under its first name. */
/** @graphFunction */
export function chosen(x: Tensor): Tensor {
  const p = { v: x };
  const q = { v: x * 10 };
  const r = x > 2 ? p : q;
  p.v = 5;
  return r.v + p.v;
}

/** @graphFunction */
export function chosenArray(x: Tensor): Tensor {
  const p = [x];
  const q = [x * 10];
  let r = q;
  if (x > 2) r = p;
  p.push(x);
  return (r[0] as Tensor) + r.length;
}

/** The second name of an array is the result of its own method. */
/** @graphFunction */
export function chosenSorted(x: Tensor): Tensor {
  const p = [x];
  const same = p.reverse();
  const q = [x * 10];
  let r = q;
  if (x > 2) r = same;
  p.push(x);
  return (r[0] as Tensor) + r.length;
}
