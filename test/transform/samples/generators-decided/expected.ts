import { $ } from "graphfn/autograph"; $.attach($meta_total, total); $.attach($meta_left, left); $.attach($meta_pipeline, pipeline); $.attach($meta_closed, closed); $.attach($meta_labels, labels); $.attach($meta_thrown, thrown); $.attach($meta_methods, methods); $.attach($meta_branches, branches); $.attach($meta_endless, endless); $.attach($meta_nested, nested); $.attach($meta_found, found); import type { Tensor } from "graphfn";

function  fibonacci(limit: Tensor): Generator<Tensor, void> { return $.generator("3:1", ($yield) => {
  let a: Tensor = limit.mul(0).add(1);
  let b = a;
  return $.while("6:3", $.vars(() => ({ a, b }), ($v) => { ({ a, b } = $v); }), () => a.less(limit), () => {
    return $.then("8:5", $.vars(() => ({ a, b }), ($v) => { ({ a, b } = $v); }), $yield(a), () => {
    [a, b] = [b, a.add(b)]; });
  });
}); }

/** The body runs inside of the generator's loop: what it assigns is carried by that. */
/** @graphFunction */
export function total(limit: Tensor): Tensor { if ($.outside()) return $.run($meta_total, total, this, arguments);
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  let count: Tensor = $.lit(0); const $count = $.cell("count", () => count, ($x) => { count = $x; });
  $.forOf("17:3", $.none, fibonacci(limit), (x) => {
    return $.if("18:5", $.none, $.eq($.mod(x, 2), 0), () => { return $.continue(); }, () => {
    $.touch($sum), sum = $.add(sum, x);
    $.touch($count), count = $.add(count, 1); });
  });
  return $.add($.mul(sum, 1000), count);
}

/** `break` and `return` leave the generator. */
/** @graphFunction */
export function left(limit: Tensor, most: Tensor): Tensor { if ($.outside()) return $.run($meta_left, left, this, arguments);
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  return $.finish($.then("34:3", $.none, $.forOf("29:3", $.none, fibonacci(limit), (x) => {
    return $.if("30:5", $.none, $.gt(x, 50), () => $.return($.neg(sum)), () => {
    return $.if("31:5", $.none, $.gt(sum, most), () => { return $.break(); }, () => {
    $.touch($sum), sum = $.add(sum, x); }); });
  }), () => {
  return $.return(sum); }));
}

/** Generators of generators, and a loop without an end that the graph leaves. */
/** @graphFunction */
export function pipeline(limit: Tensor): Tensor { if ($.outside()) return $.run($meta_pipeline, pipeline, this, arguments);
  function  naturals(): Generator<Tensor> { return $.generator("40:3", ($yield) => {
    let n: Tensor = $.lit(0);
    return $.while("42:5", $.vars(() => ({ n }), ($v) => { ({ n } = $v); }), () => true, () => {
      return $.then("44:7", $.vars(() => ({ n }), ($v) => { ({ n } = $v); }), $yield(n), () => {
      n = $.add(n, 1); });
    });
  }); }
  function  odd(): Generator<Tensor> { return $.generator("47:3", ($yield) => {
    return $.forOf("48:5", $.none, naturals(), (n) => {
      return $.if("49:7", $.none, $.gt(n, limit), () => $.break("*"), () => {
      return $.if("50:7", $.none, $.eq($.mod(n, 2), 1), () => { return $yield(n); }); });
    });
  }); }
  function  squares(): Generator<Tensor> { return $.generator("53:3", ($yield) => {
    return $.then("55:5", $.none, $.forOf("54:5", $.none, [limit, $.add(limit, 1)], $yield), () => {
    return $.then("56:5", $.none, $.forOf("55:5", $.none, odd(), (n) => { return $yield($.mul(n, n)); }), () => {
    return $.forOf("56:5", $.none, odd(), $yield); }); });
  }); }
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  let last: Tensor = $.lit(0); const $last = $.cell("last", () => last, ($x) => { last = $x; });
  $.forOf("60:3", $.none, squares(), (square) => {
    return $.if("61:5", $.none, $.gt(square, 60), () => { return $.break(); }, () => {
    $.touch($sum), sum = $.add($.mul(sum, 2), square);
    $.touch($last), last = square; });
  });
  return $.add($.mul(sum, 100), last);
}

