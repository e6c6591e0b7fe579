import { $ } from "graphfn/autograph"; $.attach($meta_polynomial, polynomial); $.attach($meta_all, all); $.attach($meta_compare, compare); $.attach($meta_numbers, numbers); import type { Tensor } from "graphfn";

/** @graphFunction */
export function polynomial(x: Tensor): Tensor { if ($.outside()) return $.run($meta_polynomial, polynomial, this, arguments);
  return $.add($.add($.pow(x, 2), $.mul(2, x)), 1);
}

/** @graphFunction */
export function all(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_all, all, this, arguments);
  const sum = $.sub($.add(a, b), 1);
  const ratio = $.mod($.div(a, b), 3); // JavaScript's truncated remainder
  return $.add($.neg($.mul(sum, ratio)), $.pos(a));
}

/** @graphFunction */
export function compare(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_compare, compare, this, arguments);
  const less = $.select("17:16", $.lt(a, b), () => 1, () => 0);
  const atMost = $.select("18:18", $.le(a, b), () => 2, () => 0);
  const more = $.select("19:16", $.gt(a, b), () => 4, () => 0);
  const atLeast = $.select("20:19", $.ge(a, b), () => 8, () => 0);
  const same = $.select("21:16", $.eq(a, b), () => 16, () => 0);
  const other = $.select("22:17", $.ne(a, b), () => 32, () => 0);
  return $.add($.add($.add($.add($.add($.add(less, atMost), more), atLeast), same), other), $.mul(0, a));
}

/** Operators on numbers stay as they are.
 * @graphFunction */
export function numbers(x: Tensor): Tensor { if ($.outside()) return $.run($meta_numbers, numbers, this, arguments);
  const half = 1 / 2;
  const name = "n" + half;
  return $.mul(x, half + name.length - 2 ** 3 % 5);
}

export const runs = {
  polynomial: [[3], [-1]],
  all: [[7, 2], [-7, 2], [0.5, -3]],
  compare: [[1, 2], [2, 1], [2, 2]],
  numbers: [[4]],
};

function $meta_polynomial() { return { version: 1, name: "polynomial", file: "operators/input.ts", at: "4:1", params: ["x"], decisions: [] }; }
function $meta_all() { return { version: 1, name: "all", file: "operators/input.ts", at: "9:1", params: ["a","b"], decisions: [] }; }
function $meta_compare() { return { version: 1, name: "compare", file: "operators/input.ts", at: "16:1", params: ["a","b"], decisions: [
  ["17:16", "?:", "staged", "`a < b` is a Tensor"],
  ["18:18", "?:", "staged", "`a <= b` is a Tensor"],
  ["19:16", "?:", "staged", "`a > b` is a Tensor"],
  ["20:19", "?:", "staged", "`a >= b` is a Tensor"],
  ["21:16", "?:", "staged", "`a === b` is a Tensor"],
  ["22:17", "?:", "staged", "`a !== b` is a Tensor"],
] }; }
function $meta_numbers() { return { version: 1, name: "numbers", file: "operators/input.ts", at: "28:1", params: ["x"], decisions: [] }; }
