import { $ } from "graphfn/autograph"; $.attach($meta_chain, chain); $.attach($meta_fallThrough, fallThrough); $.attach($meta_everyPath, everyPath); $.attach($meta_returns, returns); $.attach($meta_inLoop, inLoop); $.attach($meta_whichHolds, whichHolds); $.attach($meta_sharedScope, sharedScope); $.attach($meta_lazyTests, lazyTests); $.attach($meta_staticValue, staticValue); $.attach($meta_lastAlways, lastAlways); import type { Tensor } from "graphfn";

/** @graphFunction */
export function chain(x: Tensor): Tensor { if ($.outside()) return $.run($meta_chain, chain, this, arguments);
  let y: Tensor = $.lit(0);
  $.switch("6:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), x, [
    [() => 0],
    [() => 1, () => {
      y = $.add(x, 10);
      return $.break(); }],
    [() => 2, () => {
      y = $.mul(x, 100);
      return $.break();
    }],
    [null, () => {
      y = $.lit(-1); }], // anything else
  ]);
  return y;
}

/** @graphFunction */
export function fallThrough(x: Tensor): Tensor { if ($.outside()) return $.run($meta_fallThrough, fallThrough, this, arguments);
  let y: Tensor = $.lit(0);
  $.switch("24:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), x, [
    [() => 0, () => {
      y = $.add(y, 10); }],
    [null, () => {
      y = $.add(y, 1);
      return $.break(); }],
    [() => 1, () => {
      y = $.add(y, 10);
      return $.if("32:7", $.none, $.gt(y, 5), () => { return $.break(); }); }],
    [() => 2, () => {
      y = $.add(y, 100); }],
    [() => 9, () => {
      y = $.add(y, 1000); }],
  ]);
  return y;
}

/** @graphFunction */
export function everyPath(x: Tensor): Tensor { if ($.outside()) return $.run($meta_everyPath, everyPath, this, arguments);
  let y: Tensor;
  $.switch("44:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), x, [
    [() => 0, () => {
      y = x; }],
    [() => 1, () => {
      y = $.add(x, 5); }],
    [() => 2, () => {
      y = $.mul(x, 100);
      return $.break(); }],
    [null, () => {
      y = $.lit(-1); }],
  ]);
  return y;
}

/** @graphFunction */
export function returns(x: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_returns, returns, this, arguments);
  return $.finish($.then("66:3", $.none, $.switch("60:3", $.none, x, [
    [() => limit, () => {
      return $.return($.lit(1)); }],
    [() => $.add(limit, 1), () => {
      return $.return($.lit(2)); }],
  ]), () => {
  return $.return($.lit(3)); }));
}

/** @graphFunction */
export function inLoop(n: Tensor): Tensor { if ($.outside()) return $.run($meta_inLoop, inLoop, this, arguments);
  let sum: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0); $.for("72:10", $.vars(() => ({ sum, i }), ($v) => { ({ sum, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    return $.then("85:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.switch("73:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.mod(i, 5), [
      [() => 1, () => {
        return $.continue(); }],
      [() => 3, () => {
        sum = $.add(sum, 100);
        return $.break(); }],
      [() => 4, () => {
        return $.if("80:9", $.none, $.gt(sum, 300), () => { return $.break("outer"); }, () => {
        return $.continue("outer"); }); }],
      [null, () => {
        sum = $.add(sum, 1); }],
    ]), () => {
    sum = $.add(sum, 1000); });
  }, "outer"); }
  return sum;
}

/** @graphFunction */
export function whichHolds(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_whichHolds, whichHolds, this, arguments);
  return $.finish($.switch("92:3", $.none, true, [
    [() => $.and("93:10", $.lt(x, 0), () => $.lt(y, 0)), () => {
      return $.return($.lit(0)); }],
    [() => $.not($.gt(x, y)), () => {
      return $.return($.lit(1)); }],
    [null, () => {
      return $.return($.lit(2)); }],
  ]));
}

/** @graphFunction */
export function sharedScope(x: Tensor): Tensor { if ($.outside()) return $.run($meta_sharedScope, sharedScope, this, arguments);
  return $.finish($.then("118:3", $.none, $.switch("104:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), x, [
    [() => 0, () => {
      let y = $.add(x, 5);
      x = $.add(x, y);
      return $.if("108:7", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.gt(x, 100), () => { return $.break(); }, () => {
      y = $.mul(x, 2);
      x = $.add(x, y); }); }],
    [() => 1, () => {
      x = $.add(x, 3);
      return $.break(); }],
    [() => 2, () => {
      const { half } = { half: $.div(x, 2) };
      return $.return(half); }],
  ]), () => {
  return $.return(x); }));
}

/** @graphFunction */
export function lazyTests(x: Tensor): Tensor { if ($.outside()) return $.run($meta_lazyTests, lazyTests, this, arguments);
  let count: Tensor = $.lit(0); const $count = $.cell("count", () => count, ($x) => { count = $x; });
  const next = (v: Tensor): Tensor => {
    $.touch($count), count = $.add(count, 1);
    return v;
  };
  $.switch("128:3", $.none, x, [
    [() => next($.lit(1)), () => {
      $.touch($count), count = $.add(count, 10);
      return $.break(); }],
    [() => next($.lit(2))],
    [() => next($.lit(3)), () => {
      $.touch($count), count = $.add(count, 100);
      return $.break(); }],
  ]);
  return count;
}