/** `finally` runs however the loop is left; what the generator does after its last yield is left out. */
/** @graphFunction */
export function closed(x: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_closed, closed, this, arguments);
  let log: Tensor = $.lit(0); const $log = $.cell("log", () => log, ($x) => { log = $x; });
  function  doubling(): Generator<Tensor> { return $.generator("72:3", ($yield) => {
    let value = x;
    return $.then("84:5", $.none, $.try("74:5", $.vars(() => ({ value }), ($v) => { ({ value } = $v); }), () => {
      return $.then("80:7", $.none, $.while("75:7", $.vars(() => ({ value }), ($v) => { ({ value } = $v); }), () => $.lt(value, 1000), () => {
        return $.then("77:9", $.vars(() => ({ value }), ($v) => { ({ value } = $v); }), $yield(value), () => {
        value = $.mul(value, 2);
        $.touch($log), log = $.add(log, 1); });
      }), () => {
      $.touch($log), log = $.add(log, 100); });
    }, undefined, () => {
      $.touch($log), log = $.add(log, 1000);
    }), () => {
    $.touch($log), log = $.add(log, 10000); });
  }); }
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  $.forOf("87:3", $.none, doubling(), (value) => {
    $.touch($sum), sum = $.add(sum, value);
    return $.if("89:5", $.none, $.gt(sum, limit), () => { return $.break(); });
  });
  return $.add(sum, $.mul(log, 100000));
}

/** Labels: the loop outside is left through the generator, whose own loops have labels, too. */
/** @graphFunction */
export function labels(n: Tensor): Tensor { if ($.outside()) return $.run($meta_labels, labels, this, arguments);
  function  pairs(k: Tensor): Generator<Tensor> { return $.generator("97:3", ($yield) => {
    return (() => { let i: Tensor = $.lit(0); return $.for("98:12", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, k), () => { i = $.add(i, 1); }, () => {
      return (() => { let j: Tensor = $.lit(0); return $.for("99:7", $.vars(() => ({ j }), ($v) => { ({ j } = $v); }), () => $.lt(j, k), () => { j = $.add(j, 1); }, () => {
        return $.if("100:9", $.none, $.gt(j, i), () => { return $.continue("outer"); }, () => {
        return $.if("101:9", $.none, $.gt($.add(i, j), 7), () => { return $.break("outer"); }, () => {
        return $yield($.add($.mul(i, 10), j)); }); });
      }); })();
    }, "outer"); })();
  }); }
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  { let k: Tensor = $.lit(1); $.for("107:10", $.vars(() => ({ k }), ($v) => { ({ k } = $v); }), () => $.lt(k, n), () => { k = $.add(k, 1); }, () => {
    return $.then("113:5", $.none, $.forOf("108:5", $.none, pairs(k), (pair) => {
      return $.if("109:7", $.none, $.eq(pair, 32), () => { return $.continue("outer"); }, () => {
      return $.if("110:7", $.none, $.gt(sum, 500), () => { return $.break("outer"); }, () => {
      $.touch($sum), sum = $.add(sum, pair); }); });
    }), () => {
    $.touch($sum), sum = $.add(sum, 1); });
  }, "outer"); }
  return sum;
}

/** What the body throws goes through the generator to the `try` around the loop. */
/** @graphFunction */
export function thrown(limit: Tensor, most: Tensor): Tensor { if ($.outside()) return $.run($meta_thrown, thrown, this, arguments);
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  $.try("122:3", $.none, () => {
    $.forOf("123:5", $.none, fibonacci(limit), (x) => {
      $.touch($sum), sum = $.add(sum, x);
      $.if("125:7", $.none, $.gt(sum, most), () => { throw new Error("too much"); });
    });
    $.touch($sum), sum = $.add(sum, 0.5);
  }, () => {
    $.touch($sum), sum = $.neg(sum);
  });
  return sum;
}

