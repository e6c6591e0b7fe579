/**
 * What may end a run before its end. A run that fails leaves variables as they were, so nothing of this may stand behind a step
 * that writes into a variable's memory: liveness.ts keeps the old values up to here.
 *
 * Fails: a checked op on operands that are not all floating; a print (user code runs); a fail; a push (memory); every op whose kernel
 * may ask for scratch memory, which are all but elementwise ones and those that only move elements.
 */
import { type DType, isFloating } from "../core/dtype.ts";
import type { Node } from "../ir/graph.ts";
import { regionsOf } from "../ir/walk.ts";
import { getOp } from "../ops/op.ts";
import type { Item, Program, RegisterInfo } from "./program.ts";

/** The last position at which the program may fail; −1 if it cannot. A loop counts as a whole, since it may come round again. */
export function lastFallible(program: Program): number {
  return lastIn(program.items, program.registers);
}

function lastIn(items: readonly Item[], registers: readonly RegisterInfo[]): number {
  for (let i = items.length - 1; i >= 0; i--) {
    const at = fallsAt(items[i] as Item, registers);
    if (at >= 0) return at;
  }
  return -1;
}

function fallsAt(item: Item, registers: readonly RegisterInfo[]): number {
  switch (item.kind) {
    case "op":
      return opMayFail(
        item.op,
        item.inputs.map((r) => (registers[r] as RegisterInfo).dtype),
      )
        ? item.position
        : -1;
    case "print":
    case "fail":
    case "push":
    case "pop":
      return item.position;
    case "copies":
    case "fused":
      return -1;
    case "branch":
      return Math.max(lastIn(item.whenTrue, registers), lastIn(item.whenFalse, registers));
    case "loop":
      return lastIn(item.body, registers) < 0 && lastIn(item.test, registers) < 0 ? -1 : item.end;
  }
}

/** A node, or one in its regions, may fail. */
export function nodeMayFail(node: Node): boolean {
  if (node.kind === "print" || node.kind === "fail" || node.kind === "push" || node.kind === "pop") return true;
  if (node.kind === "customGrad") return false;
  const own =
    node.kind === "op" &&
    opMayFail(
      node.op,
      node.operands.map((v) => v.type.dtype),
    );
  return own || regionsOf(node).some((region) => region.nodes.some(nodeMayFail));
}

export function opMayFail(op: string, dtypes: readonly DType[]): boolean {
  const { flags, scalar } = getOp(op);
  if (!flags.has("elementwise") && !flags.has("movement") && !flags.has("view")) return true;
  // Arithmetic that is checked is so for integers: floats have an answer for everything.
  return flags.has("checked") && (scalar?.float === undefined || !dtypes.every(isFloating));
}
