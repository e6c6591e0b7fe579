/**
 * Names for variables. JavaScript sees through each name what is assigned later. A value that is a variable on some path only is the
 * variable's value there, and is refused once the variable has been assigned; nothing else changes.
 */

import type { Tensor } from "graphfn";
import * as gf from "graphfn";
import { afterEach, describe, expect, test } from "vitest";

afterEach(() => gf.runFunctionsEagerly(false));

const u = gf.variable(gf.scalar(0.5, "float64"), true, "u");

/** @graphFunction */
function inBranch(s: Tensor): Tensor {
  if (s > 0) {
    u.assignAdd(s);
    return u;
  }
  return s;
}
/** @graphFunction */
function inLoop(s: Tensor): Tensor {
  // biome-ignore lint/correctness/noUnreachable: the loop ends in its first round, which is the case tested
  for (let i: Tensor = 0; i < 1; i++) {
    u.assignAdd(s);
    return u;
  }
  return s;
}
/** @graphFunction */
function inLoops(s: Tensor): Tensor {
  let c: Tensor = 0;
  do {
    c++;
    for (let i: Tensor = 0; i < s; i++) if (s < 6) return u;
    u.assign(u * 2);
  } while (c < 3 && s > -0.5);
  return s;
}

/** @graphFunction */
function local(s: Tensor): Tensor {
  let r: Tensor = s;
  for (let i: Tensor = 0; i < 2; i++) {
    u.assignAdd(s);
    r = u;
    u.assignAdd(10);
  }
  return r + 0;
}
/** @graphFunction */
function both(s: Tensor): Tensor {
  let r: Tensor = s;
  if (s > 0) {
    u.assignAdd(s);
    r = u;
    u.assignAdd(10);
  }
  return r + 0;
}
/** @graphFunction */
function plain(s: Tensor): Tensor {
  u.assignAdd(s);
  const r = u;
  u.assignAdd(10);
  return r + 0;
}
/** @graphFunction */
function stale(s: Tensor): Tensor {
  const r = s > 0 ? u : s;
  u.assignAdd(10);
  return r + 0;
}
/** @graphFunction */
function staleInLoop(s: Tensor): Tensor {
  let r: Tensor = s;
  let sum: Tensor = 0.0;
  for (let i: Tensor = 0; i < 3; i++) {
    u.assignAdd(1);
    sum += r;
    r = u;
  }
  return sum;
}
/** @graphFunction */
function carried(s: Tensor): Tensor {
  let r: Tensor = s;
  let sum: Tensor = 0.0;
  for (let i: Tensor = 0; i < 3; i++) {
    sum += r;
    u.assignAdd(1);
    r = u;
  }
  return sum + r;
}
/** @graphFunction */
function unread(s: Tensor): Tensor {
  let r: Tensor = s;
  let sum: Tensor = 0.0;
  for (let i: Tensor = 0; i < 3; i++) {
    r = s > i ? u : s;
    sum += r;
    u.assignAdd(1);
  }
  return sum;
}
/** @graphFunction */
function afterReturn(s: Tensor): Tensor {
  if (s > 5) return u;
  u.assignAdd(3);
  if (s > 0) return u;
  u.assignAdd(1);
  return s + u;
}
/** @graphFunction */
function copied(s: Tensor): Tensor {
  const r = s > 0 ? u.clone() : s;
  u.assignAdd(10);
  return r + 0;
}
/** @graphFunction */
function otherPath(s: Tensor): Tensor {
  const r = s > 0 ? u : s;
  if (s > 3) {
    u.assignAdd(10);
  } else {
    return r * 2;
  }
  return s;
}
/** @graphFunction */
function thrown(s: Tensor): Tensor {
  let r: Tensor = s;
  try {
    u.assignAdd(s);
    r = u;
    if (s > 0.5) throw new Error("x");
    u.assignAdd(1);
  } catch {
    u.assignAdd(100);
  }
  return r + 0;
}

