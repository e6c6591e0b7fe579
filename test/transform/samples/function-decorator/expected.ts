import { $ } from "graphfn/autograph"; $.attach($meta_decorated, decorated); $.attach($meta_local, local); import { graphFunction, type Tensor } from "graphfn";


export function decorated(x: Tensor): Tensor { if ($.outside()) return $.run($meta_decorated, decorated, this, arguments);
  return $.mul(x, 2);
}


function local(x: Tensor): Tensor { if ($.outside()) return $.run($meta_local, local, this, arguments);
  return $.add(x, 1);
}


export const arrow = $.graphFunction($meta_arrow, (x: Tensor): Tensor => local(x));

function $meta_decorated() { return { version: 1, name: "decorated", file: "function-decorator/input.ts", at: "3:1", params: ["x"], decisions: [] }; }
function $meta_local() { return { version: 1, name: "local", file: "function-decorator/input.ts", at: "8:1", params: ["x"], options: { name: "other" }, decisions: [] }; }
function $meta_arrow() { return { version: 1, name: "arrow", file: "function-decorator/input.ts", at: "14:22", params: ["x"], decisions: [] }; }
