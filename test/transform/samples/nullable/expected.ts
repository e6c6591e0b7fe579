import { $ } from "graphfn/autograph"; $.attach($meta_largest, largest); $.attach($meta_find, find); $.attach($meta_closest, closest); $.attach($meta_forms, forms); $.attach($meta_fields, fields); $.attach($meta_chains, chains); import type { Tensor } from "graphfn";

/** A running maximum that starts without a value. */
/** @graphFunction */
export function largest(xs: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_largest, largest, this, arguments);
  let best: Tensor | null = null;
  { let i: Tensor = $.lit(0); $.for("7:3", $.vars(() => ({ best, i }), ($v) => { ({ best, i } = $v); }, ["best"]), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    const x = $.index(xs, i);
    $.if("9:5", $.vars(() => ({ best }), ($v) => { ({ best } = $v); }, ["best"]), $.or("9:9", $.isNull(best), () => $.gt(x, $.some(best))), () => { best = x; });
  }); }
  return $.coalesce("11:10", best, () => $.lit(-100));
}

/** No value at all is returned as null. */
/** @graphFunction */
export function find(xs: Tensor, limit: Tensor): Tensor | null { if ($.outside()) return $.run($meta_find, find, this, arguments);
  let found: Tensor | null = null;
  $.forOf("18:3", $.vars(() => ({ found }), ($v) => { ({ found } = $v); }, ["found"]), xs, (x) => {
    return $.if("19:5", $.vars(() => ({ found }), ($v) => { ({ found } = $v); }, ["found"]), $.gt(x, limit), () => {
      found = x;
      return $.break();
    });
  });
  return found;
}

/** Undefined, and a structure. */
/** @graphFunction */
export function closest(xs: Tensor, to: Tensor): Tensor { if ($.outside()) return $.run($meta_closest, closest, this, arguments);
  let best: { value: Tensor; distance: Tensor } | undefined;
  $.forOf("31:3", $.vars(() => ({ best }), ($v) => { ({ best } = $v); }, ["best"]), xs, (x) => {
    const distance = $.select("32:22", $.gt(x, to), () => $.sub(x, to), () => $.sub(to, x));
    $.if("33:5", $.vars(() => ({ best }), ($v) => { ({ best } = $v); }, ["best"]), $.or("33:9", $.isUndefined(best), () => $.lt(distance, $.some(best).distance)), () => { best = { value: x, distance }; });
  });
  return $.finish($.if("35:3", $.none, $.isUndefined(best), () => $.return($.lit(-1)), () => {
  return $.return($.add($.mul($.some(best).value, 10), $.some(best).distance)); }));
}

