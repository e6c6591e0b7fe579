/**
 * Common subexpressions: a node that was computed before, in this region or one around it, is not computed again.
 *
 *   %3: f32 = mul %0, %1                                  %3: f32 = mul %0, %1
 *   %4: f32 = cond %2 { %5: f32 = mul %1, %0 … }    →     %4: f32 = cond %2 { … %3 … }
 *
 * Not for random ops and effects. A checked op may take the result of an equal one before it: that one did not fail.
 * Equal constants are one anyway (see rewriter.ts).
 */

import type { OpNode, Value } from "../ir/graph.ts";
import { showAttrs } from "../ir/print.ts";
import { getOp } from "../ops/index.ts";
import { isRepeatable } from "./facts.ts";
import type { Rule } from "./rewriter.ts";

/** A rule with a memory: one per rewrite. It must be the last rule, so that it sees nodes as they stay. */
export function cse(): Rule {
  const seen = new Map<string, readonly Value[]>();
  return {
    name: "cse",
    op(node, r) {
      if (!isRepeatable(node) || r.isEarly) return null;
      const key = contentOf(node);
      const known = seen.get(key);
      if (known !== undefined) return known;
      seen.set(key, node.results);
      r.onLeave(() => seen.delete(key));
      return null;
    },
  };
}

function contentOf(node: OpNode): string {
  let ids = node.operands.map((v) => v.id);
  if (ids.length === 2 && ids[0] > ids[1] && getOp(node.op).flags.has("commutative")) ids = [ids[1], ids[0]];
  return `${node.op} ${ids.join(" ")}${showAttrs(node.attrs)}`;
}
