import { $ } from "graphfn/autograph"; $.attach($meta_metered, metered); import type { Tensor } from "graphfn";

/** Eager functions that graph functions call are part of their graph: they may use operators, and change the objects that they are given. */
class Meter {
  total: Tensor;
  #peak: Tensor;

  /** @eagerFunction */
  constructor(start: Tensor) {
    this.total = start;
    this.#peak = $.sub(start, 1);
  }

  /** @eagerFunction */
  add(x: Tensor): void { $.uses(() => [this.total, this.#peak], ["this.total@eager-callees/input.ts:17:18","this.#peak@eager-callees/input.ts:17:31"]);
    $.if("16:5", $.none, $.gt(x, 2), () => { $.touch(this, "total").total = $.add(this.total, x); });
    $.touch(this, "#peak", () => this.#peak, ($x) => { this.#peak = $x; }).#peak = $.select("17:18", $.gt(this.total, this.#peak), () => this.total, () => this.#peak);
  }

  /** @eagerFunction */
  get peak(): Tensor {
    return $.mul(this.#peak, 2);
  }

  /** @eagerFunction */
  set level(x: Tensor) {
    $.while("27:5", $.none, () => $.gt(this.total, x), () => { $.touch(this, "total").total = $.sub(this.total, 3); });
  }
}

/** @eagerFunction */
function drain(meter: Meter, by: Tensor): Tensor {
  $.touch(meter, "total").total = $.sub(meter.total, by);
  return $.add(through(meter.total), 1);
}

/** Called by an eager function only. */
function through(x: Tensor): Tensor {
  return $.select("39:10", x.greater(4), () => x.neg(), () => x);
}

/** @graphFunction */
export function metered(n: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_metered, metered, this, arguments);
  const meter = new Meter(n);
  { let i: Tensor = $.lit(0); $.for("45:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    meter.add(i);
    $.if("47:5", $.none, $.gt(meter.total, limit), () => { $.touch(meter, "level").level = limit; });
  }); }
  const rest = drain(meter, n);
  return $.add($.add($.mul(meter.peak, 1000), $.mul(meter.total, 10)), rest);
}

/** @eagerFunction */
export function atOnce(n: Tensor): Tensor {
  const meter = new Meter(n);
  meter.add(n);
  return $.add($.add(drain(meter, $.lit(1)), meter.peak), through(n));
}

export const runs = {
  metered: [[0, 5], [3, 100], [6, 12], [9, 12]],
  atOnce: [[1], [3], [7]],
};

function $meta_metered() { return { version: 1, name: "metered", file: "eager-callees/input.ts", at: "43:1", params: ["n","limit"], decisions: [
  ["45:3", "for", "staged", "`i < n` is a Tensor"],
  ["47:5", "if", "staged", "`meter.total > limit` is a Tensor"],
] }; }