/** @graphFunction */
function listed(s: Tensor): Tensor {
  const xs = [s];
  for (let i: Tensor = 0; i < 2; i++) if (s > i) xs.push(u);
  u.assignAdd(1);
  return xs[xs.length - 1];
}

/** @graphFunction */
function returnedInside(s: Tensor): Tensor {
  if (s > 0) {
    if (s > 2) {
      if (s > 5) return u;
      u.assignAdd(3);
      return s * 2;
    }
  }
  return s + 1;
}
/** @graphFunction */
function assignedFirst(s: Tensor): Tensor {
  if (s > 0) {
    u.assignAdd(3);
    if (s > 3) return u;
  }
  return s + 1;
}
/** @graphFunction */
function nullable(s: Tensor): Tensor {
  let r: Tensor | null = null;
  if (s > 0) {
    u.assignAdd(3);
    r = s > 3 ? u : s;
  }
  return (r ?? s) + 1;
}
/** @graphFunction */
function staleNullable(s: Tensor): Tensor {
  let r: Tensor | null = null;
  if (s > 0) r = s > 3 ? u : s;
  u.assignAdd(3);
  return (r ?? s) + 1;
}

/** @graphFunction */
function otherArm(s: Tensor): Tensor {
  if (s > 1) {
    if (s < 5) {
      // Goes on below.
    } else {
      return -0.3 < s ? u : s;
    }
    u.assignAdd(1);
  }
  return s + u;
}
/** @graphFunction */
function leavingArm(s: Tensor): Tensor {
  const r = s > 0 ? u : s;
  if (s > 3) {
    u.assignAdd(5);
    return s;
  }
  return r * 2;
}
/** @graphFunction */
function staleBeside(s: Tensor): Tensor {
  const r = s > 0 ? u : s;
  if (s > 3) {
  } else {
    return r;
  }
  u.assignAdd(1);
  return r + 0;
}
/** @graphFunction */
function staleBehind(s: Tensor): Tensor {
  const r = s > 0 ? u : s;
  let q: Tensor = s;
  if (s > 3) q = r;
  else u.assignAdd(1);
  return q + r;
}

/** @graphFunction */
function parameter(a: Tensor, n: Tensor): Tensor {
  if (n <= 0) return a;
  u.assignAdd(1);
  return a + parameter(n > 1 ? u.clone() : a, n - 1);
}

function outcome(f: (s: Tensor) => Tensor, s: number): string {
  u.assign(gf.scalar(0.5, "float64"));
  return `${f(gf.scalar(s, "float64")).arraySync()}, u is ${u.arraySync()}`;
}

describe("a name for a variable", () => {
  const right = {
    inBranch,
    inLoop,
    inLoops,
    local,
    both,
    plain,
    carried,
    unread,
    afterReturn,
    copied,
    otherPath,
    thrown,
    returnedInside,
    assignedFirst,
    nullable,
    otherArm,
    leavingArm,
  };
  for (const [name, f] of Object.entries(right)) {
    test(`${name}: the same eagerly and in a graph`, () => {
      for (const s of [1, -1, 4, 7]) {
        gf.runFunctionsEagerly(true);
        const eager = outcome(f, s);
        gf.runFunctionsEagerly(false);
        expect([s, outcome(f, s)]).toEqual([s, eager]);
      }
    });
  }

  test("in both arguments of calls", () => {
    for (const n of [0, 1, 3]) {
      const call = (s: Tensor) => parameter(s, gf.scalar(n, "int32"));
      gf.runFunctionsEagerly(true);
      const eager = outcome(call, 2);
      gf.runFunctionsEagerly(false);
      expect(outcome(call, 2)).toBe(eager);
    }
  });

  for (const [name, f] of Object.entries({ stale, staleInLoop, listed, staleNullable, staleBeside, staleBehind })) {
    test(`${name}: refused where the graph would not see what is assigned`, () => {
      expect(() => outcome(f, 1)).toThrow(/E_ALIAS: .*the variable u.*`x\.clone\(\)`/);
    });
  }
});
