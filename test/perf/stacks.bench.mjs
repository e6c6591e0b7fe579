/**
 * Memory of gradients of long loops: `npm run build && node test/perf/stacks.bench.mjs [rounds …]`. The gradient of a `while` over one
 * float64 scalar, of 10^5 and 10^6 rounds unless said, with every state kept, with `checkpoint: "sqrt"` and with `checkpoint: 100`.
 *
 *   peak of the stacks   bytes at their most, counted push by push on the reference backend
 *   RSS                  how far the peak memory of the process rose in the first run of so many rounds on the native backend, over what
 *                        it was after one of few rounds; less than the stacks where the process had free memory. Each row is a process of
 *                        its own. Linux only
 *   ms                   of the second run, native
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.mjs";

const file = new URL("../out/stacks.mjs", import.meta.url).href;

/** Peak memory of the process since the last call, in bytes; NaN where the system does not say. */
function peakSinceLast() {
  try {
    const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
    writeFileSync("/proc/self/clear_refs", "5");
    return peak;
  } catch {
    return Number.NaN;
  }
}

const shown = (bytes) => {
  if (Number.isNaN(bytes)) return "–";
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(2)} MB`;
};

/** One way to keep states, in this process. */
async function measure(checkpoint, rounds) {
  const { gradientOf, mostOnStacks, setBackend } = await import(file);
  const { said, run } = gradientOf(checkpoint);
  run(10);
  peakSinceLast();
  const before = process.memoryUsage.rss();
  const first = run(rounds);
  const grown = peakSinceLast() - before;
  const start = performance.now();
  run(rounds);
  const took = performance.now() - start;
  setBackend("reference");
  const reference = gradientOf(checkpoint);
  let counted;
  const most = mostOnStacks(() => {
    counted = reference.run(rounds);
  });
  const wrong = Math.abs(counted - first) > 1e-9 * Math.abs(first) ? `  WRONG: ${first} and ${counted}` : "";
  const cells = [shown(most), (most / rounds).toFixed(2), (most / Math.sqrt(rounds)).toFixed(1), shown(grown), took.toFixed(1)];
  console.log(
    `${checkpoint.padEnd(6)}${rounds.toExponential(0).padStart(8)}${cells.map((c) => c.padStart(13)).join("")}   ${said}${wrong}`,
  );
  if (wrong !== "") process.exitCode = 1;
}

if (process.argv[2] === "--row") {
  await measure(process.argv[3], Number(process.argv[4]));
} else {
  await bundle("stacks.ts", { sources: true });
  const asked = process.argv.slice(2).map(Number);
  const heads = ["stacks, peak", "per round", "per √round", "RSS", "ms"].map((head) => head.padStart(13)).join("");
  console.log(`${"keeps".padEnd(6)}${"rounds".padStart(8)}${heads}   explain says: kept`);
  for (const checkpoint of ["none", "sqrt", "100"]) {
    for (const rounds of asked.length > 0 ? asked : [1e5, 1e6]) {
      const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--row", checkpoint, String(rounds)], {
        stdio: "inherit",
      });
      if (status !== 0) process.exitCode = 1;
    }
  }
}
