import { $ } from "graphfn/autograph"; $.attach($meta_steps, steps); $.attach($meta_elements, elements); $.attach($meta_places, places); $.attach($meta_logical, logical); $.attach($meta_branches, branches); import type { Tensor } from "graphfn";

/** @graphFunction */
export function steps(x: Tensor): Tensor { if ($.outside()) return $.run($meta_steps, steps, this, arguments);
  const a = $.first(x, x = $.add(x, 1));
  const b = x = $.add(x, 1);
  let y: Tensor = $.lit(0);
  $.while("8:3", $.vars(() => ({ x, y }), ($v) => { ({ x, y } = $v); }), () => $.gt($.first(x, x = $.sub(x, 1)), 0), () => { y = $.add(y, x); });
  return $.add($.add($.add($.mul(a, 1000), $.mul(b, 100)), x), y);
}
/** @graphFunction */
export function elements(t: Tensor, i: Tensor): Tensor { if ($.outside()) return $.run($meta_elements, elements, this, arguments);
  let calls: Tensor = $.lit(0); const $calls = $.cell("calls", () => calls, ($x) => { calls = $x; });
  const next = (): Tensor => {
    $.touch($calls), calls = $.add(calls, 1);
    return $.lit(1);
  };
  const a = ((($k) => { const $x = 7; t = $.setIndex(t, $k, $x); return $x; })(i));
  const b = ((($k) => { const $x = $.add($.index(t, $k), 2); t = $.setIndex(t, $k, $x); return $x; })(i));
  const c = (($k) => { const $x = $.index(t, $k); t = $.setIndex(t, $k, $.add($x, 1)); return $x; })(i);
  const d = (($k) => { const $x = $.sub($.index(t, $k), 1); t = $.setIndex(t, $k, $x); return $x; })(0);
  void (($k) => { const $x = $.mul($.index(t, $k), 3); t = $.setIndex(t, $k, $x); return $x; })(next());
  let k: Tensor = $.lit(0);
  void (($k) => { const $x = $.add($.index(t, $k), (k = $.lit(1), 10)); t = $.setIndex(t, $k, $x); return $x; })(k);
  return $.add($.add($.add($.add($.add($.add($.add($.add($.mul($.index(t, 0), 10000), $.mul($.index(t, 1), 1000)), $.mul($.index(t, 2), 100)), a), b), c), d), k), calls);
}
/** @graphFunction */
export function places(x: Tensor): Tensor { if ($.outside()) return $.run($meta_places, places, this, arguments);
  const list = [x, $.add(x, 1), $.add(x, 2)];
  let i = 0;
  void (($o, $k) => $o[$k] = $.add($o[$k], 10))(list, i++);
  void (($o, $k) => $o[$k] = $.add($o[$k], 1))(list, i++);
  const old = $.first(list[i], list[i] = $.sub(list[i], 1));
  let box = { value: x };
  const first = box;
  void (($o) => $o.value = $.add($o.value, (box = { value: $.mul(x, 5) }, x)))($.touch(box, "value"));
  return $.add($.add($.add($.add($.add($.mul(list[0], 1000), $.mul(list[1], 100)), $.mul(list[2], 10)), old), first.value), box.value);
}
/** @graphFunction */
export function logical(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_logical, logical, this, arguments);
  let a = $.gt(x, 0);
  let n: Tensor = $.lit(0);
  a = $.and("43:3", a, () => (n = $.lit(5), $.gt(y, 0)), $.vars(() => ({ n }), ($v) => { ({ n } = $v); }));
  let b = $.gt(x, 10);
  b = $.or("45:3", b, () => $.gt(y, 10));
  return $.add($.add(n, $.select("46:15", a, () => 100, () => 200)), $.select("46:33", b, () => 1000, () => 2000));
}
/** @graphFunction */
export function branches(x: Tensor): Tensor { if ($.outside()) return $.run($meta_branches, branches, this, arguments);
  let n: Tensor = $.lit(0);
  const y = $.select("51:13", $.gt(x, 2), () => $.first(n, n = $.add(n, 1)), () => (n = $.sub(n, 1)), $.vars(() => ({ n }), ($v) => { ({ n } = $v); }));
  $.if("52:3", $.vars(() => ({ x, n }), ($v) => { ({ x, n } = $v); }), $.and("52:7", $.gt($.first(n, n = $.add(n, 1)), 0), () => $.gt(n = $.add(n, 5), 6), $.vars(() => ({ n }), ($v) => { ({ n } = $v); })), () => { x = $.add(x, $.first(n, n = $.add(n, 1))); });
  return $.add($.add($.mul(x, 100), $.mul(y, 10)), n);
}
export const runs = {
  steps: [[0], [3]],
  elements: [[[1, 2, 3], 1], [[1, 2, 3], 0]],
  places: [[1], [2]],
  logical: [[1, 1], [4, -1], [-1, 11], [20, 0]],
  branches: [[1], [3]],
};

function $meta_steps() { return { version: 1, name: "steps", file: "assigned-values/input.ts", at: "4:1", params: ["x"], decisions: [
  ["8:3", "while", "staged", "`x-- > 0` is a Tensor"],
] }; }
function $meta_elements() { return { version: 1, name: "elements", file: "assigned-values/input.ts", at: "12:1", params: ["t","i"], decisions: [] }; }
function $meta_places() { return { version: 1, name: "places", file: "assigned-values/input.ts", at: "28:1", params: ["x"], decisions: [] }; }
function $meta_logical() { return { version: 1, name: "logical", file: "assigned-values/input.ts", at: "40:1", params: ["x","y"], decisions: [
  ["43:3", "&&=", "staged", "`a` is a Tensor"],
  ["45:3", "||=", "staged", "`b` is a Tensor"],
  ["46:15", "?:", "staged", "`a` is a Tensor"],
  ["46:33", "?:", "staged", "`b` is a Tensor"],
] }; }
function $meta_branches() { return { version: 1, name: "branches", file: "assigned-values/input.ts", at: "49:1", params: ["x"], decisions: [
  ["51:13", "?:", "staged", "`x > 2` is a Tensor"],
  ["52:3", "if", "staged", "`n++ > 0 && (n += 5) > 6` is a Tensor"],
  ["52:7", "&&", "staged", "`n++ > 0` is a Tensor"],
] }; }