class Range {
  readonly from: Tensor;
  constructor(from: Tensor) {
    this.from = from;
  }
   to(end: Tensor): Generator<Tensor> { $.uses(() => [this.from], ["this.from@generators-decided/input.ts:140:17"]); return $.generator("139:3", ($yield) => {
    let value = this.from;
    return $.while("141:5", $.vars(() => ({ value }), ($v) => { ({ value } = $v); }), () => value.less(end), () => {
      return $.then("143:7", $.vars(() => ({ value }), ($v) => { ({ value } = $v); }), $yield(value), () => {
      value = value.add(1); });
    });
  }); }
}

/** A method; what the body puts into an array and into a field. */
/** @graphFunction */
export function methods(from: Tensor, end: Tensor): Tensor { if ($.outside()) return $.run($meta_methods, methods, this, arguments);
  const best = { value: from };
  const seen: Tensor[] = $.array("seen", []);
  $.forOf("153:3", $.none, new Range(from).to(end), (value) => {
    $.if("154:5", $.none, $.gt($.mod($.mul(value, 7), 5), best.value), () => { $.touch(best, "value").value = $.mod($.mul(value, 7), 5); });
    $.touch(seen).push(value);
  });
  let sum = $.mul(best.value, 100);
  $.forOf("158:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), seen, (value) => { sum = $.add(sum, value); });
  return sum;
}

/** Branches of the generator. */
/** @graphFunction */
export function branches(x: Tensor): Tensor { if ($.outside()) return $.run($meta_branches, branches, this, arguments);
  function  some(y: Tensor): Generator<Tensor> { return $.generator("165:3", ($yield) => {
    return $.then("171:5", $.none, $.if("166:5", $.none, $.gt(y, 2), () => { return $yield(y); }
    , () => {
      return $.then("169:7", $.none, $yield($.mul(y, 2)), () => {
      return $yield($.mul(y, 3)); });
    }), () => {
    return $.if("171:5", $.none, $.gt(y, 4), () => $.break("*"), () => {
    return $yield($.sub(100, y)); }); });
  }); }
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  $.forOf("175:3", $.none, some(x), (a) => { $.forOf("175:28", $.none, some(a), (b) => { $.touch($sum), sum = $.sub($.add($.mul(sum, 3), a), b); }); });
  return sum;
}

function  powers(x: Tensor): Generator<Tensor> { return $.generator("179:1", ($yield) => {
  let power = x;
  return $.for("181:3", $.vars(() => ({ power }), ($v) => { ({ power } = $v); }), () => true, () => {}, () => {
    return $.then("183:5", $.vars(() => ({ power }), ($v) => { ({ power } = $v); }), $yield(power), () => {
    power = power.mul(x); });
  });
}); }

/** A generator without an end: the loop over it is unrolled where JavaScript leaves it, and runs in the graph where that does. */
/** @graphFunction */
export function endless(x: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_endless, endless, this, arguments);
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  let count = 0; const $count = $.cell("count", () => count, ($x) => { count = $x; });
  $.forOf("192:3", $.none, powers(x), (power) => {
    return $.if("193:5", $.none, $.eq(($.touch($count), $.first(count, count = $.add(count, 1))), 3), () => { return $.break(); }, () => {
    $.touch($sum), sum = $.add(sum, power); });
  });
  $.forOf("196:3", $.none, powers(x), (power) => {
    $.touch($sum), sum = $.add(sum, power);
    return $.if("198:5", $.none, $.gt(power, limit), () => { return $.break(); });
  });
  return sum;
}

