/**
 * A prepared graph run once: parameters in, results out. For graphs that no plan can hold, since shapes depend on data; they may
 * hold every kind of node, and give what their plans would.
 */
import { GraphFnError, locate } from "../../core/errors.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { PrintNode } from "../../ir/graph.ts";
import type { Block } from "../../ops/op.ts";
import { apart, enroll } from "../memory.ts";
import { drive } from "./calls.ts";
import { type Code, drop, type Frame, type GraphCode, type Steps, take } from "./code.ts";
import { type Held, ownList, release, TensorList, view } from "./held.ts";

/** A tensor, or the tensors of a list. */
export type Result = Tensor | Tensor[];

export type Print = (node: PrintNode, values: readonly Block[]) => void;

/** What the frames of one run share. */
export class Run {
  readonly #stacks = new Map<number, Held[]>();
  readonly #print: Print;
  /** Tensors that print steps made: they belong to the caller's scope. */
  readonly #shown: Tensor[] = [];

  constructor(print: Print) {
    this.#print = print;
  }

  stack(id: number): Held[] {
    let stack = this.#stacks.get(id);
    if (stack === undefined) {
      stack = [];
      this.#stacks.set(id, stack);
    }
    return stack;
  }

  print(node: PrintNode, values: readonly Block[]): void {
    apart(() => {
      this.#print(node, values);
    }, this.#shown);
  }

  end(): void {
    for (const stack of this.#stacks.values()) for (const x of stack) release(x);
    for (const t of this.#shown) enroll(t);
  }
}

/** Throws the typed errors of ops with their places; then nothing is left behind. Results belong to the caller and its scope. */
export function interpret({ template, params, body }: GraphCode, inputs: readonly Tensor[], print: Print): Result[] {
  const run = new Run(print);
  const frame: Frame = { values: template.slice(), run };
  try {
    const held = apart(() => {
      params.forEach((slot, i) => {
        frame.values[slot] = view(inputs[i] as Tensor);
      });
      return body.calls ? drive(body, frame) : runCode(body, frame);
    }, null);
    const results = held.map((x) => (x instanceof TensorList ? apart(() => ownList(x), null).items : x));
    for (const t of results.flat()) enroll(t);
    return results;
  } catch (error) {
    frame.values.forEach((_, slot) => {
      if (template[slot] === null) drop(frame, slot);
    });
    throw error;
  } finally {
    run.end();
  }
}

/** The yields of a region that calls no function; they belong to the caller. */
export function runCode(code: Code, frame: Frame): Held[] {
  for (const slot of code.unread) drop(frame, slot);
  runSteps(code, frame);
  return code.yields.map((use) => take(frame, use));
}

/** Steps that call no function. */
export function runSteps({ steps, spans, drops }: Steps, frame: Frame): void {
  for (let at = 0; at < steps.length; at++) {
    try {
      (steps[at] as (typeof steps)[number])(frame);
    } catch (error) {
      if (error instanceof GraphFnError) locate(error, spans[at]?.place());
      throw error;
    }
    for (const slot of drops[at] as readonly number[]) drop(frame, slot);
  }
}
