/**
 * Loading the addon and choosing the backend, in processes of their own: what is printed, what is reported, what happens without
 * an addon, on every Node that is installed.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nativeInfo } from "@graphfn/native";
import * as esbuild from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backendInfo, setBackend } from "../../runtime/src/backends/select.ts";
import { NODES, root } from "../hosts/fixture.ts";
import { addon, describeNative } from "./support.ts";

let folder = "";
let program = "";

/** The runtime as one file in a folder of its own, so that each Node can run it. */
beforeAll(async () => {
  mkdirSync(join(root, "out"), { recursive: true });
  folder = mkdtempSync(join(root, "out", "native-"));
  program = join(folder, "program.mjs");
  writeFileSync(
    join(folder, "program.ts"),
    `import * as gf from "graphfn";
     const x = gf.ones([100]);
     const sum = x.add(x).sum().item();
     const { name, file, reason, cpu, summary } = gf.backendInfo();
     console.log(JSON.stringify({ sum, name, file, reason, cpu, summary }));`,
  );
  await esbuild.build({
    entryPoints: [join(folder, "program.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    alias: { graphfn: join(root, "runtime/src/index.ts"), "@graphfn/native": join(root, "native/src/index.ts") },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Answer {
  readonly info: {
    readonly sum: number;
    readonly name: string;
    readonly file: string | null;
    readonly reason: string;
    readonly summary: string;
  };
  readonly stderr: string;
}

function run(env: Readonly<Record<string, string>>, node = process.execPath): Answer {
  const { GRAPHFN_BACKEND: _b, GRAPHFN_ADDON: _a, NODE_OPTIONS: _o, ...rest } = process.env;
  const { stdout, stderr, status } = spawnSync(node, [program], { encoding: "utf8", env: { ...rest, ...env } });
  if (status !== 0) throw new Error(stderr);
  return { info: JSON.parse(stdout) as Answer["info"], stderr };
}

const here = () => ({ GRAPHFN_ADDON: nativeInfo().file as string });

describe("without an addon", () => {
  it("runs on the reference backend and says so once, with the way out", () => {
    const { info, stderr } = run({ GRAPHFN_ADDON: join(folder, "nothing.node") });
    expect(info).toMatchObject({ sum: 200, name: "reference", file: null });
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain("TypeScript kernels");
    expect(stderr).toContain("GRAPHFN_BACKEND=reference");
    expect(info.summary).toContain("reference backend");
  });

  it("a file that is no addon is named with the reason", () => {
    const broken = join(folder, "broken.node");
    writeFileSync(broken, "not a library");
    const { info, stderr } = run({ GRAPHFN_ADDON: broken });
    expect(info.name).toBe("reference");
    expect(info.reason).toContain("broken.node");
    expect(stderr).toContain("broken.node");
  });

  it("asking for it is an error", () => {
    expect(() => run({ GRAPHFN_ADDON: join(folder, "nothing.node"), GRAPHFN_BACKEND: "native" })).toThrow(/E_BACKEND.*npm run setup/s);
  });

  it("asking for the reference backend is silent", () => {
    const { info, stderr } = run({ GRAPHFN_ADDON: join(folder, "nothing.node"), GRAPHFN_BACKEND: "reference" });
    expect(info).toMatchObject({ sum: 200, name: "reference" });
    expect(stderr).toBe("");
  });

  it("an unknown name is an error", () => {
    expect(() => run({ GRAPHFN_BACKEND: "gpu" })).toThrow(/no backend "gpu"/);
    expect(() => setBackend("gpu" as never)).toThrow(/no backend/);
  });
});

describeNative("with the addon", () => {
  it("is found beside its package, silently", () => {
    expect(nativeInfo().file).toMatch(/graphfn\.node$/);
    expect(backendInfo().name).toBe("native");
    expect(backendInfo().summary).toContain(addon!.cpu());
    expect(backendInfo().kernels).toBe(addon!.opNames.length);
  });

  it("can be left and taken again", () => {
    setBackend("reference");
    expect(backendInfo()).toMatchObject({ name: "reference", file: null, kernels: 0 });
    setBackend("native");
    expect(backendInfo()).toMatchObject({ name: "native", file: nativeInfo().file, reason: "chosen by setBackend" });
  });

  it.each(NODES)("one binary runs on $title", ({ binary, present }) => {
    if (!present) return;
    const { info, stderr } = run(here(), binary);
    expect(stderr).toBe("");
    expect(info).toMatchObject({ sum: 200, name: "native", file: nativeInfo().file });
  });
});
