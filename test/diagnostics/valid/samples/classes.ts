/** Object-oriented users: classes, inheritance, statics, accessors, decorators, builders. */
import * as gf from "graphfn";
import { graphFunction, type Tensor } from "graphfn";

abstract class Layer {
  static count = 0;
  protected abstract call(x: Tensor): Tensor;
  readonly name: string;
  constructor(name: string) {
    this.name = name;
    Layer.count++;
  }
  apply(x: Tensor): Tensor {
    return this.call(x);
  }
}

class Scale extends Layer {
  readonly #factor: number;
  constructor(factor: number) {
    super("scale");
    this.#factor = factor;
  }
  protected override call(x: Tensor): Tensor {
    return x.mul(this.#factor);
  }
  get factor(): number {
    return this.#factor;
  }
}

class Clip extends Layer {
  private lo = -1;
  private hi = 1;
  constructor() {
    super("clip");
  }
  within(lo: number, hi: number): this {
    this.lo = lo;
    this.hi = hi;
    return this;
  }
  protected override call(x: Tensor): Tensor {
    if (x.less(this.lo)) return gf.scalar(this.lo, "float64");
    if (x.greater(this.hi)) return gf.scalar(this.hi, "float64");
    return x;
  }
}

class Model {
  private readonly layers: readonly Layer[];
  static from(...layers: Layer[]): Model {
    return new Model(layers);
  }
  private constructor(layers: readonly Layer[]) {
    this.layers = layers;
  }

  @graphFunction
  predict(x: Tensor): Tensor {
    for (const layer of this.layers) x = layer.apply(x);
    return x;
  }

  /** @graphFunction */
  residual(x: Tensor): Tensor {
    const y = this.predict(x);
    return y === x ? x : x + y;
  }

  /** @graphFunction */
  static blend(a: Tensor, b: Tensor, t = 0.5): Tensor {
    return a * (1 - t) + b * t;
  }

  /** @graphFunction */
  scaled = (x: Tensor): Tensor => this.predict(x) * this.layers.length;
}

const model = Model.from(new Scale(3), new Clip().within(-5, 5));

export function predict(x: Tensor): Tensor {
  return model.predict(x);
}
export function residual(x: Tensor): Tensor {
  return model.residual(x);
}
export function scaled(x: Tensor): Tensor {
  return model.scaled(x);
}
export function blend(a: Tensor, b: Tensor): Tensor {
  return Model.blend(a, b);
}

class Vector {
  constructor(
    readonly x: Tensor,
    readonly y: Tensor,
  ) {}
  plus(other: Vector): Vector {
    return new Vector(this.x.add(other.x), this.y.add(other.y));
  }
  get length(): Tensor {
    return this.x.square().add(this.y.square()).sqrt();
  }
  toString(): string {
    return "Vector";
  }
}

/** @graphFunction */
export function walk(x: Tensor, y: Tensor): Tensor {
  let at = new Vector(x, y);
  const step = new Vector(gf.scalar(1, "float64"), gf.scalar(1, "float64"));
  for (let i = 0; i < 3; i++) at = at.plus(step);
  return at.length;
}

class Counter {
  total: Tensor;
  #calls = 0;
  constructor(start: Tensor) {
    this.total = start;
  }
  add(x: Tensor): this {
    this.#calls++;
    this.total = this.total.add(x);
    return this;
  }
  get calls(): number {
    return this.#calls;
  }
}

/** @graphFunction */
export function counted(xs: Tensor): Tensor {
  const counter = new Counter(gf.scalar(0, "float64"));
  for (const x of xs.unstack()) counter.add(x).add(gf.scalar(1, "float64"));
  return counter.total * counter.calls;
}

/** @graphFunction */
export function accumulated(n: Tensor): Tensor {
  const counter = {
    total: gf.scalar(0, "float64"),
    bump(by: Tensor): void {
      this.total = this.total.add(by);
    },
  };
  for (let i: Tensor = 0; i < n; i++) counter.bump(i * 2);
  return counter.total;
}

const Mixin = <T extends abstract new (...args: any[]) => object>(Base: T) => {
  abstract class Doubling extends Base {
    double(x: Tensor): Tensor {
      return x.mul(2);
    }
  }
  return Doubling;
};
class Doubler extends Mixin(Object) {}
const doubler = new Doubler();

/** @graphFunction */
export function mixed(x: Tensor): Tensor {
  return doubler.double(x) + 1;
}

class Stack<T> {
  private readonly items: T[] = [];
  push(item: T): void {
    this.items.push(item);
  }
  pop(): T | undefined {
    return this.items.pop();
  }
  get size(): number {
    return this.items.length;
  }
}

/** @graphFunction */
export function reversePolish(a: Tensor, b: Tensor, program: string): Tensor {
  const stack = new Stack<Tensor>();
  for (const word of program.split(" ")) {
    if (word === "a" || word === "b") stack.push(word === "a" ? a : b);
    else {
      const right = stack.pop();
      const left = stack.pop();
      if (left === undefined || right === undefined) throw new Error("The stack is empty.");
      stack.push(word === "+" ? left + right : word === "*" ? left * right : left - right);
    }
  }
  return stack.pop() ?? a;
}

export const runs = {
  predict: [[1], [4]],
  residual: [[1]],
  scaled: [[1]],
  blend: [[1, 3]],
  walk: [[0, 1]],
  counted: [[[1, 2]]],
  accumulated: [[4]],
  mixed: [[4]],
  reversePolish: [[2, 3, { fixed: "a b + a *" }]],
};
