import { $ } from "graphfn/autograph"; $.attach($meta_directive, directive); import * as gf from "graphfn";
import { graphFunction as staged, type Tensor } from "graphfn";

export const wrapper = gf.graphFunction($.lowered($meta_wrapper, (x: Tensor): Tensor => $.mul(x, 2)));
export const alias = staged($.lowered($meta_named, function named(x: Tensor): Tensor {
  return $.add(x, 1);
}));
export const configured = staged({ name: "other" })($.lowered($meta_configured, (x: Tensor): Tensor => $.neg(x)));

/** @graphFunction */
export const arrow = $.graphFunction($meta_arrow, (x: Tensor): Tensor => ($.select("11:46", $.gt(x, 0), () => x, () => $.neg(x))));

export function directive(x: Tensor): Tensor { if ($.outside()) return $.run($meta_directive, directive, this, arguments);
  "use graph";
  return $.mul(x, x);
}

export const directiveArrow = $.graphFunction($meta_directiveArrow, (x: Tensor): Tensor => {
  "use graph";
  return $.sub(x, 1);
});

export class Model {
  scale = 3;

  
  apply(x: Tensor): Tensor { if ($.outside()) return $.run($meta_Model_apply, Model.prototype.apply, this, arguments, () => [this.scale]); $.uses(() => [this.scale], $meta_Model_apply);
    return $.mul(x, this.scale);
  }

  
  step(x: Tensor): Tensor { if ($.outside()) return $.run($meta_Model_step, Model.prototype.step, this, arguments);
    return $.add(this.apply(x), 1);
  }

  /** @graphFunction */
  static create(x: Tensor): Tensor { if ($.outside()) return $.run($meta_Model_create, Model.create, this, arguments);
    return $.div(x, 2);
  }

  /** @graphFunction */
  field = $.graphFunction($meta_field, (x: Tensor): Tensor => $.add(x, this.scale), () => [this.scale]);
}

function plainFunction(x: Tensor): Tensor {
  return x.add(1);
}
export const byName = staged($.lowered($meta_plainFunction, plainFunction));

/** @eagerFunction */
export function atOnce(x: Tensor): Tensor {
  return $.finish($.if("52:3", $.none, $.gt(x, 0), () => $.return($.mul(x, 2)), () => {
  return $.return(x); }));
}

export default /** @graphFunction */ $.graphFunction($meta_default, (x: Tensor): Tensor => $.mul(x, 9));

function $meta_wrapper() { return { version: 1, name: "wrapper", file: "forms/input.ts", at: "4:41", params: ["x"], decisions: [] }; }
function $meta_named() { return { version: 1, name: "named", file: "forms/input.ts", at: "5:29", params: ["x"], decisions: [] }; }
function $meta_configured() { return { version: 1, name: "configured", file: "forms/input.ts", at: "8:53", params: ["x"], decisions: [] }; }
function $meta_arrow() { return { version: 1, name: "arrow", file: "forms/input.ts", at: "11:22", params: ["x"], decisions: [
  ["11:46", "?:", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_directive() { return { version: 1, name: "directive", file: "forms/input.ts", at: "13:1", params: ["x"], decisions: [] }; }
function $meta_directiveArrow() { return { version: 1, name: "directiveArrow", file: "forms/input.ts", at: "18:31", params: ["x"], decisions: [] }; }
function $meta_Model_apply() { return { version: 1, name: "Model.apply", file: "forms/input.ts", at: "26:3", params: ["x"], captures: ["this.scale@forms/input.ts:28:16"], decisions: [] }; }
function $meta_Model_step() { return { version: 1, name: "Model.step", file: "forms/input.ts", at: "31:3", params: ["x"], options: { name: "step" }, decisions: [] }; }
function $meta_Model_create() { return { version: 1, name: "Model.create", file: "forms/input.ts", at: "37:3", params: ["x"], decisions: [] }; }
function $meta_field() { return { version: 1, name: "field", file: "forms/input.ts", at: "42:11", params: ["x"], captures: ["this.scale@forms/input.ts:42:38"], decisions: [] }; }
function $meta_plainFunction() { return { version: 1, name: "plainFunction", file: "forms/input.ts", at: "48:30", params: [], decisions: [] }; }
function $meta_default() { return { version: 1, name: "default", file: "forms/input.ts", at: "56:38", params: ["x"], decisions: [] }; }
