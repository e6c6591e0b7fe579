/**
 * The degradation matrix: whatever is missing or switched off, the same programs give the same results. Each way is a process of its own
 * with other settings; its lines are compared with those of the usual one, to the bit where that is promised, else by tolerance.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { nativeInfo } from "@graphfn/native";
import { graphfn } from "@graphfn/plugin-esbuild";
import * as esbuild from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../hosts/fixture.ts";
import { addon, describeNative } from "../native/support.ts";

interface Way {
  readonly env: Readonly<Record<string, string>>;
  /** Error, relative or absolute, that programs may have whose sums take another order; the same bits where it is not there. */
  readonly close?: number;
  /** What the process says of itself: it did run so. */
  readonly is?: Readonly<Record<string, string>>;
  /** On stderr, where it is to say something. */
  readonly says?: RegExp;
}

/** By what is missing. */
const WAYS: Readonly<Record<string, Way>> = {
  "no LLVM": { env: { GRAPHFN_LLVM: "off" }, is: { compiler: "none (switched off by GRAPHFN_LLVM)" } },
  "LLVM from the first run": { env: { GRAPHFN_LLVM: "wait" } },
  "one thread": { env: { GRAPHFN_THREADS: "1" }, is: { threads: "1" } },
  "three threads": { env: { GRAPHFN_THREADS: "3" }, is: { threads: "3" } },
  "no scripts": { env: { GRAPHFN_SCRIPT: "off" } },
  "no fused ops": { env: { GRAPHFN_FUSE: "off" } },
  // Without it sums of products take another order.
  "no oneDNN": { env: { GRAPHFN_GEMM: "own" }, close: 1e-5, is: { gemm: "own kernels", convolution: "own kernels" } },
  "AVX2 only": { env: { GRAPHFN_CPU: "avx2" }, close: 1e-5, is: { cpu: "avx2" } },
  "no vector instructions beyond the baseline": { env: { GRAPHFN_CPU: "baseline" }, close: 1e-5, is: { cpu: "baseline" } },
  "no plans": { env: { GRAPHFN_INTERPRET: "1" }, close: 1e-5 },
  "no addon": { env: { GRAPHFN_ADDON: "/none" }, close: 1e-5, is: { name: "reference" }, says: /TypeScript kernels/ },
  "the reference backend, no scripts, no fused ops": {
    env: { GRAPHFN_BACKEND: "reference", GRAPHFN_SCRIPT: "off", GRAPHFN_FUSE: "off" },
    close: 1e-5,
    is: { name: "reference" },
  },
};

/** The same with a library of this file in the place of oneDNN: version 3's interface, where version 2 is installed (`onednn3.cpp`). */
const LIBRARIES: Readonly<Record<string, Way & { readonly define: string }>> = {
  "oneDNN 3": { env: {}, define: "RIGHT", is: { gemm: "oneDNN 3.0.0", convolution: "oneDNN 3.0.0" } },
  "an oneDNN that computes something else": {
    env: {},
    define: "WRONG",
    close: 1e-5,
    is: { gemm: "oneDNN 3.0.0", convolution: "own kernels (oneDNN 3.0.0 gave other results)" },
  },
  "an oneDNN that lacks convolutions": { env: {}, define: "LACKS", close: 1e-5, is: { gemm: "oneDNN 3.0.0", convolution: "own kernels" } },
};

interface Line {
  readonly name: string;
  readonly kind: "exact" | "close";
  readonly values: readonly string[];
}

describeNative("without what makes it fast, programs give what they give", () => {
  let folder = "";
  let usual: readonly Line[] = [];

  beforeAll(async () => {
    mkdirSync(join(root, "out"), { recursive: true });
    folder = mkdtempSync(join(root, "out", "degradation-"));
    await esbuild.build({
      entryPoints: [join(root, "test/degradation/program.ts")],
      outfile: join(folder, "program.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      plugins: [graphfn({ root })],
      alias: {
        graphfn: join(root, "runtime/src/index.ts"),
        "graphfn/autograph": join(root, "runtime/src/autograph/index.ts"),
        "@graphfn/native": join(root, "native/src/index.ts"),
      },
    });
    usual = run({}).lines;
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(env: Readonly<Record<string, string>>) {
    const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GRAPHFN_")));
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, "program.mjs")], {
      encoding: "utf8",
      env: { ...plain, GRAPHFN_ADDON: nativeInfo().file as string, ...env },
      maxBuffer: 1 << 27,
    });
    expect(status, stderr).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    return { lines, stderr };
  }

  const has = (env: Readonly<Record<string, string>>) => {
    const levels = ["baseline", "avx2", "avx512"];
    const { GRAPHFN_CPU: level } = env;
    return level === undefined || levels.indexOf(level) <= levels.indexOf(addon?.cpu() ?? "");
  };

  it("the programs say something", () => {
    const kinds = (kind: Line["kind"]) => usual.filter((line) => line.kind === kind);
    expect(kinds("close").length).toBeGreaterThan(10);
    expect(usual.filter(({ name }) => name.startsWith("random ")).length).toBeGreaterThan(200);
    expect(usual.every(({ values }) => values.length > 0)).toBe(true);
  });

  it.each(Object.entries(WAYS).filter(([, { env }]) => has(env)))("%s", (_title, way) => holds(way));

  it.skipIf(process.platform !== "linux" || addon?.convolution().startsWith("oneDNN 2") !== true).each(Object.entries(LIBRARIES))(
    "%s",
    (_title, { define, ...way }) => {
      const place = join(folder, define);
      mkdirSync(place);
      const compiler = process.env["CXX"] ?? "c++";
      const file = join(root, "test/degradation/onednn3.cpp");
      execFileSync(compiler, ["-std=c++20", "-shared", "-fPIC", `-D${define}`, file, "-ldl", "-o", join(place, "libdnnl.so.3")]);
      holds({ ...way, env: { LD_LIBRARY_PATH: place } });
    },
  );

  function holds({ env, close, is = {}, says }: Way): void {
    const { lines, stderr } = run(env);
    if (says === undefined) expect(stderr).toBe("");
    else expect(stderr).toMatch(says);
    expect(lines.map(({ name }) => name)).toEqual(usual.map(({ name }) => name));
    const [name, cpu, threads, gemm, convolution, compiler] = (lines.at(-1) as Line).values;
    expect({ name, cpu, threads, gemm, convolution, compiler }).toMatchObject(is);
    const different = lines.slice(0, -1).flatMap((line, i) => {
      const expected = usual[i] as Line;
      const off = difference(line, expected, line.kind === "close" ? close : undefined);
      return off === null ? [] : [`${line.name}: ${off}`];
    });
    expect(different).toEqual([]);
  }
});

/** What differs first; null where nothing does. Without `tolerance` every bit counts. */
function difference({ values }: Line, { values: expected }: Line, tolerance: number | undefined): string | null {
  if (values.length !== expected.length) return `${values.length} values instead of ${expected.length}`;
  for (const [i, value] of values.entries()) {
    const other = expected[i] as string;
    if (value === other) continue;
    const [a, b] = [Number(value), Number(other)];
    if (tolerance !== undefined && Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b))) continue;
    return `value ${i} is ${value}, not ${other}`;
  }
  return null;
}
