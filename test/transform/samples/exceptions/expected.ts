import { $ } from "graphfn/autograph"; $.attach($meta_root, root); $.attach($meta_caught, caught); $.attach($meta_finals, finals); $.attach($meta_loops, loops); $.attach($meta_kinds, kinds); $.attach($meta_lazy, lazy); $.attach($meta_checked, checked); import assert from "node:assert";
import type { Tensor } from "graphfn";

/** Thrown only if the graph gets there. */
/** @graphFunction */
export function root(x: Tensor): Tensor { if ($.outside()) return $.run($meta_root, root, this, arguments);
  $.if("7:3", $.none, $.lt(x, 0), () => { throw new RangeError("negative"); });
  let y: Tensor = x;
  $.while("9:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), () => $.gt($.mul(y, y), $.add(x, 0.001)), () => { y = $.div($.add(y, $.div(x, y)), 2); });
  return y;
}

function positive(x: Tensor): Tensor {
  $.if("14:3", $.none, x.less(0), () => { throw new RangeError("negative"); });
  return x.mul(2);
}

/** A helper throws, in the middle of an expression; what follows it in the block does not run. */
/** @graphFunction */
export function caught(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_caught, caught, this, arguments);
  let steps: Tensor = $.lit(0);
  return $.finish($.then("30:3", $.none, $.try("22:3", $.vars(() => ({ steps }), ($v) => { ({ steps } = $v); }), () => {
    steps = $.add(steps, 1);
    const a = $.add(positive(x), positive(y));
    steps = $.add(steps, 10);
    return $.return($.add(a, $.mul(steps, 1000)));
  }, (error) => {
    steps = $.add(steps, (error as Error).message.length);
  }), () => {
  return $.return(steps); }));
}

/** `finally` runs on every path; what it returns takes the place of what was returned or thrown. */
/** @graphFunction */
export function finals(x: Tensor): Tensor { if ($.outside()) return $.run($meta_finals, finals, this, arguments);
  let log: Tensor = $.lit(0); const $log = $.cell("log", () => log, ($x) => { log = $x; });
  const inner = (): Tensor => {
    return $.finish($.then("46:5", $.none, $.try("38:5", $.none, () => {
      return $.if("39:7", $.none, $.gt(x, 5), () => $.return(x), () => {
      $.if("40:7", $.none, $.lt(x, 0), () => { throw new Error("no"); });
      $.touch($log), log = $.add(log, 1); });
    }, undefined, () => {
      $.touch($log), log = $.add(log, 100);
      return $.if("44:7", $.none, $.gt(x, 8), () => $.return($.lit(-1)));
    }), () => {
    return $.return($.lit(7)); }));
  };
  let result: Tensor = $.lit(0);
  $.try("49:3", $.vars(() => ({ result }), ($v) => { ({ result } = $v); }), () => {
    result = inner();
  }, () => {
    result = $.lit(99);
  });
  return $.add(result, $.mul(log, 1000));
}

