/** Compiled functions beside the program: gf.runAsync. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { nativeAddon } from "@graphfn/native";
import type { Tensor } from "graphfn";
import * as gf from "graphfn";
import { afterEach, describe, expect, test, vi } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const before = gf.getBackend();
const isNative = before === "native";
afterEach(() => {
  gf.setBackend(before);
  nativeAddon()?.setCompiler("background", "");
});

const int = (n: number) => gf.scalar(n, "int32");
const f64 = (x: number) => gf.scalar(x, "float64");
const numbers = (t: Tensor) => Array.from(t.dataSync());

const weights = gf.variable(gf.zeros([100]), true, "weights");

/** @graphFunction */
function logistic(x: Tensor, n: Tensor): Tensor {
  for (let i: Tensor = 0; i < n; i++) x = 3.9 * x * (1 - x);
  return x;
}

/** @graphFunction */
function endless(x: Tensor): Tensor {
  weights.assign(weights.add(1));
  while (x > 0) {
    let k: Tensor = 0;
    while (k < 3) k += 1;
    x += k;
    if (x > 1e6) x = gf.scalar(1, "float64");
  }
  return x;
}

/** @graphFunction */
function descend(target: Tensor, rounds: number): { readonly loss: Tensor; readonly steps: Tensor } {
  let steps = gf.scalar(0, "int32");
  for (let i: Tensor = 0; i < rounds; i++) {
    weights.assign(weights + 0.1 * (target - weights));
    steps += 1;
  }
  return { loss: gf.square(target - weights).sum(), steps };
}

/** @graphFunction */
function counted(n: Tensor): Tensor {
  let i: Tensor = 0;
  while (i < n) {
    console.log("round", i);
    i += 1;
    if (i > 5) throw new RangeError("more than five");
  }
  return i;
}

/** @graphFunction */
function picked(x: Tensor, at: Tensor): Tensor {
  return x[at] * 2;
}

/** @graphFunction */
function pushed(n: Tensor): Tensor {
  const list: Tensor[] = [];
  while (list.length < n) list.push(n + 1);
  return gf.stack(list);
}

/** @graphFunction */
function within(x: Tensor): Tensor {
  void gf.runAsync(logistic, [x, int(3)]);
  return x;
}

