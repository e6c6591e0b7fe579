import { $ } from "graphfn/autograph"; $.attach($meta_made, made); $.attach($meta_changedOnTheWayOut, changedOnTheWayOut); $.attach($meta_takenForNull, takenForNull); $.attach($meta_hoistedHere, hoistedHere); $.attach($meta_hoistedThere, hoistedThere); $.attach($meta_foundInEndlessLoop, foundInEndlessLoop); $.attach($meta_returnedUnlessChanged, returnedUnlessChanged); $.attach($meta_leftBehind, leftBehind); $.attach($meta_mappedEachTime, mappedEachTime); $.attach($meta_throwsOneOf, throwsOneOf); $.attach($meta_thrownFromUnrolled, thrownFromUnrolled); $.attach($meta_changedBeforeThrow, changedBeforeThrow); $.attach($meta_onlyFunctionFollows, onlyFunctionFollows); $.attach($meta_lengthAsNumber, lengthAsNumber); $.attach($meta_madeAfterThrow, madeAfterThrow); $.attach($meta_declaredTwice, declaredTwice); $.attach($meta_neverThere, neverThere); $.attach($meta_testedFirst, testedFirst); $.attach($meta_leftInIteration, leftInIteration); $.attach($meta_neverEnds, neverEnds); $.attach($meta_thereByType, thereByType); import type { Tensor } from "graphfn";

class Box {
  value: Tensor;
  constructor(value: Tensor) {
    this.value = value;
  }
}

/** Each iteration makes an object and changes it where the graph decides: it is no state of the loop. */
/** @graphFunction */
export function made(a: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_made, made, this, arguments);
  const total = new Box(a);
  { let i: Tensor = $.lit(0); $.for("14:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    const box = new Box(a);
    $.if("16:5", $.none, $.eq($.mod(i, 2), 1), () => { $.touch(box, "value").value = i; });
    $.touch(total, "value").value = $.add(total.value, box.value);
  }); }
  return total.value;
}

/** Made in an arm that may return, changed on its way out: nobody else has it. */
/** @graphFunction */
export function changedOnTheWayOut(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_changedOnTheWayOut, changedOnTheWayOut, this, arguments);
  return $.finish($.then("29:3", $.none, $.if("25:3", $.none, $.le(a, b), () => {
    const pair: [Tensor, Tensor] = [$.sub(b, 3), $.mul(a, a)];
    return $.if("27:5", $.none, $.le(a, pair[1]), () => $.return($.add($.touch(pair)[0] = $.add(b, 1), pair[1])));
  }), () => {
  return $.return($.add($.mul(a, 100), b)); }));
}

/** TypeScript takes it for null on the right of `??`, and after `m = null` whatever is called: the graph knows better. */
/** @graphFunction */
export function takenForNull(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_takenForNull, takenForNull, this, arguments);
  let m: Tensor | null = null; const $m = $.cell("m", () => m, ($x) => { m = $x; });
  const set = (x: Tensor): void => {
    $.if("37:5", $.none, $.gt(x, 2), () => { $.touch($m), m = x; });
  };
  set(a);
  const seen: Tensor = $.select("40:24", $.isNull(m), () => b, () => $.lit(100));
  return $.add($.coalesce("41:11", $.coalesce("41:11", m, () => m), () => b), seen);
}

/** Two functions with a hoisted variable of one name, each a cell of its own. */
/** @graphFunction */
export function hoistedHere(a: Tensor): Tensor { if ($.outside()) return $.run($meta_hoistedHere, hoistedHere, this, arguments); var last;
  $.if("47:3", $.vars(() => ({ last }), ($v) => { ({ last } = $v); }), $.gt(a, 0), () => {
    last = $.mul(a, 2);
  }, () => { last = a; });
  return last;
}

/** @graphFunction */
export function hoistedThere(a: Tensor): Tensor { if ($.outside()) return $.run($meta_hoistedThere, hoistedThere, this, arguments); var last; const $last = $.cell("last", () => last, ($x) => { last = $x; });
  $.if("55:3", $.none, $.gt(a, 0), () => {
    $.touch($last), last = $.mul(a, 2);
  }, () => { $.touch($last), last = a; });
  const twice = (): void => {
    $.touch($last), last = $.mul(last, 2);
  };
  twice();
  return last;
}

