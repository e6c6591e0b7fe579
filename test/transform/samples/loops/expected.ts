import { $ } from "graphfn/autograph"; $.attach($meta_whileTest, whileTest); $.attach($meta_staticFirst, staticFirst); $.attach($meta_forever, forever); $.attach($meta_doWhile, doWhile); $.attach($meta_breaks, breaks); $.attach($meta_continues, continues); $.attach($meta_labels, labels); $.attach($meta_staticLoop, staticLoop); $.attach($meta_ranges, ranges); $.attach($meta_headers, headers); /** Loops of every form, with exits and with tests that write. */

import type { Tensor } from "graphfn";

/** @graphFunction */
export function whileTest(n: Tensor): Tensor { if ($.outside()) return $.run($meta_whileTest, whileTest, this, arguments);
  let tests: Tensor = $.lit(0),
    i: Tensor = $.lit(0); const $tests = $.cell("tests", () => tests, ($x) => { tests = $x; });
  const more = (): Tensor => {
    $.touch($tests), tests = $.add(tests, 1);
    return $.lt(i, n);
  };
  $.while("13:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => more(), () => {
    i = $.add(i, 2);
    return $.if("15:5", $.none, $.eq(i, 4), () => { return $.continue(); }, () => {
    $.touch($tests), tests = $.add(tests, 100); });
  });
  $.while("18:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.and("18:10", $.gt(i = $.sub(i, 1), 0), () => $.ne(i, 3)), () => { $.touch($tests), tests = $.add(tests, 1000); });
  $.while("19:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.select("19:10", $.gt(i, -1), () => $.gt($.first(i, i = $.sub(i, 1)), 0), () => false, $.vars(() => ({ i }), ($v) => { ({ i } = $v); })), () => { ; });
  return $.add($.mul(tests, 10), i);
}

/** @graphFunction */
export function staticFirst(c: Tensor): Tensor { if ($.outside()) return $.run($meta_staticFirst, staticFirst, this, arguments);
  let z: Tensor = $.lit(0);
  let n: Tensor = $.lit(0);
  $.while("27:3", $.vars(() => ({ z, n }), ($v) => { ({ z, n } = $v); }), () => $.and("27:10", $.lt($.mul(z, z), 4), () => $.lt(n, 20)), () => {
    z = $.add($.mul(z, z), c);
    n = $.add(n, 1);
  });
  return $.add($.mul(n, 100), z);
}

/** @graphFunction */
export function forever(x: Tensor): Tensor { if ($.outside()) return $.run($meta_forever, forever, this, arguments);
  let n: Tensor = $.lit(0);
  $.while("37:3", $.vars(() => ({ x, n }), ($v) => { ({ x, n } = $v); }), () => true, () => {
    n = $.add(n, 1);
    return $.if("39:5", $.vars(() => ({ x, n }), ($v) => { ({ x, n } = $v); }), $.gt(n, x), () => { return $.break(); }, () => {
    return $.if("40:5", $.vars(() => ({ x, n }), ($v) => { ({ x, n } = $v); }), $.eq(n, 3), () => {
      x = $.sub(x, 1);
      return $.continue();
    }, () => {
    $.for("44:5", $.vars(() => ({ n }), ($v) => { ({ n } = $v); }), () => true, () => {}, () => {
      n = $.add(n, 0.5);
      return $.if("46:7", $.none, $.gt(n, 2), () => { return $.break(); });
    }); }); });
  });
  return $.finish($.for("49:3", $.vars(() => ({ n }), ($v) => { ({ n } = $v); }), () => true, () => {}, () => {
    return $.if("50:5", $.vars(() => ({ n }), ($v) => { ({ n } = $v); }), $.gt(n, 20), () => $.return($.neg(n)), () => {
    n = $.mul(n, 2);
    return $.if("52:5", $.none, $.eq(n, 8), () => $.return(n)); });
  }));
}

/** @graphFunction */
export function doWhile(x: Tensor): Tensor { if ($.outside()) return $.run($meta_doWhile, doWhile, this, arguments);
  let n: Tensor = $.lit(0);
  $.doWhile("59:3", $.vars(() => ({ x, n }), ($v) => { ({ x, n } = $v); }), () => {
    n = $.add(n, 1);
    return $.if("61:5", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.eq($.mod(n, 2), 0), () => { return $.continue(); }, () => {
    x = $.add(x, n);
    return $.if("63:5", $.none, $.gt(x, 50), () => { return $.break(); }); });
  }, () => $.lt(x = $.add(x, 1), 20));
  $.doWhile("65:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => { x = $.sub(x, 1); }, () => 
  $.gt(x, 5));
  return $.finish($.then("72:3", $.none, $.doWhile("67:3", $.vars(() => ({ n }), ($v) => { ({ n } = $v); }), () => {
    const k: Tensor = n;
    n = $.add(k, 1);
    return $.if("70:5", $.none, $.gt(k, 5), () => $.return(x));
  }, () => false), () => {
  return $.return($.add($.mul(x, 100), n)); }));
}

/** @graphFunction */
export function breaks(xs: Tensor, k: Tensor): Tensor { if ($.outside()) return $.run($meta_breaks, breaks, this, arguments);
  let s: Tensor = $.lit(0);
  $.forOf("78:3", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), xs, (x) => {
    return $.then("83:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.if("79:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.lt(x, 0), () => {
      return $.if("80:7", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.gt(k, 0), () => { return $.break(); }, () => {
      s = $.add(s, 1000); });
    }, () => $.if("82:12", $.none, $.eq(x, 0), () => { return $.continue(); })), () => {
    s = $.add(s, x);
    return $.if("84:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.gt(s, 100), () => {
      s = $.sub(s, 1);
      return $.break();
    }, () => {
    s = $.add(s, 0.5); }); });
  });
  return s;
}

