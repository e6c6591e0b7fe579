/**
 * Which backend runs: the native one where its addon loads, else the reference backend with one notice on stderr. GRAPHFN_BACKEND
 * (native or reference) and `setBackend` choose; `backendInfo` says what was chosen and why.
 */
import { type NativeAddon, nativeAddon, nativeInfo } from "@graphfn/native";
import { ArgumentError, GraphFnError } from "../core/errors.ts";
import { log } from "../watch/log.ts";
import type { Backend } from "./backend.ts";
import { createNativeBackend, fallbacks } from "./native.ts";
import { referenceBackend } from "./reference.ts";

export type BackendName = Backend["name"];

export interface BackendInfo {
  readonly name: BackendName;
  /** File of the addon, where it is in use. */
  readonly file: string | null;
  /** Why this backend. */
  readonly reason: string;
  /** Vector instructions in use: avx512, avx2, baseline; "javascript" for the reference backend. */
  readonly cpu: string;
  readonly threads: number;
  /** What multiplies matrices. */
  readonly gemm: string;
  /** What computes large float32 convolutions. */
  readonly convolution: string;
  /** What compiles loops and fused ops: "LLVM 19.1.7", or "none (why)". */
  readonly compiler: string;
  /** Version of Node-API of this Node. */
  readonly nodeApi: string;
  /** Ops with a native kernel. */
  readonly kernels: number;
  /** Ops that ran, and plans that were compiled, without a native kernel so far: count by op. */
  readonly fallbacks: Readonly<Record<string, number>>;
  /** One line. */
  readonly summary: string;
}

interface Choice {
  readonly backend: Backend;
  readonly reason: string;
}

let native: Backend | null | undefined;
let choice: Choice | undefined;
let told = false;

function nativeBackend(): Backend | null {
  if (native === undefined) native = createNativeBackend();
  return native;
}

/** The backend in force. */
export function activeBackend(): Backend {
  if (choice === undefined) {
    choice = initialChoice();
    log("backend", choice.backend.name, choice.reason);
  }
  return choice.backend;
}

/** Whether the backend in force compiles fused ops; looks for the compiler where that was not done yet. */
export function compilesKernels(): boolean {
  return activeBackend().compiles();
}

/** Whether it computes large products by a library; looks for that, too. */
export function multipliesByLibrary(): boolean {
  return activeBackend().usesLibrary();
}

/**
 * Graphs of scalars run as JavaScript, not by their plan (plan/script): with native kernels, and where they are missing. Whoever chooses the
 * reference backend wants its rules. GRAPHFN_SCRIPT=off leaves all to plans.
 */
export function takesScripts(): boolean {
  if (process.env["GRAPHFN_SCRIPT"] === "off") return false;
  return activeBackend().name === "native" || nativeBackend() === null;
}

/** Chooses the backend from now on; functions traced before are traced again. Throws E_BACKEND where native cannot be loaded. */
export function setBackend(name: BackendName): void {
  choice = chosen(name, "chosen by setBackend");
  log("backend", name, choice.reason);
}

function chosen(name: string, reason: string): Choice {
  if (name === "reference") return { backend: referenceBackend, reason };
  if (name !== "native") throw new ArgumentError(`There is no backend "${name}".`, { hint: 'Use "native" or "reference".' });
  const backend = nativeBackend();
  if (backend === null) {
    throw new GraphFnError("E_BACKEND", `The native backend cannot be loaded: ${nativeInfo().reason}.`, {
      hint: "npm run setup builds it where a C++ compiler is present.",
    });
  }
  return { backend, reason };
}

function initialChoice(): Choice {
  const wanted = process.env["GRAPHFN_BACKEND"];
  if (wanted) return chosen(wanted, "chosen by GRAPHFN_BACKEND");
  const backend = nativeBackend();
  if (backend !== null) return { backend, reason: nativeInfo().reason };
  const { reason } = nativeInfo();
  if (!told) {
    told = true;
    process.stderr.write(`graphfn: running on TypeScript kernels, slower: ${reason}. Silence this with GRAPHFN_BACKEND=reference.\n`);
  }
  return { backend: referenceBackend, reason: `no native backend: ${reason}` };
}

/** Looks for LLVM where that was not done yet. */
function compilerOf(addon: NativeAddon): string {
  if (addon.hasCompiler()) return addon.compiler().library;
  const { missing } = addon.compiler();
  return `none (${missing === "" ? "switched off by GRAPHFN_LLVM" : missing})`;
}

export function backendInfo(): BackendInfo {
  const { name } = activeBackend();
  const reason = (choice as Choice).reason;
  const addon = name === "native" ? nativeAddon() : null;
  const cpu = addon?.cpu() ?? "javascript";
  const threads = addon?.threads() ?? 1;
  const gemm = addon === null ? "reference" : addon.gemm();
  const convolution = addon === null ? "reference" : addon.convolution();
  const compiler = addon === null ? "none" : compilerOf(addon);
  const libraries =
    gemm === convolution ? `matrix products and convolutions: ${gemm}` : `matrix products: ${gemm}, convolutions: ${convolution}`;
  const count = threads === 1 ? "1 thread" : `${threads} threads`;
  return {
    name,
    file: addon === null ? null : nativeInfo().file,
    reason,
    cpu,
    threads,
    gemm,
    convolution,
    compiler,
    nodeApi: process.versions["napi"] ?? "unknown",
    kernels: addon?.opNames.length ?? 0,
    fallbacks: Object.fromEntries(fallbacks),
    summary:
      addon === null
        ? `reference backend (${reason})`
        : `native backend (${cpu}, ${count}, ${libraries}, compiler: ${compiler}; ${reason})`,
  };
}
