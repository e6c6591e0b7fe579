/**
 * Every level of vector instructions that this processor has: the samples of every record against the reference, and elementwise ops
 * give the same bits on all of them. Each level needs a process of its own.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nativeInfo } from "@graphfn/native";
import * as esbuild from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../hosts/fixture.ts";
import { addon, describeNative } from "./support.ts";

const LEVELS = ["baseline", "avx2", "avx512"];

/** Prints a line per op: its name and a hash of all results on random operands. */
const PROGRAM = `
  import { createHash } from "node:crypto";
  import { createNativeBackend } from "${join(root, "runtime/src/backends/native.ts")}";
  import { isInteger, newElements, writeElements } from "${join(root, "runtime/src/core/dtype.ts")}";
  import { allOps } from "${join(root, "runtime/src/ops/index.ts")}";
  import { random, runSample, sizeOf } from "${join(root, "test/ops/support.ts")}";
  const native = createNativeBackend();
  /** Ops of other families that promise the same bits. */
  const SAME = new Set(["softmax", "logSoftmax", "logSumExp", "segmentSum", ...allOps().flatMap((op) => (op.name.includes("andom") ? [op.name] : []))]);
  /** Which NaN comes out is not part of any promise. */
  const run = (op, inputs, outputs, attrs) => {
    native.kernel(op, inputs, outputs, attrs);
    for (const { data } of outputs) for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) data[i] = Number.NaN;
  };
  for (const op of allOps()) {
    if (op.flags.has("view")) continue;
    const hash = createHash("sha256");
    for (const s of op.samples) for (const out of runSample(op, s, run)) hash.update(Buffer.from(out.data.buffer));
    if (op.flags.has("elementwise")) {
      for (const dtype of op.dtypes) {
        const next = random(17);
        const n = 5000;
        const inputs = Array.from({ length: op.arity }, (_, k) => {
          const type = op.name === "where" && k === 0 ? "bool" : dtype;
          const data = newElements(type, n);
          const element = (_, i) => (type === "bool" ? i % 2 : op.name === "toIndex" || isInteger(type) ? 1 + (i % 90) : (next() - 0.5) * 30);
          writeElements(data, Array.from(data, element));
          return { dtype: type, shape: [n], data };
        });
        const attrs = op.samples[0].attrs ?? {};
        const [type] = op.infer(inputs, attrs);
        const out = { dtype: type.dtype, shape: type.shape, data: newElements(type.dtype, sizeOf(type.shape)) };
        run(op, inputs, [out], attrs);
        hash.update(Buffer.from(out.data.buffer));
      }
    }
    // Results of 16 MB and more are streamed past the caches.
    if (op.name === "add") {
      const n = 2 ** 22 + 5;
      const x = { dtype: "float32", shape: [n], data: Float32Array.from({ length: n }, (_, i) => i / 3) };
      const data = new Float32Array(new ArrayBuffer(4 * n + 12), 12);
      native.kernel(op, [x, x], [{ dtype: "float32", shape: [n], data }], {});
      if (data.some((value, i) => value !== Math.fround(2 * x.data[i]))) throw new Error("add of " + n + " elements");
    }
    console.log(op.name + " " + (op.flags.has("elementwise") || op.flags.has("movement") || SAME.has(op.name) ? hash.digest("hex") : "ran"));
  }
`;

describeNative("levels of vector instructions", () => {
  let folder = "";
  const program = (): string => join(folder, "program.mjs");
  beforeAll(async () => {
    mkdirSync(join(root, "out"), { recursive: true });
    folder = mkdtempSync(join(root, "out", "levels-"));
    writeFileSync(join(folder, "program.ts"), PROGRAM);
    await esbuild.build({
      entryPoints: [join(folder, "program.ts")],
      outfile: program(),
      bundle: true,
      platform: "node",
      format: "esm",
      alias: { "@graphfn/native": join(root, "native/src/index.ts") },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (level: string): string => {
    const env = { ...process.env, GRAPHFN_ADDON: nativeInfo().file as string, GRAPHFN_CPU: level };
    const { stdout, stderr, status } = spawnSync(process.execPath, [program()], { encoding: "utf8", env });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return stdout;
  };
  const present = LEVELS.slice(0, LEVELS.indexOf(addon?.cpu() ?? "") + 1);

  it(`${present.join(", ")}: the same bits`, { timeout: 60_000 }, () => {
    const [first, ...others] = present.map(run);
    expect(first!.split("\n").length).toBeGreaterThan(60);
    for (const other of others) expect(other).toBe(first);
  });

  it("a level that the processor lacks is refused", () => {
    expect(() => addon!.limitCpu("avx1024")).toThrow(TypeError);
    expect(() => addon!.limitCpu(undefined as never)).toThrow(TypeError);
  });
});
