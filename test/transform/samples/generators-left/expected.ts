import { $ } from "graphfn/autograph"; $.attach($meta_returned, returned); $.attach($meta_thrown, thrown); $.attach($meta_fails, fails); $.attach($meta_values, values); $.attach($meta_placed, placed); import type { Tensor } from "graphfn";

/** `return` out of the loop runs `finally` of all generators around, which see what the rounds have left. */
/** @graphFunction */
export function returned(x: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_returned, returned, this, arguments);
  let log: Tensor = $.lit(0); const $log = $.cell("log", () => log, ($x) => { log = $x; });
  function  inner(): Generator<Tensor> { return $.generator("7:3", ($yield) => {
    let value = x;
    let rounds: Tensor = $.lit(0);
    return $.try("10:5", $.vars(() => ({ value, rounds }), ($v) => { ({ value, rounds } = $v); }), () => {
      return $.while("11:7", $.vars(() => ({ value, rounds }), ($v) => { ({ value, rounds } = $v); }), () => $.lt(value, 100), () => {
        return $.then("13:9", $.vars(() => ({ value, rounds }), ($v) => { ({ value, rounds } = $v); }), $yield(value), () => {
        value = $.mul(value, 2);
        rounds = $.add(rounds, 1); });
      });
    }, undefined, () => {
      $.touch($log), log = $.add($.mul(log, 10), rounds);
    });
  }); }
  function  outer(): Generator<Tensor> { return $.generator("20:3", ($yield) => {
    let seen: Tensor = $.lit(0); const $seen = $.cell("seen", () => seen, ($x) => { seen = $x; });
    return $.try("22:5", $.none, () => {
      return $.forOf("23:7", $.none, inner(), (value) => {
        $.touch($seen), seen = $.add(seen, value);
        return $.then("26:9", $.none, $yield($.add(value, 0.5)), () => {
        return $yield($.mul(x, 0)); });
      });
    }, undefined, () => {
      $.touch($log), log = $.add(log, $.mul(seen, 1000));
    });
  }); }
  function first(): Tensor {
    return $.finish($.then("34:5", $.none, $.forOf("33:5", $.none, outer(), (value) => { return $.if("33:34", $.none, $.gt(value, limit), () => $.return(value)); }), () => {
    return $.return($.lit(-1)); }));
  }
  const found = first();
  return $.add(found, $.mul(log, 1000));
}

/** A `try` around the loop, in it, and in the generator where it does not yield. */
/** @graphFunction */
export function thrown(x: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_thrown, thrown, this, arguments);
  let log: Tensor = $.lit(0); const $log = $.cell("log", () => log, ($x) => { log = $x; });
  function  counted(): Generator<Tensor> { return $.generator("44:3", ($yield) => {
    let n: Tensor = $.lit(0);
    return $.try("46:5", $.vars(() => ({ n }), ($v) => { ({ n } = $v); }), () => {
      return $.while("47:7", $.vars(() => ({ n }), ($v) => { ({ n } = $v); }), () => $.lt(n, x), () => {
        n = $.add(n, 1);
        let half = n;
        $.try("50:9", $.vars(() => ({ half }), ($v) => { ({ half } = $v); }), () => {
          $.if("51:11", $.none, $.gt(n, 6), () => { throw new Error("seven"); });
          half = $.div(n, 2);
        }, () => {
          half = $.neg(n);
        });
        return $yield(half);
      });
    }, undefined, () => {
      $.touch($log), log = $.add(log, n);
    });
  }); }
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  $.try("63:3", $.none, () => {
    $.forOf("64:5", $.none, counted(), (half) => {
      $.try("65:7", $.none, () => {
        $.touch($sum), sum = $.add(sum, half);
        $.if("67:9", $.none, $.eq(half, 2), () => { throw new Error("two"); });
      }, () => {
        $.touch($sum), sum = $.add(sum, 100);
      }, () => {
        $.touch($sum), sum = $.add(sum, 0.25);
      });
      $.if("73:7", $.none, $.gt(sum, limit), () => { throw new Error("too much"); });
    });
    $.touch($log), log = $.add(log, 1000);
  }, () => {
    $.touch($sum), sum = $.neg(sum);
  }, () => {
    $.touch($log), log = $.mul(log, 2);
  });
  return $.add(sum, $.mul(log, 10000));
}

