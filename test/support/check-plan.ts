/**
 * Static rules of plans that running one cannot show: alignment, bounds, and what an op may share.
 * An output that touches memory of an operand must be exactly that operand's buffer, and the op elementwise, a view or "inplace".
 * Nothing that may fail writes into a variable or stands behind such a write, also by a jump back.
 */
import { DTYPES } from "../../runtime/src/core/dtype.ts";
import { getOp } from "../../runtime/src/ops/index.ts";
import { headOf } from "../../runtime/src/plan/heads.ts";
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
    const { place } = buffer(id);
    const { kind } = place;
    const readOnly = kind === "input" || kind === "const" || (kind === "variable" && !plan.variables[place.index]!.written);
    if (readOnly) found.push(`step ${at} writes ${kind} buffer ${id}`);
    if (kind === "variable") found.push(...failuresBehind(plan, at));
  };
  plan.variables.forEach((v, i) => {
    const { place } = buffer(v.buffer);
    if (place.kind !== "variable" || place.index !== i) found.push(`variable ${i} is not in its own memory`);
  });
  plan.steps.forEach((step, at) => {
    if ("target" in step && (step.target < 0 || step.target > plan.steps.length)) found.push(`step ${at} jumps to ${step.target}`);
    if (step.kind === "copy") {
      writes(at, step.to);
      const [from, to] = [buffer(step.from), buffer(step.to)];
      if (from.dtype !== to.dtype || from.size !== to.size) found.push(`step ${at} copies between different types`);
      if (touch(from, to)) found.push(`step ${at} copies between buffers that overlap`);
    }
    if (step.kind === "pop") writes(at, step.to);
    if (step.kind === "push" || step.kind === "pop") {
      const id = step.kind === "push" ? step.from : step.to;
      if (bytesOf(buffer(id)) !== plan.stacks[step.stack]!.bytes) found.push(`step ${at}: stack ${step.stack} holds other values`);
    }
    if (step.kind === "fused") {
      const head = headOf(step.ops);
      step.outputs.forEach((out, k) => {
        writes(at, out);
        const result = step.inputs.length + k;
        const written = step.ops.findIndex((op) => op.result === result);
        step.inputs.forEach((input, ref) => {
          if (!touch(buffer(out), buffer(input))) return;
          const isLater =
            step.ops.some(({ operands }, i) => i > written && operands.includes(ref)) || head?.operands.includes(ref) === true;
          if (isLater || !samePlace(buffer(out), buffer(input)) || buffer(input).size !== buffer(out).size)
            found.push(`step ${at}: fused ops write ${out} over ${input}, which ${isLater ? "is read later" : "is another buffer"}`);
        });
        step.outputs.slice(k + 1).forEach((other) => {
          if (touch(buffer(out), buffer(other))) found.push(`step ${at}: fused ops write ${out} and ${other} to one place`);
        });
      });
      return;
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

/** `at` itself and steps that can come after it, as far as they may fail. */
function failuresBehind(plan: Plan, at: number): string[] {
  const seen = new Set<number>();
  const open = [at];
  const found: string[] = [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const step = plan.steps[next];
    if (step === undefined || seen.has(next)) continue;
    seen.add(next);
    const flags = step.kind === "op" ? getOp(step.op).flags : new Set();
    const isChecked = step.kind === "op" && flags.has("checked") && step.inputs.some((id) => !plan.buffers[id]!.dtype.startsWith("float"));
    if (isChecked || flags.has("reduction") || step.kind === "print" || step.kind === "push")
      found.push(`step ${at} writes a variable before step ${next}, which may fail`);
    if ("target" in step) open.push(step.target);
    if (step.kind !== "jump") open.push(next + 1);
  }
  return found;
}

function touch(a: PlanBuffer, b: PlanBuffer): boolean {
  if (a.place.kind === "output" && b.place.kind === "output") return a.place.index === b.place.index && bytesOf(a) > 0;
  if (a.place.kind === "variable" && b.place.kind === "variable") return a.place.index === b.place.index && bytesOf(a) > 0;
  if (a.place.kind !== "arena" || b.place.kind !== "arena") return false;
  return a.place.offset < b.place.offset + bytesOf(b) && b.place.offset < a.place.offset + bytesOf(a);
}

function samePlace(a: PlanBuffer, b: PlanBuffer): boolean {
  return bytesOf(a) === bytesOf(b) && (a.place.kind !== "arena" || (b.place.kind === "arena" && a.place.offset === b.place.offset));
}
