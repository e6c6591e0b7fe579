/** Paths, loops, closures, async, exceptions. */
import * as gf from "graphfn";
import type { Tensor } from "graphfn";

/** @graphFunction */
export function noElse(x: Tensor): Tensor { // here
  if (x > 0) {
    return x;
  }
}

/** @graphFunction */
export function unset(x: Tensor): Tensor {
  let y: Tensor;
  if (x > 0) y = x;
  return y; // here
}

/** @graphFunction */
export async function waits(x: Tensor): Promise<Tensor> {
  if (x > 0) {
    await Promise.resolve(); // here
  }
  return x;
}

/** @graphFunction */
export function* rows(x: Tensor): Generator<Tensor> { // here
  yield x;
}

/** @graphFunction */
export function chosenFunction(x: Tensor): Tensor {
  const f = x > 0 ? gf.sin : gf.cos; // here
  return f(x);
}

/** @graphFunction */
export function chosenString(x: Tensor): Tensor {
  let unit = "m";
  if (x > 1000) unit = "km"; // here
  return unit === "km" ? x / 1000 : x;
}

/** @graphFunction */
export function returnsClosure(x: Tensor): () => Tensor {
  return () => x * 2; // here
}

/** @graphFunction */
export function keysOf(x: Tensor): Tensor {
  for (const key in x) console.log(key); // here
  return x;
}

/** @graphFunction */
export function allArguments(x: Tensor): Tensor {
  return x * arguments.length; // here
}

/** @graphFunction */
export function evaluated(x: Tensor): Tensor {
  return eval("x"); // here
}

/** @graphFunction */
export function capturedCounter(n: Tensor): Tensor {
  let sum: Tensor = 0;
  for (let i: Tensor = 0; i < n; i++) {
    const add = (): void => {
      sum += i;
    };
    add();
    i += 1; // here
  }
  return sum;
}

function factorial(n: Tensor) {
  return n.less(2) ? n : n.mul(factorial(n.sub(1))); // here
}

/** @graphFunction */
export function recursion(n: Tensor): Tensor {
  return factorial(n);
}

/** @graphFunction */
export function unused(x: Tensor): Tensor {
  x.add(1); // here
  return x;
}

/** @graphFunction */
export function unusedOperator(x: Tensor): Tensor {
  x + 1; // here
  return x;
}

/** @graphFunction */
export function unusedFunction(x: Tensor): Tensor {
  gf.relu(x); // here
  return x;
}

/** @graphFunction */
export function constElement(x: Tensor): Tensor {
  const y = x.clone();
  y[0] = 1; // here
  return y;
}

/** @graphFunction */
export function deleted(x: Tensor): Tensor {
  const parts: { a?: Tensor } = { a: x };
  if (x > 0) delete parts.a; // here
  return parts.a ?? x;
}

/** @graphFunction */
export function returnsText(x: Tensor): Tensor {
  if (x > 0) return "positive"; // here
  return x;
}

/** @graphFunction */
export function unitOf(x: Tensor): Tensor {
  const unit = x > 1000 ? "km" : "m"; // here
  return unit === "km" ? x / 1000 : x;
}

/** @graphFunction */
export function callsChosen(x: Tensor): Tensor {
  return (x > 0 ? gf.sin : gf.cos)(x); // here
}