/** @graphFunction */
export function continues(n: Tensor): Tensor { if ($.outside()) return $.run($meta_continues, continues, this, arguments);
  let s: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0), j: Tensor = $.lit(10); $.for("96:3", $.vars(() => ({ s, i, j }), ($v) => { ({ s, i, j } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1), j = $.sub(j, 2); }, () => {
    return $.if("97:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.eq($.mod(i, 2), 0), () => { return $.continue(); }, () => {
    return $.if("98:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.lt(j, 0), () => {
      s = $.sub(s, 1);
      return $.continue();
    }, () => {
    s = $.add(s, j); }); });
  }); }
  return s;
}

/** @graphFunction */
export function labels(n: Tensor): Tensor { if ($.outside()) return $.run($meta_labels, labels, this, arguments);
  let s: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0); $.for("110:10", $.vars(() => ({ s, i }), ($v) => { ({ s, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    return $.then("121:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.forOf("111:12", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), [1, 2, 3], (k) => {
      return $.then("119:7", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), (() => { let j: Tensor = $.lit(0); return $.for("112:7", $.vars(() => ({ s, j }), ($v) => { ({ s, j } = $v); }), () => true, () => { j = $.add(j, 1); }, () => {
        return $.if("113:9", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.gt(j, 3), () => { return $.continue("inner"); }, () => {
        return $.if("114:9", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.eq($.mul(i, k), 4), () => { return $.continue("outer"); }, () => {
        return $.if("115:9", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.gt($.add($.add(i, j), k), 9), () => { return $.break("outer"); }, () => {
        return $.if("116:9", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.eq(j, k), () => { return $.break(); }, () => {
        s = $.add(s, 1); }); }); }); });
      }); })(), () => {
      s = $.add(s, 100); });
    }, "inner"), () => {
    s = $.add(s, 10000); });
  }, "outer"); }
  $.label("blk", (() => {
    return $.then("129:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.if("124:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.gt(s, 100), () => {
      s = $.add(s, 0.5);
      return $.if("126:7", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.gt(n, 3), () => { return $.break("blk"); }, () => {
      s = $.add(s, 0.25); });
    }), () => {
    s = $.sub(0, s); });
  })());
  return s;
}

/** @graphFunction */
export function staticLoop(x: Tensor): Tensor { if ($.outside()) return $.run($meta_staticLoop, staticLoop, this, arguments);
  let s: Tensor = $.lit(0);
  return $.finish($.then("143:3", $.none, (() => { let i = 0; return $.for("137:3", $.vars(() => ({ s, i }), ($v) => { ({ s, i } = $v); }), () => i < 10, () => { i++; }, () => {
    return $.if("138:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.lt(x, i), () => { return $.break(); }, () => {
    if (i % 3 === 1) return $.continue();
    s = $.add(s, i);
    return $.if("141:5", $.none, $.gt(s, 20), () => $.return($.sub(0, s))); });
  }); })(), () => {
  const list = [5, 6, 7];
  $.forOf("144:3", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), list, (v) => {
    return $.if("145:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.gt(x, v), () => { return $.continue(); }, () => {
    s = $.add(s, v * 100);
    return $.break(); });
  });
  for (let i = 0; i < list.length; i++) {
    s = $.add(s, $.mul(list[i]!, x));
  }
  let at: Tensor = $.lit(-1);
  { let i = 0; $.for("153:3", $.vars(() => ({ at, i }), ($v) => { ({ at, i } = $v); }), () => i < 4, () => { i++; }, () => {
    return $.if("154:5", $.vars(() => ({ at }), ($v) => { ({ at } = $v); }), $.gt(i * i, x), () => {
      at = $.add(at, i + 1);
      return $.break();
    });
  }); }
  return $.return($.add($.mul(s, 10), at)); }));
}

