import { $ } from "graphfn/autograph"; $.attach($meta_halves, halves); $.attach($meta_countdown, countdown); $.attach($meta_running, running); $.attach($meta_helpers, helpers); $.attach($meta_fixed, fixed); $.attach($meta_decided, decided); import type { Tensor } from "graphfn";

/** push in a loop; the array is returned, and so is its length. */
/** @graphFunction */
export function halves(x: Tensor): Tensor[] { if ($.outside()) return $.run($meta_halves, halves, this, arguments);
  const xs: Tensor[] = $.array("xs", []);
  $.while("7:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => $.gt(x, 1), () => {
    $.touch(xs).push(x);
    x = $.div(x, 2);
  });
  const n = xs.length;
  xs.push($.mul(x, n));
  return xs;
}

/** A worklist: pop and push, until it is empty. */
/** @graphFunction */
export function countdown(n: Tensor): Tensor { if ($.outside()) return $.run($meta_countdown, countdown, this, arguments);
  const stack: Tensor[] = $.array("stack", [n]);
  let sum: Tensor = $.lit(0);
  $.while("21:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), () => $.gt(stack.length, 0), () => {
    const top = $.touch(stack).pop() as Tensor;
    sum = $.add(sum, top);
    $.if("24:5", $.none, $.gt(top, 1), () => {
      $.touch(stack).push($.sub(top, 1));
      $.touch(stack).push($.sub(top, 2));
    });
  });
  return sum;
}

/** Read and written by index, forwards and backwards. */
/** @graphFunction */
export function running(n: Tensor): Tensor { if ($.outside()) return $.run($meta_running, running, this, arguments);
  const sums: Tensor[] = $.array("sums", [$.mul(n, 0)]);
  { let i: Tensor = $.lit(1); $.for("36:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.le(i, n), () => { i = $.add(i, 1); }, () => {
    $.touch(sums).push($.add($.index(sums, $.sub(sums.length, 1)), i));
    $.if("38:5", $.none, $.eq($.mod(i, 2), 0), () => { $.touch(sums)[0] = $.sub(sums[0], i); });
    $.setIndex($.touch(sums), i, $.mul($.index(sums, i), 2));
  }); }
  let total: Tensor = $.lit(0);
  { let i = $.sub(sums.length, 1); $.for("42:3", $.vars(() => ({ total, i }), ($v) => { ({ total, i } = $v); }), () => $.ge(i, 0), () => { i = $.sub(i, 1); }, () => { total = $.add($.mul(total, 3), $.index(sums, i)); }); }
  $.forOf("43:3", $.vars(() => ({ total }), ($v) => { ({ total } = $v); }), sums, (s) => {
    return $.if("44:5", $.vars(() => ({ total }), ($v) => { ({ total } = $v); }), $.gt(s, 20), () => { return $.break(); }, () => {
    total = $.add(total, s); });
  });
  return total;
}

function append(list: Tensor[], x: Tensor): void {
  $.if("51:3", $.none, x.greater(0), () => { $.touch(list).push(x); });
}

class Stack {
  private readonly items: Tensor[] = $.array("items", []);
  push(x: Tensor): void { $.uses(() => [$.contents(this.items)], ["this.items@lists/input.ts:57:5"]);
    $.touch(this.items).push(x);
  }
  get size(): number {
    return this.items.length;
  }
  pop(): Tensor { $.uses(() => [$.contents(this.items)], ["this.items@lists/input.ts:63:12"]);
    return $.touch(this.items).pop() as Tensor;
  }
}

/** In helpers, methods and closures, and under another name. */
/** @graphFunction */
export function helpers(x: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_helpers, helpers, this, arguments);
  const kept: Tensor[] = $.array("kept", []);
  const alias = kept;
  const stack = new Stack();
  const seen: Tensor[] = $.array("seen", []);
  const see = (v: Tensor): void => {
    $.touch(seen).push(v);
  };
  { let i: Tensor = $.lit(0); $.for("77:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    append(kept, $.sub(x, i));
    stack.push(i);
    $.if("80:5", $.none, $.eq($.mod(i, 2), 0), () => { see(x); });
    $.if("81:5", $.none, $.eq($.mod(i, 3), 2), () => { see(stack.pop()); });
  }); }
  $.touch(alias).push($.mul(x, 100));
  return $.add($.add($.add($.mul(kept.length, 10000), seen.reduce((a, b) => $.add(a, b), n)), kept.map((v) => $.mul(v, 2)).reduce((a, b) => $.add(a, b), n)), stack.pop());
}

