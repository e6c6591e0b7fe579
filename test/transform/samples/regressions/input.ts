import type { Tensor } from "graphfn";

class Box {
  value: Tensor;
  constructor(value: Tensor) {
    this.value = value;
  }
}

/** Each iteration makes an object and changes it where the graph decides: it is no state of the loop. */
/** @graphFunction */
export function made(a: Tensor, n: Tensor): Tensor {
  const total = new Box(a);
  for (let i: Tensor = 0; i < n; i++) {
    const box = new Box(a);
    if (i % 2 === 1) box.value = i;
    total.value += box.value;
  }
  return total.value;
}

/** Made in an arm that may return, changed on its way out: nobody else has it. */
/** @graphFunction */
export function changedOnTheWayOut(a: Tensor, b: Tensor): Tensor {
  if (a <= b) {
    const pair: [Tensor, Tensor] = [b - 3, a * a];
    if (a <= pair[1]) return (pair[0] = b + 1) + pair[1];
  }
  return a * 100 + b;
}

/** TypeScript takes it for null on the right of `??`, and after `m = null` whatever is called: the graph knows better. */
/** @graphFunction */
export function takenForNull(a: Tensor, b: Tensor): Tensor {
  let m: Tensor | null = null;
  const set = (x: Tensor): void => {
    if (x > 2) m = x;
  };
  set(a);
  const seen: Tensor = m === null ? b : 100;
  return (m ?? m ?? b) + seen;
}

/** Two functions with a hoisted variable of one name, each a cell of its own. */
/** @graphFunction */
export function hoistedHere(a: Tensor): Tensor {
  if (a > 0) {
    var last: Tensor = a * 2;
  } else last = a;
  return last;
}

/** @graphFunction */
export function hoistedThere(a: Tensor): Tensor {
  if (a > 0) {
    var last: Tensor = a * 2;
  } else last = a;
  const twice = (): void => {
    last = last * 2;
  };
  twice();
  return last;
}

/** What is null before the loop and a tensor in it says nothing about the end of a loop that the graph leaves. */
/** @graphFunction */
export function foundInEndlessLoop(a: Tensor, flag: boolean): Tensor {
  let found: Tensor | null = flag ? null : a;
  let i: Tensor = 0;
  while (true) {
    i += 1;
    if (i > 3) break;
    found ??= a * i;
  }
  return found === null ? i : found * 100 + i;
}

function positive(x: Tensor): Tensor {
  if (x.less(0)) throw new RangeError("negative");
  return x;
}

/** What stands in variables on the path that returns is seen by the finalizer, which may end otherwise. */
/** @graphFunction */
export function returnedUnlessChanged(a: Tensor, b: Tensor): Tensor {
  let last: Tensor = b;
  for (let i: Tensor = 0; i < 1; i++) {
    try {
      try {
        last = positive(b);
      } catch {
        return i + 1;
      }
      last = a * 4;
    } finally {
      if (a + b !== last) break;
    }
  }
  return a * 100 + b;
}

/** `v` is read by nobody after the `||`: what the branch leaves in it says nothing. */
/** @graphFunction */
export function leftBehind(a: Tensor, b: Tensor, k: number): Tensor {
  let v: Tensor = a * 2;
  b = b >= a ? v : (b < k || (v = a + 1) > 0, b);
  return b;
}

/** The array that `map` makes is another one in each iteration; the list that the loop carries stays one. */
/** @graphFunction */
export function mappedEachTime(a: Tensor, b: Tensor): Tensor {
  const seen: Tensor[] = [a, b];
  let i: Tensor = 0;
  while (true) {
    i += 1;
    if (i > 2) break;
    seen.push(b);
    b = seen.map((x) => x % 5)[0]! + seen.length;
  }
  return a * 100 + b;
}

/** Which error it is the graph decides, although the second one is thrown whatever the graph does. */
/** @graphFunction */
export function throwsOneOf(a: Tensor, b: Tensor): Tensor {
  if (a < b) throw new RangeError("first");
  throw new Error("second");
}

/** The counter of a loop is unknown to whoever catches what is thrown in it. */
/** @graphFunction */
export function thrownFromUnrolled(a: Tensor, b: Tensor): Tensor {
  let total: Tensor = a;
  try {
    for (let n = 0; n < 3; n++) {
      if (a > 5) throw new Error("too large");
      if (a > b) continue;
      total += n;
    }
  } catch {
    total = -1;
  }
  return total;
}

/** Made and changed in an arm that throws: nobody sees it. */
/** @graphFunction */
export function changedBeforeThrow(a: Tensor, b: Tensor): Tensor {
  if (a > b) {
    const box = new Box(a);
    if (b > 2) box.value = b;
    throw new Error("larger");
  }
  return a;
}

/** What follows the return is one function, with a variable of its own. */
/** @graphFunction */
export function onlyFunctionFollows(a: Tensor, b: Tensor): Tensor {
  if (a > 0) {
    if (b > 3) return twice(b);
    function twice(x: Tensor): Tensor {
      if (x > 0) {
        var doubled: Tensor = x * 2;
      } else doubled = x;
      return doubled;
    }
  }
  return a;
}

