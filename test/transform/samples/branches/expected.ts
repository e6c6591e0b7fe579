import { $ } from "graphfn/autograph"; $.attach($meta_ifBasic, ifBasic); $.attach($meta_elseIf, elseIf); $.attach($meta_bare, bare); $.attach($meta_definite, definite); $.attach($meta_weak, weak); $.attach($meta_shapes, shapes); $.attach($meta_structure, structure); $.attach($meta_ternary, ternary); $.attach($meta_logic, logic); $.attach($meta_equality, equality); $.attach($meta_tests, tests); $.attach($meta_tuples, tuples); $.attach($meta_swapInPlace, swapInPlace); $.attach($meta_assertedStatic, assertedStatic); /** Branches: what an arm may hold, where variables get their first values, what may differ between arms. */

import type { Tensor } from "graphfn";

/** @graphFunction */
export function ifBasic(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_ifBasic, ifBasic, this, arguments);
  let a: Tensor = $.lit(0);
  let b: Tensor = $.lit(1);
  $.if("9:3", $.vars(() => ({ x, a, b }), ($v) => { ({ x, a, b } = $v); }), $.gt(x = $.add(x, 1), 2), () => {
    [a, b] = [b, $.add(a, x)];
  }, () => $.if("11:10", $.vars(() => ({ b }), ($v) => { ({ b } = $v); }), $.gt(x = $.add(x, 10), 20), () => {
    const a2 = x;
    b = a2;
  }, () => {
  }));
  $.if("16:3", $.vars(() => ({ a }), ($v) => { ({ a } = $v); }), $.gt(x, 0), () => { ; }
  , () => { a = $.lit(5); });
  $.if("18:3", $.vars(() => ({ a }), ($v) => { ({ a } = $v); }), $.gt(x, 0)
    , () => $.if("19:5", $.vars(() => ({ a }), ($v) => { ({ a } = $v); }), $.gt(y, 0), () => { a = $.add(a, 100); }
    , () => { a = $.add(a, 200); }));
  {
    let a: Tensor = $.lit(7);
    $.if("23:5", $.vars(() => ({ b }), ($v) => { ({ b } = $v); }), $.gt(y, 0), () => {
      let a: Tensor = $.lit(3);
      a = $.add(a, 1);
      b = $.add(b, a);
    });
    b = $.add(b, a);
  }
  return $.add($.add($.mul(a, 1000), $.mul(b, 10)), x);
}

/** @graphFunction */
export function elseIf(x: Tensor): Tensor { if ($.outside()) return $.run($meta_elseIf, elseIf, this, arguments);
  return $.finish($.if("35:3", $.none, $.lt(x, 0), () => $.return($.lit(-1))
  , () => { return $.if("36:8", $.none, $.eq(x, 0), () => $.return($.lit(0))
  , () => { return $.then("45:3", $.none, $.if("37:8", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.lt(x, 5), () => {
    return $.if("38:5", $.none, $.lt(x, 3), () => $.return($.lit(3)));
  }, () => $.if("39:10", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.lt(x, 7), () => {
    return $.while("40:5", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => $.gt(x, 0), () => {
      x = $.sub(x, 2);
      return $.if("42:7", $.none, $.lt(x, 1), () => $.return(x));
    });
  }, () => { x = $.mul(x, 2); })), () => {
  return $.return(x); }); }); }));
}

/** @graphFunction */
export function bare(x: Tensor): Tensor { if ($.outside()) return $.run($meta_bare, bare, this, arguments);
  let y: Tensor;
  let z: Tensor, w: Tensor;
  $.if("52:3", $.vars(() => ({ y, z }), ($v) => { ({ y, z } = $v); }), $.gt(x, 0), () => {
    y = x;
    z = $.lit(1);
  }, () => $.if("55:10", $.vars(() => ({ y, z }), ($v) => { ({ y, z } = $v); }), $.lt(x, -5), () => {
    y = $.neg(x);
    z = $.lit(2);
  }, () => {
    y = $.lit(0);
    z = y;
  }));
  { w = $.lit(0); $.for("62:3", $.vars(() => ({ y, w }), ($v) => { ({ y, w } = $v); }), () => $.lt(w, 3), () => { w = $.add(w, 1); }, () => { y = $.add(y, z); }); }
  return $.add($.mul(y, 10), w);
}