/** Conditions on the value being there, in all their forms. */
/** @graphFunction */
export function forms(x: Tensor): Tensor { if ($.outside()) return $.run($meta_forms, forms, this, arguments);
  let a: Tensor | null = x;
  let b: Tensor | null = null;
  $.if("44:3", $.vars(() => ({ a, b }), ($v) => { ({ a, b } = $v); }, ["a", "b"]), $.gt(x, 1), () => {
    a = null;
    b = $.mul(x, 2);
  });
  const none = $.and("48:16", $.isNull(a), () => $.isNull(b));
  let y: Tensor = $.lit(0);
  $.if("50:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.has(a), () => { y = $.add(y, 1); });
  $.if("51:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.not($.has(b)), () => { y = $.add(y, 10); });
  $.if("52:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), none, () => { y = $.add(y, 100); });
  $.if("53:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.and("53:7", $.not($.isNullish(a)), () => $.lt($.some(a), 0)), () => { y = $.add(y, 1000); });
  y = $.add(y, $.select("54:8", $.isNull(b), () => 0, () => $.some(b)));
  b = $.coalesce("55:3", b, () => $.lit(7));
  a = $.select("56:7", $.isNull(a), () => b, () => $.some(a));
  return $.add($.add($.mul(y, 10), b), a);
}

class Cell {
  value: Tensor | null = null;
  previous?: Tensor;
  put(x: Tensor): void { $.uses(() => [this.value], ["this.value@nullable/input.ts:64:9"]);
    $.if("64:5", $.none, $.not($.isNull(this.value)), () => { $.touch(this, "previous").previous = $.some(this.value); });
    $.touch(this, "value").value = x;
  }
}

/** Fields of objects. */
/** @graphFunction */
export function fields(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_fields, fields, this, arguments);
  const cell = new Cell();
  $.forOf("73:3", $.none, xs, (x) => { $.if("73:23", $.none, $.gt(x, 2), () => { cell.put(x); }); });
  const last: Tensor = $.coalesce("74:24", cell.value, () => $.lit(-1));
  return $.finish($.if("75:3", $.none, $.isUndefined(cell.previous), () => $.return(last), () => {
  return $.return($.add($.mul(last, 100), $.some(cell.previous))); }));
}

/** `?.` and `!`. */
/** @graphFunction */
export function chains(x: Tensor): Tensor { if ($.outside()) return $.run($meta_chains, chains, this, arguments);
  let box: { at: Tensor } | null = { at: x };
  $.if("83:3", $.vars(() => ({ box }), ($v) => { ({ box } = $v); }, ["box"]), $.gt(x, 3), () => { box = null; });
  const seen = $.optional("84:16", box, ($x) => $x?.at);
  const y: Tensor = $.coalesce("85:21", seen, () => $.lit(-5));
  return $.finish($.if("86:3", $.none, $.and("86:7", $.gt(x, 2), () => $.lt(x, 4)), () => $.return($.nonNull("86:30", box).at), () => {
  return $.return(y); }));
}

export const runs = {
  largest: [[[3, 9, 2], 3], [[-3, -9, -4], 3], [[1, 2], 0]],
  find: [[[1, 5, 7], 4], [[1, 2], 4]],
  closest: [[[1, 5, 8], 6], [[4], 1]],
  forms: [[0.5], [1], [5], [-1]],
  fields: [[[1, 2]], [[3, 1]], [[5, 3, 4]]],
  chains: [[1], [5]],
};

function $meta_largest() { return { version: 1, name: "largest", file: "nullable/input.ts", at: "5:1", params: ["xs","n"], decisions: [
  ["7:3", "for", "staged", "`i < n` is a Tensor"],
  ["9:5", "if", "staged", "`best === null || x > best` is a Tensor"],
  ["9:9", "||", "dynamic", "`best === null` may be a Tensor"],
] }; }
function $meta_find() { return { version: 1, name: "find", file: "nullable/input.ts", at: "16:1", params: ["xs","limit"], decisions: [
  ["18:3", "for-of", "staged", "`xs` is a Tensor"],
  ["19:5", "if", "staged", "`x > limit` is a Tensor"],
] }; }
function $meta_closest() { return { version: 1, name: "closest", file: "nullable/input.ts", at: "29:1", params: ["xs","to"], decisions: [
  ["31:3", "for-of", "staged", "`xs` is a Tensor"],
  ["32:22", "?:", "staged", "`x > to` is a Tensor"],
  ["33:5", "if", "staged", "`best === undefined || distance < best.d…` is a Tensor"],
  ["33:9", "||", "dynamic", "`best === undefined` may be a Tensor"],
  ["35:3", "if", "dynamic", "`best === undefined` may be a Tensor"],
] }; }
function $meta_forms() { return { version: 1, name: "forms", file: "nullable/input.ts", at: "41:1", params: ["x"], decisions: [
  ["44:3", "if", "staged", "`x > 1` is a Tensor"],
  ["48:16", "&&", "dynamic", "`a === null` may be a Tensor"],
  ["50:3", "if", "dynamic", "`a` may be a Tensor"],
  ["51:3", "if", "dynamic", "`!b` may be a Tensor"],
  ["52:3", "if", "dynamic", "`none` may be a Tensor"],
  ["53:3", "if", "staged", "`a != null && a < 0` is a Tensor"],
  ["53:7", "&&", "dynamic", "`a != null` may be a Tensor"],
  ["54:8", "?:", "dynamic", "`b === null` may be a Tensor"],
  ["56:7", "?:", "dynamic", "`null === a` may be a Tensor"],
] }; }
function $meta_fields() { return { version: 1, name: "fields", file: "nullable/input.ts", at: "71:1", params: ["xs"], decisions: [
  ["73:3", "for-of", "staged", "`xs` is a Tensor"],
  ["73:23", "if", "staged", "`x > 2` is a Tensor"],
  ["75:3", "if", "dynamic", "`cell.previous === undefined` may be a Tensor"],
] }; }
function $meta_chains() { return { version: 1, name: "chains", file: "nullable/input.ts", at: "81:1", params: ["x"], decisions: [
  ["83:3", "if", "staged", "`x > 3` is a Tensor"],
  ["86:3", "if", "staged", "`x > 2 && x < 4` is a Tensor"],
  ["86:7", "&&", "staged", "`x > 2` is a Tensor"],
] }; }
