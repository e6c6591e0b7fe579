/** Memory: counts, tidy, dispose, sharing, reuse. What is not disposed must not grow without bound. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import * as gf from "graphfn";
import { beforeEach, describe, expect, it } from "vitest";
import { setPoolCap } from "../../runtime/src/core/pool.ts";

let before: gf.MemoryInfo;
beforeEach(() => {
  before = gf.memory();
});

/** Change of the counts since the start of the test. */
function grown(): [tensors: number, buffers: number, bytes: number] {
  const now = gf.memory();
  return [now.numTensors - before.numTensors, now.numDataBuffers - before.numDataBuffers, now.numBytes - before.numBytes];
}

it("a loop that disposes nothing holds three rounds of the collector at most, before any task of the event loop runs", () => {
  const x = gf.ones([2 ** 18]);
  const held = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let i = 0; i < 400; i++) {
    x.add(1);
    most = Math.max(most, process.memoryUsage().arrayBuffers - held);
  }
  // 32 MB fresh, as much that the collector's thread may still have to free, and what was young before.
  expect(most).toBeLessThan(96 * 2 ** 20);
});

describe("counts", () => {
  it("tensors, buffers and bytes", () => {
    const t = gf.zeros([10]);
    expect(grown()).toEqual([1, 1, 40]);
    t.dispose();
    expect(grown()).toEqual([0, 0, 0]);
  });

  it.each([[4], [1000]])("views of %d elements share one buffer until the last is disposed", (n) => {
    const t = gf.ones([n]);
    const view = t.reshape([1, n]);
    const twin = view.clone();
    expect(grown()).toEqual([3, 1, 4 * n]);
    t.dispose();
    view.dispose();
    expect(grown()).toEqual([1, 1, 4 * n]);
    expect(twin.sum().item()).toBe(n);
    gf.dispose([twin]);
    expect(grown()[1]).toBeLessThanOrEqual(1);
  });

  it("disposing twice does nothing", () => {
    const t = gf.ones([100]);
    t.dispose();
    t.dispose();
    expect(grown()).toEqual([0, 0, 0]);
    expect(t.isDisposed).toBe(true);
  });

  it("an op that fails leaves nothing behind", () => {
    const [a, zero, many, zeros] = [gf.ones([3], "int32"), gf.zeros([3], "int32"), gf.ones([100], "int32"), gf.zeros([100], "int32")];
    const was = gf.memory();
    for (const fails of [
      () => a.mod(zero),
      () => many.mod(zeros),
      () => a.add([1, 2]).print(),
      () => gf.tensor([[1, 2], [3]]),
      () => gf.tensor([1, "x" as never]),
    ]) {
      expect(() => gf.tidy(() => fails())).toThrow();
    }
    expect(() => a.mod(zero)).toThrow();
    expect(() => many.mod(zeros)).toThrow();
    expect(() => gf.tensor([[1, 2], [3]])).toThrow();
    expect(gf.memory().numTensors).toBe(was.numTensors);
    expect(gf.memory().numBytes).toBe(was.numBytes);
  });
});

