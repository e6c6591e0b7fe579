import { $ } from "graphfn/autograph"; $.attach($meta_nested, nested); $.attach($meta_area, area); $.attach($meta_keyed, keyed); $.attach($meta_inherited, inherited); $.attach($meta_properties, properties); import type { Tensor } from "graphfn";

/** Tuples in objects in tuples, carried by a loop. */
/** @graphFunction */
export function nested(x: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_nested, nested, this, arguments);
  let state: [Tensor, { a: Tensor; b: Tensor[] }] = [x, { a: $.mul(x, 2), b: [$.mul(x, 3), $.mul(x, 4)] }];
  { let i: Tensor = $.lit(0); $.for("7:3", $.vars(() => ({ state, i }), ($v) => { ({ state, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    const [sum, { a, b }] = state;
    state = [$.add(sum, a), { a: b[0], b: [b[1], sum] }];
  }); }
  return $.add($.add($.mul(state[0], 100), $.mul(state[1].a, 10)), state[1].b[1]);
}

type Shape = { kind: "circle"; r: Tensor } | { kind: "square"; side: Tensor };

/** A tag that JavaScript knows. */
/** @graphFunction */
export function area(x: Tensor, round: boolean): Tensor { if ($.outside()) return $.run($meta_area, area, this, arguments);
  const shape: Shape = round ? { kind: "circle", r: x } : { kind: "square", side: x };
  switch (shape.kind) {
    case "circle":
      return $.mul($.mul(shape.r, shape.r), 3);
    case "square":
      return $.mul(shape.side, shape.side);
  }
}

/** Fields by key, two names of one array. */
/** @graphFunction */
export function keyed(x: Tensor): Tensor { if ($.outside()) return $.run($meta_keyed, keyed, this, arguments);
  const fields: Record<string, Tensor> = { k: x, count: $.mul(x, 0) };
  const list = [x, x];
  const same = list;
  const key = "k";
  $.while("35:3", $.none, () => $.lt(fields[key], 50), () => {
    $.touch(fields, key)[key] = $.mul(fields.k, 2);
    $.touch(fields, "count")["count"] = $.add(fields["count"], 1);
    $.touch(same)[0] = $.add(list[1], fields.count);
  });
  return $.add($.add($.mul(fields.k, 1000), $.mul(fields.count, 100)), list[0]);
}

class Total {
  value: Tensor;
  constructor(start: Tensor) {
    this.value = start;
  }
  add(x: Tensor): this { $.uses(() => [this.value, $.contents(this)], ["this.value@structures/input.ts:49:18","this@structures/input.ts:50:12"]);
    $.touch(this, "value").value = this.value.add(x);
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
export function inherited(x: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_inherited, inherited, this, arguments, () => [Doubled.made]); $.uses(() => [Doubled.made], $meta_inherited);
  const total = new Doubled(x);
  { let i: Tensor = $.lit(0); $.for("68:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => { total.add(i).add(x); }); }
  return $.add(total.value, Doubled.made);
}

/** A property is looked for by name, and taken away. */
/** @graphFunction */
export function properties(x: Tensor, options: { up?: boolean; by: number }): Tensor { if ($.outside()) return $.run($meta_properties, properties, this, arguments);
  const found: { a?: Tensor; b: Tensor } = { a: x, b: $.mul(x, 2) };
  delete $.touch(found, "a").a;
  const change = $.in("up", options) ? $.add(x, options.by) : $.sub(x, options.by);
  return $.in("a", found) ? change : $.mul(change, found.b);
}

export const runs = {
  nested: [[1, 0], [1, 5]],
  area: [[2, true], [2, false]],
  keyed: [[3], [60]],
  inherited: [[1, 3], [2, 0]],
  properties: [[2, { fixed: { up: true, by: 3 } }], [2, { fixed: { by: 3 } }]],
};

function $meta_nested() { return { version: 1, name: "nested", file: "structures/input.ts", at: "5:1", params: ["x","n"], decisions: [
  ["7:3", "for", "staged", "`i < n` is a Tensor"],
] }; }
function $meta_area() { return { version: 1, name: "area", file: "structures/input.ts", at: "18:1", params: ["x","round"], decisions: [
  ["20:3", "switch", "static", "`shape.kind` is known while tracing"],
] }; }
function $meta_keyed() { return { version: 1, name: "keyed", file: "structures/input.ts", at: "30:1", params: ["x"], decisions: [
  ["35:3", "while", "staged", "`fields[key] < 50` is a Tensor"],
] }; }
function $meta_inherited() { return { version: 1, name: "inherited", file: "structures/input.ts", at: "66:1", params: ["x","n"], captures: ["Doubled.made@structures/input.ts:69:24"], decisions: [
  ["68:3", "for", "staged", "`i < n` is a Tensor"],
] }; }
function $meta_properties() { return { version: 1, name: "properties", file: "structures/input.ts", at: "74:1", params: ["x","options"], decisions: [] }; }
