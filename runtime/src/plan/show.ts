/**
 * A plan as text: one line per step, jump targets as labels, buffers by name with type and place.
 *
 *   plan collatz: 9 steps, 64 bytes of arena
 *       n:f32@8 ← input 0
 *       jump L2
 *   L1: steps:i32@0 = add(steps:i32@0, 1)
 *       push stack0 ← steps:i32@0
 *       w#0:f32[8] = sub(w#0:f32[8], t7:f32[8]@64)  in place     (variable 0)
 */
import { DTYPES } from "../core/dtype.ts";
import { showShape } from "../core/shape.ts";
import type { BufferId, Fused, Plan, PlanBuffer, Step } from "./plan.ts";

const LONGEST_CONSTANT = 4;
/** Begins a line that is no step, but an op of the fused ones above. */
export const WITHIN = "·";

/** By step that something jumps to: "L1", "L2", … in their order. */
export function labelsOf(plan: Plan): ReadonlyMap<number, string> {
  const targets = new Set(plan.steps.flatMap((step) => ("target" in step ? [step.target] : [])));
  return new Map([...targets].sort((a, b) => a - b).map((target, i) => [target, `L${i + 1}`]));
}

export function showPlan(plan: Plan): string {
  const labels = labelsOf(plan);
  const width = Math.max(0, ...[...labels.values()].map((l) => l.length + 1));
  const name = (id: BufferId): string => showBuffer(id, plan);
  const below = `\n${" ".repeat(width + 5)}`;
  const lines = plan.steps.map((step, at) => {
    const shown = showStep(step, plan, name, labels).replaceAll("\n", below);
    return `  ${`${labels.get(at) ?? ""}${labels.has(at) ? ":" : ""}`.padEnd(width)} ${shown}`;
  });
  if (labels.has(plan.steps.length)) lines.push(`  ${labels.get(plan.steps.length) as string}: end`);
  return [`plan ${plan.name}: ${[`${plan.steps.length} steps`, ...memoryOf(plan)].join(", ")}`, ...lines].join("\n");
}

function memoryOf(plan: Plan): string[] {
  const { arenaBytes, variables, stacks } = plan;
  const written = variables.filter((v) => v.written).length;
  const list = [`${arenaBytes} bytes of arena`];
  if (variables.length > 0) list.push(`${count(variables.length, "variable")} (${written} written)`);
  if (stacks.length > 0) list.push(`${count(stacks.length, "stack")} of ${stacks.map((s) => s.bytes).join(", ")} bytes per value`);
  return list;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function showStep(step: Step, plan: Plan, name: (id: BufferId) => string, labels: ReadonlyMap<number, string>): string {
  switch (step.kind) {
    case "op": {
      const attrs = Object.entries(step.attrs).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      const inPlace = step.outputs.some((out) =>
        step.inputs.some((input) => samePlace(plan.buffers[out] as PlanBuffer, plan.buffers[input] as PlanBuffer)),
      );
      return `${step.outputs.map(name).join(", ")} = ${step.op}(${[...step.inputs.map(name), ...attrs].join(", ")})${inPlace ? "  in place" : ""}`;
    }
    case "fused":
      return showFused(step, plan, name);
    case "copy":
      return `${name(step.to)} ← ${name(step.from)}`;
    case "jump":
      return `jump ${labels.get(step.target) as string}`;
    case "unless":
      return `unless ${name(step.pred)} jump ${labels.get(step.target) as string}`;
    case "when":
      return `when ${name(step.pred)} jump ${labels.get(step.target) as string}`;
    case "print":
      return `print(${step.inputs.map(name).join(", ")})`;
    case "push":
      return `push stack${step.stack} ← ${name(step.from)}`;
    case "pop":
      return `${name(step.to)} ← pop stack${step.stack}`;
  }
}

/**
 * `v:f32[8]@64 = fused(a:f32[8]@0, 2:f32)`, and its ops below: what stays inside is x0, x1, …
 *
 *   v:f32[8]@64 = fused(a:f32[8]@0, 2:f32)  3 ops
 *     · x0 = mul a, 2
 */
function showFused(step: Fused, plan: Plan, name: (id: BufferId) => string): string {
  const { inputs, outputs, ops } = step;
  const ids = [...inputs, ...outputs];
  const short = (ref: number): string => {
    const id = ids[ref];
    return id === undefined ? `x${ref - ids.length}` : (name(id).split(":")[0] as string);
  };
  const lines = ops.map(({ op, operands, result, attrs }) => {
    const given = [...operands.map(short), ...Object.entries(attrs).map(([key, value]) => `${key}=${JSON.stringify(value)}`)];
    return `${WITHIN} ${short(result)} = ${op} ${given.join(", ")}`;
  });
  const buffer = (id: BufferId): PlanBuffer => plan.buffers[id] as PlanBuffer;
  const inPlace = outputs.some((out) => inputs.some((input) => samePlace(buffer(out), buffer(input))));
  const head = `${outputs.map(name).join(", ")} = fused(${inputs.map(name).join(", ")})  ${ops.length} ops${inPlace ? ", in place" : ""}`;
  return [head, ...lines].join("\n");
}

function samePlace(a: PlanBuffer, b: PlanBuffer): boolean {
  if (a.place.kind === "arena") return b.place.kind === "arena" && a.place.offset === b.place.offset;
  if (a.place.kind === "variable") return b.place.kind === "variable" && a.place.index === b.place.index;
  return a.place.kind === "output" && b.place.kind === "output" && a.place.index === b.place.index;
}

function showBuffer(id: BufferId, plan: Plan): string {
  const buffer = plan.buffers[id] as PlanBuffer;
  const type = `${DTYPES[buffer.dtype].short}${buffer.shape.length > 0 ? showShape(buffer.shape) : ""}`;
  switch (buffer.place.kind) {
    case "const":
      return buffer.size <= LONGEST_CONSTANT ? `${[...buffer.place.data].join(",")}:${type}` : `const${id}:${type}`;
    case "arena":
      return `${buffer.name ?? `t${id}`}:${type}@${buffer.place.offset}`;
    case "input":
      return `input${buffer.place.index}:${type}`;
    case "output":
      return `output${buffer.place.index}:${type}`;
    case "variable": {
      // The buffer may be another value in the variable's memory.
      const { buffer: own } = plan.variables[buffer.place.index] as Plan["variables"][number];
      return `${plan.buffers[own]?.name ?? ""}#${buffer.place.index}:${type}`;
    }
  }
}