/** @graphFunction */
export function ranges(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_ranges, ranges, this, arguments);
  let s: Tensor = $.lit(0);
  { let i = a; $.for("165:3", $.vars(() => ({ s, i }), ($v) => { ({ s, i } = $v); }), () => $.lt(i, b), () => { i = $.add(i, 2); }, () => { s = $.add($.mul(s, 2), i); }); }
  { let i = b; $.for("166:3", $.vars(() => ({ s, i }), ($v) => { ({ s, i } = $v); }), () => $.ge(i, a), () => { i = $.sub(i, 3); }, () => { s = $.add(s, $.mul(i, 100)); }); }
  let last: Tensor;
  { last = $.lit(0); $.for("168:3", $.vars(() => ({ last }), ($v) => { ({ last } = $v); }), () => $.lt(last, b), () => { last = $.add(last, 1); }, () => {
    $.if("169:5", $.vars(() => ({ last }), ($v) => { ({ last } = $v); }), $.gt(last, 3), () => { last = $.add(last, 1); });
  }); }
  return $.add($.mul(s, 10), last);
}

/** @graphFunction */
export function headers(n: Tensor): Tensor { if ($.outside()) return $.run($meta_headers, headers, this, arguments);
  let s: Tensor = $.lit(0),
    i: Tensor = $.lit(0);
  $.for("178:3", $.vars(() => ({ s, i }), ($v) => { ({ s, i } = $v); }), () => $.lt(i, n), () => {}, () => {
    s = $.add(s, i);
    i = $.add(i, 1);
  });
  { let a: Tensor = $.lit(1), b: Tensor = $.lit(1), t: Tensor; $.for("182:3", $.vars(() => ({ s, a, b }), ($v) => { ({ s, a, b } = $v); }), () => $.lt(a, n), () => { t = $.add(a, b), a = b, b = t; }, () => { s = $.add(s, a); }); }
  { let f: Tensor[] = [n, n]; $.for("183:3", $.vars(() => ({ s, f }), ($v) => { ({ s, f } = $v); }), () => $.gt(f[0]!, 0), () => { f = [$.sub(f[0]!, 1), $.add(f[1]!, 1)]; }, () => { s = $.add(s, f[1]!); }); }
  return s;
}

export const runs = {
  whileTest: [[0], [3], [9]],
  staticFirst: [[0], [1], [-1], [0.3]],
  forever: [[0], [5], [9.5], [3]],
  doWhile: [[0], [40], [15]],
  breaks: [
    [[1, 2, -1, 4], 0],
    [[1, 2, -1, 4], 1],
    [[0, 99, 3, 5], 1],
    [[], 1],
  ],
  continues: [[0], [4], [9]],
  labels: [[0], [1], [3], [5], [8]],
  staticLoop: [[0], [3], [6], [9]],
  ranges: [
    [0, 5],
    [3, 3],
    [4, 2],
    [0, 8],
  ],
  headers: [[0], [1], [5]],
};

