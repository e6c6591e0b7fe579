/**
 * What each kind of node does when a graph is run node by node: one row per kind. A row prepares a node once and gives the step
 * that runs it.
 */
import { type DType, newElements } from "../../core/dtype.ts";
import { InternalError } from "../../core/errors.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Node } from "../../ir/graph.ts";
import { getOp } from "../../ops/op.ts";
import { blockOf, SCALAR } from "../compute.ts";
import { eagerInterpreter } from "../interpreter.ts";
import { adopt, dispose } from "../memory.ts";
import { type Rest, resume } from "./calls.ts";
import { type Code, type Frame, type Preparation, type Step, take } from "./code.ts";
import type { Held } from "./held.ts";
import { listStep } from "./list.ts";
import { runCode } from "./run.ts";

type Kind = Node["kind"];
type Rows = { readonly [K in Kind]: (node: Extract<Node, { kind: K }>, at: Preparation) => Step };

export const STEPS: Rows = {
  const() {
    throw new InternalError("Constants have no step.");
  },

  op(node, at) {
    const op = getOp(node.op);
    const { attrs } = node;
    const from = node.operands.map((v) => at.slot(v));
    const to = node.results.map((v) => at.define(v));
    return ({ values }) => {
      const results = eagerInterpreter.run(
        op,
        from.map((slot) => values[slot] as Tensor),
        attrs,
      );
      for (let i = 0; i < to.length; i++) values[to[i] as number] = results[i] as Tensor;
    };
  },

  fail({ error }) {
    return () => {
      throw error;
    };
  },

  cond(node, at) {
    const pred = at.slot(node.pred);
    const dying = at.dying(node);
    const [whenTrue, whenFalse] = [at.region(node.then, true, dying), at.region(node.else, true, dying)];
    const to = node.results.map((v) => at.define(v));
    return (frame) => {
      const arm = isTrue(frame.values[pred]) ? whenTrue : whenFalse;
      if (arm.calls) return into(frame, to, arm);
      store(frame, to, runCode(arm, frame));
    };
  },

  while(node, at) {
    const init = at.uses(node.init);
    const carried = node.body.params.map((p) => at.define(p));
    node.test.params.forEach((p, i) => {
      at.alias(p, carried[i] as number);
    });
    const [test, body] = [at.region(node.test, false), at.region(node.body, true)];
    const to = node.results.map((v) => at.define(v));
    if (test.calls || body.calls) {
      return function* (frame): Rest {
        enter(frame, carried, init);
        while (holds(yield* resume(test, frame))) yield* into(frame, carried, body);
        move(frame, carried, to);
      };
    }
    return (frame) => {
      enter(frame, carried, init);
      while (holds(runCode(test, frame))) store(frame, carried, runCode(body, frame));
      move(frame, carried, to);
    };
  },

  for(node, at) {
    const [start, limit, step] = [node.start, node.limit, node.step].map((v) => at.slot(v)) as [number, number, number];
    const { dtype } = node.start.type;
    const init = at.uses(node.init);
    const [index, ...carried] = node.body.params.map((p) => at.define(p)) as [number, ...number[]];
    const body = at.region(node.body, true);
    const to = node.results.map((v) => at.define(v));
    // Index arithmetic is that of plans: JavaScript's, rounded to float32 where the index is.
    const round = dtype === "float32" ? Math.fround : (x: number) => x;
    const range = ({ values }: Frame) => [start, limit, step].map((slot) => numberOf(values[slot])) as [number, number, number];
    if (body.calls) {
      return function* (frame): Rest {
        const [first, end, by] = range(frame);
        enter(frame, carried, init);
        for (let i = first; by > 0 ? i < end : i > end; i = round(i + by)) {
          frame.values[index] = scalar(i, dtype);
          yield* into(frame, carried, body);
        }
        move(frame, carried, to);
      };
    }
    return (frame) => {
      const { values } = frame;
      const [first, end, by] = range(frame);
      enter(frame, carried, init);
      for (let i = first; by > 0 ? i < end : i > end; i = round(i + by)) {
        values[index] = scalar(i, dtype);
        store(frame, carried, runCode(body, frame));
      }
      move(frame, carried, to);
    };
  },

  define(node, at) {
    at.function(node);
    return () => {};
  },

  call(node, at) {
    const from = at.uses(node.operands);
    const callee = at.callee(node.fn);
    const to = node.results.map((v) => at.define(v));
    return function* (frame): Rest {
      const operands = from.map((use) => take(frame, use));
      store(frame, to, yield { callee, operands, span: node.span });
    };
  },
  list: listStep,

  print(node, at) {
    const from = node.operands.map((v) => at.slot(v));
    return ({ values, run }) => {
      run.print(
        node,
        from.map((slot) => blockOf(values[slot] as Tensor, "print")),
      );
    };
  },

  push(node, at) {
    const [from] = at.uses(node.operands) as [ReturnType<typeof at.uses>[number]];
    return (frame) => {
      frame.run.stack(node.stack).push(take(frame, from));
    };
  },

  pop(node, at) {
    const [to] = node.results.map((v) => at.define(v)) as [number];
    return ({ values, run }) => {
      const t = run.stack(node.stack).pop();
      if (t === undefined) throw new InternalError(`Stack ${node.stack} is empty.`);
      values[to] = t;
    };
  },

  /** Its values: gradients have been taken. */
  customGrad(node, at) {
    const from = at.uses(node.values);
    const to = node.results.map((v) => at.define(v));
    return (frame) => {
      enter(frame, to, from);
    };
  },
};

function* into(frame: Frame, to: readonly number[], code: Code): Rest {
  store(frame, to, yield* resume(code, frame));
}

function store({ values }: Frame, slots: readonly number[], held: readonly Held[]): void {
  for (let i = 0; i < slots.length; i++) values[slots[i] as number] = held[i] as Held;
}

/** Values for the parameters of a region. */
function enter(frame: Frame, slots: readonly number[], from: ReturnType<Preparation["uses"]>): void {
  for (let i = 0; i < slots.length; i++) frame.values[slots[i] as number] = take(frame, from[i] as (typeof from)[number]);
}

function move({ values }: Frame, from: readonly number[], to: readonly number[]): void {
  for (let i = 0; i < to.length; i++) {
    values[to[i] as number] = values[from[i] as number] as Held;
    values[from[i] as number] = null;
  }
}

/** What a test yielded. */
function holds(yields: readonly Held[]): boolean {
  const [t] = yields as [Tensor];
  const result = isTrue(t);
  dispose(t);
  return result;
}

function isTrue(t: Held | null | undefined): boolean {
  return numberOf(t) !== 0;
}

function numberOf(t: Held | null | undefined): number {
  return (t as Tensor).elements?.[0] as number;
}

function scalar(value: number, dtype: DType): Tensor {
  const data = newElements(dtype, 1);
  data[0] = value;
  return adopt(dtype, SCALAR, 1, false, data, null);
}
