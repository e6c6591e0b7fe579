import { $ } from "graphfn/autograph"; $.attach($meta_sign, sign); $.attach($meta_nested, nested); import type { Tensor } from "graphfn";

/** @graphFunction */
export function sign(x: Tensor): Tensor { if ($.outside()) return $.run($meta_sign, sign, this, arguments);
  return $.finish($.if("5:3", $.none, $.lt(x, 0), () => $.return($.lit(-1)), () => {
  return $.if("6:3", $.none, $.gt(x, 0), () => {
    return $.return($.lit(1));
  }, () => {
  const zero = $.mul(x, 0);
  return $.return(zero); }); }));
}

/** @graphFunction */
export function nested(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_nested, nested, this, arguments);
  return $.finish($.then("22:3", $.none, $.if("15:3", $.vars(() => ({ x, y }), ($v) => { ({ x, y } = $v); }), $.gt(x, 0), () => {
    return $.if("16:5", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.gt(y, 0), () => $.return($.add(x, y)), () => {
    x = $.mul(x, 10); });
  }, () => $.if("18:10", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.gt(y, 0), () => $.return($.sub(y, x))
  , () => {
    y = $.sub(y, 1);
  })), () => {
  return $.return($.mul(x, y)); }));
}

export const runs = {
  sign: [[-3], [0], [4]],
  nested: [[1, 2], [1, -2], [-1, 2], [-1, -2]],
};

function $meta_sign() { return { version: 1, name: "sign", file: "early-return/input.ts", at: "4:1", params: ["x"], decisions: [
  ["5:3", "if", "staged", "`x < 0` is a Tensor"],
  ["6:3", "if", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_nested() { return { version: 1, name: "nested", file: "early-return/input.ts", at: "14:1", params: ["x","y"], decisions: [
  ["15:3", "if", "staged", "`x > 0` is a Tensor"],
  ["16:5", "if", "staged", "`y > 0` is a Tensor"],
  ["18:10", "if", "staged", "`y > 0` is a Tensor"],
] }; }
