/**
 * Has V8 look for dead buffers early. V8 collects young ArrayBuffers after every 32 MB of them and frees them on another thread, which
 * may be late by one round: a loop that never disposes holds 64 MB and more. With a round after every 20 MB it holds 40.
 *
 * A round visits young objects alone: 0.4 ms where few of them live. V8 only lends the function that starts one to
 * those who switch on its flag, which is switched off again at once. Where that is not possible, V8's own rounds have to do.
 */

/** Fresh memory between two rounds. */
const ROUND_BYTES = 20 * 2 ** 20;
/** Smaller buffers are not worth a count: their objects fill V8's young space early enough. */
const LEAST_BYTES = 2 ** 14;

type Collect = (options: { readonly type: "minor" }) => void;
interface Modules {
  getBuiltinModule?(name: "node:v8"): { setFlagsFromString(flags: string): void };
  getBuiltinModule?(name: "node:vm"): { runInNewContext(code: string): unknown };
}

let fresh = 0;
let collect: Collect | null | undefined;

function findCollect(): Collect | null {
  const { gc, process } = globalThis as { gc?: Collect; process?: Modules };
  if (typeof gc === "function") return gc;
  try {
    const v8 = process?.getBuiltinModule?.("node:v8");
    v8?.setFlagsFromString("--expose-gc");
    const found = process?.getBuiltinModule?.("node:vm").runInNewContext("gc");
    v8?.setFlagsFromString("--no-expose-gc");
    return typeof found === "function" ? (found as Collect) : null;
  } catch {
    return null;
  }
}

/** Called before a fresh buffer is made. */
export function countFresh(bytes: number): void {
  if (bytes < LEAST_BYTES) return;
  fresh += bytes;
  if (fresh <= ROUND_BYTES) return;
  fresh = bytes;
  if (collect === undefined) collect = findCollect();
  collect?.({ type: "minor" });
}
