/**
 * Memory of long loops without dispose(): `npm run build && node test/perf/memory.bench.mjs [filter] [ops]`. Each row is a process of
 * its own that makes so many temporaries (10^6 unless said) in one synchronous loop, where no task of the event loop runs in between.
 * Printed: RSS before the loop, peak RSS of the process, what ArrayBuffers and V8's heap hold at the end, processor time. The bar for 1 MB: 150 MB.
 * `--row "1 MB" 1000000 --json` prints the peak as a record of `npm run bench`.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const MB = 1e6;
const floats = (bytes) => bytes / 4;

/** Each returns the op of one round. */
const workloads = {
  "1 MB": (gf) => {
    const x = gf.fill([floats(2 ** 20)], 1);
    return () => x.add(1);
  },
  "4 KB": (gf) => {
    const x = gf.fill([floats(4096)], 1);
    return () => x.add(1);
  },
  mixed: (gf) => {
    const all = [64, 1024, 4096, 40_000, 100_000, 300_000, 2 ** 20, 3_000_000].map((bytes) => gf.fill([floats(bytes)], 1));
    return (i) => all[(i * 7) & 7].add(1);
  },
  "reshape of 1 MB": (gf) => {
    const x = gf.fill([floats(2 ** 20)], 1);
    return () => x.add(1).reshape([512, 512]);
  },
  "slice of 1 MB": (gf) => {
    const x = gf.fill([2, floats(2 ** 20)], 1);
    return () => x.slice([1, 0], [1, floats(2 ** 20)]);
  },
};

/** One workload, in this process. */
async function measure(name, ops) {
  const gf = await import("graphfn");
  const op = workloads[name](gf);
  for (let i = 0; i < 8; i++) op(i);
  const before = process.memoryUsage().rss;
  const start = process.cpuUsage();
  for (let i = 0; i < ops; i++) op(i);
  const { user, system } = process.cpuUsage(start);
  const { arrayBuffers, heapTotal } = process.memoryUsage();
  // In KiB on every system, whatever getrusage counts in.
  const peak = process.resourceUsage().maxRSS * 1024;
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify({ peer: "ours-eager", case: "N08.rss", unit: "MB", median: peak / MB }));
    return;
  }
  const numbers = [before, peak, arrayBuffers, heapTotal].map((bytes) => (bytes / MB).toFixed(0).padStart(14)).join("");
  console.log(`${name.padEnd(18)}${ops.toExponential(0).padStart(6)}${numbers}${((user + system) / ops).toFixed(1).padStart(11)}`);
}

if (process.argv[2] === "--row") {
  await measure(process.argv[3], Number(process.argv[4]));
} else {
  const [filter = "", ops = "1000000"] = process.argv.slice(2);
  const heads = ["before, MB", "peak RSS, MB", "buffers, MB", "V8 heap, MB"].map((head) => head.padStart(14)).join("");
  console.log(`${"temporaries".padEnd(18)}${"ops".padStart(6)}${heads}${"CPU µs/op".padStart(11)}`);
  for (const name of Object.keys(workloads)) {
    if (!name.includes(filter)) continue;
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--row", name, ops], { stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
}