/** Loops: left by a throw, and with a `try` inside. */
/** @graphFunction */
export function loops(n: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_loops, loops, this, arguments);
  let sum: Tensor = $.lit(0);
  let failures: Tensor = $.lit(0);
  $.try("62:3", $.vars(() => ({ sum, failures }), ($v) => { ({ sum, failures } = $v); }), () => {
    { let i: Tensor = $.lit(0); $.for("63:5", $.vars(() => ({ sum, failures, i }), ($v) => { ({ sum, failures, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
      return $.then("74:7", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.try("64:7", $.vars(() => ({ sum, failures }), ($v) => { ({ sum, failures } = $v); }), () => {
        $.if("65:9", $.none, $.eq($.mod(i, 3), 1), () => { throw new Error("third"); });
        sum = $.add(sum, i);
        return $.if("67:9", $.none, $.eq(i, 4), () => { return $.continue(); });
      }, () => {
        failures = $.add(failures, 1);
        $.if("70:9", $.none, $.gt(failures, limit), () => { throw new Error("too many"); });
      }, () => {
        sum = $.add(sum, 100);
      }), () => {
      sum = $.add(sum, 1000); });
    }); }
  }, (error) => {
    if ((error as Error).message !== "too many") throw error;
    sum = $.neg(sum);
  });
  return sum;
}

/** Two errors, one handler; thrown again. */
/** @graphFunction */
export function kinds(x: Tensor): Tensor { if ($.outside()) return $.run($meta_kinds, kinds, this, arguments);
  return $.finish($.then("98:3", $.none, $.try("86:3", $.none, () => {
    return $.try("87:5", $.none, () => {
      $.if("88:7", $.none, $.eq(x, 1), () => { throw new TypeError("one"); });
      $.if("89:7", $.none, $.eq(x, 2), () => { throw new RangeError("two"); });
      $.if("90:7", $.none, $.eq(x, 3), () => { throw new Error("three"); });
    }, (error) => {
      if (error instanceof TypeError) return $.return($.lit(10));
      throw error;
    });
  }, (error) => {
    return $.return(error instanceof RangeError ? $.lit(20) : $.lit(30));
  }), () => {
  return $.return($.lit(0)); }));
}

/** A value chosen by `?:` and `&&` whose parts throw. */
/** @graphFunction */
export function lazy(x: Tensor): Tensor { if ($.outside()) return $.run($meta_lazy, lazy, this, arguments);
  const fail = (): Tensor => {
    throw new Error("lazy");
  };
  return $.finish($.try("107:3", $.none, () => {
    const y = $.select("108:15", $.gt(x, 2), () => fail(), () => x);
    return $.return($.select("109:12", $.and("109:12", $.lt(x, 0), () => $.gt(fail(), 0)), () => y, () => $.add(y, 1)));
  }, () => {
    return $.return($.lit(-1));
  }));
}

/** @graphFunction */
export function checked(x: Tensor): Tensor { if ($.outside()) return $.run($meta_checked, checked, this, arguments);
  $.check("117:3", $.gt(x, 0), "positive");
  return $.finish($.then("123:3", $.none, $.try("118:3", $.none, () => {
    $.check("119:5", $.lt(x, 5));
  }, () => {
    return $.return($.lit(5));
  }), () => {
  return $.return(x); }));
}

export const runs = {
  root: [[9], [2], [-1]],
  caught: [[1, 2], [-1, 2], [1, -2]],
  finals: [[3], [6], [9], [-2]],
  loops: [[6, 5], [9, 1], [0, 0]],
  kinds: [[0], [1], [2], [3]],
  lazy: [[1], [3], [-3]],
  checked: [[3], [7], [-1]],
};

function $meta_root() { return { version: 1, name: "root", file: "exceptions/input.ts", at: "6:1", params: ["x"], decisions: [
  ["7:3", "if", "staged", "`x < 0` is a Tensor"],
  ["9:3", "while", "staged", "`y * y > x + 0.001` is a Tensor"],
] }; }
function $meta_caught() { return { version: 1, name: "caught", file: "exceptions/input.ts", at: "20:1", params: ["x","y"], decisions: [
  ["22:3", "try", "dynamic", "its block may throw where the graph decides so"],
] }; }
function $meta_finals() { return { version: 1, name: "finals", file: "exceptions/input.ts", at: "35:1", params: ["x"], decisions: [
  ["38:5", "try", "dynamic", "its block may throw where the graph decides so"],
  ["39:7", "if", "staged", "`x > 5` is a Tensor"],
  ["40:7", "if", "staged", "`x < 0` is a Tensor"],
  ["44:7", "if", "staged", "`x > 8` is a Tensor"],
  ["49:3", "try", "dynamic", "its block may throw where the graph decides so"],
] }; }
function $meta_loops() { return { version: 1, name: "loops", file: "exceptions/input.ts", at: "59:1", params: ["n","limit"], decisions: [
  ["62:3", "try", "dynamic", "its block may throw where the graph decides so"],
  ["63:5", "for", "staged", "`i < n` is a Tensor"],
  ["64:7", "try", "dynamic", "its block may throw where the graph decides so"],
  ["65:9", "if", "staged", "`i % 3 === 1` is a Tensor"],
  ["67:9", "if", "staged", "`i === 4` is a Tensor"],
  ["70:9", "if", "staged", "`failures > limit` is a Tensor"],
  ["77:5", "if", "static", "`(error as Error).message !== \"too many\"` is known while tracing"],
] }; }
function $meta_kinds() { return { version: 1, name: "kinds", file: "exceptions/input.ts", at: "85:1", params: ["x"], decisions: [
  ["86:3", "try", "dynamic", "its block may throw where the graph decides so"],
  ["87:5", "try", "dynamic", "its block may throw where the graph decides so"],
  ["88:7", "if", "staged", "`x === 1` is a Tensor"],
  ["89:7", "if", "staged", "`x === 2` is a Tensor"],
  ["90:7", "if", "staged", "`x === 3` is a Tensor"],
  ["92:7", "if", "static", "`error instanceof TypeError` is known while tracing"],
] }; }
function $meta_lazy() { return { version: 1, name: "lazy", file: "exceptions/input.ts", at: "103:1", params: ["x"], decisions: [
  ["107:3", "try", "dynamic", "its block may throw where the graph decides so"],
  ["108:15", "?:", "staged", "`x > 2` is a Tensor"],
  ["109:12", "?:", "staged", "`x < 0 && fail() > 0` is a Tensor"],
  ["109:12", "&&", "staged", "`x < 0` is a Tensor"],
] }; }
function $meta_checked() { return { version: 1, name: "checked", file: "exceptions/input.ts", at: "116:1", params: ["x"], decisions: [
  ["118:3", "try", "dynamic", "its block may throw where the graph decides so"],
] }; }