/** @graphFunction */
export function staticValue(kind: "a" | "b" | "c", x: Tensor): Tensor { if ($.outside()) return $.run($meta_staticValue, staticValue, this, arguments);
  return $.finish($.then("152:3", $.none, $.switch("142:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), kind, [
    [() => "a", () => {
      x = $.mul(x, 2);
      return $.break(); }],
    [() => "b", () => {
      return $.if("147:7", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.gt(x, 0), () => { return $.break(); }, () => {
      x = $.sub(x, 1); }); }],
    [() => "c", () => {
      return $.if("150:7", $.none, $.lt(x, 0), () => $.return($.lit(0))); }],
  ]), () => {
  return $.return($.add(x, 1)); }));
}

/** The last clause runs whatever is entered, so `y` is new on every path; what the branch left in it is gone. */
/** @graphFunction */
export function lastAlways(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_lastAlways, lastAlways, this, arguments);
  let z: Tensor = $.sub(x, 2);
  $.if("159:3", $.vars(() => ({ z }), ($v) => { ({ z } = $v); }), $.gt(x, y), () => {
    $.switch("160:5", $.vars(() => ({ z }), ($v) => { ({ z } = $v); }), z, [
      [null, () => {
        [y, z] = [$.add(z, 3), $.add(z, 1)]; }],
    ]);
  });
  $.switch("165:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.mod(x, 3), [
    [null],
    [() => 0, () => {
      y = $.add(x, z); }],
  ]);
  $.switch("170:3", $.vars(() => ({ y, z }), ($v) => { ({ y, z } = $v); }), $.mod(x, 2), [
    [null, () => {
      z = $.add(z, y); }],
    [() => 0, () => {
      y = $.mul(z, 2); }],
  ]);
  return y;
}
export const runs = {
  lastAlways: [[3, 5], [4, 2], [5, 1]],
  chain: [[0], [1], [2], [3]],
  fallThrough: [[0], [1], [2], [3], [9]],
  everyPath: [[0], [1], [2], [3]],
  returns: [[0, 0], [1, 0], [2, 0]],
  inLoop: [[0], [3], [7], [30]],
  whichHolds: [[-1, -2], [-2, 3], [3, 2]],
  sharedScope: [[0], [1], [2], [3]],
  lazyTests: [[1], [2], [3], [4]],
  staticValue: [["a", 1], ["b", 1], ["b", -1], ["c", 1], ["c", -1]],
};

function $meta_chain() { return { version: 1, name: "chain", file: "switch/input.ts", at: "4:1", params: ["x"], decisions: [
  ["6:3", "switch", "staged", "`x` is a Tensor"],
] }; }
function $meta_fallThrough() { return { version: 1, name: "fallThrough", file: "switch/input.ts", at: "22:1", params: ["x"], decisions: [
  ["24:3", "switch", "staged", "`x` is a Tensor"],
  ["32:7", "if", "staged", "`y > 5` is a Tensor"],
] }; }
function $meta_everyPath() { return { version: 1, name: "everyPath", file: "switch/input.ts", at: "42:1", params: ["x"], decisions: [
  ["44:3", "switch", "staged", "`x` is a Tensor"],
] }; }
function $meta_returns() { return { version: 1, name: "returns", file: "switch/input.ts", at: "59:1", params: ["x","limit"], decisions: [
  ["60:3", "switch", "staged", "`x` is a Tensor"],
] }; }
function $meta_inLoop() { return { version: 1, name: "inLoop", file: "switch/input.ts", at: "70:1", params: ["n"], decisions: [
  ["72:10", "for", "staged", "`i < n` is a Tensor"],
  ["73:5", "switch", "staged", "`i % 5` is a Tensor"],
  ["80:9", "if", "staged", "`sum > 300` is a Tensor"],
] }; }
function $meta_whichHolds() { return { version: 1, name: "whichHolds", file: "switch/input.ts", at: "91:1", params: ["x","y"], decisions: [
  ["92:3", "switch", "staged", "`x < 0 && y < 0` is a Tensor"],
  ["93:10", "&&", "staged", "`x < 0` is a Tensor"],
] }; }
function $meta_sharedScope() { return { version: 1, name: "sharedScope", file: "switch/input.ts", at: "103:1", params: ["x"], decisions: [
  ["104:3", "switch", "staged", "`x` is a Tensor"],
  ["108:7", "if", "staged", "`x > 100` is a Tensor"],
] }; }
function $meta_lazyTests() { return { version: 1, name: "lazyTests", file: "switch/input.ts", at: "122:1", params: ["x"], decisions: [
  ["128:3", "switch", "staged", "`x` is a Tensor"],
] }; }
function $meta_staticValue() { return { version: 1, name: "staticValue", file: "switch/input.ts", at: "141:1", params: ["kind","x"], decisions: [
  ["142:3", "switch", "static", "`kind` is known while tracing, but the graph decides on an exit inside"],
  ["147:7", "if", "staged", "`x > 0` is a Tensor"],
  ["150:7", "if", "staged", "`x < 0` is a Tensor"],
] }; }
function $meta_lastAlways() { return { version: 1, name: "lastAlways", file: "switch/input.ts", at: "157:1", params: ["x","y"], decisions: [
  ["159:3", "if", "staged", "`x > y` is a Tensor"],
  ["160:5", "switch", "staged", "`z` is a Tensor"],
  ["165:3", "switch", "staged", "`x % 3` is a Tensor"],
  ["170:3", "switch", "staged", "`x % 2` is a Tensor"],
] }; }
