/**
 * Static rules of plans that running one cannot show: alignment, bounds, and what an op may share.
 * An output that touches memory of an operand must be exactly that operand's buffer, and the op elementwise, a view or "inplace".
 */
import { DTYPES } from "../../runtime/src/core/dtype.ts";
import { getOp } from "../../runtime/src/ops/index.ts";
import type { Plan, PlanBuffer } from "../../runtime/src/plan/plan.ts";

const bytesOf = (b: PlanBuffer) => b.size * DTYPES[b.dtype].bytes;

/** Complaints; none for a good plan. */
export function checkPlan(plan: Plan): string[] {
  const found: string[] = [];
  const buffer = (id: number): PlanBuffer => plan.buffers[id]!;
  plan.buffers.forEach((b, id) => {
    if (b.size !== b.shape.reduce((n, d) => n * d, 1)) found.push(`buffer ${id} has the wrong size`);
    if (b.place.kind !== "arena") return;
    const unit = bytesOf(b) > 8 ? 64 : 8;
    if (b.place.offset % unit !== 0) found.push(`buffer ${id} of ${bytesOf(b)} bytes lies at ${b.place.offset}`);
    if (b.place.offset + bytesOf(b) > plan.arenaBytes) found.push(`buffer ${id} ends beyond the arena`);
  });
  const writes = (at: number, id: number): void => {
    const { kind } = buffer(id).place;
    if (kind === "input" || kind === "const") found.push(`step ${at} writes ${kind} buffer ${id}`);
  };
  plan.steps.forEach((step, at) => {
    if ("target" in step && (step.target < 0 || step.target > plan.steps.length)) found.push(`step ${at} jumps to ${step.target}`);
    if (step.kind === "copy") {
      writes(at, step.to);
      const [from, to] = [buffer(step.from), buffer(step.to)];
      if (from.dtype !== to.dtype || from.size !== to.size) found.push(`step ${at} copies between different types`);
      if (touch(from, to)) found.push(`step ${at} copies between buffers that overlap`);
    }
    if (step.kind !== "op") return;
    const { flags } = getOp(step.op);
    for (const out of step.outputs) {
      writes(at, out);
      for (const [i, input] of step.inputs.entries()) {
        if (!touch(buffer(out), buffer(input))) continue;
        const allowed = flags.has("elementwise") || ((flags.has("view") || flags.has("inplace")) && i === 0);
        if (!allowed || !samePlace(buffer(out), buffer(input)))
          found.push(`step ${at}: ${step.op} writes ${out} over its operand ${input}`);
      }
    }
  });
  for (const [i, id] of plan.outputs.entries()) {
    const { place } = buffer(id);
    if (place.kind !== "output" || place.index !== i) found.push(`output ${i} is not in the caller's memory`);
  }
  return found;
}

function touch(a: PlanBuffer, b: PlanBuffer): boolean {
  if (a.place.kind === "output" && b.place.kind === "output") return a.place.index === b.place.index && bytesOf(a) > 0;
  if (a.place.kind !== "arena" || b.place.kind !== "arena") return false;
  return a.place.offset < b.place.offset + bytesOf(b) && b.place.offset < a.place.offset + bytesOf(a);
}

function samePlace(a: PlanBuffer, b: PlanBuffer): boolean {
  return bytesOf(a) === bytesOf(b) && (a.place.kind !== "arena" || (b.place.kind === "arena" && a.place.offset === b.place.offset));
}
