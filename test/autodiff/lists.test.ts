/** Gradients through arrays that hold as many tensors as the data decides: eager, in a graph, and of a compiled function under a tape. */
import * as gf from "graphfn";
import { describe, expect, test } from "vitest";
import { agreed, expectGradient, f64, secondAlong } from "./modes.ts";

const FUNCTIONS = {
  "pushed and summed": gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    const kept: gf.Tensor[] = [];
    for (const x of xs) if (x > 0) kept.push(x * x);
    let sum: gf.Tensor = 0;
    for (const x of kept) sum = sum * 0.5 + x;
    return sum;
  }),
  "as many as a loop decides": gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    const path = [xs];
    let x = xs;
    while (x.square().sum() > 0.4) {
      x = x * 0.6 + xs.sin() * 0.05;
      path.push(x);
    }
    return gf.stack(path).square().mean();
  }),
  "read and written by index": gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    const table: gf.Tensor[] = [xs[0]];
    for (const x of xs) table.push(x * 2);
    let i: gf.Tensor = gf.scalar(0, "int32");
    while (i < table.length - 1) {
      table[i + 1] = table[i] * table[i + 1] + 0.1;
      if (table[i] > 0.3) table[i] = table[i].sin();
      i += 1;
    }
    return table[table.length - 1] + table[0] * table[1];
  }),
  "taken off again": gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    const stack: gf.Tensor[] = [xs[1]];
    for (const x of xs) {
      if (x > 0) stack.push(x.exp());
      else if (stack.length > 1) stack.pop();
      stack.push(x * 3);
    }
    let y: gf.Tensor = 1;
    while (stack.length > 1) y = y * 0.5 + stack.pop()!.mul(y);
    return y;
  }),
  "sliced and put together": gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    const a: gf.Tensor[] = [];
    for (const x of xs) {
      a.push(x);
      if (x > 0.5) a.push(x * x);
    }
    const b = a.slice(1).concat(a.slice(-2));
    const row = gf.concat(b.map((x) => gf.stack([x, x.sin()])));
    return row.mul(row).cumsum().sum();
  }),
  "in a helper, with rows": gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    const rows: gf.Tensor[] = [];
    const collect = (row: gf.Tensor): void => {
      if (row.sum() > 0) rows.push(row.tanh());
    };
    for (const x of xs) collect(xs * x);
    let total: gf.Tensor = xs.sum();
    for (const row of rows) total += row.square().sum() * total;
    return total;
  }),
  "nobody uses": gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    const seen: gf.Tensor[] = [];
    let y: gf.Tensor = 0;
    for (const x of xs) {
      seen.push(x);
      y += x * x * seen.length;
    }
    return y;
  }),
};

describe.each(Object.entries(FUNCTIONS))("%s", (name, f) => {
  test.each([[[0.4, 1.3, -0.6]], [[-0.7, 0.2]], [[1.9, 0.8, 0.7, 0.9]], [[-0.2, -0.3, 0.6]]])("of %j", (values) => {
    expectGradient(f, values, { close: 5, same: 11 });
  });

  test("to the second order", () => {
    agreed(secondAlong(f, [1, -2, 0.5]), f64([0.4, 1.3, -0.6]), 10, (error) => {
      // Rows whose length the trace does not know.
      expect([name, (error as gf.GraphFnError).code]).toEqual(["in a helper, with rows", "E_SYMBOLIC"]);
    });
  });
});

test("elements of different lengths have none, which is said", () => {
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    const parts = [x];
    for (const each of x) if (each > 0) parts.push(gf.concat([x, x]));
    return gf.concat(parts).sum();
  });
  expect(() => gf.grad(f)(f64([1, -2]))).toThrow(/The gradient of `parts` needs its shape \[\?\d*\], of which a length depends on data/);
});