describe("tidy", () => {
  it("disposes what its body made, except the result", () => {
    const y = gf.tidy(() => {
      const x = gf.ones([100]);
      return x.mul(2).add(x);
    });
    expect(grown()[0]).toBe(1);
    expect(y.sum().item()).toBe(300);
  });

  it("keeps tensors in arrays and objects, and kept ones", () => {
    let kept: gf.Tensor | undefined;
    const { a, list } = gf.tidy(() => {
      kept = gf.keep(gf.scalar(7));
      gf.scalar(8);
      return { a: gf.scalar(1), list: [gf.scalar(2), [gf.scalar(3)]] as const };
    });
    expect([a.item(), list[0].item(), list[1][0]?.item(), kept?.item()]).toEqual([1, 2, 3, 7]);
    expect(grown()[0]).toBe(4);
  });

  it("gives plain values out as they are", () => {
    const values = gf.tidy(() => gf.ones([100]).add(1).dataSync());
    gf.tidy(() => gf.ones([100]).neg().dispose());
    expect([values[0], gf.tidy(() => gf.scalar(3).item())]).toEqual([2, 3]);
    expect(grown()[0]).toBe(0);
  });

  it("nests: a result of the inner belongs to the outer", () => {
    gf.tidy(() => {
      const inner = gf.tidy(() => gf.ones([2]).add(1));
      expect(inner.isDisposed).toBe(false);
    });
    expect(grown()[0]).toBe(0);
  });

  it("cleans up when the body throws, and goes on", () => {
    expect(() =>
      gf.tidy(() => {
        gf.ones([50]);
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(grown()[0]).toBe(0);
  });

  it("takes a name, refuses an async body", () => {
    expect(gf.tidy("step", () => 3)).toBe(3);
    expect(() => gf.tidy((async () => {}) as never)).toThrow(/async/);
  });

  it("using disposes at the end of the block", () => {
    {
      using t = gf.ones([64]);
      expect(t.size).toBe(64);
    }
    expect(grown()[0]).toBe(0);
  });
});

describe("isolation", () => {
  it("a tensor does not see changes of its source, nor of what was read", () => {
    const source = new Float32Array([1, 2, 3]);
    const t = gf.tensor(source);
    source[0] = 99;
    t.dataSync()[1] = 99;
    (t.arraySync() as number[])[2] = 99;
    expect(t.arraySync()).toEqual([1, 2, 3]);
  });

  it("a view outlives the tensor it came from", () => {
    const t = gf.range(0, 1000);
    const view = t.reshape([10, 100]);
    t.dispose();
    gf.ones([1000]).dispose();
    gf.ones([1000]);
    expect(gf.index(view, 9).max().item()).toBe(999);
  });

  it("memory is reused, and old elements never shine through", () => {
    gf.fill([1000], 7).dispose();
    expect(gf.memory().numBytesInPool).toBeGreaterThanOrEqual(4000);
    expect(gf.zeros([1000]).max().item()).toBe(0);
    gf.fill([1000], 7).dispose();
    expect(
      gf
        .pad(gf.ones([998]), [[1, 1]])
        .sum()
        .item(),
    ).toBe(998);
    gf.fill([1000], 7).dispose();
    expect(
      gf
        .oneHot(gf.zeros([100], "int32"), 10)
        .sum()
        .item(),
    ).toBe(100);
  });

  it("the pool keeps to its cap", () => {
    setPoolCap(1 << 20);
    for (const t of Array.from({ length: 10 }, () => gf.zeros([100000]))) t.dispose();
    expect(gf.memory().numBytesInPool).toBeLessThanOrEqual(1 << 20);
    setPoolCap(0);
    expect(gf.memory().numBytesInPool).toBe(0);
    setPoolCap(256 << 20);
  });
});

describe("a synchronous loop that never disposes", () => {
  it("stays bounded", async () => {
    const program = `
      import * as gf from "./index.ts";
      let peak = 0;
      for (let i = 0; i < 2000; i++) {
        const t = gf.fill([262144], i);
        if (i % 10 === 0) t.neg();
        peak = Math.max(peak, process.memoryUsage.rss());
      }
      console.log(peak / 2 ** 20);
    `;
    const { status, stdout, stderr } = await runModule(program);
    expect([status, stderr]).toEqual([0, ""]);
    expect(Number(stdout)).toBeLessThan(400); // MiB; all of them would be 2200
  });
});

/** Runs a program over the runtime's sources in a fresh process with a small heap. */
async function runModule(contents: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const resolveDir = fileURLToPath(new URL("../../runtime/src", import.meta.url));
  const bundle = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    external: ["@graphfn/native"],
  });
  const input = bundle.outputFiles[0]?.text ?? "";
  return spawnSync(process.execPath, ["--max-old-space-size=128", "--input-type=module"], {
    input,
    encoding: "utf8",
    cwd: resolveDir,
    env: { ...process.env, GRAPHFN_BACKEND: gf.backendInfo().name },
  });
}
