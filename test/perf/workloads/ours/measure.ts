/** Timing of our own workloads: the harness of all peers, with results disposed as its users would do. */
import type * as gf from "graphfn";
import { args, cannot, emit, measure } from "../harness.mjs";

export { args, cannot, emit, measure };

/** Eager ops, compiled functions. */
export const EAGER = "ours-eager";
export const GRAPH = args.peer ?? "ours";

export const total = (x: gf.Tensor): number => (x.dataSync() as Float64Array).reduce((sum, v) => sum + v, 0);
export const totalOf = (f: (v: number) => number) => (x: gf.Tensor) => (x.dataSync() as Float64Array).reduce((sum, v) => sum + f(v), 0);

interface Options {
  readonly unit?: "ns" | "us" | "ms" | "s";
  readonly per?: number;
  readonly budget?: number;
  readonly check: (result: gf.Tensor) => number;
}

/** A call that returns one new tensor, which is disposed; the first one is checked. */
export async function timed(peer: string, name: string, call: () => gf.Tensor, { check, ...options }: Options): Promise<void> {
  await measure(
    peer,
    name,
    () => {
      const y = call();
      if (y.size <= 32) y.dataSync();
      y.dispose();
    },
    {
      ...options,
      check: () => {
        const y = call();
        const value = check(y);
        y.dispose();
        return value;
      },
    },
  );
}