/** The generator throws; its `finally`, its `switch`, and its own `return` in a loop of JavaScript. */
/** @graphFunction */
export function fails(x: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_fails, fails, this, arguments);
  let closed: Tensor = $.lit(0); const $closed = $.cell("closed", () => closed, ($x) => { closed = $x; });
  function  some(y: Tensor): Generator<Tensor> { return $.generator("88:3", ($yield) => {
    return $.try("89:5", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), () => {
      return (() => { let i = 0; return $.for("90:7", $.vars(() => ({ y, i }), ($v) => { ({ y, i } = $v); }), () => i < 4, () => { i++; }, () => {
        return $.if("91:9", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.gt(y, 8), () => $.break("*"), () => {
        return $.then("102:9", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.switch("92:9", $.none, y, [
          [() => 3, () => {
            return $yield(y); }],
          [() => 5, () => {
            return $.then("97:13", $.none, $yield($.mul(y, 10)), () => {
            return $.break(); }); }],
          [null, () => {
            $.if("99:13", $.none, $.gt(y, limit), () => { throw new Error("limit"); });
            return $yield($.neg(y)); }],
        ]), () => {
        y = $.add(y, i); }); });
      }); })();
    }, undefined, () => {
      $.touch($closed), closed = $.add(closed, 1);
    });
  }); }
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  $.try("109:3", $.none, () => {
    $.forOf("110:5", $.none, some(x), (y) => {
      return $.if("111:7", $.none, $.eq(y, -4), () => { return $.continue(); }, () => {
      $.touch($sum), sum = $.add($.mul(sum, 2), y); });
    });
  }, () => {
    $.touch($sum), sum = $.sub(sum, 1000);
  });
  return $.add($.mul(sum, 10), closed);
}

/** Values that may be missing, pairs, a variable without a value before the loop. */
/** @graphFunction */
export function values(n: Tensor): Tensor { if ($.outside()) return $.run($meta_values, values, this, arguments);
  function  pairs(): Generator<[Tensor, { readonly half: Tensor }]> { return $.generator("123:3", ($yield) => {
    return (() => { let i: Tensor = $.lit(0); return $.for("124:5", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => { return $yield([i, { half: $.div(i, 2) }]); }); })();
  }); }
  let best: Tensor | null = null; const $best = $.cell("best", () => best, ($x) => { best = $x; });
  let last: Tensor; const $last = $.cell("last", () => last, ($x) => { last = $x; });
  $.touch($last), last = n;
  $.forOf("129:3", $.none, pairs(), ([i, { half }]) => {
    $.if("130:5", $.none, $.or("130:9", $.isNull(best), () => $.gt(half, $.some(best))), () => { $.touch($best), best = half; });
    $.touch($last), last = i;
    const add = (by: Tensor): void => {
      $.touch($last), last = $.add(last, by);
    };
    add(half);
  });
  return $.add($.mul($.coalesce("137:11", best, () => -5), 100), last);
}

/** The loop stands in a loop of JavaScript, in a branch, and after a possible return. */
/** @graphFunction */
export function placed(n: Tensor, list: Tensor): Tensor { if ($.outside()) return $.run($meta_placed, placed, this, arguments);
  function  upTo(end: Tensor, step: number): Generator<Tensor, Tensor> { return $.generator("143:3", ($yield) => {
    let i: Tensor = $.lit(0);
    return $.then("149:5", $.none, $.doWhile("145:5", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => {
      return $.then("147:7", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), $yield(i), () => {
      i = $.add(i, step); });
    }, () => $.lt(i, end)), () => {
    return (i, $.break("*")); });
  }); }
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  for (let step = 1; step < 3; step++) {
    $.forOf("153:5", $.none, upTo(n, step), (i) => {
      return $.if("154:7", $.none, $.eq(i, 4), () => { return $.break(); }, () => {
      $.touch($sum), sum = $.add(sum, $.mul(i, step)); });
    });
  }
  return $.finish($.if("158:3", $.none, $.gt(sum, 10), () => $.return(sum), () => {
  return $.then("163:3", $.none, $.forOf("159:3", $.none, list, (row) => {
    return $.if("160:5", $.none, $.gt(row, 0), () => { $.forOf("160:18", $.none, upTo(row, 1), (i) => { $.touch($sum), sum = $.add(sum, $.add(i, row)); }); }
    , () => $.if("161:10", $.none, $.lt(row, -1), () => $.return($.neg(sum))));
  }), () => {
  return $.return($.add(sum, 0.5)); }); }));
}

