/** Ops that hand their operand on; they differ in what gradients do. */

import type { GradRules } from "./grad.ts";
import { ANY, sameType } from "./infer.ts";
import { defineOp, type OpRecord } from "./op.ts";
import { unarySamples } from "./samples.ts";

function handOn(name: string, doc: string, grad: GradRules): OpRecord {
  return defineOp({
    name,
    arity: 1,
    dtypes: ANY,
    promote: "none",
    flags: ["pure", "movement", "view"],
    doc,
    infer: sameType,
    reference: ([x], [out]) => out.data.set(x.data),
    grad,
    batch: "leading",
    samples: () => unarySamples({ dtypes: ANY }),
  });
}

export const identity = handOn("identity", "x.", [(s) => s.dy]);
export const stopGradient = handOn("stopGradient", "x, which counts as a constant for gradients.", [null]);
