import { $ } from "graphfn/autograph"; $.attach($meta_step, step); $.attach($meta_limited, limited); $.attach($meta_methods, methods); $.attach($meta_settings, settings); $.attach($meta_fields, fields); $.attach($meta_passed, passed); $.attach($meta_plain, plain); import * as gf from "graphfn";

/** Numbers that only meet tensors: one trace for all of them. */
/** @graphFunction */
export function step(w: gf.Tensor, g: gf.Tensor, rate: number, decay = 0.5): gf.Tensor { if ($.outside()) return $.run($meta_step, step, this, arguments);
  const shrunk = $.div(rate, $.add(1, decay));
  return $.sub($.sub(w, $.mul(g, shrunk)), $.mul($.mul(w, $.neg(decay)), $.pow(decay, 2)));
}

interface Options {
  rate: number;
  limit?: number;
}

/** Out of objects and arrays. */
/** @graphFunction */
export function limited(x: gf.Tensor, { rate, limit = 4 }: Options, [low, high]: [number, number]): gf.Tensor { if ($.outside()) return $.run($meta_limited, limited, this, arguments);
  let moved = $.mul(x, rate);
  $.if("19:3", $.vars(() => ({ moved }), ($v) => { ({ moved } = $v); }), $.gt(moved, limit), () => { moved = $.sub(moved, limit); });
  return $.select("20:10", $.gt(x, 0), () => $.add(moved, low), () => $.lit(high));
}

/** Where methods and functions take a tensor. */
/** @graphFunction */
export function methods(x: gf.Tensor, k: number, axis: number): gf.Tensor { if ($.outside()) return $.run($meta_methods, methods, this, arguments);
  x = $.setIndex(x, 0, k);
  return gf.maximum(x.mul($.lit($.add(k, 1))), $.lit($.neg(k))).sum(axis);
}

interface Settings {
  readonly rate: number;
  readonly inner: { readonly scale: number; readonly name: string };
  readonly rounds: number;
}

/** Out of an object that is read field by field. */
/** @graphFunction */
export function settings(x: gf.Tensor, options: Settings): gf.Tensor { if ($.outside()) return $.run($meta_settings, settings, this, arguments);
  for (let i = 0; i < options.rounds; i++) x = $.mul(x, options.rate);
  const { scale } = options.inner;
  return $.add($.sub(x, options.inner.scale / 2), scale);
}

/** @graphFunction */
export function fields(x: gf.Tensor, options: Settings): gf.Tensor { if ($.outside()) return $.run($meta_fields, fields, this, arguments);
  const half = $.div(options.inner.scale, 2);
  const twice = (y: gf.Tensor): gf.Tensor => $.mul($.mul(y, options.rate), 2);
  return $.sub(twice(x), half);
}

function moved(x: gf.Tensor, rate: number, steps: number): gf.Tensor {
  for (let i = 0; i < steps; i++) x = x.sub(scaled(x, $.mul(rate, 2)));
  return x;
}

const scaled = (x: gf.Tensor, by: number): gf.Tensor => x.mul($.lit($.div(by, 4)));

/** Passed on to functions that need them as little. */
/** @graphFunction */
export function passed(x: gf.Tensor, rate: number, steps: number): gf.Tensor { if ($.outside()) return $.run($meta_passed, passed, this, arguments);
  return step(moved(x, $.div(rate, 3), steps), x, rate);
}

/** Numbers that JavaScript needs: one trace per value. */
/** @graphFunction */
export function plain(x: gf.Tensor, times: number, mode: number, at: number, bias: number, scale: number): gf.Tensor { if ($.outside()) return $.run($meta_plain, plain, this, arguments);
  for (let i = 0; i < times; i++) x = $.mul(x, $.add(scale, i));
  if (mode > 1) x = $.neg(x);
  bias += 1;
  return $.add($.mul(x, $.index(x, at)), bias);
}

export const each = gf.graphFunction($.lowered($meta_each, (xs: gf.Tensor[], k: number, n: number) => ({ scaled: xs.map((x) => $.mul(x, k)), n: n * 2 })));

