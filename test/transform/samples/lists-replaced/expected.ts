import { $ } from "graphfn/autograph"; $.attach($meta_queue, queue); $.attach($meta_front, front); $.attach($meta_middle, middle); $.attach($meta_replaced, replaced); $.attach($meta_joined, joined); $.attach($meta_branches, branches); $.attach($meta_emptied, emptied); import type { Tensor } from "graphfn";

function digits(xs: Tensor[]): Tensor {
  let sum: Tensor = $.select("4:21", $.gt(xs.length, 0), () => xs[0]!.mul(0), () => (0 as unknown as Tensor));
  $.forOf("5:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), xs, (x) => { sum = sum.mul(10).add(x); });
  return sum;
}

/** A queue. */
/** @graphFunction */
export function queue(n: Tensor): Tensor { if ($.outside()) return $.run($meta_queue, queue, this, arguments);
  const xs: Tensor[] = $.array("xs", [n, $.mul(n, 2)]);
  let sum: Tensor = $.lit(0);
  $.while("14:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), () => $.and("14:10", $.gt(xs.length, 0), () => $.lt(sum, 50)), () => {
    const x = $.touch(xs).shift() as Tensor;
    sum = $.add(sum, x);
    $.if("17:5", $.none, $.gt(x, 2), () => {
      $.touch(xs).push($.sub(x, 1));
      $.touch(xs).push($.sub(x, 2));
    });
  });
  return $.add($.mul(sum, 100), xs.length);
}

