/**
 * What slots of a graph hold that is run node by node: tensors, and lists of tensors. A list is shared by all who hold it and copied by
 * one who changes it while others hold it too; where nobody else does, it is changed in place, so that `push` in a loop takes constant time.
 */
import { Tensor } from "../../core/tensor.ts";
import { dispose, share } from "../memory.ts";

export class TensorList {
  readonly items: Tensor[];
  holders = 1;

  constructor(items: Tensor[]) {
    this.items = items;
  }
}

export type Held = Tensor | TensorList;

/** Another holder of the same elements. */
export function hold(x: Held): Held {
  if (x instanceof Tensor) return view(x);
  x.holders++;
  return x;
}

export function release(x: Held): void {
  if (x instanceof Tensor) dispose(x);
  else if (--x.holders === 0) for (const t of x.items) dispose(t);
}

/** A list that only the caller holds, in place of one that it held. */
export function ownList(list: TensorList): TensorList {
  if (list.holders === 1) return list;
  list.holders--;
  return new TensorList(list.items.map(view));
}

/** Another tensor over the same elements. */
export function view(t: Tensor): Tensor {
  return share(t, t.elements as NonNullable<Tensor["elements"]>, t.shape, t.weak);
}
