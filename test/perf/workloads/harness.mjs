// Timing and output shared by the JavaScript peers. Every line printed is one JSON record; see ../README.md.
import { performance } from "node:perf_hooks";

const argv = process.argv.slice(2);
export const args = Object.fromEntries(argv.flatMap((a, i) => (a.startsWith("--") ? [[a.slice(2), argv[i + 1]]] : [])));
const list = (key) => (args[key] ?? "").split(",").filter(Boolean);
const cases = list("case"),
  modes = list("mode");

export const wanted = (peer, name) =>
  (!modes.length || modes.includes(peer)) && (!cases.length || cases.some((prefix) => name.startsWith(prefix)));
export const emit = (record) => console.log(JSON.stringify(record));
export const cannot = (peer, name, reason) =>
  wanted(peer, name) && emit({ peer, case: name, cannot: String(reason).split("\n")[0].slice(0, 200) });

const SCALE = { ns: 1e6, us: 1e3, ms: 1, s: 1e-3 };
const median = (xs) => {
  const s = [...xs].sort((a, b) => a - b),
    m = s.length >> 1;
  return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2;
};

/**
 * Median time of fn(), divided by `per`. fn returns (or resolves) only when its result is ready.
 * check(result) gives the number compared with checks.json. Same procedure as measure() in harness.py.
 *
 * @param {string} peer
 * @param {string} name
 * @param {() => any} fn
 * @param {{ unit?: "ns" | "us" | "ms" | "s", per?: number, check?: (result: any) => unknown, budget?: number, samples?: number, note?: string }} options
 */
export async function measure(peer, name, fn, { unit = "ms", per = 1, check, budget = 1.2, samples = 9, note } = {}) {
  if (!wanted(peer, name)) return;
  try {
    const now = () => performance.now();
    let start = now(),
      once = 0;
    let result = fn();
    const asynchronous = result instanceof Promise;
    if (asynchronous) result = await result;
    const first = now() - start;
    const value = check ? await check(result) : null;
    start = now();
    do {
      // warm up; the first call may have compiled, so it does not count
      const begin = now();
      asynchronous ? await fn() : fn();
      once = now() - begin;
    } while (now() - start < 150 * budget && once < 50);
    if (once > budget * 1e3) samples = 2;
    const inner = Math.max(1, Math.floor(10 / Math.max(once, 1e-6)));
    const times = [],
      deadline = now() + budget * 1e3;
    while (times.length < samples && (times.length < 2 || now() < deadline)) {
      const begin = now();
      if (asynchronous) for (let i = 0; i < inner; i++) await fn();
      else for (let i = 0; i < inner; i++) fn();
      times.push((now() - begin) / inner);
    }
    const scale = SCALE[unit] / per;
    emit({
      peer,
      case: name,
      unit,
      median: median(times) * scale,
      min: Math.min(...times) * scale,
      max: Math.max(...times) * scale,
      samples: times.length,
      inner,
      first_ms: first,
      check: value === null ? null : Number(value),
      note: note ?? null,
    });
  } catch (error) {
    cannot(peer, name, `${error.name}: ${error.message}`);
  }
}
