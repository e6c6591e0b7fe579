/** Several environments in one process: each worker thread loads the addon for itself, works at the same time, may be ended at any moment. */
import { Worker } from "node:worker_threads";
import { nativeInfo } from "@graphfn/native";
import { expect, it } from "vitest";
import { type EncodedPlan, encodePlan } from "../../runtime/src/plan/encode.ts";
import type { Plan } from "../../runtime/src/plan/plan.ts";
import { addon, describeNative, native, PlanWriter, runOnce } from "./support.ts";

/** Plain JavaScript, so that the worker needs nothing but the addon. Sends the sum of each run's output. */
const PROGRAM = `
  const { parentPort, workerData } = require("node:worker_threads");
  const addon = require(workerData.file);
  const { words, numbers, constants } = workerData.plan;
  let prints = 0;
  globalThis.print = () => { prints++; };
  const id = addon.createPlan(words, numbers, constants, globalThis.print);
  const x = new Float32Array(workerData.n).fill(workerData.value);
  const out = new Float32Array(workerData.n);
  parentPort.postMessage("started");
  for (let round = 0; round < workerData.rounds; round++) {
    out.fill(0);
    const status = addon.runPlan(id, x, out);
    if (status !== 0) throw new Error("status " + status);
    for (let i = 0; i < out.length; i++) if (out[i] !== workerData.want) throw new Error(out[i] + " instead of " + workerData.want);
  }
  parentPort.postMessage({ prints });
`;

/** 20 additions over large arrays, a loop of 100 rounds over scalars, a print. */
function plan(n: number): Plan {
  const p = new PlanWriter();
  const x = p.input("float32", [n]);
  const sum = p.arena("float32", [n]);
  const [i, zero, one, limit, pred] = [
    p.arena("int32"),
    p.constant("int32", [0]),
    p.constant("int32", [1]),
    p.constant("int32", [100]),
    p.arena("bool"),
  ];
  p.copy(x, sum).copy(zero, i);
  for (let k = 0; k < 19; k++) p.op("add", [sum, x], sum);
  p.loop(
    () => {
      p.op("add", [i, one], i);
    },
    () => {
      p.op("less", [i, limit], pred);
      return pred;
    },
  );
  p.print([i]).copy(sum, p.output("float32", [n]));
  return p.done();
}

function start(encoded: EncodedPlan, n: number, value: number, rounds: number): Worker {
  const { words, numbers, constants } = encoded;
  return new Worker(PROGRAM, {
    eval: true,
    workerData: { file: nativeInfo().file, plan: { words, numbers, constants }, n, value, want: 20 * value, rounds },
  });
}

interface Running {
  readonly worker: Worker;
  readonly started: Promise<unknown>;
  readonly finished: Promise<unknown>;
}

/** Listens from the start: a worker may be done before another has begun. */
function running(worker: Worker): Running {
  const message = (wanted: (m: unknown) => boolean): Promise<unknown> =>
    new Promise((resolve, reject) => {
      worker.on("message", (m) => {
        if (wanted(m)) resolve(m);
      });
      worker.once("error", reject);
    });
  return { worker, started: message((m) => m === "started"), finished: message((m) => m !== "started") };
}

describeNative("worker threads", () => {
  const N = 200_000;
  const kernels = new Map(addon!.opNames.map((name, id) => [name, id]));
  const encoded = encodePlan(plan(N), kernels, addon!.layout.mailboxBytes);

  it("four at once, with the main thread working too, share the pool and mix nothing up", async () => {
    const workers = [1, 2, 3, 4].map((value) => running(start(encoded, N, value, 20)));
    await Promise.all(workers.map((w) => w.started));
    for (let round = 0; round < 5; round++) {
      const [out] = runOnce(native, plan(N), [new Float32Array(N).fill(7)]);
      expect(out!.every((v) => v === 140)).toBe(true);
    }
    expect(await Promise.all(workers.map((w) => w.finished))).toEqual(workers.map(() => ({ prints: 20 })));
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
  });

  it("may be terminated in the middle of a run", async () => {
    for (let round = 0; round < 4; round++) {
      const workers = [1, 2].map((value) => running(start(encoded, N, value, 1_000_000)));
      await Promise.all(workers.map((w) => w.started));
      await new Promise((resolve) => setTimeout(resolve, 5 + 7 * round));
      await Promise.all(workers.map(({ worker }) => worker.terminate()));
    }
    const [out] = runOnce(native, plan(N), [new Float32Array(N).fill(1)]);
    expect(out![0]).toBe(20);
  });
});
