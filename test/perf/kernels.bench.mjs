/**
 * Many kernels: `npm run build && node --expose-gc test/perf/kernels.bench.mjs [count]`. Makes so many functions whose fused ops differ, has
 * LLVM compile each, compares its values with those of plain loops, and drops it. Prints the time per kernel and the memory as it goes:
 * what is kept is the code of the last 256.
 */
import { nativeAddon } from "@graphfn/native";
import * as gf from "graphfn";

const count = Number(process.argv[2] ?? 10_000);
const addon = nativeAddon();
if (!addon?.hasCompiler()) {
  console.log(`no compiler: ${addon?.compiler().missing ?? "no addon"}`);
  process.exit(0);
}
addon.setCompiler("wait", "");
const x = gf.linspace(-3, 3, 1000);
const data = x.dataSync();
const megabytes = () => (process.memoryUsage().rss / 2 ** 20).toFixed(0);

/** Rounded to float32 after each op, as the kernel does. */
const plain = (v, k) => Math.fround(Math.fround(Math.min(Math.max(v, Math.fround(-k / count)), Math.fround(k / count))) * v) + v;

let wrong = 0;
const started = performance.now();
for (let k = 1; k <= count; k++) {
  gf.tidy(() => {
    const f = gf.graphFunction((/** @type {gf.Tensor} */ v) =>
      v
        .clipByValue(-k / count, k / count)
        .mul(v)
        .add(v),
    );
    const got = f(x).dataSync();
    if (k % 97 === 0) for (let i = 0; i < data.length; i++) if (got[i] !== Math.fround(plain(data[i], k))) wrong++;
    f.dispose?.();
  });
  if (k % Math.ceil(count / 10) === 0) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
    const { compiled, reused, failed, milliseconds } = addon.compiler(true);
    console.log(
      `${k} functions: ${compiled} compiled, ${reused} found, ${failed} failed, ${(milliseconds / compiled).toFixed(2)} ms each, ${megabytes()} MB`,
    );
  }
}
console.log(`${wrong} wrong values, ${((performance.now() - started) / count).toFixed(2)} ms per function`);
