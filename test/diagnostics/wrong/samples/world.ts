/** The world around: effects, reading back, state, other code, marks. */
import { readFileSync } from "node:fs";
import * as gf from "graphfn";
import type { Tensor } from "graphfn";

/** @graphFunction */
export function noise(x: Tensor): Tensor {
  return x + Math.random(); // here
}

/** @graphFunction */
export function clock(x: Tensor): Tensor {
  return x * Date.now(); // here
}

/** @graphFunction */
export function today(x: Tensor): Tensor {
  return x * new Date().getDay(); // here
}

/** @graphFunction */
export function readsItem(x: Tensor): Tensor {
  if (x.item() > 0) return x; // here
  return -x;
}

/** @graphFunction */
export function readsData(x: Tensor): Tensor {
  const values = x.dataSync(); // here
  return gf.tensor(Array.from(values));
}

let calls = 0;

/** @graphFunction */
export function countsCalls(x: Tensor): Tensor {
  calls++; // here
  return x;
}

const log: Tensor[] = [];

/** @graphFunction */
export function keeps(x: Tensor): Tensor {
  log.push(x); // here
  return x;
}

/** @graphFunction */
export function changesArgument(state: { x: Tensor }): Tensor {
  state.x = state.x + 1; // here
  return state.x;
}

/** @graphFunction */
export function newVariable(x: Tensor): Tensor {
  const w = gf.variable(x); // here
  return w * x;
}

/** @graphFunction */
export function file(x: Tensor): Tensor {
  const text = readFileSync(x, "utf8"); // here
  return x * text.length;
}

/** @graphFunction */
export function serialised(x: Tensor): Tensor {
  return x * JSON.stringify(x).length; // here
}

/** @graphFunction */
export function timed(x: Tensor): Tensor {
  console.time("f"); // here
  return x;
}

function helper(x: Tensor): Tensor {
  return x * 2; // here
}

/** @graphFunction */
export function callsHelper(x: Tensor): Tensor {
  return helper(x);
}

class Model {
  w: Tensor = gf.scalar(2);
  step(x: Tensor): Tensor {
    return x.mul(this.w);
  }
  /** @graphFunction */
  remember(x: Tensor): Tensor {
    this.w = x; // here
    return x;
  }
}
const model = new Model();
export const step = gf.graphFunction(model.step); // here

// @graphFunction // here
export function notMarked(x: Tensor): Tensor {
  return x.add(1);
}

export function plain(x: Tensor): Tensor {
  if (x.greater(0)) return x; // here
  return x.neg();
}

/** @graphFunction */
export function keyed(x: Tensor): Tensor {
  const seen = new Map<Tensor, number>();
  seen.set(x, 1); // here
  return x;
}

/** @graphFunction */
export function found(xs: Tensor[]): Tensor {
  return xs.find((x) => x > 0) ?? gf.scalar(0); // here
}

/** @graphFunction */
export function sortedBy(xs: Tensor[]): Tensor[] {
  return xs.sort((a, b) => a - b); // here
}

/** @graphFunction */
export function sortedCopy(xs: Tensor[]): Tensor[] {
  return [...xs].sort((a, b) => a - b); // here
}

interface Shape {
  area(x: Tensor): Tensor;
}
class Square implements Shape {
  area(x: Tensor): Tensor {
    return x * x; // here
  }
}

/** @graphFunction */
export function areaOf(shape: Shape, x: Tensor): Tensor {
  return shape.area(x);
}