function $meta_whileTest() { return { version: 1, name: "whileTest", file: "loops/input.ts", at: "6:1", params: ["n"], decisions: [
  ["13:3", "while", "staged", "`more()` is a Tensor"],
  ["15:5", "if", "staged", "`i === 4` is a Tensor"],
  ["18:3", "while", "staged", "`(i -= 1) > 0 && i !== 3` is a Tensor"],
  ["18:10", "&&", "staged", "`(i -= 1) > 0` is a Tensor"],
  ["19:3", "while", "staged", "`i > -1 ? i-- > 0 : false` is a Tensor"],
  ["19:10", "?:", "staged", "`i > -1` is a Tensor"],
] }; }
function $meta_staticFirst() { return { version: 1, name: "staticFirst", file: "loops/input.ts", at: "24:1", params: ["c"], decisions: [
  ["27:3", "while", "staged", "`z * z < 4 && n < 20` is a Tensor"],
  ["27:10", "&&", "staged", "`z * z < 4` is a Tensor"],
] }; }
function $meta_forever() { return { version: 1, name: "forever", file: "loops/input.ts", at: "35:1", params: ["x"], decisions: [
  ["37:3", "while", "staged", "`true` is known while tracing, but the graph decides on an exit inside"],
  ["39:5", "if", "staged", "`n > x` is a Tensor"],
  ["40:5", "if", "staged", "`n === 3` is a Tensor"],
  ["44:5", "for", "staged", "no test, but the graph decides on an exit inside"],
  ["46:7", "if", "staged", "`n > 2` is a Tensor"],
  ["49:3", "for", "staged", "no test, but the graph decides on an exit inside"],
  ["50:5", "if", "staged", "`n > 20` is a Tensor"],
  ["52:5", "if", "staged", "`n === 8` is a Tensor"],
] }; }
function $meta_doWhile() { return { version: 1, name: "doWhile", file: "loops/input.ts", at: "57:1", params: ["x"], decisions: [
  ["59:3", "do", "staged", "`(x += 1) < 20` is a Tensor"],
  ["61:5", "if", "staged", "`n % 2 === 0` is a Tensor"],
  ["63:5", "if", "staged", "`x > 50` is a Tensor"],
  ["65:3", "do", "staged", "`x > 5` is a Tensor"],
  ["67:3", "do", "staged", "`false` is known while tracing, but the graph decides on an exit inside"],
  ["70:5", "if", "staged", "`k > 5` is a Tensor"],
] }; }
function $meta_breaks() { return { version: 1, name: "breaks", file: "loops/input.ts", at: "76:1", params: ["xs","k"], decisions: [
  ["78:3", "for-of", "staged", "`xs` is a Tensor"],
  ["79:5", "if", "staged", "`x < 0` is a Tensor"],
  ["80:7", "if", "staged", "`k > 0` is a Tensor"],
  ["82:12", "if", "staged", "`x === 0` is a Tensor"],
  ["84:5", "if", "staged", "`s > 100` is a Tensor"],
] }; }
function $meta_continues() { return { version: 1, name: "continues", file: "loops/input.ts", at: "94:1", params: ["n"], decisions: [
  ["96:3", "for", "staged", "`i < n` is a Tensor"],
  ["97:5", "if", "staged", "`i % 2 === 0` is a Tensor"],
  ["98:5", "if", "staged", "`j < 0` is a Tensor"],
] }; }
function $meta_labels() { return { version: 1, name: "labels", file: "loops/input.ts", at: "108:1", params: ["n"], decisions: [
  ["110:10", "for", "staged", "`i < n` is a Tensor"],
  ["111:12", "for-of", "staged", "`[1, 2, 3]` is known while tracing, but the graph decides on an exit inside"],
  ["112:7", "for", "staged", "no test, but the graph decides on an exit inside"],
  ["113:9", "if", "staged", "`j > 3` is a Tensor"],
  ["114:9", "if", "staged", "`i * k === 4` is a Tensor"],
  ["115:9", "if", "staged", "`i + j + k > 9` is a Tensor"],
  ["116:9", "if", "staged", "`j === k` is a Tensor"],
  ["124:5", "if", "staged", "`s > 100` is a Tensor"],
  ["126:7", "if", "staged", "`n > 3` is a Tensor"],
] }; }
function $meta_staticLoop() { return { version: 1, name: "staticLoop", file: "loops/input.ts", at: "135:1", params: ["x"], decisions: [
  ["137:3", "for", "staged", "`i < 10` is known while tracing, but the graph decides on an exit inside"],
  ["138:5", "if", "staged", "`x < i` is a Tensor"],
  ["139:5", "if", "static", "`i % 3 === 1` is known while tracing"],
  ["141:5", "if", "staged", "`s > 20` is a Tensor"],
  ["144:3", "for-of", "staged", "`list` is known while tracing, but the graph decides on an exit inside"],
  ["145:5", "if", "staged", "`x > v` is a Tensor"],
  ["149:3", "for", "unrolled", "`i < list.length` is known while tracing"],
  ["153:3", "for", "staged", "`i < 4` is known while tracing, but the graph decides on an exit inside"],
  ["154:5", "if", "staged", "`i * i > x` is a Tensor"],
] }; }
function $meta_ranges() { return { version: 1, name: "ranges", file: "loops/input.ts", at: "163:1", params: ["a","b"], decisions: [
  ["165:3", "for", "staged", "`i < b` is a Tensor"],
  ["166:3", "for", "staged", "`i >= a` is a Tensor"],
  ["168:3", "for", "staged", "`last < b` is a Tensor"],
  ["169:5", "if", "staged", "`last > 3` is a Tensor"],
] }; }
function $meta_headers() { return { version: 1, name: "headers", file: "loops/input.ts", at: "175:1", params: ["n"], decisions: [
  ["178:3", "for", "staged", "`i < n` is a Tensor"],
  ["182:3", "for", "staged", "`a < n` is a Tensor"],
  ["183:3", "for", "staged", "`f[0]! > 0` is a Tensor"],
] }; }