/** What is null before the loop and a tensor in it says nothing about the end of a loop that the graph leaves. */
/** @graphFunction */
export function foundInEndlessLoop(a: Tensor, flag: boolean): Tensor { if ($.outside()) return $.run($meta_foundInEndlessLoop, foundInEndlessLoop, this, arguments);
  let found: Tensor | null = flag ? null : a;
  let i: Tensor = $.lit(0);
  $.while("70:3", $.vars(() => ({ found, i }), ($v) => { ({ found, i } = $v); }, ["found"]), () => true, () => {
    i = $.add(i, 1);
    return $.if("72:5", $.vars(() => ({ found }), ($v) => { ({ found } = $v); }, ["found"]), $.gt(i, 3), () => { return $.break(); }, () => {
    found = $.coalesce("73:5", found, () => $.mul(a, i)); });
  });
  return $.select("75:10", $.isNull(found), () => i, () => $.add($.mul($.some(found), 100), i));
}

function positive(x: Tensor): Tensor {
  $.if("79:3", $.none, x.less(0), () => { throw new RangeError("negative"); });
  return x;
}

/** What stands in variables on the path that returns is seen by the finalizer, which may end otherwise. */
/** @graphFunction */
export function returnedUnlessChanged(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_returnedUnlessChanged, returnedUnlessChanged, this, arguments);
  let last: Tensor = b;
  return $.finish($.then("99:3", $.none, (() => { let i: Tensor = $.lit(0); return $.for("87:3", $.vars(() => ({ last, i }), ($v) => { ({ last, i } = $v); }), () => $.lt(i, 1), () => { i = $.add(i, 1); }, () => {
    return $.try("88:5", $.vars(() => ({ last }), ($v) => { ({ last } = $v); }), () => {
      return $.then("94:7", $.vars(() => ({ last }), ($v) => { ({ last } = $v); }), $.try("89:7", $.vars(() => ({ last }), ($v) => { ({ last } = $v); }), () => {
        last = positive(b);
      }, () => {
        return $.return($.add(i, 1));
      }), () => {
      last = $.mul(a, 4); });
    }, undefined, () => {
      return $.if("96:7", $.none, $.ne($.add(a, b), last), () => { return $.break(); });
    });
  }); })(), () => {
  return $.return($.add($.mul(a, 100), b)); }));
}

/** `v` is read by nobody after the `||`: what the branch leaves in it says nothing. */
/** @graphFunction */
export function leftBehind(a: Tensor, b: Tensor, k: number): Tensor { if ($.outside()) return $.run($meta_leftBehind, leftBehind, this, arguments);
  let v: Tensor = $.mul(a, 2);
  b = $.select("106:7", $.ge(b, a), () => v, () => ($.or("106:21", $.lt(b, k), () => $.gt(v = $.add(a, 1), 0)), b), $.vars(() => ({ v }), ($v) => { ({ v } = $v); }));
  return b;
}

/** The array that `map` makes is another one in each iteration; the list that the loop carries stays one. */
/** @graphFunction */
export function mappedEachTime(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_mappedEachTime, mappedEachTime, this, arguments);
  const seen: Tensor[] = $.array("seen", [a, b]);
  let i: Tensor = $.lit(0);
  $.while("115:3", $.vars(() => ({ b, i }), ($v) => { ({ b, i } = $v); }), () => true, () => {
    i = $.add(i, 1);
    return $.if("117:5", $.vars(() => ({ b }), ($v) => { ({ b } = $v); }), $.gt(i, 2), () => { return $.break(); }, () => {
    $.touch(seen).push(b);
    b = $.add(seen.map((x) => $.mod(x, 5))[0]!, seen.length); });
  });
  return $.add($.mul(a, 100), b);
}

/** Which error it is the graph decides, although the second one is thrown whatever the graph does. */
/** @graphFunction */
export function throwsOneOf(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_throwsOneOf, throwsOneOf, this, arguments);
  $.if("127:3", $.none, $.lt(a, b), () => { throw new RangeError("first"); });
  throw new Error("second");
}

