import type { Tensor } from "graphfn";

/** Throws on its way down and on its way up. */
/** @graphFunction */
function down(n: Tensor, x: Tensor): Tensor {
  if (x > 20) throw new RangeError("too large");
  if (n < 1) return x;
  const y = down(n - 1, x * 2) + 1;
  if (y > 100) throw new Error("never");
  return y;
}
/** Catches inside itself what deeper calls throw. */
/** @graphFunction */
function rescued(n: Tensor, x: Tensor): Tensor {
  if (x > 20) throw new RangeError("too large");
  if (n < 1) return x;
  try {
    return rescued(n - 1, x * 2) + 1;
  } catch {
    return 7;
  }
}
/** @graphFunction */
export function caughtOutside(a: Tensor, b: Tensor): Tensor {
  let m: Tensor = 0;
  try {
    m = down(a, b);
    m += 1000;
  } catch (e) {
    m = (e as Error).name === "RangeError" ? -1 : -2;
  }
  return m + rescued(a, b) * 10000;
}
/** @graphFunction */
export function uncaught(a: Tensor, b: Tensor): Tensor {
  return down(a, b) * 2;
}
/** What stands before the call, of which the way to the next call is never taken, stays on the path that throws. */
/** @graphFunction */
export function writtenBefore(a: Tensor, b: Tensor): Tensor {
  const o: { u: Tensor } = { u: b * 1 };
  try {
    o.u++;
    function f(x: Tensor): Tensor {
      if (x < 1) return o.u;
      throw new Error("other");
      return f(x - 1);
    }
    b -= f(a);
  } catch {
    b += o.u * 10;
  }
  return o.u * 100 + b;
}
export const runs = { writtenBefore: [[3, 5], [0, 5]], caughtOutside: [[3, 1], [3, 5], [0, 1], [0, 30], [2, 4]], uncaught: [[3, 1], [3, 5], [0, 30]] };
