import type { Tensor } from "graphfn";

/** @graphFunction */
export function truncated(x: Tensor): Tensor {
  return (x | 0) * 10 + (~~(x * 1.5)) + (x >> 0);
}
/** @graphFunction */
export function bits(x: Tensor, y: Tensor): Tensor {
  let z = x & y;
  z |= x << 2;
  z ^= y >> 1;
  return (z % 1000) ^ (x ^ y) ^ (x | y) ^ ~x;
}
/** @graphFunction */
export function xorshift(seed: Tensor, n: Tensor): Tensor {
  let s: Tensor = seed | 0;
  for (let i: Tensor = 0; i < n; i++) {
    s ^= s << 13;
    s ^= s >> 17;
    s ^= s << 5;
  }
  return s;
}
/** @graphFunction */
export function bitLength(x: Tensor): Tensor {
  let n: Tensor = 0;
  for (let v = x | 0; v !== 0; v >>= 1) n += v & 1;
  return n;
}
/** @graphFunction */
export function shifted(flags: number, x: Tensor): Tensor {
  return (flags & 4) === 4 ? x << (flags >> 1) : x & ~flags;
}
export const runs = {
  truncated: [[2.7], [-2.7], [0]],
  bits: [[12, 10], [-5, 3], [4294967297.5, 6442450944], [-3000000000, 1]],
  xorshift: [[2463534242, 3], [1, 10]],
  bitLength: [[255], [6.9]],
  shifted: [[{ fixed: 6 }, 5], [{ fixed: 3 }, 7]],
};