/** The counter of a loop is unknown to whoever catches what is thrown in it. */
/** @graphFunction */
export function thrownFromUnrolled(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_thrownFromUnrolled, thrownFromUnrolled, this, arguments);
  let total: Tensor = a;
  $.try("135:3", $.vars(() => ({ total }), ($v) => { ({ total } = $v); }), () => {
    { let n = 0; $.for("136:5", $.vars(() => ({ total, n }), ($v) => { ({ total, n } = $v); }), () => n < 3, () => { n++; }, () => {
      $.if("137:7", $.none, $.gt(a, 5), () => { throw new Error("too large"); });
      return $.if("138:7", $.vars(() => ({ total }), ($v) => { ({ total } = $v); }), $.gt(a, b), () => { return $.continue(); }, () => {
      total = $.add(total, n); });
    }); }
  }, () => {
    total = $.lit(-1);
  });
  return total;
}

/** Made and changed in an arm that throws: nobody sees it. */
/** @graphFunction */
export function changedBeforeThrow(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_changedBeforeThrow, changedBeforeThrow, this, arguments);
  $.if("150:3", $.none, $.gt(a, b), () => {
    const box = new Box(a);
    $.if("152:5", $.none, $.gt(b, 2), () => { $.touch(box, "value").value = b; });
    throw new Error("larger");
  });
  return a;
}

/** What follows the return is one function, with a variable of its own. */
/** @graphFunction */
export function onlyFunctionFollows(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_onlyFunctionFollows, onlyFunctionFollows, this, arguments);
  return $.finish($.then("170:3", $.none, $.if("161:3", $.none, $.gt(a, 0), () => {
    return $.if("162:5", $.none, $.gt(b, 3), () => $.return(twice(b)));
    function twice(x: Tensor): Tensor { var doubled;
      $.if("164:7", $.vars(() => ({ doubled }), ($v) => { ({ doubled } = $v); }), $.gt(x, 0), () => {
        doubled = $.mul(x, 2);
      }, () => { doubled = x; });
      return doubled;
    }
  }), () => {
  return $.return(a); }));
}

/** The length of a list is a number like any other. */
/** @graphFunction */
export function lengthAsNumber(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_lengthAsNumber, lengthAsNumber, this, arguments);
  const xs: Tensor[] = $.array("xs", [a]);
  $.if("177:3", $.none, $.gt(b, 3), () => { $.touch(xs).push(b); });
  const n: Tensor = $.select("178:21", $.gt(a, 2), () => $.sub(xs.length, $.mul(a, 0)), () => b);
  return $.add(n, $.div(xs.length, 4));
}

/** Made after what may be thrown: on the path that throws it is not there. */
/** @graphFunction */
export function madeAfterThrow(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_madeAfterThrow, madeAfterThrow, this, arguments);
  const pair = { u: $.mul(a, 2), v: b };
  $.try("186:3", $.none, () => {
    $.switch("187:5", $.none, pair.u, [
      [() => $.add(b, 1), () => { {
        $.if("189:9", $.none, $.gt(a, pair.u), () => { throw new Error("other"); });
      }
      const copy = { ...$.fields(pair), v: ($.touch(pair, "u").u = $.add(b, 3)) };
      $.switch("192:7", $.none, a, [
        [() => $.first(copy.v, $.touch(copy, "v").v = $.sub(copy.v, 1))],
      ]); }],
    ]);
  }, () => {});
  return $.add($.add($.mul(a, 100), b), pair.u);
}

/** A `var` of a labelled block, which may be left early, is the function's. */
/** @graphFunction */
export function declaredTwice(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_declaredTwice, declaredTwice, this, arguments); var w; const $w = $.cell("w", () => w, ($x) => { w = $x; });
  return $.finish($.then("216:3", $.none, $.label("block", (() => {
    $.touch($w), w = $.mul(b, 4);
    return $.if("205:5", $.vars(() => ({ a }), ($v) => { ({ a } = $v); }), $.gt(b, a), () => {
      $.touch($w), w = $.mul(b, 3);
      return $.return(a);
    }, () => {
    const more = (): Tensor => {
      $.touch($w), w = $.add(w, 1);
      return w;
    };
    return $.if("213:5", $.vars(() => ({ a }), ($v) => { ({ a } = $v); }), $.lt(b, 0), () => { return $.break("block"); }, () => {
    a = $.add($.add(w, a), more()); }); });
  })()), () => {
  return $.return($.add(a, w)); }));
}

