/** Lengths that differ between calls: at most two traces for any number of them. */
import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { describe, expect, it } from "vitest";
import { graph, thrown, type V } from "./emitted.ts";

const SIZES = Array.from({ length: 20 }, (_, i) => (i * 7) % 23);

function rows(n: number, columns: number): gf.Tensor {
  return gf.tensor(
    Array.from({ length: n * columns }, (_, i) => Math.sin(i)),
    [n, columns],
  );
}

function close(a: gf.Tensor, b: gf.Tensor): void {
  expect(a.shape).toEqual(b.shape);
  const wanted = b.dataSync();
  for (const [i, x] of a.dataSync().entries()) expect(x).toBeCloseTo(wanted[i] as number, 5);
}

describe("twenty batch sizes", () => {
  it("of a network forward", () => {
    const [w, b, v] = [rows(5, 8), rows(1, 8), rows(8, 3)];
    const forward = (x: V): V => gf.softmax(gf.matMul(gf.relu(gf.add(gf.matMul(x, w), b)), v));
    const f = graph("forward", ["x"], forward);
    for (const n of SIZES) {
      const x = rows(n, 5);
      close(f(x), forward(x));
    }
    expect(f.traces).toBe(2);
    const text = f.explain(rows(9, 5)).text();
    expect(text).toContain("one trace for all lengths: f32[N,5]");
    expect(text).not.toContain("Interpreted");
  });

  it("of a training step with a loop", () => {
    const step =
      (w: V) =>
      (x: V, y: V): V => {
        let i: V = $.lit(0);
        let loss: V = $.lit(0);
        $.while(
          "4:3",
          $.vars(
            () => ({ i, loss }),
            ($v: V) => {
              ({ i, loss } = $v);
            },
          ),
          () => $.lt(i, gf.scalar(2)),
          () => {
            const { value, grads } = gf.variableGrads(() => gf.losses.meanSquaredError(y, gf.matMul(x, w)) as gf.Scalar, [w]);
            for (const [, g] of Object.entries(grads)) w.assign(gf.sub(w, gf.mul(g as gf.Tensor, 0.1)));
            loss = value;
            i = $.add(i, 1);
          },
        );
        return loss;
      };
    const [eager, staged] = [gf.variable(gf.zeros([5, 1])), gf.variable(gf.zeros([5, 1]))];
    const f = graph("step", ["x", "y"], step(staged));
    for (const n of SIZES.filter((size) => size > 0)) {
      const [x, y] = [rows(n, 5), rows(n, 1)];
      expect(f(x, y).item()).toBeCloseTo(
        gf.tidy(() => {
          for (let i = 0; i < 1; i++) {
            const { grads } = gf.variableGrads(() => gf.losses.meanSquaredError(y, gf.matMul(x, eager)) as gf.Scalar, [eager]);
            for (const g of Object.values(grads)) eager.assign(gf.sub(eager, gf.mul(g as gf.Tensor, 0.1)) as V);
          }
          const { value, grads } = gf.variableGrads(() => gf.losses.meanSquaredError(y, gf.matMul(x, eager)) as gf.Scalar, [eager]);
          for (const g of Object.values(grads)) eager.assign(gf.sub(eager, gf.mul(g as gf.Tensor, 0.1)) as V);
          return value.item() as number;
        }),
        5,
      );
      close(staged, eager);
    }
    expect(f.traces).toBe(2);
  });

  it("with a tape around the call", () => {
    const f = graph("square", ["x"], (x: V) => gf.mean(gf.square($.mul(x, 2) as V)));
    for (const n of [3, 4, 5, 6]) {
      const x = rows(n, 2);
      const dx = gf.grad((t) => f(t) as gf.Scalar)(x);
      expect(dx.dataSync()[3]).toBeCloseTo((8 * (x.dataSync()[3] as number)) / (2 * n), 6);
    }
    expect(f.traces).toBe(2);
  });

  it("rows of a tensor", () => {
    const f = graph("horner", ["x"], (x: V) => {
      let total: V = 0;
      $.forOf(
        "3:3",
        $.vars(
          () => ({ total }),
          ($v: V) => {
            ({ total } = $v);
          },
        ),
        x,
        (row: V) => {
          total = $.add($.mul(total, 2), row);
        },
      );
      return total;
    });
    for (const n of [1, 3, 5, 7, 0]) expect(f(gf.ones([n])).item()).toBe(2 ** n - 1);
    expect(f.traces).toBe(2);
  });
});

describe("what stays a number", () => {
  it("a length that the program reads, and explain says where", () => {
    const f = graph("mean", ["x"], (x: V) => $.div(gf.sum(x), x.shape[0]));
    for (const n of [2, 3, 4, 5]) expect(f(gf.ones([n])).item()).toBe(1);
    expect(f.traces).toBe(4);
    expect(f.explain(gf.ones([5])).text()).toMatch(
      /length 0 of x\s+static\s+one trace per length: the length of axis 0 of `x`\s+is read as a number/,
    );
  });

  it("also where the program catches what reading it throws", () => {
    const f = graph("caught", ["x"], (x: V) => {
      try {
        return $.add(gf.sum(x), x.size);
      } catch {
        return gf.scalar(-1);
      }
    });
    for (const n of [2, 3, 4]) expect(f(gf.ones([n])).item()).toBe(2 * n);
  });

  it("one of two: the other is a symbol still", () => {
    const f = graph("half", ["x"], (x: V) => $.mul(gf.sum(x, 0), x.shape[1]));
    f(gf.ones([2, 3]));
    f(gf.ones([4, 3]));
    f(gf.ones([5, 3]));
    expect(f.traces).toBe(2);
    expect(f(gf.ones([6, 4])).arraySync()).toEqual([24, 24, 24, 24]);
    expect(f(gf.ones([7, 4])).arraySync()).toEqual([28, 28, 28, 28]);
  });

  it("whether an axis of length 1 is squeezed", () => {
    const f = graph("squeezed", ["x"], (x: V) => gf.squeeze(x));
    for (const n of [2, 3, 1, 4]) expect(f(gf.ones([n, 2])).shape).toEqual(n === 1 ? [2] : [n, 2]);
  });
});

describe("lengths that were equal", () => {
  it("count as equal, until a call says otherwise", () => {
    const f = graph("add", ["x", "y"], (x: V, y: V) => $.add(x, y));
    expect(f(gf.ones([2]), gf.ones([2])).shape).toEqual([2]);
    expect(f(gf.ones([3]), gf.ones([3])).shape).toEqual([3]);
    expect(f(gf.ones([4]), gf.ones([1])).shape).toEqual([4]);
    expect(f(gf.ones([1]), gf.ones([5])).shape).toEqual([5]);
    expect(f.traces).toBe(3);
    expect(thrown(() => f(gf.ones([2]), gf.ones([3])))).toMatchObject({ code: "E_SHAPE" });
  });
});
