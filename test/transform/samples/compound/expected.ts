import { $ } from "graphfn/autograph"; $.attach($meta_updates, updates); $.attach($meta_numbers, numbers); import type { Tensor } from "graphfn";

/** @graphFunction */
export function updates(x: Tensor): Tensor { if ($.outside()) return $.run($meta_updates, updates, this, arguments);
  let y: Tensor = x;
  y = $.add(y, 3);
  y = $.sub(y, 1);
  y = $.mul(y, x);
  y = $.div(y, 2);
  y = $.pow(y, 2);
  y = $.mod(y, 7);
  y = $.add(y, 1);
  y = $.add(y, 1);
  y = $.sub(y, 1);
  let z: Tensor = $.lit(5);
  z = y = $.add(y, z);
  return $.add(y, z);
}

/** @graphFunction */
export function numbers(x: Tensor): Tensor { if ($.outside()) return $.run($meta_numbers, numbers, this, arguments);
  let k = 1;
  k += 2;
  k *= k++;
  return $.mul(x, k);
}

export const runs = { updates: [[2], [-3]], numbers: [[2]] };

function $meta_updates() { return { version: 1, name: "updates", file: "compound/input.ts", at: "4:1", params: ["x"], decisions: [] }; }
function $meta_numbers() { return { version: 1, name: "numbers", file: "compound/input.ts", at: "21:1", params: ["x"], decisions: [] }; }