/** TypeScript takes the right side for unreachable, where the graph has a path for it. */
/** @graphFunction */
export function neverThere(a: Tensor, b: Tensor, flag: boolean): Tensor { if ($.outside()) return $.run($meta_neverThere, neverThere, this, arguments);
  let m: Tensor | null = flag ? null : b;
  $.if("223:3", $.vars(() => ({ m }), ($v) => { ({ m } = $v); }, ["m"]), $.eq(b, a), () => { m = $.add(a, 1); });
  $.if("224:3", $.vars(() => ({ m }), ($v) => { ({ m } = $v); }, ["m"]), $.and("224:7", $.not($.isNull(m)), () => $.gt($.some(m), b)), () => {
    m = $.coalesce("225:5", m, () => $.add($.mod($.coalesce("225:12", m, () => ($.mod(a, 13))), 5), a));
  });
  return $.add($.coalesce("227:11", m, () => $.lit(50)), b);
}

/** A default above a test runs after it, and reads what the test assigned. */
/** @graphFunction */
export function testedFirst(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_testedFirst, testedFirst, this, arguments);
  var w: Tensor = b;
  const seen = { last: b };
  $.switch("235:3", $.vars(() => ({ w }), ($v) => { ({ w } = $v); }), $.add(a, b), [
    [null, () => {
      $.touch(seen, "last").last = $.first(w, w = $.sub(w, 1));
    }],
    [() => $.select("239:10", $.ne(w, a), () => (w = $.add(a, 1)), () => a, $.vars(() => ({ w }), ($v) => { ({ w } = $v); })), () => {
    }],
  ]);
  return seen.last;
}

/** What an iteration left to `v` is of no path that leaves the loop. */
/** @graphFunction */
export function leftInIteration(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_leftInIteration, leftInIteration, this, arguments);
  $.if("248:3", $.vars(() => ({ a }), ($v) => { ({ a } = $v); }), $.gt(b, -100), () => {
    let v: Tensor = $.mod(a, 13);
    let i: Tensor = $.lit(0);
    $.doWhile("251:5", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => {
      i = $.add(i, 1);
      return $.if("253:7", $.vars(() => ({ v }), ($v) => { ({ v } = $v); }), $.le(a, b), () => {
        return $.break();
      }, () => {
      v = a; });
    }, () => $.and("257:14", $.lt(i, 1), () => $.eq(v, a)));
    a = $.add(a, $.mul(i, 10));
  });
  return $.add($.mul(a, 100), b);
}

/** @graphFunction */
export function neverEnds(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_neverEnds, neverEnds, this, arguments);
  let v: Tensor = $.mod(b, 13);
  let i: Tensor = $.lit(0);
  $.doWhile("267:3", $.vars(() => ({ b, i }), ($v) => { ({ b, i } = $v); }), () => {
    i = $.add(i, 1);
    let j: Tensor = $.lit(0);
    $.doWhile("270:5", $.vars(() => ({ v, j }), ($v) => { ({ v, j } = $v); }), () => {
      j = $.add(j, 1);
      v = $.mod($.select("272:12", $.eq(b, b), () => i, () => b), 13);
      throw new Error("never");
    }, () => $.and("274:14", $.lt(j, 2), () => $.lt(a, a)));
    b = $.mul(b, v);
  }, () => $.and("276:12", $.lt(i, 2), () => $.ne(a, b)));
  return $.add($.mul(a, 100), b);
}

