import type { Tensor } from "graphfn";

/** @graphFunction */
export function varInBranch(x: Tensor): Tensor {
  if (x > 0) {
    var y: Tensor = x * 2;
  } else {
    var y: Tensor = -x;
  }
  return y + 1;
}

/** @graphFunction */
export function varKeepsItsValue(n: Tensor): Tensor {
  var last: Tensor = 0;
  for (var i: Tensor = 0; i < n; i++) {
    var last: Tensor;
    if (i === 1) last = 100;
    last += i;
    if (i > 5) return i + last * 1000;
  }
  return last + i;
}

/** @graphFunction */
export function varAfterFor(n: Tensor): Tensor {
  for (var i: Tensor = 0; ; i++) if (i * i > n) break;
  return i;
}

/** @graphFunction */
export function helpersBelow(x: Tensor): Tensor {
  if (x < 0) return twice(x);
  const k = x * 3;
  function addK(y: Tensor): Tensor {
    return y + k;
  }
  const offset = x + 1;
  return addK(k) + minus(twice(k));

  function twice(y: Tensor): Tensor {
    return y * 2;
  }
  function minus(y: Tensor): Tensor {
    return y - offset;
  }
}

/** @graphFunction */
export function readLater(x: Tensor): Tensor {
  const read = (): Tensor => k + rate;
  if (x < 0) return -1;
  const k = x * 3;
  let rate: Tensor = 2;
  if (x > 10) return read();
  rate = 5;
  return read();
}

/** @graphFunction */
export function destructured(x: Tensor): Tensor {
  const sum = (): Tensor => a + b;
  if (x > 5) return 0;
  const { a, inner: { b } } = { a: x, inner: { b: x * 2 } };
  return sum();
}

/** @graphFunction */
export function classBelow(x: Tensor): Tensor {
  const make = (): { value: Tensor } => new Box();
  if (x > 5) return 0;
  class Box {
    value = x * 2;
  }
  return make().value;
}

/** @graphFunction */
export function overRows(rows: Tensor): Tensor {
  let sum: Tensor = 0;
  const add = (): void => {
    sum += row;
  };
  for (var row of rows) {
    if (row > 3) break;
    add();
  }
  return sum;
}

export const runs = {
  varInBranch: [[1], [-1]],
  varKeepsItsValue: [[1], [4], [20]],
  varAfterFor: [[0], [30]],
  helpersBelow: [[-3], [4]],
  readLater: [[-3], [4], [20]],
  destructured: [[1], [6]],
  classBelow: [[1], [6]],
  overRows: [[[1, 2, 3, 4, 5]], [[1, 2]]],
};
