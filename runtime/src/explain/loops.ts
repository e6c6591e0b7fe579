/**
 * What becomes of a plan's loops, a line each, by the labels of the plan as text:
 *
 *   L1  runs by blocks, a block of elements through all rounds before the next one  // mandel.ts:11:16
 *   L3  becomes machine code
 */
import type { LoopCode } from "../backends/backend.ts";
import type { Plan } from "../plan/plan.ts";
import { labelsOf } from "../plan/show.ts";
import { placeOf } from "./fusion.ts";

export function loopLines(plan: Plan, loops: readonly LoopCode[]): string[] {
  const labels = labelsOf(plan);
  const isLoop = ({ first, last }: LoopCode): boolean =>
    plan.steps.slice(first, last + 1).some((step) => "target" in step && step.target === first);
  return loops.map((loop) => {
    const inside = plan.steps.slice(loop.first, loop.last + 1);
    const spans = inside.flatMap((step) =>
      step.kind === "op" ? [step.span] : step.kind === "fused" ? step.ops.map(({ span }) => span) : [],
    );
    const at = isLoop(loop) ? placeOf(spans.find((span) => span !== undefined)) : null;
    return `${isLoop(loop) ? labels.get(loop.first) : "all steps"}  ${loop.how}${at === null ? "" : `  // ${at}`}`;
  });
}
