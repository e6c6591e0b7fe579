/** What an item of a program reads and writes itself, and the lists of items that it is made of. */
import type { Item, Register } from "./program.ts";

/** Lists of items inside of an item. */
export function listsIn(item: Item): readonly (readonly Item[])[] {
  if (item.kind === "branch") return [item.whenTrue, item.whenFalse];
  return item.kind === "loop" ? [item.body, item.test] : [];
}

/** Registers that an item itself reads, as often as it does. */
export function readsOf(item: Item): readonly Register[] {
  switch (item.kind) {
    case "op":
    case "fused":
    case "print":
      return item.inputs;
    case "copies":
      return item.pairs.map(([, from]) => from);
    case "push":
      return [item.from];
    case "branch":
    case "loop":
      return [item.pred];
    case "fail":
    case "pop":
      return [];
  }
}

/** Registers that an item itself writes. */
export function writesOf(item: Item): readonly Register[] {
  switch (item.kind) {
    case "op":
    case "fused":
      return item.outputs;
    case "copies":
      return item.pairs.map(([to]) => to);
    case "pop":
      return [item.to];
    default:
      return [];
  }
}