/** The length of a list is a number like any other. */
/** @graphFunction */
export function lengthAsNumber(a: Tensor, b: Tensor): Tensor {
  const xs: Tensor[] = [a];
  if (b > 3) xs.push(b);
  const n: Tensor = a > 2 ? xs.length - a * 0 : b;
  return n + xs.length / 4;
}

/** Made after what may be thrown: on the path that throws it is not there. */
/** @graphFunction */
export function madeAfterThrow(a: Tensor, b: Tensor): Tensor {
  const pair = { u: a * 2, v: b };
  try {
    switch (pair.u) {
      case b + 1: {
        if (a > pair.u) throw new Error("other");
      }
      const copy = { ...pair, v: (pair.u = b + 3) };
      switch (a) {
        case copy.v--:
      }
    }
  } catch {}
  return a * 100 + b + pair.u;
}

/** A `var` of a labelled block, which may be left early, is the function's. */
/** @graphFunction */
export function declaredTwice(a: Tensor, b: Tensor): Tensor {
  block: {
    var w: Tensor = b * 4;
    if (b > a) {
      var w: Tensor = b * 3;
      return a;
    }
    const more = (): Tensor => {
      w++;
      return w;
    };
    if (b < 0) break block;
    a = w + a + more();
  }
  return a + w;
}

/** TypeScript takes the right side for unreachable, where the graph has a path for it. */
/** @graphFunction */
export function neverThere(a: Tensor, b: Tensor, flag: boolean): Tensor {
  let m: Tensor | null = flag ? null : b;
  if (b === a) m = a + 1;
  if (m !== null && m > b) {
    m ??= (m ?? (a % 13)) % 5 + a;
  }
  return (m ?? 50) + b;
}

/** A default above a test runs after it, and reads what the test assigned. */
/** @graphFunction */
export function testedFirst(a: Tensor, b: Tensor): Tensor {
  var w: Tensor = b;
  const seen = { last: b };
  switch (a + b) {
    default: {
      seen.last = w--;
    }
    case w !== a ? (w = a + 1) : a: {
    }
  }
  return seen.last;
}

/** What an iteration left to `v` is of no path that leaves the loop. */
/** @graphFunction */
export function leftInIteration(a: Tensor, b: Tensor): Tensor {
  if (b > -100) {
    let v: Tensor = a % 13;
    let i: Tensor = 0;
    do {
      i++;
      if (a <= b) {
        break;
      }
      v = a;
    } while (i < 1 && v === a);
    a += i * 10;
  }
  return a * 100 + b;
}

/** @graphFunction */
export function neverEnds(a: Tensor, b: Tensor): Tensor {
  let v: Tensor = b % 13;
  let i: Tensor = 0;
  do {
    i++;
    let j: Tensor = 0;
    do {
      j++;
      v = (b === b ? i : b) % 13;
      throw new Error("never");
    } while (j < 2 && a < a);
    b *= v;
  } while (i < 2 && a !== b);
  return a * 100 + b;
}

/** To TypeScript nothing can be what stands behind `??=` here, since `m` is there; the graph has a path for it. */
/** @graphFunction */
export function thereByType(a: Tensor, b: Tensor, flag: boolean): Tensor {
  let m: Tensor | null = flag ? null : b;
  if (a > -100) m = a % 13;
  let i: Tensor = 0;
  while (i < 3 && m !== null && m > b) {
    i += 1;
    m ??= (-(m ?? b % 13) % 7) * 2 + (m ?? a) * (m ?? 3) - ((m ?? a) < b ? ~(m ?? a) : 1);
    m -= 1;
  }
  return i * 100 + (m ?? -1);
}

export const runs = {
  thereByType: [[9, 5, true], [5, 9, false], [40, 0, true]],
  leftInIteration: [[3, 5], [5, 3], [-4, 1]],
  neverEnds: [[3, 5], [5, 3]],
  madeAfterThrow: [[3, 5], [-3, -7], [1, 3]],
  onlyFunctionFollows: [[3, 5], [1, 3], [-1, 2]],
  lengthAsNumber: [[3, 5], [1, 3]],
  throwsOneOf: [[3, 5], [5, 3]],
  thrownFromUnrolled: [[3, 5], [5, 3], [7, 9]],
  changedBeforeThrow: [[3, 5], [5, 3]],
  mappedEachTime: [[3, 5], [5, 3]],
  leftBehind: [
    [3, 5, { fixed: 2 }],
    [5, 3, { fixed: 2 }],
  ],
  returnedUnlessChanged: [[0, -7], [5, -7], [0, 3], [1, 3]],
  foundInEndlessLoop: [[3, true], [3, false]],
  made: [[5, 4], [5, 0]],
  changedOnTheWayOut: [[3, 5], [5, 3], [0.5, 5]],
  takenForNull: [[3, 5], [1, 5]],
  hoistedHere: [[3], [-3]],
  hoistedThere: [[3], [-3]],
  declaredTwice: [[5, 4], [4, 5], [5, -1]],
  testedFirst: [[5, 4], [4, 4], [1, 1], [3, 0]],
  neverThere: [[5, 4, true], [4, 4, true], [4, 4, false], [5, 4, false]],
};