/** In a loop and a branch of the graph, and in a generator of the same name for each round. */
/** @graphFunction */
export function nested(n: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_nested, nested, this, arguments);
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  { let i: Tensor = $.lit(1); $.for("207:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    $.if("208:5", $.none, $.eq($.mod(i, 2), 1), () => { $.forOf("208:22", $.none, fibonacci($.add(limit, i)), (x) => { $.touch($sum), sum = $.add(sum, $.mul(x, i)); }); }
    , () => { $.touch($sum), sum = $.sub(sum, 1); });
    const items: Tensor[] = $.array("items", []);
    $.forOf("211:5", $.none, fibonacci(i), (x) => {
      let y = x; const $y = $.cell("y", () => y, ($x) => { y = $x; });
      $.forOf("213:7", $.none, fibonacci(x), (z) => { $.touch($y), y = $.add(y, z); });
      $.touch(items).push(y);
    });
    $.touch($sum), sum = $.add(sum, items.length);
  }); }
  return sum;
}

/** What the loop's body returns is of another type than what is yielded; `try` in the generator after the last `yield`. */
/** @graphFunction */
export function found(limit: Tensor, wanted: Tensor): Tensor { if ($.outside()) return $.run($meta_found, found, this, arguments);
  function find(): { at: Tensor; value: Tensor } | null {
    let at: Tensor = $.lit(0); const $at = $.cell("at", () => at, ($x) => { at = $x; });
    return $.finish($.then("230:5", $.none, $.forOf("226:5", $.none, fibonacci(limit), (value) => {
      return $.if("227:7", $.none, $.gt(value, wanted), () => $.return({ at, value }), () => {
      $.touch($at), at = $.add(at, 1); });
    }), () => {
    return $.return(null); }));
  }
  const result = find();
  return $.select("233:10", $.isNull(result), () => $.lit(-1), () => $.add($.mul($.some(result).at, 1000), $.some(result).value));
}

export const runs = {
  endless: [[2, 3], [2, 100], [3, 10]],
  nested: [[1, 5], [3, 5], [5, 20]],
  found: [[20, 4], [20, 100], [1, 0]],
  total: [[1], [2], [30], [100]],
  left: [[1, 5], [20, 5], [40, 100], [100, 1000]],
  pipeline: [[0], [3], [12]],
  closed: [[1, 5], [300, 10], [2000, 1], [1, 100000]],
  labels: [[1], [3], [5], [9]],
  thrown: [[1, 3], [50, 1000], [50, 20]],
  methods: [[1, 6], [3, 2]],
  branches: [[1], [3], [5]],
};

