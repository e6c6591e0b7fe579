import { $ } from "graphfn/autograph"; $.attach($meta_scaled, scaled); import * as gf from "graphfn";

let rate = 2;
const config = { offset: 10, nested: { bias: 1 }, name: "n" };
const fixed = 3;

function helper(x: gf.Tensor): gf.Tensor { $.uses(() => [config.nested?.bias], ["config.nested.bias@captures/input.ts:8:16"]);
  return x.mul(config.nested.bias);
}

/** @graphFunction */
export function scaled(x: gf.Tensor): gf.Tensor { if ($.outside()) return $.run($meta_scaled, scaled, this, arguments, () => [rate, config.offset, config.nested?.bias]); $.uses(() => [rate, config.offset, config.nested?.bias], $meta_scaled);
  return helper($.add($.add($.mul(x, rate), config.offset), fixed));
}

export const wrapped = gf.graphFunction($.lowered($meta_wrapped, (x: gf.Tensor): gf.Tensor => $.mul(x, rate), () => [rate]));

export function setRate(value: number): void {
  rate = value;
  config.offset += 1;
}

function $meta_scaled() { return { version: 1, name: "scaled", file: "captures/input.ts", at: "12:1", params: ["x"], captures: ["rate@captures/input.ts:13:21","config.offset@captures/input.ts:13:28","config.nested.bias@captures/input.ts:8:16"], decisions: [] }; }
function $meta_wrapped() { return { version: 1, name: "wrapped", file: "captures/input.ts", at: "16:41", params: ["x"], captures: ["rate@captures/input.ts:16:74"], decisions: [] }; }
