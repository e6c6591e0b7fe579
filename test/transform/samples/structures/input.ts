import type { Tensor } from "graphfn";

/** Tuples in objects in tuples, carried by a loop. */
/** @graphFunction */
export function nested(x: Tensor, n: Tensor): Tensor {
  let state: [Tensor, { a: Tensor; b: Tensor[] }] = [x, { a: x * 2, b: [x * 3, x * 4] }];
  for (let i: Tensor = 0; i < n; i++) {
    const [sum, { a, b }] = state;
    state = [sum + a, { a: b[0], b: [b[1], sum] }];
  }
  return state[0] * 100 + state[1].a * 10 + state[1].b[1];
}

type Shape = { kind: "circle"; r: Tensor } | { kind: "square"; side: Tensor };

/** A tag that JavaScript knows. */
/** @graphFunction */
export function area(x: Tensor, round: boolean): Tensor {
  const shape: Shape = round ? { kind: "circle", r: x } : { kind: "square", side: x };
  switch (shape.kind) {
    case "circle":
      return shape.r * shape.r * 3;
    case "square":
      return shape.side * shape.side;
  }
}

/** Fields by key, two names of one array. */
/** @graphFunction */
export function keyed(x: Tensor): Tensor {
  const fields: Record<string, Tensor> = { k: x, count: x * 0 };
  const list = [x, x];
  const same = list;
  const key = "k";
  while (fields[key] < 50) {
    fields[key] = fields.k * 2;
    fields["count"] += 1;
    same[0] = list[1] + fields.count;
  }
  return fields.k * 1000 + fields.count * 100 + list[0];
}

class Total {
  value: Tensor;
  constructor(start: Tensor) {
    this.value = start;
  }
  add(x: Tensor): this {
    this.value = this.value.add(x);
    return this;
  }
}

class Doubled extends Total {
  static made = 0;
  static {
    Doubled.made = 7;
  }
  override add(x: Tensor): this {
    return super.add(x.mul(2));
  }
}

/** Methods that call inherited ones, and return `this`. */
/** @graphFunction */
export function inherited(x: Tensor, n: Tensor): Tensor {
  const total = new Doubled(x);
  for (let i: Tensor = 0; i < n; i++) total.add(i).add(x);
  return total.value + Doubled.made;
}

/** A property is looked for by name, and taken away. */
/** @graphFunction */
export function properties(x: Tensor, options: { up?: boolean; by: number }): Tensor {
  const found: { a?: Tensor; b: Tensor } = { a: x, b: x * 2 };
  delete found.a;
  const change = "up" in options ? x + options.by : x - options.by;
  return "a" in found ? change : change * found.b;
}

export const runs = {
  nested: [[1, 0], [1, 5]],
  area: [[2, true], [2, false]],
  keyed: [[3], [60]],
  inherited: [[1, 3], [2, 0]],
  properties: [[2, { fixed: { up: true, by: 3 } }], [2, { fixed: { by: 3 } }]],
};