function $meta_total() { return { version: 1, name: "total", file: "generators-decided/input.ts", at: "14:1", params: ["limit"], decisions: [
  ["17:3", "for-of", "staged", "the graph decides what `fibonacci(limit)` yields"],
  ["18:5", "if", "staged", "`x % 2 === 0` is a Tensor"],
] }; }
function $meta_left() { return { version: 1, name: "left", file: "generators-decided/input.ts", at: "27:1", params: ["limit","most"], decisions: [
  ["29:3", "for-of", "staged", "the graph decides what `fibonacci(limit)` yields"],
  ["30:5", "if", "staged", "`x > 50` is a Tensor"],
  ["31:5", "if", "staged", "`sum > most` is a Tensor"],
] }; }
function $meta_pipeline() { return { version: 1, name: "pipeline", file: "generators-decided/input.ts", at: "39:1", params: ["limit"], decisions: [
  ["42:5", "while", "staged", "`true` is known while tracing, but the graph decides on an exit inside"],
  ["48:5", "for-of", "dynamic", "the graph may decide what `naturals()` yields"],
  ["49:7", "if", "staged", "`n > limit` is a Tensor"],
  ["50:7", "if", "staged", "`n % 2 === 1` is a Tensor"],
  ["55:5", "for-of", "staged", "the graph decides what `odd()` yields"],
  ["60:3", "for-of", "staged", "the graph decides what `squares()` yields"],
  ["61:5", "if", "staged", "`square > 60` is a Tensor"],
] }; }
function $meta_closed() { return { version: 1, name: "closed", file: "generators-decided/input.ts", at: "70:1", params: ["x","limit"], decisions: [
  ["74:5", "try", "dynamic", "its block may throw where the graph decides so"],
  ["75:7", "while", "staged", "`value < 1000` is a Tensor"],
  ["87:3", "for-of", "staged", "the graph decides what `doubling()` yields"],
  ["89:5", "if", "staged", "`sum > limit` is a Tensor"],
] }; }
function $meta_labels() { return { version: 1, name: "labels", file: "generators-decided/input.ts", at: "96:1", params: ["n"], decisions: [
  ["98:12", "for", "staged", "`i < k` is a Tensor"],
  ["99:7", "for", "staged", "`j < k` is a Tensor"],
  ["100:9", "if", "staged", "`j > i` is a Tensor"],
  ["101:9", "if", "staged", "`i + j > 7` is a Tensor"],
  ["107:10", "for", "staged", "`k < n` is a Tensor"],
  ["108:5", "for-of", "staged", "the graph decides what `pairs(k)` yields"],
  ["109:7", "if", "staged", "`pair === 32` is a Tensor"],
  ["110:7", "if", "staged", "`sum > 500` is a Tensor"],
] }; }
function $meta_thrown() { return { version: 1, name: "thrown", file: "generators-decided/input.ts", at: "120:1", params: ["limit","most"], decisions: [
  ["122:3", "try", "dynamic", "its block may throw where the graph decides so"],
  ["123:5", "for-of", "staged", "the graph decides what `fibonacci(limit)` yields"],
  ["125:7", "if", "staged", "`sum > most` is a Tensor"],
] }; }
function $meta_methods() { return { version: 1, name: "methods", file: "generators-decided/input.ts", at: "150:1", params: ["from","end"], decisions: [
  ["153:3", "for-of", "staged", "the graph decides what `new Range(from).to(end)` yields"],
  ["154:5", "if", "staged", "`value * 7 % 5 > best.value` is a Tensor"],
  ["158:3", "for-of", "dynamic", "`seen` may be a Tensor"],
] }; }
function $meta_branches() { return { version: 1, name: "branches", file: "generators-decided/input.ts", at: "164:1", params: ["x"], decisions: [
  ["166:5", "if", "staged", "`y > 2` is a Tensor"],
  ["171:5", "if", "staged", "`y > 4` is a Tensor"],
  ["175:3", "for-of", "staged", "the graph decides what `some(x)` yields"],
  ["175:28", "for-of", "staged", "the graph decides what `some(a)` yields"],
] }; }
function $meta_endless() { return { version: 1, name: "endless", file: "generators-decided/input.ts", at: "189:1", params: ["x","limit"], decisions: [
  ["192:3", "for-of", "dynamic", "the graph may decide what `powers(x)` yields"],
  ["193:5", "if", "dynamic", "`count++ === 3` may be a Tensor"],
  ["196:3", "for-of", "dynamic", "the graph may decide what `powers(x)` yields"],
  ["198:5", "if", "staged", "`power > limit` is a Tensor"],
] }; }
function $meta_nested() { return { version: 1, name: "nested", file: "generators-decided/input.ts", at: "205:1", params: ["n","limit"], decisions: [
  ["207:3", "for", "staged", "`i < n` is a Tensor"],
  ["208:5", "if", "staged", "`i % 2 === 1` is a Tensor"],
  ["208:22", "for-of", "staged", "the graph decides what `fibonacci(limit + i)` yields"],
  ["211:5", "for-of", "staged", "the graph decides what `fibonacci(i)` yields"],
  ["213:7", "for-of", "staged", "the graph decides what `fibonacci(x)` yields"],
] }; }
function $meta_found() { return { version: 1, name: "found", file: "generators-decided/input.ts", at: "223:1", params: ["limit","wanted"], decisions: [
  ["226:5", "for-of", "staged", "the graph decides what `fibonacci(limit)` yields"],
  ["227:7", "if", "staged", "`value > wanted` is a Tensor"],
  ["233:10", "?:", "dynamic", "`result === null` may be a Tensor"],
] }; }
