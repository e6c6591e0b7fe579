import { $ } from "graphfn/autograph"; $.attach($meta_sum, sum); $.attach($meta_even, even); $.attach($meta_odd, odd); $.attach($meta_inner, inner); $.attach($meta_local, local); $.attach($meta_preset, preset); $.attach($meta_reached, reached); import type { Tensor } from "graphfn";

/** A variable of the function's own name. */
/** @graphFunction */
export function sum(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_sum, $outer_sum(), this, arguments);
  let sum: Tensor = $.lit(0);
  $.forOf("7:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), xs, (x) => { sum = $.add(sum, x); });
  return sum;
} function $outer_sum() { return sum; }

/** Two that call each other, each with its name inside. */
/** @graphFunction */
export function even(n: Tensor): Tensor { if ($.outside()) return $.run($meta_even, $outer_even(), this, arguments); if ($.enters($outer_even())) return $.descend("13:1", ["n"], $outer_even(), this, arguments);
  const even = $.sub(n, 1);
  return $.finish($.if("15:3", $.none, $.le(n, 0), () => $.return($.lit(1)), () => {
  return $.return(odd(even)); }));
} function $outer_even() { return even; }

/** @graphFunction */
function odd(odd: Tensor): Tensor { if ($.outside()) return $.run($meta_odd, $outer_odd(), this, arguments); if ($.enters($outer_odd())) return $.descend("20:1", ["odd"], $outer_odd(), this, arguments);
  return $.finish($.if("21:3", $.none, $.le(odd, 0), () => $.return($.lit(0)), () => {
  return $.return(even($.sub(odd, 1))); }));
} function $outer_odd() { return odd; }

/** @graphFunction */
export function inner(x: Tensor): Tensor { if ($.outside()) return $.run($meta_inner, inner, this, arguments);
  function helper(helper: Tensor): Tensor { if ($.enters($outer_helper())) return $.descend("27:3", ["helper"], $outer_helper(), this, arguments);
    return $.select("28:12", $.gt(helper, 1), () => other($.sub(helper, 1)), () => helper);
  } function $outer_helper() { return helper; }
  function other(n: Tensor): Tensor { if ($.enters($outer_other())) return $.descend("30:3", ["n"], $outer_other(), this, arguments);
    const other = $.mul(n, 2);
    return $.finish($.if("32:5", $.none, $.gt(other, 4), () => $.return(helper($.sub(n, 1))), () => {
    return $.return(other); }));
  } function $outer_other() { return other; }
  return helper(x);
}

let rate = 2;
const settings = { by: 3 };

function scaled(x: Tensor): Tensor { $.uses(() => [rate, settings.by], ["rate@outer-names/input.ts:42:16","settings.by@outer-names/input.ts:42:35"]);
  return x.mul(rate as never).mul(settings.by as never);
}

/** What a helper reads of the module has the name of a variable here. */
/** @graphFunction */
function local(x: Tensor): Tensor { if ($.outside()) return $.run($meta_local, local, this, arguments, () => [$outer_rate(), $outer_settings().by]); $.uses(() => [$outer_rate(), $outer_settings().by], $meta_local);
  const rate = $.mul(x, 2);
  const settings = $.add(rate, 1);
  return scaled(settings);
} function $outer_rate() { return rate; } function $outer_settings() { return settings; }

/** A default sees the module's variable, the body its own. */
/** @graphFunction */
function preset(x: Tensor, by = rate): Tensor { if ($.outside()) return $.run($meta_preset, preset, this, arguments, () => [$outer_rate_2()]); $.uses(() => [$outer_rate_2()], $meta_preset);
  var rate = $.mul(x, 2);
  return $.add(rate, by);
} function $outer_rate_2() { return rate; }

const double = (x: Tensor, by = rate): Tensor => { $.uses(() => [$outer_rate_3()], ["rate@outer-names/input.ts:60:33"]);
  const rate = x.mul(2 as never);
  return rate.mul(by as never);
}; function $outer_rate_3() { return rate; }

