/**
 * Gradient rules of all op records against central differences, first and second order, over the records' own samples. An op is
 * tested by being there: one with floating operands and results and without rules fails.
 */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { Block, OpRecord } from "../../runtime/src/ops/op.ts";
import { compiled } from "../../runtime/src/staged/compiled.ts";
import { random } from "../ops/support.ts";
import { disagreements, gradients, meant, type Point, pointOf, randomBlock, toTensor, weighted } from "./differences.ts";

/** Constant on purpose. */
const CONSTANT = new Set(["stopGradient"]);

/** Those that say why they have none refuse; all others are here. */
const differentiable = allOps().filter(
  (op) => !CONSTANT.has(op.name) && op.withoutGradient === undefined && op.samples.some((s) => pointOf(op, s) !== null),
);

/** Judges an op at each of its samples; a point near a kink is replaced by another. Returns how many derivatives were compared. */
function judgeAll(op: OpRecord, judge: (point: Point) => ReturnType<typeof disagreements>): number {
  let total = 0;
  for (const sample of op.samples) {
    for (let seed = 1; seed < 9; seed++) {
      const point = pointOf(op, sample, seed);
      if (point === null) break;
      const { wrong, kinks, compared } = judge(point);
      if (kinks.length > 0 && seed < 8) continue;
      expect([...wrong, ...kinks].join("\n"), `${sample.name}, seed ${seed}`).toBe("");
      total += compared;
      break;
    }
  }
  return total;
}

function scalarOf(t: gf.Tensor): number {
  return t.dataSync()[0] as number;
}

/** The point's free operands replaced. */
function placed(point: Point, operands: readonly gf.Tensor[], free: readonly gf.Tensor[]): gf.Tensor[] {
  const all = [...operands];
  point.free.forEach((k, i) => {
    all[k] = free[i] as gf.Tensor;
  });
  return all;
}

/** Σ ⟨direction, gradient⟩ as a function of the free operands and of the weights of the results. */
function alongGradient(point: Point): (xs: readonly gf.Tensor[]) => gf.Tensor {
  const next = random(7);
  const operands = point.operands.map(toTensor);
  const directions = point.free.map((k) => toTensor(randomBlock((point.operands[k] as Block).shape, next)));
  return (xs) => {
    const found = gradients(point, placed(point, operands, xs), xs.slice(point.free.length));
    return found.reduce((sum, g, i) => gf.add(sum, gf.sum(gf.mul(g, directions[i] as gf.Tensor))), gf.scalar(0, "float64"));
  };
}

describe.each(differentiable.map((op) => [op.name, op] as const))("%s", (_, op) => {
  it("has rules, or says that its derivative is zero", () => {
    expect(op.grad).toBeDefined();
    if (Array.isArray(op.grad)) expect(op.grad.length).toBe(op.arity);
  });

  it("agrees with differences", () => {
    const total = judgeAll(op, (point) => {
      const [operands, weights] = [point.operands.map(toTensor), point.weights.map(toTensor)];
      const free = point.free.map((k) => point.operands[k] as Block);
      return disagreements(free, gradients(point, operands, weights), (blocks) =>
        scalarOf(weighted(point, placed(point, operands, meant(point, blocks).map(toTensor)), weights)),
      );
    });
    expect(total).toBeGreaterThan(0);
  });

  it("agrees with differences of the gradient, in the operands and in the weights of the results", () => {
    judgeAll(op, (point) => {
      const along = alongGradient(point);
      const blocks = [...point.free.map((k) => point.operands[k] as Block), ...point.weights];
      const given = gf.grads((...xs: gf.Tensor[]) => along(xs))(blocks.map(toTensor));
      return disagreements(blocks, given, (at) => scalarOf(along(meant(point, at).map(toTensor))));
    });
  });
});

it.each(differentiable.map((op) => [op.name, op] as const))("%s: the same in graphs, to the second order", (_, op) => {
  for (const sample of op.samples) {
    const point = pointOf(op, sample);
    if (point === null || point.operands.some((x) => x.data.length > 500)) continue;
    const operands = point.operands.map(toTensor);
    const along = alongGradient(point);
    const body = (...xs: gf.Tensor[]): gf.Tensor[] => [
      ...gradients(point, placed(point, operands, xs), xs.slice(point.free.length)),
      ...gf.grads((...ys) => along(ys))(xs),
    ];
    const args = [...point.free.map((k) => operands[k] as gf.Tensor), ...point.weights.map(toTensor)];
    const graph = compiled(body, { name: op.name })(...args);
    for (const [k, eager] of body(...args).entries()) {
      const others = (graph[k] as gf.Tensor).dataSync();
      for (const [i, v] of eager.dataSync().entries()) {
        const other = others[i] as number;
        expect(Math.abs(v - other) <= 1e-12 * (1 + Math.abs(v)), `${sample.name}: gradient ${k}[${i}] ${v}, in a graph ${other}`).toBe(
          true,
        );
      }
    }
  }
});

it("looks at every op that could have a gradient", () => {
  expect(differentiable.length).toBeGreaterThan(60);
});
