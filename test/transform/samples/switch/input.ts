import type { Tensor } from "graphfn";

/** @graphFunction */
export function chain(x: Tensor): Tensor {
  let y: Tensor = 0;
  switch (x) {
    case 0:
    case 1:
      y = x + 10;
      break;
    case 2: {
      y = x * 100;
      break;
    }
    default:
      y = -1; // anything else
  }
  return y;
}

/** @graphFunction */
export function fallThrough(x: Tensor): Tensor {
  let y: Tensor = 0;
  switch (x) {
    case 0:
      y += 10;
    default:
      y += 1;
      break;
    case 1:
      y += 10;
      if (y > 5) break;
    case 2:
      y += 100;
    case 9:
      y += 1000;
  }
  return y;
}

/** @graphFunction */
export function everyPath(x: Tensor): Tensor {
  let y: Tensor;
  switch (x) {
    case 0:
      y = x;
    case 1:
      y = x + 5;
    case 2:
      y = x * 100;
      break;
    default:
      y = -1;
  }
  return y;
}

/** @graphFunction */
export function returns(x: Tensor, limit: Tensor): Tensor {
  switch (x) {
    case limit:
      return 1;
    case limit + 1:
      return 2;
  }
  return 3;
}

/** @graphFunction */
export function inLoop(n: Tensor): Tensor {
  let sum: Tensor = 0;
  outer: for (let i: Tensor = 0; i < n; i++) {
    switch (i % 5) {
      case 1:
        continue;
      case 3:
        sum += 100;
        break;
      case 4:
        if (sum > 300) break outer;
        continue outer;
      default:
        sum += 1;
    }
    sum += 1000;
  }
  return sum;
}

/** @graphFunction */
export function whichHolds(x: Tensor, y: Tensor): Tensor {
  switch (true) {
    case x < 0 && y < 0:
      return 0;
    case !(x > y):
      return 1;
    default:
      return 2;
  }
}

/** @graphFunction */
export function sharedScope(x: Tensor): Tensor {
  switch (x) {
    case 0:
      let y = x + 5;
      x += y;
      if (x > 100) break;
      y = x * 2;
      x += y;
    case 1:
      x += 3;
      break;
    case 2:
      const { half } = { half: x / 2 };
      return half;
  }
  return x;
}

/** @graphFunction */
export function lazyTests(x: Tensor): Tensor {
  let count: Tensor = 0;
  const next = (v: Tensor): Tensor => {
    count += 1;
    return v;
  };
  switch (x) {
    case next(1):
      count += 10;
      break;
    case next(2):
    case next(3):
      count += 100;
      break;
  }
  return count;
}

/** @graphFunction */
export function staticValue(kind: "a" | "b" | "c", x: Tensor): Tensor {
  switch (kind) {
    case "a":
      x = x * 2;
      break;
    case "b":
      if (x > 0) break;
      x = x - 1;
    case "c":
      if (x < 0) return 0;
  }
  return x + 1;
}

/** The last clause runs whatever is entered, so `y` is new on every path; what the branch left in it is gone. */
/** @graphFunction */
export function lastAlways(x: Tensor, y: Tensor): Tensor {
  let z: Tensor = x - 2;
  if (x > y) {
    switch (z) {
      default:
        [y, z] = [z + 3, z + 1];
    }
  }
  switch (x % 3) {
    default:
    case 0:
      y = x + z;
  }
  switch (x % 2) {
    default:
      z += y;
    case 0:
      y = z * 2;
  }
  return y;
}
export const runs = {
  lastAlways: [[3, 5], [4, 2], [5, 1]],
  chain: [[0], [1], [2], [3]],
  fallThrough: [[0], [1], [2], [3], [9]],
  everyPath: [[0], [1], [2], [3]],
  returns: [[0, 0], [1, 0], [2, 0]],
  inLoop: [[0], [3], [7], [30]],
  whichHolds: [[-1, -2], [-2, 3], [3, 2]],
  sharedScope: [[0], [1], [2], [3]],
  lazyTests: [[1], [2], [3], [4]],
  staticValue: [["a", 1], ["b", 1], ["b", -1], ["c", 1], ["c", -1]],
};