/** @graphFunction */
function reached(x: Tensor): Tensor { if ($.outside()) return $.run($meta_reached, reached, this, arguments, () => [rate]); $.uses(() => [rate], $meta_reached);
  return double(x);
}

class Layer {
  w = 1;
  /** @graphFunction */
  apply(Layer: Tensor): Tensor { if ($.outside()) return $.run($meta_Layer_apply, $outer_Layer().prototype.apply, this, arguments, () => [this.w, rate, $outer_settings_2().by]); $.uses(() => [this.w, rate, $outer_settings_2().by], $meta_Layer_apply);
    const settings = $.mul(Layer, this.w);
    return scaled(settings);
  }
}; function $outer_Layer() { return Layer; } function $outer_settings_2() { return settings; }

const made = {
  /** @graphFunction */
  apply(rate: Tensor): Tensor { if ($.outside()) return $.run($meta_apply, this.apply, this, arguments, () => [$outer_rate_4(), settings.by]); $.uses(() => [$outer_rate_4(), settings.by], $meta_apply);
    return scaled(rate);
  }
}; function $outer_rate_4() { return rate; }

const layer = new Layer();

/** Each time something else has changed. */
export function changed(x: Tensor): Tensor[] {
  const all = (): Tensor[] => [local(x), preset(x), reached(x), layer.apply(x), made.apply(x)];
  rate = 2;
  settings.by = 3;
  const before = all();
  rate = 5;
  const faster = all();
  settings.by = 7;
  return [...before, ...faster, ...all()];
}

export const runs = { sum: [[[1, 2]]], even: [[5], [4]], inner: [[6], [1]], changed: [[1], [4]] };

function $meta_sum() { return { version: 1, name: "sum", file: "outer-names/input.ts", at: "5:1", params: ["xs"], decisions: [
  ["7:3", "for-of", "staged", "`xs` is a Tensor"],
] }; }
function $meta_even() { return { version: 1, name: "even", file: "outer-names/input.ts", at: "13:1", params: ["n"], decisions: [
  ["15:3", "if", "staged", "`n <= 0` is a Tensor"],
] }; }
function $meta_odd() { return { version: 1, name: "odd", file: "outer-names/input.ts", at: "20:1", params: ["odd"], decisions: [
  ["21:3", "if", "staged", "`odd <= 0` is a Tensor"],
] }; }
function $meta_inner() { return { version: 1, name: "inner", file: "outer-names/input.ts", at: "26:1", params: ["x"], decisions: [
  ["28:12", "?:", "staged", "`helper > 1` is a Tensor"],
  ["32:5", "if", "staged", "`other > 4` is a Tensor"],
] }; }
function $meta_local() { return { version: 1, name: "local", file: "outer-names/input.ts", at: "47:1", params: ["x"], captures: ["rate@outer-names/input.ts:42:16","settings.by@outer-names/input.ts:42:35"], decisions: [] }; }
function $meta_preset() { return { version: 1, name: "preset", file: "outer-names/input.ts", at: "55:1", params: ["x","by"], captures: ["rate@outer-names/input.ts:55:33"], lifted: [[1]], decisions: [
  ["55:28", "number", "staged", "`by` only meets tensors: one trace for all"],
] }; }
function $meta_reached() { return { version: 1, name: "reached", file: "outer-names/input.ts", at: "66:1", params: ["x"], captures: ["rate@outer-names/input.ts:60:33"], decisions: [] }; }
function $meta_Layer_apply() { return { version: 1, name: "Layer.apply", file: "outer-names/input.ts", at: "73:3", params: ["Layer"], captures: ["this.w@outer-names/input.ts:74:30","rate@outer-names/input.ts:42:16","settings.by@outer-names/input.ts:42:35"], decisions: [] }; }
function $meta_apply() { return { version: 1, name: "apply", file: "outer-names/input.ts", at: "81:3", params: ["rate"], captures: ["rate@outer-names/input.ts:42:16","settings.by@outer-names/input.ts:42:35"], decisions: [] }; }
