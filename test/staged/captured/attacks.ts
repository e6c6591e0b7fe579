/** Values around marked functions, held in every way that JavaScript knows. */
import * as gf from "graphfn";
import { current, imported, type Scaled } from "./values.ts";

export const list = [{ rate: 2 }, { rate: 3 }];
/** @graphFunction */
export function byConstantIndex(x: gf.Tensor): gf.Tensor {
  return x * (list[0]?.rate ?? 0);
}
/** @graphFunction */
export function byIndex(x: gf.Tensor): gf.Tensor {
  for (let i = 0; i < list.length; i++) x = x * (list[i] as { rate: number }).rate;
  return x;
}
/** @graphFunction */
export function iterated(x: gf.Tensor): gf.Tensor {
  for (const { rate } of list) x = x * rate;
  return x;
}
/** @graphFunction */
export function mapped(x: gf.Tensor): gf.Tensor {
  return x * list.map((item) => item.rate).reduce((a, b) => a + b, 0);
}

const inner = { value: 2 };
export const config = {
  get rate(): number {
    return inner.value;
  },
  set rate(value: number) {
    inner.value = value;
  },
  activation: (x: gf.Tensor): gf.Tensor => x.mul(2),
  nested: { deep: { rate: 2 } },
};
/** @graphFunction */
export function byGetter(x: gf.Tensor): gf.Tensor {
  return x * config.rate;
}
/** @graphFunction */
export function destructured(x: gf.Tensor): gf.Tensor {
  const { nested } = config;
  return x * nested.deep.rate;
}
/** @graphFunction */
export function byFunctionProperty(x: gf.Tensor): gf.Tensor {
  return config.activation(x);
}
function passed(x: gf.Tensor, options: typeof config): gf.Tensor {
  return x.mul(options.nested.deep.rate);
}
/** @graphFunction */
export function handedOn(x: gf.Tensor): gf.Tensor {
  return passed(x, config);
}

let act: (x: gf.Tensor) => gf.Tensor = (x) => x.mul(2);
export function setAct(value: typeof act): void {
  act = value;
}
/** @graphFunction */
export function byFunction(x: gf.Tensor): gf.Tensor {
  return act(x);
}

export const entries = new Map([["rate", 2]]);
export const members = new Set([2]);
/** @graphFunction */
export function byMap(x: gf.Tensor): gf.Tensor {
  return x * (entries.get("rate") ?? 0);
}
/** @graphFunction */
export function bySet(x: gf.Tensor): gf.Tensor {
  return members.has(3) ? x * 3 : x * 2;
}

/** @graphFunction */
export function byImport(x: gf.Tensor): gf.Tensor {
  return x * imported;
}
/** @graphFunction */
export function byImportedObject(x: gf.Tensor): gf.Tensor {
  return current.scaled(x);
}

export class Model implements Scaled {
  factor = 2;
  #hidden = 1;
  static shared = 1;
  readonly parts = [{ k: 1 }];
  setHidden(value: number): void {
    this.#hidden = value;
  }
  scaled(x: gf.Tensor): gf.Tensor {
    return x.mul(this.factor).mul(this.#hidden).mul(Model.shared);
  }
  /** @graphFunction */
  own(x: gf.Tensor): gf.Tensor {
    let y = x * this.factor * this.#hidden;
    for (const part of this.parts) y = y * part.k;
    return y * Model.shared;
  }
}
export const model = new Model();
/** @graphFunction */
export function byMethod(x: gf.Tensor): gf.Tensor {
  return model.scaled(x);
}
export const models: Scaled[] = [model];
/** @graphFunction */
export function byInterface(x: gf.Tensor): gf.Tensor {
  for (const each of models) x = each.scaled(x);
  return x;
}
/** @graphFunction */
export function byArgument(x: gf.Tensor, given: { factor: number }): gf.Tensor {
  return x * given.factor;
}
/** @graphFunction */
export function byDefault(x: gf.Tensor, k: number = list[0]?.rate ?? 0): gf.Tensor {
  return x * k;
}

let weight = gf.scalar(2);
export function setWeight(value: gf.Tensor): void {
  weight = value;
}
/** @graphFunction */
export function byTensor(x: gf.Tensor): gf.Tensor {
  return weight.mul(x);
}
export const untyped: any = { rate: 2 };
/** @graphFunction */
export function byAny(x: gf.Tensor): gf.Tensor {
  return x * untyped.rate;
}

class Counter {
  sum: gf.Tensor;
  calls = 0;
  constructor(start: gf.Tensor) {
    this.sum = start;
  }
  count(x: gf.Tensor): void {
    this.calls += 1;
    this.sum = this.sum.add(x.mul(this.calls));
  }
}
/** Objects that live in one call. */
/** @graphFunction */
export function ofItsOwn(x: gf.Tensor): gf.Tensor {
  const counter = new Counter(x);
  counter.count(x);
  counter.count(x);
  return counter.sum;
}

/** A closure per call: each has its own value. */
export function scaledBy(k: number): (x: gf.Tensor) => gf.Tensor {
  /** @graphFunction */
  function inside(x: gf.Tensor): gf.Tensor {
    return x * k;
  }
  return inside;
}
