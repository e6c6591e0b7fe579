/** A thread, then the process, ends while a function runs that would not: started by run-async.test.ts. */
import { isMainThread, Worker } from "node:worker_threads";
import * as gf from "graphfn";

/** @graphFunction */
function endless(x: gf.Tensor): gf.Tensor {
  while (x > 0) x = x * 0.5 + 1;
  return x;
}

const running = (): Promise<void> =>
  new Promise((resolve) => {
    void gf.runAsync(endless, [gf.scalar(1, "float64")], { onProgress: () => resolve() });
  });

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  await new Promise((resolve) => worker.once("message", resolve));
  await worker.terminate();
  console.log("thread ended");
  await running();
  console.log("process ends");
  process.exit(7);
} else {
  const { parentPort } = await import("node:worker_threads");
  await running();
  parentPort?.postMessage("runs");
}