/** @graphFunction */
export function definite(x: Tensor): Tensor { if ($.outside()) return $.run($meta_definite, definite, this, arguments);
  let y!: Tensor;
  $.if("69:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }, ["y"]), $.gt(x, 0), () => { y = $.mul(x, 2); });
  return $.finish($.if("70:3", $.none, $.gt(x, 0), () => $.return($.nonNull("70:21", y)), () => {
  return $.return($.lit(-1)); }));
}

/** @graphFunction */
export function weak(x: Tensor): Tensor { if ($.outside()) return $.run($meta_weak, weak, this, arguments);
  let y: Tensor = $.lit(1);
  $.if("77:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.gt(x, 0), () => { y = $.lit(2.5); });
  let z: Tensor = $.select("78:19", $.gt(x, 1), () => $.lit(1), () => $.lit(0.5));
  let k: Tensor = $.lit(3);
  $.while("80:3", $.vars(() => ({ z, k }), ($v) => { ({ z, k } = $v); }), () => $.gt(k, 1), () => {
    k = $.div(k, 2);
    z = $.add(z, k);
  });
  return $.add($.mul(y, z), k);
}

/** @graphFunction */
export function shapes(x: Tensor, xs: Tensor, ys: Tensor): Tensor { if ($.outside()) return $.run($meta_shapes, shapes, this, arguments);
  const t = $.select("89:13", $.gt(x, 0), () => xs, () => ys);
  let s: Tensor = $.lit(0);
  $.forOf("91:3", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), t, (v) => { s = $.add($.mul(s, 10), v); });
  let u = xs;
  $.if("93:3", $.vars(() => ({ u }), ($v) => { ({ u } = $v); }), $.gt(x, 5), () => { u = ys; });
  $.forOf("94:3", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), u, (v) => { s = $.add(s, v); });
  return s;
}

/** @graphFunction */
export function structure(x: Tensor): Tensor { if ($.outside()) return $.run($meta_structure, structure, this, arguments);
  let p = { a: x, b: [x, $.mul(x, 2)] };
  $.if("101:3", $.vars(() => ({ p }), ($v) => { ({ p } = $v); }), $.gt(x, 0), () => { p = { a: $.mul(x, 3), b: [$.mul(x, 4), $.mul(x, 5)] }; }
  , () => { $.touch(p.b)[1] = $.mul(x, 9); });
  const {
    a,
    b: [c, d],
  } = p;
  return $.add($.add($.mul(a, 10000), $.mul(c!, 100)), d!);
}

/** @graphFunction */
export function ternary(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_ternary, ternary, this, arguments);
  let n: Tensor = $.lit(0);
  const r = $.select("113:13", $.gt(x, 0), () => ($.select("113:22", $.gt(y, 0), () => ((n = $.add(n, 1)), x), () => ((n = $.add(n, 10)), y), $.vars(() => ({ n }), ($v) => { ({ n } = $v); }))), () => $.select("113:64", $.gt(y, 0), () => $.neg(n = $.add(n, 100)), () => (n = $.lit(-5)), $.vars(() => ({ n }), ($v) => { ({ n } = $v); })), $.vars(() => ({ n }), ($v) => { ({ n } = $v); }));
  const q = $.add($.select("114:14", $.gt(x, y), () => x, () => y), $.select("114:32", $.gt(x, y), () => ($.select("114:41", $.gt(y, 1), () => 1, () => 2)), () => 3));
  return $.add($.add($.mul(r, 1000), n), $.div(q, 8));
}

