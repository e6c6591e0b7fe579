/**
 * Branches that cost more than what they save become selections: arms of few cheap ops on scalars are computed always.
 *
 *   %3: bool = cond p { %4 = less i, n; yield %4 } else { yield false }   →   %4 = less i, n; %3 = logicalAnd p, %4
 *   %3: f32 = cond p { yield x } else { yield y }                         →   %3 = where p, x, y
 *
 * Comes last: before it, other rules learn from branches.
 */
import type { Value } from "../ir/graph.ts";
import { isCheap, isScalar } from "./facts.ts";
import type { OpenCond, Rewriter, Rule } from "./rewriter.ts";

/** Ops computed in vain at most, where all results are bool: `logicalAnd` and `logicalOr` are as cheap as ops get. */
const LOGIC_LIMIT = 2;

export const select: Rule = {
  name: "select",
  leaveCond(cond, r) {
    const nodes = [...cond.then.nodes, ...cond.else.nodes];
    const isLogic = cond.results.every((v) => v.type.dtype === "bool");
    if (cond.results.length !== 1 || !cond.results.every(isScalar)) return false;
    if (nodes.length > (isLogic ? LOGIC_LIMIT : 0) || !nodes.every(isCheap)) return false;
    r.move(nodes);
    cond.results.forEach((result, i) => {
      r.replace(result, selected(cond, i, r));
    });
    return true;
  },
};

function selected(cond: OpenCond, i: number, r: Rewriter): Value {
  return r.add("where", [cond.pred, cond.then.yields[i], cond.else.yields[i]], {}, cond.span);
}