/** @graphFunction */
export function front(n: Tensor): Tensor { if ($.outside()) return $.run($meta_front, front, this, arguments);
  const xs: Tensor[] = $.array("xs", []);
  let most: Tensor = $.lit(0);
  $.while("29:3", $.vars(() => ({ n, most }), ($v) => { ({ n, most } = $v); }), () => $.gt(n, 0), () => {
    most = $.add($.mul(n, 0), $.touch(xs).unshift(n, $.mul(n, 2)));
    n = $.sub(n, 1);
  });
  let sum: Tensor = $.lit(0);
  $.forOf("34:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), xs, (x) => { sum = $.add($.mul(sum, 10), x); });
  return $.add($.mul(sum, 100), most);
}

/** @graphFunction */
export function middle(n: Tensor): Tensor { if ($.outside()) return $.run($meta_middle, middle, this, arguments);
  const xs: Tensor[] = $.array("xs", [n]);
  { let i: Tensor = $.lit(1); $.for("41:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => { $.touch(xs).push(i); }); }
  const gone = $.touch(xs).splice(1, 2, $.mul(n, 2), $.mul(n, 3), n);
  const last = $.touch(xs).splice(-2, 1);
  const none = $.touch(xs).splice(20, 3);
  const end = $.touch(xs).splice(3);
  let sum: Tensor = $.lit(0);
  $.forOf("47:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.array("the array", [xs, gone, last, none, end]), (list) => {
    $.forOf("48:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), list, (x) => { sum = $.add($.mul(sum, 10), x); });
    sum = $.add($.mul(sum, 10), list.length);
  });
  return sum;
}

/** Another array each round; what another name holds stays. */
/** @graphFunction */
export function replaced(n: Tensor): Tensor { if ($.outside()) return $.run($meta_replaced, replaced, this, arguments);
  const first: Tensor[] = $.array("first", [n]);
  let xs = first;
  $.while("59:3", $.vars(() => ({ n, xs }), ($v) => { ({ n, xs } = $v); }), () => $.gt(n, 0), () => {
    const before = xs;
    xs = $.joined("xs", [n], xs, [$.mul(n, 2)]);
    $.if("62:5", $.vars(() => ({ xs }), ($v) => { ({ xs } = $v); }), $.gt(before.length, 4), () => { xs = xs.slice(1); });
    n = $.sub(n, 1);
  });
  let sum: Tensor = $.lit(0);
  $.forOf("66:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), xs, (x) => { sum = $.add($.mul(sum, 10), x); });
  return $.add($.mul(sum, 10), first.length);
}

/** @graphFunction */
export function joined(n: Tensor): Tensor { if ($.outside()) return $.run($meta_joined, joined, this, arguments);
  let xs: Tensor[] = $.array("xs", []);
  let ys: Tensor[] = $.array("ys", [n]);
  $.while("74:3", $.vars(() => ({ n, xs, ys }), ($v) => { ({ n, xs, ys } = $v); }), () => $.gt(n, 0), () => {
    xs = xs.concat([n, $.mul(n, 2)]);
    ys = $.method("76:10", ys.concat(xs), "filter", (y) => $.gt(y, 1));
    n = $.sub(n, 1);
  });
  return $.add($.mul(digits(xs), 100), ys.length);
}

/** @graphFunction */
export function branches(n: Tensor): Tensor { if ($.outside()) return $.run($meta_branches, branches, this, arguments);
  let xs: Tensor[] = $.array("xs", [n]);
  let none: Tensor[] = $.array("none", [n, n]);
  $.if("86:3", $.vars(() => ({ xs }), ($v) => { ({ xs } = $v); }), $.gt(n, 2), () => { xs = $.joined("xs", xs, [$.mul(n, 2)]); });
  $.if("87:3", $.vars(() => ({ none }), ($v) => { ({ none } = $v); }), $.gt(n, 3), () => { none = $.array("none", []); });
  xs = $.select("88:8", $.gt(n, 4), () => xs, () => $.joined("the array", xs.map((x) => $.add(x, 1)), none));
  return $.add($.add($.mul(digits(xs), 100), $.mul(xs.length, 10)), none.length);
}

/** @graphFunction */
export function emptied(n: Tensor): Tensor { if ($.outside()) return $.run($meta_emptied, emptied, this, arguments);
  const xs: Tensor[] = $.array("xs", []);
  $.while("95:3", $.vars(() => ({ n }), ($v) => { ({ n } = $v); }), () => $.gt(n, 0), () => {
    $.touch(xs).push(n);
    $.if("97:5", $.none, $.eq(n, 3), () => { $.touch(xs, "length").length = 0; });
    n = $.sub(n, 1);
  });
  return $.add(n, xs.length);
}

export const runs = {
  queue: [[3], [0], [5]],
  front: [[3], [1]],
  middle: [[1], [2], [3], [5]],
  replaced: [[3], [0], [5]],
  joined: [[3], [2]],
  branches: [[1], [3], [4], [5]],
  emptied: [[2], [5], [0]],
};

function $meta_queue() { return { version: 1, name: "queue", file: "lists-replaced/input.ts", at: "11:1", params: ["n"], decisions: [
  ["14:3", "while", "staged", "`xs.length > 0 && sum < 50` is a Tensor"],
  ["14:10", "&&", "dynamic", "`xs.length > 0` may be a Tensor"],
  ["17:5", "if", "staged", "`x > 2` is a Tensor"],
] }; }
function $meta_front() { return { version: 1, name: "front", file: "lists-replaced/input.ts", at: "26:1", params: ["n"], decisions: [
  ["29:3", "while", "staged", "`n > 0` is a Tensor"],
  ["34:3", "for-of", "dynamic", "`xs` may be a Tensor"],
] }; }
function $meta_middle() { return { version: 1, name: "middle", file: "lists-replaced/input.ts", at: "39:1", params: ["n"], decisions: [
  ["41:3", "for", "staged", "`i < n` is a Tensor"],
  ["47:3", "for-of", "dynamic", "`[xs, gone, last, none, end]` may be a Tensor"],
  ["48:5", "for-of", "dynamic", "`list` may be a Tensor"],
] }; }
function $meta_replaced() { return { version: 1, name: "replaced", file: "lists-replaced/input.ts", at: "56:1", params: ["n"], decisions: [
  ["59:3", "while", "staged", "`n > 0` is a Tensor"],
  ["62:5", "if", "dynamic", "`before.length > 4` may be a Tensor"],
  ["66:3", "for-of", "dynamic", "`xs` may be a Tensor"],
] }; }
function $meta_joined() { return { version: 1, name: "joined", file: "lists-replaced/input.ts", at: "71:1", params: ["n"], decisions: [
  ["74:3", "while", "staged", "`n > 0` is a Tensor"],
] }; }
function $meta_branches() { return { version: 1, name: "branches", file: "lists-replaced/input.ts", at: "83:1", params: ["n"], decisions: [
  ["86:3", "if", "staged", "`n > 2` is a Tensor"],
  ["87:3", "if", "staged", "`n > 3` is a Tensor"],
  ["88:8", "?:", "staged", "`n > 4` is a Tensor"],
] }; }
function $meta_emptied() { return { version: 1, name: "emptied", file: "lists-replaced/input.ts", at: "93:1", params: ["n"], decisions: [
  ["95:3", "while", "staged", "`n > 0` is a Tensor"],
  ["97:5", "if", "staged", "`n === 3` is a Tensor"],
] }; }
