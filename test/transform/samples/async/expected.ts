import { $ } from "graphfn/autograph"; import type { Tensor } from "graphfn";

declare function load(url: string): Promise<Tensor>;
let scale = 2;

/** What stands before the last await runs at each call; the rest is the graph. */
/** @graphFunction */
export async function grow(x: Tensor, url: string, { factor = 2 } = {}): Promise<Tensor> {
  const limit = await load(url);
  if (url === "") return limit;
  for await (const step of [load("a"), load("b")]) x = $.add(x, step);
  return $.rest($meta_grow, (x, factor, limit) => { let y: Tensor = x;
  $.while("13:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), () => $.lt(y, limit), () => { y = $.mul($.mul(y, factor), scale); });
  return y; }, [x, factor, limit], () => [scale]);
}

/** @graphFunction */
export const halve = async (x: Tensor): Promise<Tensor> => {
  return $.rest($meta_halve, (x) => { let y: Tensor = x;
  $.while("20:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), () => $.gt(y, 1), () => { y = $.div(y, 2); });
  return y; }, [x]);
};

export class Model {
  w: Tensor;
  constructor(w: Tensor) {
    this.w = w;
  }
  /** @graphFunction */
  async apply(x: Tensor): Promise<Tensor> {
    const bias = await load("bias");
    return $.rest($meta_Model_apply, (x, bias) => { return $.finish($.if("32:5", $.none, $.gt(x, bias), () => $.return($.mul(x, this.w)), () => {
    return $.return(bias); })); }, [x, bias, this], () => [this.w]);
  }
}

export function rescale(by: number): void {
  scale = by;
}

function $meta_grow() { return { version: 1, name: "grow", file: "async/input.ts", at: "8:1", params: ["x","factor","limit"], captures: ["scale@async/input.ts:13:38"], decisions: [
  ["10:3", "if", "static", "`url === \"\"` is known while tracing"],
  ["11:3", "for-of", "unrolled", "`[load(\"a\"), load(\"b\")]` is known while tracing"],
  ["13:3", "while", "staged", "`y < limit` is a Tensor"],
] }; }
function $meta_halve() { return { version: 1, name: "halve", file: "async/input.ts", at: "18:22", params: ["x"], decisions: [
  ["20:3", "while", "staged", "`y > 1` is a Tensor"],
] }; }
function $meta_Model_apply() { return { version: 1, name: "Model.apply", file: "async/input.ts", at: "30:3", params: ["x","bias"], captures: ["this.w@async/input.ts:32:30"], decisions: [
  ["32:5", "if", "staged", "`x > bias` is a Tensor"],
] }; }