export const runs = {
  step: [2, 0.5, -1].flatMap((rate) => [
    [8, 3, { fixed: rate }],
    [8, 3, { fixed: rate }, { fixed: rate * 2 }],
  ]),
  settings: [2, 0.5].map((rate) => [3, { fixed: { rate, inner: { scale: rate * 7, name: "a" }, rounds: 2 } }]),
  fields: [2, 0.5].map((rate) => [3, { fixed: { rate, inner: { scale: rate * 7, name: "a" }, rounds: 2 } }]),
  passed: [2, 0.5, -1].map((rate) => [3, { fixed: rate }, { fixed: 2 }]),
  limited: [2, 0.5, -1].flatMap((rate) => [
    [3, { rate }, { fixed: [rate, 7] }],
    [-3, { rate, limit: 1 }, { fixed: [0, 1] }],
  ]),
};

function $meta_step() { return { version: 1, name: "step", file: "numbers/input.ts", at: "5:1", params: ["w","g","rate","decay"], lifted: [[2],[3]], decisions: [
  ["5:50", "number", "staged", "`rate` only meets tensors: one trace for all"],
  ["5:64", "number", "staged", "`decay` only meets tensors: one trace for all"],
] }; }
function $meta_limited() { return { version: 1, name: "limited", file: "numbers/input.ts", at: "17:1", params: ["x","argument 2","argument 3"], lifted: [[1,"rate"],[1,"limit"],[2,0],[2,1]], decisions: [
  ["17:41", "number", "staged", "`rate` only meets tensors: one trace for all"],
  ["17:47", "number", "staged", "`limit` only meets tensors: one trace for all"],
  ["17:70", "number", "staged", "`low` only meets tensors: one trace for all"],
  ["17:75", "number", "staged", "`high` only meets tensors: one trace for all"],
  ["19:3", "if", "staged", "`moved > limit` is a Tensor"],
  ["20:10", "?:", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_methods() { return { version: 1, name: "methods", file: "numbers/input.ts", at: "25:1", params: ["x","k","axis"], lifted: [[1]], decisions: [
  ["25:39", "number", "staged", "`k` only meets tensors: one trace for all"],
  ["25:50", "number", "static", "`axis` is passed to `sum` at 27:43: one trace per value"],
] }; }
function $meta_settings() { return { version: 1, name: "settings", file: "numbers/input.ts", at: "38:1", params: ["x","options"], decisions: [
  ["39:3", "for", "unrolled", "`i < options.rounds` is known while tracing"],
] }; }
function $meta_fields() { return { version: 1, name: "fields", file: "numbers/input.ts", at: "45:1", params: ["x","options"], lifted: [[1,"inner","scale"],[1,"rate"]], decisions: [
  ["45:38", "number", "staged", "`options.inner.scale` only meets tensors: one trace for all"],
  ["45:38", "number", "staged", "`options.rate` only meets tensors: one trace for all"],
] }; }
function $meta_passed() { return { version: 1, name: "passed", file: "numbers/input.ts", at: "60:1", params: ["x","rate","steps"], lifted: [[1]], decisions: [
  ["60:38", "number", "staged", "`rate` only meets tensors: one trace for all"],
  ["60:52", "number", "static", "`steps` is passed to `moved` at 61:34, where it is compared at 52:23: one trace per value"],
] }; }
function $meta_plain() { return { version: 1, name: "plain", file: "numbers/input.ts", at: "66:1", params: ["x","times","mode","at","bias","scale"], lifted: [[5]], decisions: [
  ["66:37", "number", "static", "`times` is compared at 67:23: one trace per value"],
  ["66:52", "number", "static", "`mode` is compared at 68:7: one trace per value"],
  ["66:66", "number", "static", "`at` is an index at 70:16: one trace per value"],
  ["66:78", "number", "static", "`bias` changes at 69:3: one trace per value"],
  ["66:92", "number", "staged", "`scale` only meets tensors: one trace for all"],
  ["67:3", "for", "unrolled", "`i < times` is known while tracing"],
  ["68:3", "if", "static", "`mode > 1` is known while tracing"],
] }; }
function $meta_each() { return { version: 1, name: "each", file: "numbers/input.ts", at: "73:38", params: ["xs","k","n"], lifted: [[1]], decisions: [
  ["73:56", "number", "staged", "`k` only meets tensors: one trace for all"],
  ["73:67", "number", "static", "`n` stands in an object at 73:117: one trace per value"],
] }; }
