/** int64 elements are bigints, and there is no Math for them. Results are wrapped by the store. */

export function larger(x: bigint, y: bigint): bigint {
  return x > y ? x : y;
}

export function smaller(x: bigint, y: bigint): bigint {
  return x < y ? x : y;
}

/** Remainder with the sign of the divisor. */
export function floorRemainder(x: bigint, y: bigint): bigint {
  const r = x % y;
  return r !== 0n && r < 0n !== y < 0n ? r + y : r;
}

/** x · y modulo 2^64: products of many factors must not grow. */
export function wrappedProduct(x: bigint, y: bigint): bigint {
  return BigInt.asIntN(64, x * y);
}

/** xʸ for y ≥ 0. */
export function power(x: bigint, y: bigint): bigint {
  let result = 1n;
  for (let base = x, n = y; n > 0n; n >>= 1n, base = wrappedProduct(base, base)) {
    if ((n & 1n) === 1n) result = wrappedProduct(result, base);
  }
  return result;
}
