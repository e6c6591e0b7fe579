/** Variables in compiled functions: their memory is written in place, unless somebody else still reads it. On both backends. */
import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { poolInfo } from "../../runtime/src/core/pool.ts";
import { addon } from "../native/support.ts";
import { graph, thrown } from "./emitted.ts";

const backends = addon !== null ? (["reference", "native"] as const) : (["reference"] as const);
const initial = gf.backendInfo().name;
afterAll(() => gf.setBackend(initial));

describe.each(backends)("on the %s backend", (backend) => {
  beforeEach(() => gf.setBackend(backend));

  it("a hundred steps stay in the same memory and allocate nothing", () => {
    const w = gf.variable(gf.ones([100]), true, "w");
    const m = gf.variable(gf.zeros([100]), false, "m");
    const n = gf.variable(0, false, "n", "int32");
    const step = graph("step", ["g"], (g: gf.Tensor) => {
      m.assign(m.mul(0.5).add(g));
      w.assignSub(m.mul(0.1));
      n.assignAdd(1);
    });
    const g = gf.fill([100], 0.5);
    step(g);
    const memory = [w, m, n].map((v) => v.elements);
    const before = [gf.memory(), poolInfo()];
    for (let i = 0; i < 100; i++) step(g);
    expect([gf.memory(), poolInfo()]).toEqual(before);
    expect([w, m, n].map((v) => v.elements)).toEqual(memory);
    for (const [i, v] of [w, m, n].entries()) expect(v.elements).toBe(memory[i]);
    expect(n.dataSync()[0]).toBe(101);
    expect(step.traces).toBe(1);
    let [plainW, plainM] = [1, 0];
    for (let i = 0; i < 101; i++) {
      plainM = Math.fround(Math.fround(plainM * 0.5) + 0.5);
      plainW = Math.fround(plainW - Math.fround(plainM * Math.fround(0.1)));
    }
    expect(w.dataSync()[42]).toBe(plainW);
  });

  it("explain names the variables, and shows which are written where", () => {
    const w = gf.variable(gf.ones([4]), true, `explained_${backend}`);
    const rate = gf.variable(0.5, false, `rate_${backend}`);
    const step = graph("step", ["g"], (g: gf.Tensor) => {
      w.assignSub(g.mul(rate));
      return g.sum();
    });
    const g = gf.ones([4]);
    step(g);
    const text = String(step.explain(g));
    expect(text).toContain(`step(g: f32[4]) → f32, assigns ${w.name}`);
    expect(text).toContain("2 variables (1 written)");
    expect(text).toMatch(new RegExp(`${w.name}#\\d:f32\\[4\\] = fused\\(.*${w.name}#\\d:f32\\[4\\].*in place`));
  });

  it("who shares a variable's memory keeps the value", () => {
    const start = gf.range(0, 100);
    const w = gf.variable(start, true, "w");
    const twin = gf.variable(start, true, "twin");
    const add = graph("add", ["x"], (x: gf.Tensor) => {
      w.assignAdd(x);
      return w.reshape([10, 10]);
    });
    const zeroTo99 = [...start.dataSync()];
    const view = w.reshape([4, 25]);
    const read = w.read();
    const result = add(start) as gf.Tensor;
    for (const t of [start, twin, view, read]) expect([...t.dataSync()]).toEqual(zeroTo99);
    expect([...w.dataSync()]).toEqual(zeroTo99.map((x) => 2 * x));
    const kept = [...result.dataSync()];
    add(read);
    expect([...result.dataSync()]).toEqual(kept);
    expect([...read.dataSync()]).toEqual(zeroTo99);
    expect([...w.dataSync()]).toEqual(zeroTo99.map((x) => 3 * x));
  });

  it("two variables over one memory are written apart", () => {
    const a = gf.variable(gf.ones([80]), true, "a");
    const b = gf.variable(a.read(), true, "b");
    const both = graph("both", [], () => {
      a.assignAdd(1);
      b.assign(a.mul(10));
    });
    both();
    both();
    expect([a.dataSync()[79], b.dataSync()[79]]).toEqual([3, 30]);
  });

  it("a variable that is assigned between calls is found again", () => {
    const w = gf.variable(gf.zeros([100]), true, "w");
    const add = graph("add", [], () => {
      w.assignAdd(1);
    });
    add();
    w.assign(gf.fill([100], 41));
    add();
    expect(w.dataSync()[99]).toBe(42);
  });

  it("a failing call changes nothing and keeps nothing", () => {
    const w = gf.variable(gf.ones([100]), true, "w");
    const at = graph("at", ["x", "i"], (x: gf.Tensor, i: gf.Tensor) => {
      w.assignAdd(1);
      return gf.gather(x, i);
    });
    const x = gf.ones([3, 50]);
    const memory = gf.memory();
    const error = thrown(() => at(x, gf.tensor([7], [1], "int32")));
    expect(error.code).toBe("E_INDEX");
    expect(gf.memory().numTensors).toBe(memory.numTensors + 1);
    expect(w.dataSync()[0]).toBe(1);
    at(x, gf.tensor([2], [1], "int32"));
    expect(w.dataSync()[0]).toBe(2);
  });

  it("a disposed variable is refused by name", () => {
    const w = gf.variable(gf.ones([100]), true, "weights");
    const add = graph("add", [], () => {
      w.assignAdd(1);
    });
    add();
    w.dispose();
    expect(thrown(() => add())).toMatchObject({ code: "E_DISPOSED", message: expect.stringContaining(w.name as string) });
  });

  it("user code in a print step may assign, call again and dispose", () => {
    const w = gf.variable(gf.ones([100]), true, "w");
    let inner: () => void = () => {};
    const log = vi.spyOn(console, "log").mockImplementation(() => {
      const next = inner;
      inner = () => {};
      next();
    });
    const x = gf.fill([100], 5);
    const add = graph("add", ["x"], (v: gf.Tensor) => {
      $.log("1:1", "log", w);
      w.assign(w.add(v));
    });
    inner = () => {
      w.assign(gf.fill([100], 1000));
      gf.fill([100], -7);
    };
    add(x);
    expect(w.dataSync()[50]).toBe(6);
    inner = () => add(x);
    add(x);
    // The outer call read 6 before the inner one assigned 11.
    expect(w.dataSync()[50]).toBe(11);
    inner = () => {
      x.dispose();
      gf.fill([100], -7);
    };
    add(x);
    expect(w.dataSync()[50]).toBe(16);
    log.mockRestore();
  });
});
