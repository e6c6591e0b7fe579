/** The packages as npm publishes them, unpacked into a project: every file that a manifest names is there, and a program runs. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { framesOf, project, root, run } from "./fixture.ts";
import { PLACES, PROGRAM, VALUES } from "./program.ts";

const PACKAGES = ["graphfn", "@graphfn/native", "@graphfn/transformer", "@graphfn/plugin-esbuild"];

interface Manifest {
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** Paths that a manifest promises. */
const targets = ({ bin = {}, exports }: Manifest) => [
  ...Object.values(bin),
  ...Object.values(exports).flatMap((target) => (typeof target === "string" ? [target] : Object.values(target))),
];

/** What a program may import of them. */
const specifiers = ({ name, exports }: Manifest) =>
  Object.keys(exports)
    .filter((path) => path !== "./register" && !/\.(json|md)$/.test(path))
    .map((path) => name + path.slice(1));

describe("the packed packages", () => {
  it("hold what their manifests name, and run", async () => {
    const app = project(PROGRAM);
    const npm = ["pack", "--json", "--ignore-scripts", "--pack-destination", app.folder, ...PACKAGES.flatMap((name) => ["-w", name])];
    const packed = await run("npm", npm, root);
    expect(packed.code, packed.stderr).toBe(0);
    const manifests: Manifest[] = [];
    for (const { name, filename } of JSON.parse(packed.stdout) as { name: string; filename: string }[]) {
      const folder = app.path(join("node_modules", name));
      mkdirSync(folder, { recursive: true });
      expect(await run("tar", ["-xzf", filename, "-C", folder, "--strip-components=1"], app.folder)).toMatchObject({ code: 0, stderr: "" });
      manifests.push(JSON.parse(app.read(join("node_modules", name, "package.json"))) as Manifest);
    }
    expect(manifests.map(({ name }) => name).sort()).toEqual([...PACKAGES].sort());
    const missing = manifests.flatMap((manifest) =>
      targets(manifest).filter((path) => !existsSync(app.path(join("node_modules", manifest.name, path)))),
    );
    expect(missing).toEqual([]);

    const reference = { GRAPHFN_BACKEND: "reference" };
    const imports = manifests.flatMap(specifiers).map((specifier) => `await import("${specifier}");`);
    const imported = await run(process.execPath, ["--input-type=module", "-e", imports.join("\n")], app.folder, reference);
    expect(imported).toEqual({ code: 0, stdout: "", stderr: "" });

    const loaded = ["--stack-trace-limit=30", "--import", "@graphfn/transformer/register", "app.ts"];
    const { stdout, stderr } = await run(process.execPath, loaded, app.folder, reference);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    expect(framesOf(stdout, app.folder)).toContain(PLACES.called);
  });
});