const ticks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.runIf(isNative)("beside the program", () => {
  test("gives what a call gives, with structures, numbers and several runs at a time", async () => {
    const runs = await Promise.all([0.1, 0.2, 0.3, 0.4].map((x, i) => gf.runAsync(logistic, [f64(x), int(1000 + i)])));
    expect(runs.map(numbers)).toEqual([0.1, 0.2, 0.3, 0.4].map((x, i) => numbers(logistic(f64(x), int(1000 + i)))));
    weights.assign(gf.zeros([100]));
    const expected = descend(gf.fill([100], 2), 30);
    const after = numbers(weights);
    weights.assign(gf.zeros([100]));
    const { loss, steps } = await gf.runAsync(descend, [gf.fill([100], 2), 30]);
    expect([numbers(loss), numbers(steps)]).toEqual([numbers(expected.loss), [30]]);
    expect(numbers(weights)).toEqual(after);
  });

  test.each(["off", "wait"] as const)("the event loop goes on, and a signal ends the run; compiler %s", async (mode) => {
    nativeAddon()?.setCompiler(mode, "");
    weights.assign(gf.ones([100]));
    const controller = new AbortController();
    const progress: number[] = [];
    const run = gf.runAsync(endless, [f64(1)], {
      signal: controller.signal,
      onProgress: ({ rounds }) => {
        progress.push(rounds);
        if (progress.length === 3) controller.abort(new Error("enough"));
      },
    });
    await ticks();
    // Not yet: it is assigned when the run ends.
    expect(numbers(weights)[0]).toBe(1);
    await expect(run).rejects.toThrow("enough");
    expect(progress[0]).toBeGreaterThan(0);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(numbers(weights)[0]).toBe(1);
    await expect(gf.runAsync(endless, [f64(1)], { signal: controller.signal })).rejects.toThrow("enough");
  });

  test("progress ends with all rounds of the outermost loop", async () => {
    const progress: gf.RunProgress[] = [];
    await gf.runAsync(logistic, [f64(0.3), int(2_000_000)], { onProgress: (p) => progress.push(p) });
    expect(progress.at(-1)?.rounds).toBe(2_000_000);
    await expect(
      gf.runAsync(endless, [f64(1)], {
        onProgress() {
          throw new TypeError("not shown");
        },
      }),
    ).rejects.toThrow("not shown");
  });

  test("arguments may be disposed, and their memory taken away, meanwhile", async () => {
    const [x, at] = [gf.linspace(0, 999, 1000), int(7)];
    const run = gf.runAsync(picked, [x, at]);
    x.dispose();
    at.dispose();
    expect(numbers(await run)).toEqual([14]);
  });

  test("what it assigns is not to be assigned meanwhile", async () => {
    weights.assign(gf.zeros([100]));
    const run = gf.runAsync(descend, [gf.fill([100], 1), 100_000]);
    weights.assign(gf.ones([100]));
    await expect(run).rejects.toThrow(/^E_CONCURRENT: weights was assigned or disposed while descend/);
    expect(numbers(weights)[0]).toBe(1);
    const second = gf.runAsync(descend, [gf.fill([100], 1), 100_000]);
    descend(gf.fill([100], 1), 1);
    await expect(second).rejects.toThrow("E_CONCURRENT");
  });

  test("prints come in order, and errors with their places", async () => {
    const shown: unknown[][] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...parts) => shown.push(parts.map(String)));
    await gf.runAsync(counted, [int(3)]);
    expect(shown.map((parts) => parts.join(" ").replace(/\s+/g, " "))).toHaveLength(3);
    expect(shown.map((parts) => /\d/.exec(parts.join(" "))?.[0])).toEqual(["0", "1", "2"]);
    await expect(gf.runAsync(counted, [int(9)])).rejects.toThrow(new RangeError("more than five"));
    expect(shown).toHaveLength(9);
    log.mockImplementation(() => {
      throw new TypeError("no console");
    });
    await expect(gf.runAsync(counted, [int(2)])).rejects.toThrow("no console");
    log.mockRestore();
    const failed = gf.runAsync(picked, [gf.ones([100]), int(100)]);
    await expect(failed).rejects.toThrow(/index 100 is out of range for axis 0 of length 100.*run-async\.test\.ts:\d+:\d+/);
  });

  test("a process may end while it runs, and so may a thread", () => {
    const ended = spawnSync(process.execPath, ["--import", "@graphfn/transformer/register", "staged/run-async-ends.ts"], {
      cwd: join(root, "test"),
      encoding: "utf8",
      timeout: 120_000,
    });
    expect(ended.stderr).toBe("");
    expect(ended.stdout).toBe("thread ended\nprocess ends\n");
    expect(ended.status).toBe(7);
  });
});

test("where there is no other thread to run on, the call is made at once", async () => {
  expect(numbers(await gf.runAsync(pushed, [int(4)]))).toEqual([5, 5, 5, 5]);
  gf.setBackend("reference");
  expect(numbers(await gf.runAsync(logistic, [f64(0.5), int(2)]))).toEqual(numbers(logistic(f64(0.5), int(2))));
});

test("refusals", async () => {
  const plain = (x: Tensor): Tensor => x;
  await expect(gf.runAsync(plain, [int(1)])).rejects.toThrow("E_NOT_GRAPH_FUNCTION");
  const bad = gf.runAsync as unknown as (...args: unknown[]) => Promise<unknown>;
  for (const args of [[], [null], [3, []], [logistic], [logistic, 3], [logistic, [f64(1), int(1)], null], [logistic, [], { signal: {} }]]) {
    await expect(bad(...args)).rejects.toThrow(/^E_ARGUMENT: runAsync/);
  }
  await expect(bad(logistic, [f64(1), int(1)], { onProgress: 1 })).rejects.toThrow("E_ARGUMENT");
  const tape = gf.gradientTape();
  await expect(gf.runAsync(logistic, [f64(0.5), int(2)])).rejects.toThrow(
    /^E_ARGUMENT: logistic was passed to runAsync under a gradient tape/,
  );
  tape.gradient(gf.scalar(1), []);
  expect(() => within(f64(1))).toThrow(/^E_STAGING: logistic was passed to runAsync within a graph function/);
});
