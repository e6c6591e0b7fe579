/** Helpers for tests that write emitted code by hand. */
import { $ } from "graphfn/autograph";

export type V = any;

export function meta(name: string, params: readonly string[] = []) {
  return () => ({ version: 1, name, file: `${name}.ts`, at: "1:1", params, decisions: [] });
}

export function graph<F extends (...args: V[]) => V>(
  name: string,
  params: readonly string[],
  fn: F,
  captures?: () => readonly unknown[],
): ((...args: Parameters<F>) => V) & { traces: number; explain: V; graph: V } {
  return $.graphFunction(meta(name, params), fn, captures) as V;
}

/** What a call throws; fails when it does not. */
export function thrown(body: () => unknown): Error & { code?: string; hint?: string; at?: V } {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