/** An array of known length stays plain. */
/** @graphFunction */
export function fixed(x: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_fixed, fixed, this, arguments);
  const weights: Tensor[] = [x, $.add(x, 1)];
  weights.push($.add(x, 2));
  const found: Tensor[] = $.array("found", []);
  for (let i = 0; i < weights.length; i++) $.if("93:44", $.none, $.gt(weights[i], n), () => { $.touch(found).push(weights[i]); });
  return $.add($.add($.mul(x, 0), found.length), weights.length * 10);
}

/** Functions that decide by a tensor. */
/** @graphFunction */
export function decided(x: Tensor): Tensor[] { if ($.outside()) return $.run($meta_decided, decided, this, arguments);
  const rows: Tensor[] = [x, $.sub(x, 2), $.mul(x, 3), $.neg(x)];
  const positive = $.method("101:20", rows, "filter", (row) => $.gt(row, 0));
  const any: Tensor = $.select("102:23", $.method("102:23", rows, "some", (row) => $.eq(row, 6)), () => $.lit(1), () => $.lit(0));
  const all: Tensor = $.select("103:23", $.method("103:23", rows, "every", (row) => $.gt(row, -9)), () => $.lit(1), () => $.lit(0));
  const has: Tensor = $.select("104:23", $.method("104:23", positive, "includes", x), () => $.lit(1), () => $.lit(0));
  const more = positive.slice(1).concat([x, any, all, has]);
  return more.map((row) => $.add(row, positive.length));
}

export const runs = {
  halves: [[9], [0.5]],
  countdown: [[0], [5], [8]],
  running: [[0], [1], [6]],
  helpers: [[3, 7], [9, 4], [0, 1]],
  fixed: [[1, 1], [1, 9], [5, 0]],
  decided: [[1], [2], [-4], [5]],
};

function $meta_halves() { return { version: 1, name: "halves", file: "lists/input.ts", at: "5:1", params: ["x"], decisions: [
  ["7:3", "while", "staged", "`x > 1` is a Tensor"],
] }; }
function $meta_countdown() { return { version: 1, name: "countdown", file: "lists/input.ts", at: "18:1", params: ["n"], decisions: [
  ["21:3", "while", "dynamic", "`stack.length > 0` may be a Tensor"],
  ["24:5", "if", "staged", "`top > 1` is a Tensor"],
] }; }
function $meta_running() { return { version: 1, name: "running", file: "lists/input.ts", at: "34:1", params: ["n"], decisions: [
  ["36:3", "for", "staged", "`i <= n` is a Tensor"],
  ["38:5", "if", "staged", "`i % 2 === 0` is a Tensor"],
  ["42:3", "for", "dynamic", "`i >= 0` may be a Tensor"],
  ["43:3", "for-of", "dynamic", "`sums` may be a Tensor"],
  ["44:5", "if", "staged", "`s > 20` is a Tensor"],
] }; }
function $meta_helpers() { return { version: 1, name: "helpers", file: "lists/input.ts", at: "69:1", params: ["x","n"], decisions: [
  ["77:3", "for", "staged", "`i < n` is a Tensor"],
  ["80:5", "if", "staged", "`i % 2 === 0` is a Tensor"],
  ["81:5", "if", "staged", "`i % 3 === 2` is a Tensor"],
] }; }
function $meta_fixed() { return { version: 1, name: "fixed", file: "lists/input.ts", at: "89:1", params: ["x","n"], decisions: [
  ["93:3", "for", "unrolled", "`i < weights.length` is known while tracing"],
  ["93:44", "if", "staged", "`weights[i] > n` is a Tensor"],
] }; }
function $meta_decided() { return { version: 1, name: "decided", file: "lists/input.ts", at: "99:1", params: ["x"], decisions: [
  ["102:23", "?:", "dynamic", "`rows.some((row) => row === 6)` may be a Tensor"],
  ["103:23", "?:", "dynamic", "`rows.every((row) => row > -9)` may be a Tensor"],
  ["104:23", "?:", "dynamic", "`positive.includes(x)` may be a Tensor"],
] }; }