/** @graphFunction */
export function logic(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_logic, logic, this, arguments);
  let n: Tensor = $.lit(0); const $n = $.cell("n", () => n, ($x) => { n = $x; });
  const t = (): Tensor => {
    $.touch($n), n = $.add(n, 1);
    return $.gt(x, 0);
  };
  const u = (): Tensor => {
    $.touch($n), n = $.add(n, 10);
    return $.gt(y, 0);
  };
  let r: Tensor = $.lit(0);
  $.if("130:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.and("130:7", t(), () => u()), () => { r = $.add(r, 1); });
  $.if("131:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.or("131:7", t(), () => u()), () => { r = $.add(r, 2); });
  $.if("132:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.and("132:7", $.not($.and("132:9", t(), () => $.not(u()))), () => ($.or("132:26", $.gt(x, 3), () => t()))), () => { r = $.add(r, 4); });
  const both = $.and("133:16", $.gt(x, 0), () => $.gt(y, 0)),
    none = $.and("134:12", $.not($.gt(x, 0)), () => $.not($.gt(y, 0)));
  $.if("135:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.or("135:7", both, () => none), () => { r = $.add(r, 8); });
  const v = $.not($.not(both));
  $.if("137:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), v, () => { r = $.add(r, 16); });
  return $.add($.mul(r, 1000), n);
}

/** @graphFunction */
export function equality(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_equality, equality, this, arguments);
  let r: Tensor = $.lit(0);
  $.if("144:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.eq(x, y), () => { r = $.add(r, 1); });
  $.if("145:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.ne(x, y), () => { r = $.add(r, 2); });
  $.if("146:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.eq(x, 0), () => { r = $.add(r, 4); });
  $.if("147:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.eq(0, x), () => { r = $.add(r, 8); });
  const nan = $.div($.sub(x, x), $.sub(x, x));
  $.if("149:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.eq(nan, nan), () => { r = $.add(r, 16); });
  $.if("150:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.ne(nan, nan), () => { r = $.add(r, 32); });
  $.if("151:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.eq($.neg(x), x), () => { r = $.add(r, 64); });
  return r;
}

/** @graphFunction */
export function tests(x: Tensor, kind: string | number): Tensor { if ($.outside()) return $.run($meta_tests, tests, this, arguments);
  const box: { a: Tensor; b?: Tensor } = { a: x };
  let r = x;
  if ($.in("b", box)) r = $.add(r, 100);
  if ($.in("a", box)) r = $.add(r, 1);
  if (typeof kind === "number") r = $.mul(r, kind);
  if (typeof kind === "string") r = $.add(r, kind.length);
  if (["a", "b"].includes(String(kind))) r = $.add(r, 1000);
  $.if("164:3", $.vars(() => ({ r }), ($v) => { ({ r } = $v); }), $.isUndefined(box.b), () => { r = $.add(r, 5); });
  return r;
}

/** @graphFunction */
export function tuples(x: Tensor): Tensor { if ($.outside()) return $.run($meta_tuples, tuples, this, arguments);
  let p: [Tensor, Tensor[]] = [x, [x, $.mul(x, 2)]];
  $.if("171:3", $.vars(() => ({ p }), ($v) => { ({ p } = $v); }), $.gt(x, 0), () => { p = [$.mul(x, 3), [$.mul(x, 4), $.mul(x, 5)]]; });
  const [a, [c, d]] = p;
  { let f: Tensor[] = [x, x]; $.for("173:3", $.vars(() => ({ p, f }), ($v) => { ({ p, f } = $v); }), () => $.gt(f[0]!, 0), () => { f = [$.sub(f[0]!, 1), $.add(f[1]!, 1)]; }, () => { p = [f[1]!, p[1]]; }); }
  return $.add($.add($.add($.mul(a, 10000), $.mul(c!, 100)), d!), p[0]);
}

/** @graphFunction */
export function swapInPlace(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_swapInPlace, swapInPlace, this, arguments);
  const arr: Tensor[] = [x, y],
    box = { a: x, b: y };
  $.if("181:3", $.none, $.gt(x, 0), () => {
    [$.touch(arr)[0], $.touch(arr)[1]] = [arr[1]!, arr[0]!];
    ({ a: $.touch(box, "b").b, b: $.touch(box, "a").a } = box);
  });
  return $.add($.add($.add($.mul(arr[0]!, 1000), $.mul(arr[1]!, 100)), $.mul(box.a, 10)), box.b);
}

/** @graphFunction */
export function assertedStatic(x: Tensor, flag: boolean): Tensor { if ($.outside()) return $.run($meta_assertedStatic, assertedStatic, this, arguments);
  let y!: Tensor;
  if (flag) y = x;
  return flag ? $.mul($.nonNull("192:17", y), 2) : x;
}

export const runs = {
  ifBasic: [
    [1, 1],
    [5, -1],
    [12, 0],
    [-50, 3],
    [-50, -3],
  ],
  elseIf: [[-3], [0], [2], [4], [6], [5], [9]],
  bare: [[3], [-9], [-2]],
  definite: [[1], [-1]],
  weak: [[0], [1], [2]],
  shapes: [
    [1, [1, 2], [3, 4, 5]],
    [0, [1, 2], [3, 4, 5]],
    [9, [1], [3, 4, 5]],
    [9, [], [3]],
  ],
  structure: [[1], [-1]],
  ternary: [
    [1, 2],
    [1, -2],
    [-1, 3],
    [-1, -3],
  ],
  logic: [
    [1, 2],
    [1, -2],
    [-1, 3],
    [-1, -3],
    [5, 1],
  ],
  equality: [
    [0, 0],
    [1, 0],
    [0, 1],
    [2, 2],
  ],
  tests: [
    [2, { fixed: 3 }],
    [2, { fixed: "a" }],
    [2, { fixed: "abc" }],
  ],
  tuples: [[1], [-1], [3]],
  swapInPlace: [
    [1, 2],
    [-1, 2],
  ],
  assertedStatic: [
    [1, { fixed: true }],
    [1, { fixed: false }],
  ],
};

function $meta_ifBasic() { return { version: 1, name: "ifBasic", file: "branches/input.ts", at: "6:1", params: ["x","y"], decisions: [
  ["9:3", "if", "staged", "`(x += 1) > 2` is a Tensor"],
  ["11:10", "if", "staged", "`(x += 10) > 20` is a Tensor"],
  ["16:3", "if", "staged", "`x > 0` is a Tensor"],
  ["18:3", "if", "staged", "`x > 0` is a Tensor"],
  ["19:5", "if", "staged", "`y > 0` is a Tensor"],
  ["23:5", "if", "staged", "`y > 0` is a Tensor"],
] }; }
function $meta_elseIf() { return { version: 1, name: "elseIf", file: "branches/input.ts", at: "34:1", params: ["x"], decisions: [
  ["35:3", "if", "staged", "`x < 0` is a Tensor"],
  ["36:8", "if", "staged", "`x === 0` is a Tensor"],
  ["37:8", "if", "staged", "`x < 5` is a Tensor"],
  ["38:5", "if", "staged", "`x < 3` is a Tensor"],
  ["39:10", "if", "staged", "`x < 7` is a Tensor"],
  ["40:5", "while", "staged", "`x > 0` is a Tensor"],
  ["42:7", "if", "staged", "`x < 1` is a Tensor"],
] }; }
function $meta_bare() { return { version: 1, name: "bare", file: "branches/input.ts", at: "49:1", params: ["x"], decisions: [
  ["52:3", "if", "staged", "`x > 0` is a Tensor"],
  ["55:10", "if", "staged", "`x < -5` is a Tensor"],
  ["62:3", "for", "staged", "`w < 3` is a Tensor"],
] }; }
function $meta_definite() { return { version: 1, name: "definite", file: "branches/input.ts", at: "67:1", params: ["x"], decisions: [
  ["69:3", "if", "staged", "`x > 0` is a Tensor"],
  ["70:3", "if", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_weak() { return { version: 1, name: "weak", file: "branches/input.ts", at: "75:1", params: ["x"], decisions: [
  ["77:3", "if", "staged", "`x > 0` is a Tensor"],
  ["78:19", "?:", "staged", "`x > 1` is a Tensor"],
  ["80:3", "while", "staged", "`k > 1` is a Tensor"],
] }; }
function $meta_shapes() { return { version: 1, name: "shapes", file: "branches/input.ts", at: "88:1", params: ["x","xs","ys"], decisions: [
  ["89:13", "?:", "staged", "`x > 0` is a Tensor"],
  ["91:3", "for-of", "staged", "`t` is a Tensor"],
  ["93:3", "if", "staged", "`x > 5` is a Tensor"],
  ["94:3", "for-of", "staged", "`u` is a Tensor"],
] }; }
function $meta_structure() { return { version: 1, name: "structure", file: "branches/input.ts", at: "99:1", params: ["x"], decisions: [
  ["101:3", "if", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_ternary() { return { version: 1, name: "ternary", file: "branches/input.ts", at: "111:1", params: ["x","y"], decisions: [
  ["113:13", "?:", "staged", "`x > 0` is a Tensor"],
  ["113:22", "?:", "staged", "`y > 0` is a Tensor"],
  ["113:64", "?:", "staged", "`y > 0` is a Tensor"],
  ["114:14", "?:", "staged", "`x > y` is a Tensor"],
  ["114:32", "?:", "staged", "`x > y` is a Tensor"],
  ["114:41", "?:", "staged", "`y > 1` is a Tensor"],
] }; }
function $meta_logic() { return { version: 1, name: "logic", file: "branches/input.ts", at: "119:1", params: ["x","y"], decisions: [
  ["130:3", "if", "staged", "`t() && u()` is a Tensor"],
  ["130:7", "&&", "staged", "`t()` is a Tensor"],
  ["131:3", "if", "staged", "`t() || u()` is a Tensor"],
  ["131:7", "||", "staged", "`t()` is a Tensor"],
  ["132:3", "if", "staged", "`!(t() && !u()) && (x > 3 || t())` is a Tensor"],
  ["132:7", "&&", "staged", "`!(t() && !u())` is a Tensor"],
  ["132:9", "&&", "staged", "`t()` is a Tensor"],
  ["132:26", "||", "staged", "`x > 3` is a Tensor"],
  ["133:16", "&&", "staged", "`x > 0` is a Tensor"],
  ["134:12", "&&", "staged", "`!(x > 0)` is a Tensor"],
  ["135:3", "if", "staged", "`both || none` is a Tensor"],
  ["135:7", "||", "staged", "`both` is a Tensor"],
  ["137:3", "if", "staged", "`v` is a Tensor"],
] }; }
function $meta_equality() { return { version: 1, name: "equality", file: "branches/input.ts", at: "142:1", params: ["x","y"], decisions: [
  ["144:3", "if", "staged", "`x === y` is a Tensor"],
  ["145:3", "if", "staged", "`x !== y` is a Tensor"],
  ["146:3", "if", "staged", "`x === 0` is a Tensor"],
  ["147:3", "if", "staged", "`0 === x` is a Tensor"],
  ["149:3", "if", "staged", "`nan === nan` is a Tensor"],
  ["150:3", "if", "staged", "`nan !== nan` is a Tensor"],
  ["151:3", "if", "staged", "`-x === x` is a Tensor"],
] }; }
function $meta_tests() { return { version: 1, name: "tests", file: "branches/input.ts", at: "156:1", params: ["x","kind"], decisions: [
  ["159:3", "if", "static", "`\"b\" in box` is known while tracing"],
  ["160:3", "if", "static", "`\"a\" in box` is known while tracing"],
  ["161:3", "if", "static", "`typeof kind === \"number\"` is known while tracing"],
  ["162:3", "if", "static", "`typeof kind === \"string\"` is known while tracing"],
  ["163:3", "if", "static", "`[\"a\", \"b\"].includes(String(kind))` is known while tracing"],
  ["164:3", "if", "dynamic", "`box.b === undefined` may be a Tensor"],
] }; }
function $meta_tuples() { return { version: 1, name: "tuples", file: "branches/input.ts", at: "169:1", params: ["x"], decisions: [
  ["171:3", "if", "staged", "`x > 0` is a Tensor"],
  ["173:3", "for", "staged", "`f[0]! > 0` is a Tensor"],
] }; }
function $meta_swapInPlace() { return { version: 1, name: "swapInPlace", file: "branches/input.ts", at: "178:1", params: ["x","y"], decisions: [
  ["181:3", "if", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_assertedStatic() { return { version: 1, name: "assertedStatic", file: "branches/input.ts", at: "189:1", params: ["x","flag"], decisions: [
  ["191:3", "if", "static", "`flag` is known while tracing"],
] }; }