/** To TypeScript nothing can be what stands behind `??=` here, since `m` is there; the graph has a path for it. */
/** @graphFunction */
export function thereByType(a: Tensor, b: Tensor, flag: boolean): Tensor { if ($.outside()) return $.run($meta_thereByType, thereByType, this, arguments);
  let m: Tensor | null = flag ? null : b;
  $.if("284:3", $.vars(() => ({ m }), ($v) => { ({ m } = $v); }, ["m"]), $.gt(a, -100), () => { m = $.mod(a, 13); });
  let i: Tensor = $.lit(0);
  $.while("286:3", $.vars(() => ({ m, i }), ($v) => { ({ m, i } = $v); }, ["m"]), () => $.and("286:10", $.and("286:10", $.lt(i, 3), () => $.not($.isNull(m))), () => $.gt($.some(m), b)), () => {
    i = $.add(i, 1);
    m = $.coalesce("288:5", m, () => $.sub($.add($.mul($.mod($.neg($.coalesce("288:14", m, () => $.mod(b, 13))), 7), 2), $.mul($.coalesce("288:39", m, () => a), $.coalesce("288:50", m, () => $.lit(3)))), $.select("288:61", $.lt($.coalesce("288:62", m, () => a), b), () => $.bitNot($.coalesce("288:78", m, () => a)), () => 1)));
    m = $.sub(m, 1);
  });
  return $.add($.mul(i, 100), $.coalesce("291:21", m, () => -1));
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

function $meta_made() { return { version: 1, name: "made", file: "regressions/input.ts", at: "12:1", params: ["a","n"], decisions: [
  ["14:3", "for", "staged", "`i < n` is a Tensor"],
  ["16:5", "if", "staged", "`i % 2 === 1` is a Tensor"],
] }; }
function $meta_changedOnTheWayOut() { return { version: 1, name: "changedOnTheWayOut", file: "regressions/input.ts", at: "24:1", params: ["a","b"], decisions: [
  ["25:3", "if", "staged", "`a <= b` is a Tensor"],
  ["27:5", "if", "staged", "`a <= pair[1]` is a Tensor"],
] }; }
function $meta_takenForNull() { return { version: 1, name: "takenForNull", file: "regressions/input.ts", at: "34:1", params: ["a","b"], decisions: [
  ["37:5", "if", "staged", "`x > 2` is a Tensor"],
  ["40:24", "?:", "dynamic", "`m === null` may be a Tensor"],
] }; }
function $meta_hoistedHere() { return { version: 1, name: "hoistedHere", file: "regressions/input.ts", at: "46:1", params: ["a"], decisions: [
  ["47:3", "if", "staged", "`a > 0` is a Tensor"],
] }; }
function $meta_hoistedThere() { return { version: 1, name: "hoistedThere", file: "regressions/input.ts", at: "54:1", params: ["a"], decisions: [
  ["55:3", "if", "staged", "`a > 0` is a Tensor"],
] }; }
function $meta_foundInEndlessLoop() { return { version: 1, name: "foundInEndlessLoop", file: "regressions/input.ts", at: "67:1", params: ["a","flag"], decisions: [
  ["70:3", "while", "staged", "`true` is known while tracing, but the graph decides on an exit inside"],
  ["72:5", "if", "staged", "`i > 3` is a Tensor"],
  ["75:10", "?:", "dynamic", "`found === null` may be a Tensor"],
] }; }
function $meta_returnedUnlessChanged() { return { version: 1, name: "returnedUnlessChanged", file: "regressions/input.ts", at: "85:1", params: ["a","b"], decisions: [
  ["87:3", "for", "staged", "`i < 1` is a Tensor"],
  ["88:5", "try", "dynamic", "its block may throw where the graph decides so"],
  ["89:7", "try", "dynamic", "its block may throw where the graph decides so"],
  ["96:7", "if", "staged", "`a + b !== last` is a Tensor"],
] }; }
function $meta_leftBehind() { return { version: 1, name: "leftBehind", file: "regressions/input.ts", at: "104:1", params: ["a","b","k"], lifted: [[2]], decisions: [
  ["104:50", "number", "staged", "`k` only meets tensors: one trace for all"],
  ["106:7", "?:", "staged", "`b >= a` is a Tensor"],
  ["106:21", "||", "staged", "`b < k` is a Tensor"],
] }; }
function $meta_mappedEachTime() { return { version: 1, name: "mappedEachTime", file: "regressions/input.ts", at: "112:1", params: ["a","b"], decisions: [
  ["115:3", "while", "staged", "`true` is known while tracing, but the graph decides on an exit inside"],
  ["117:5", "if", "staged", "`i > 2` is a Tensor"],
] }; }
function $meta_throwsOneOf() { return { version: 1, name: "throwsOneOf", file: "regressions/input.ts", at: "126:1", params: ["a","b"], decisions: [
  ["127:3", "if", "staged", "`a < b` is a Tensor"],
] }; }
function $meta_thrownFromUnrolled() { return { version: 1, name: "thrownFromUnrolled", file: "regressions/input.ts", at: "133:1", params: ["a","b"], decisions: [
  ["135:3", "try", "dynamic", "its block may throw where the graph decides so"],
  ["136:5", "for", "staged", "`n < 3` is known while tracing, but the graph decides on an exit inside"],
  ["137:7", "if", "staged", "`a > 5` is a Tensor"],
  ["138:7", "if", "staged", "`a > b` is a Tensor"],
] }; }
function $meta_changedBeforeThrow() { return { version: 1, name: "changedBeforeThrow", file: "regressions/input.ts", at: "149:1", params: ["a","b"], decisions: [
  ["150:3", "if", "staged", "`a > b` is a Tensor"],
  ["152:5", "if", "staged", "`b > 2` is a Tensor"],
] }; }
function $meta_onlyFunctionFollows() { return { version: 1, name: "onlyFunctionFollows", file: "regressions/input.ts", at: "160:1", params: ["a","b"], decisions: [
  ["161:3", "if", "staged", "`a > 0` is a Tensor"],
  ["162:5", "if", "staged", "`b > 3` is a Tensor"],
  ["164:7", "if", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_lengthAsNumber() { return { version: 1, name: "lengthAsNumber", file: "regressions/input.ts", at: "175:1", params: ["a","b"], decisions: [
  ["177:3", "if", "staged", "`b > 3` is a Tensor"],
  ["178:21", "?:", "staged", "`a > 2` is a Tensor"],
] }; }
function $meta_madeAfterThrow() { return { version: 1, name: "madeAfterThrow", file: "regressions/input.ts", at: "184:1", params: ["a","b"], decisions: [
  ["186:3", "try", "dynamic", "its block may throw where the graph decides so"],
  ["187:5", "switch", "staged", "`pair.u` is a Tensor"],
  ["189:9", "if", "staged", "`a > pair.u` is a Tensor"],
  ["192:7", "switch", "staged", "`a` is a Tensor"],
] }; }
function $meta_declaredTwice() { return { version: 1, name: "declaredTwice", file: "regressions/input.ts", at: "202:1", params: ["a","b"], decisions: [
  ["205:5", "if", "staged", "`b > a` is a Tensor"],
  ["213:5", "if", "staged", "`b < 0` is a Tensor"],
] }; }
function $meta_neverThere() { return { version: 1, name: "neverThere", file: "regressions/input.ts", at: "221:1", params: ["a","b","flag"], decisions: [
  ["223:3", "if", "staged", "`b === a` is a Tensor"],
  ["224:3", "if", "staged", "`m !== null && m > b` is a Tensor"],
  ["224:7", "&&", "dynamic", "`m !== null` may be a Tensor"],
] }; }
function $meta_testedFirst() { return { version: 1, name: "testedFirst", file: "regressions/input.ts", at: "232:1", params: ["a","b"], decisions: [
  ["235:3", "switch", "staged", "`a + b` is a Tensor"],
  ["239:10", "?:", "staged", "`w !== a` is a Tensor"],
] }; }
function $meta_leftInIteration() { return { version: 1, name: "leftInIteration", file: "regressions/input.ts", at: "247:1", params: ["a","b"], decisions: [
  ["248:3", "if", "staged", "`b > -100` is a Tensor"],
  ["251:5", "do", "staged", "`i < 1 && v === a` is a Tensor"],
  ["253:7", "if", "staged", "`a <= b` is a Tensor"],
  ["257:14", "&&", "staged", "`i < 1` is a Tensor"],
] }; }
function $meta_neverEnds() { return { version: 1, name: "neverEnds", file: "regressions/input.ts", at: "264:1", params: ["a","b"], decisions: [
  ["267:3", "do", "staged", "`i < 2 && a !== b` is a Tensor"],
  ["270:5", "do", "staged", "`j < 2 && a < a` is a Tensor"],
  ["272:12", "?:", "staged", "`b === b` is a Tensor"],
  ["274:14", "&&", "staged", "`j < 2` is a Tensor"],
  ["276:12", "&&", "staged", "`i < 2` is a Tensor"],
] }; }
function $meta_thereByType() { return { version: 1, name: "thereByType", file: "regressions/input.ts", at: "282:1", params: ["a","b","flag"], decisions: [
  ["284:3", "if", "staged", "`a > -100` is a Tensor"],
  ["286:3", "while", "staged", "`i < 3 && m !== null && m > b` is a Tensor"],
  ["286:10", "&&", "staged", "`i < 3 && m !== null` is a Tensor"],
  ["286:10", "&&", "staged", "`i < 3` is a Tensor"],
  ["288:61", "?:", "staged", "`(m ?? a) < b` is a Tensor"],
] }; }
