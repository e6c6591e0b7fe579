import { $ } from "graphfn/autograph"; $.attach($meta_truncated, truncated); $.attach($meta_bits, bits); $.attach($meta_xorshift, xorshift); $.attach($meta_bitLength, bitLength); $.attach($meta_shifted, shifted); import type { Tensor } from "graphfn";

/** @graphFunction */
export function truncated(x: Tensor): Tensor { if ($.outside()) return $.run($meta_truncated, truncated, this, arguments);
  return $.add($.add($.mul($.bitOr(x, 0), 10), $.bitNot($.bitNot($.mul(x, 1.5)))), $.shr(x, 0));
}
/** @graphFunction */
export function bits(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_bits, bits, this, arguments);
  let z = $.bitAnd(x, y);
  z = $.bitOr(z, $.shl(x, 2));
  z = $.bitXor(z, $.shr(y, 1));
  return $.bitXor($.bitXor($.bitXor($.mod(z, 1000), $.bitXor(x, y)), $.bitOr(x, y)), $.bitNot(x));
}
/** @graphFunction */
export function xorshift(seed: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_xorshift, xorshift, this, arguments);
  let s: Tensor = $.bitOr(seed, 0);
  { let i: Tensor = $.lit(0); $.for("17:3", $.vars(() => ({ s, i }), ($v) => { ({ s, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    s = $.bitXor(s, $.shl(s, 13));
    s = $.bitXor(s, $.shr(s, 17));
    s = $.bitXor(s, $.shl(s, 5));
  }); }
  return s;
}
/** @graphFunction */
export function bitLength(x: Tensor): Tensor { if ($.outside()) return $.run($meta_bitLength, bitLength, this, arguments);
  let n: Tensor = $.lit(0);
  { let v = $.bitOr(x, 0); $.for("27:3", $.vars(() => ({ n, v }), ($v) => { ({ n, v } = $v); }), () => $.ne(v, 0), () => { v = $.shr(v, 1); }, () => { n = $.add(n, $.bitAnd(v, 1)); }); }
  return n;
}
/** @graphFunction */
export function shifted(flags: number, x: Tensor): Tensor { if ($.outside()) return $.run($meta_shifted, shifted, this, arguments);
  return (flags & 4) === 4 ? $.shl(x, flags >> 1) : $.bitAnd(x, ~flags);
}
export const runs = {
  truncated: [[2.7], [-2.7], [0]],
  bits: [[12, 10], [-5, 3], [4294967297.5, 6442450944], [-3000000000, 1]],
  xorshift: [[2463534242, 3], [1, 10]],
  bitLength: [[255], [6.9]],
  shifted: [[{ fixed: 6 }, 5], [{ fixed: 3 }, 7]],
};

function $meta_truncated() { return { version: 1, name: "truncated", file: "bitwise/input.ts", at: "4:1", params: ["x"], decisions: [] }; }
function $meta_bits() { return { version: 1, name: "bits", file: "bitwise/input.ts", at: "8:1", params: ["x","y"], decisions: [] }; }
function $meta_xorshift() { return { version: 1, name: "xorshift", file: "bitwise/input.ts", at: "15:1", params: ["seed","n"], decisions: [
  ["17:3", "for", "staged", "`i < n` is a Tensor"],
] }; }
function $meta_bitLength() { return { version: 1, name: "bitLength", file: "bitwise/input.ts", at: "25:1", params: ["x"], decisions: [
  ["27:3", "for", "staged", "`v !== 0` is a Tensor"],
] }; }
function $meta_shifted() { return { version: 1, name: "shifted", file: "bitwise/input.ts", at: "31:1", params: ["flags","x"], decisions: [
  ["31:25", "number", "static", "`flags` is compared at 32:10: one trace per value"],
] }; }
