/** Arrays whose length the graph decides: what is shown, what is refused, and what is left in memory. */

import type { Tensor } from "graphfn";
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";

/** @graphFunction */
function halves(x: Tensor): Tensor {
  const xs: Tensor[] = [];
  while (x > 1) {
    xs.push(x);
    x = x / 2;
  }
  return gf.stack(xs);
}

/** @graphFunction */
function rows(x: Tensor): Tensor {
  const parts: Tensor[] = [x];
  while (x.sum() > 10) {
    x = x / 2;
    parts.push(x);
  }
  return gf.concat(parts, 1);
}

/** @graphFunction */
function third(x: Tensor): Tensor {
  const xs: Tensor[] = [];
  while (x > 1) {
    xs.push(x);
    x = x / 2;
  }
  return xs[2];
}

/** @graphFunction */
function popped(x: Tensor): Tensor {
  const xs: Tensor[] = [];
  if (x > 1) xs.push(x);
  return xs.pop() as Tensor;
}

/** Lengths that differ from element to element. */
/** @graphFunction */
function growingRows(n: Tensor): Tensor[] {
  const xs: Tensor[] = [];
  let row = gf.tensor([1, 2]);
  for (let i: Tensor = 0; i < n; i++) {
    xs.push(row);
    row = gf.concat([row, row]);
  }
  return xs;
}

class Stack {
  private readonly items: Tensor[] = [];
  push(x: Tensor): void {
    this.items.push(x);
  }
  pop(): Tensor {
    return this.items.pop() as Tensor;
  }
}

/** @graphFunction */
function reversed(n: Tensor): Tensor {
  const stack = new Stack();
  let result: Tensor = 0;
  for (let i: Tensor = 1; i <= n; i++) stack.push(i);
  for (let i: Tensor = 1; i <= n; i++) result = result * 10 + stack.pop();
  return result;
}

describe("an array whose length the graph decides", () => {
  it("is put together by stack and concat", () => {
    expect(halves(gf.scalar(9)).arraySync()).toEqual([9, 4.5, 2.25, 1.125]);
    expect(rows(gf.tensor([[16], [8]])).arraySync()).toEqual([
      [16, 8, 4],
      [8, 4, 2],
    ]);
  });

  it("is a list in the graph, which is run node by node", () => {
    const explained = (halves as unknown as gf.GraphMembers).explain(gf.scalar(9)).toString();
    expect(explained).toContain("Interpreted: `xs` holds as many tensors as the data decides");
    expect(explained).toContain("list push");
  });

  it("holds tensors of several lengths", () => {
    expect(growingRows(gf.scalar(3)).map((t) => t.size)).toEqual([2, 4, 8]);
    expect(growingRows(gf.scalar(0))).toEqual([]);
  });

  it("is traced once, also as a field", () => {
    expect([4, 3, 0].map((n) => reversed(gf.scalar(n)).arraySync())).toEqual([4321, 321, 0]);
    expect((reversed as unknown as gf.GraphMembers).traces).toBe(1);
  });

  it("has elements or fails with the place, where JavaScript would have undefined", () => {
    expect(third(gf.scalar(9)).arraySync()).toBe(2.25);
    expect(() => third(gf.scalar(2))).toThrow(/E_INDEX: Element 2 of `xs` was read, which has 1\..*lists\.test\.ts:34:/);
    expect(popped(gf.scalar(2)).arraySync()).toBe(2);
    expect(() => popped(gf.scalar(0))).toThrow(/E_INDEX: pop\(\) found no element: `xs` was empty\..*lists\.test\.ts:41:/);
    expect(() => halves(gf.scalar(0))).toThrow(/`xs` was empty where its tensors were put together/);
  });

  it("leaves nothing in memory but its results", () => {
    halves(gf.scalar(9));
    const before = gf.memory().numTensors;
    const x = gf.scalar(100);
    const results = [halves(x), ...growingRows(gf.scalar(3))];
    expect(() => third(gf.scalar(2))).toThrow("E_INDEX");
    expect(gf.memory().numTensors - before).toBe(results.length + 3);
  });

  it("has a gradient, and none where it is what comes out, which is said", () => {
    const last = gf.graphFunction((x: Tensor): Tensor => {
      const xs: Tensor[] = [];
      while (x > 1) {
        xs.push(x);
        x = x / 2;
      }
      return xs[xs.length - 1];
    });
    expect(gf.grad(last)(gf.scalar(9)).arraySync()).toBe(0.125);
    expect(() => gf.grad((x: Tensor) => growingRows(x)[0] as Tensor)(gf.scalar(2))).toThrow("returns as many tensors as the data decides");
  });
});