export const runs = {
  returned: [[1, 5], [3, 200], [200, 1], [7, 7]],
  thrown: [[3, 1000], [5, 1000], [9, 1000], [9, 2]],
  fails: [[3, 7], [5, 7], [4, 7], [8, 7], [9, 7]],
  values: [[0], [1], [5]],
  placed: [[3, [1, 2]], [2, [0, 3]], [1, [2, -3, 4]], [9, [1]]],
};

function $meta_returned() { return { version: 1, name: "returned", file: "generators-left/input.ts", at: "5:1", params: ["x","limit"], decisions: [
  ["10:5", "try", "dynamic", "its block may throw where the graph decides so"],
  ["11:7", "while", "staged", "`value < 100` is a Tensor"],
  ["22:5", "try", "dynamic", "its block may throw where the graph decides so"],
  ["23:7", "for-of", "staged", "the graph decides what `inner()` yields"],
  ["33:5", "for-of", "staged", "the graph decides what `outer()` yields"],
  ["33:34", "if", "staged", "`value > limit` is a Tensor"],
] }; }
function $meta_thrown() { return { version: 1, name: "thrown", file: "generators-left/input.ts", at: "42:1", params: ["x","limit"], decisions: [
  ["46:5", "try", "dynamic", "its block may throw where the graph decides so"],
  ["47:7", "while", "staged", "`n < x` is a Tensor"],
  ["50:9", "try", "dynamic", "its block may throw where the graph decides so"],
  ["51:11", "if", "staged", "`n > 6` is a Tensor"],
  ["63:3", "try", "dynamic", "its block may throw where the graph decides so"],
  ["64:5", "for-of", "staged", "the graph decides what `counted()` yields"],
  ["65:7", "try", "dynamic", "its block may throw where the graph decides so"],
  ["67:9", "if", "staged", "`half === 2` is a Tensor"],
  ["73:7", "if", "staged", "`sum > limit` is a Tensor"],
] }; }
function $meta_fails() { return { version: 1, name: "fails", file: "generators-left/input.ts", at: "86:1", params: ["x","limit"], decisions: [
  ["89:5", "try", "dynamic", "its block may throw where the graph decides so"],
  ["90:7", "for", "staged", "`i < 4` is known while tracing, but the graph decides on an exit inside"],
  ["91:9", "if", "staged", "`y > 8` is a Tensor"],
  ["92:9", "switch", "staged", "`y` is a Tensor"],
  ["99:13", "if", "staged", "`y > limit` is a Tensor"],
  ["109:3", "try", "dynamic", "its block may throw where the graph decides so"],
  ["110:5", "for-of", "staged", "the graph decides what `some(x)` yields"],
  ["111:7", "if", "staged", "`y === -4` is a Tensor"],
] }; }
function $meta_values() { return { version: 1, name: "values", file: "generators-left/input.ts", at: "122:1", params: ["n"], decisions: [
  ["124:5", "for", "staged", "`i < n` is a Tensor"],
  ["129:3", "for-of", "staged", "the graph decides what `pairs()` yields"],
  ["130:5", "if", "staged", "`best === null || half > best` is a Tensor"],
  ["130:9", "||", "dynamic", "`best === null` may be a Tensor"],
] }; }
function $meta_placed() { return { version: 1, name: "placed", file: "generators-left/input.ts", at: "142:1", params: ["n","list"], decisions: [
  ["145:5", "do", "staged", "`i < end` is a Tensor"],
  ["152:3", "for", "unrolled", "`step < 3` is known while tracing"],
  ["153:5", "for-of", "staged", "the graph decides what `upTo(n, step)` yields"],
  ["154:7", "if", "staged", "`i === 4` is a Tensor"],
  ["158:3", "if", "staged", "`sum > 10` is a Tensor"],
  ["159:3", "for-of", "staged", "`list` is a Tensor"],
  ["160:5", "if", "staged", "`row > 0` is a Tensor"],
  ["160:18", "for-of", "staged", "the graph decides what `upTo(row, 1)` yields"],
  ["161:10", "if", "staged", "`row < -1` is a Tensor"],
] }; }
