/** The graphfn command: emitted code, decisions, graph and plan of a call. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { project, root, run } from "./fixture.ts";
import { PROGRAM } from "./program.ts";

const graphfn = (folder: string, ...args: string[]) =>
  run(process.execPath, [join(root, "transformer", "bin", "graphfn.js"), ...args], folder);

describe("graphfn transform", () => {
  it("prints the emitted TypeScript, the rest of the file unchanged", async () => {
    const app = project(PROGRAM);
    const { stdout, stderr, code } = await graphfn(app.folder, "transform", "model.ts");
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toMatch(/^import \{ \$ \} from "graphfn\/autograph"; ?import \* as gf from "graphfn";\n/);
    expect(stdout).toContain('$.while("9:3"');
    expect(stdout).toContain("interface Named { readonly name: string }");
  });

  it("says what is wrong with a file", async () => {
    const app = project({
      "plain.ts": "export const a = 1;\n",
      "bad.ts": "/** @graphFunction */\nexport function f(x: number) { return Math.random() * x; }\n",
    });
    expect(await graphfn(app.folder, "transform", "absent.ts")).toEqual({ code: 1, stdout: "", stderr: "There is no file absent.ts.\n" });
    expect((await graphfn(app.folder, "transform", "plain.ts")).stderr).toMatch(/^plain\.ts has no marked functions\. Mark one with /);
    const bad = await graphfn(app.folder, "transform", "bad.ts");
    expect(bad.code).toBe(1);
    expect(bad.stderr).toMatch(/^bad\.ts:2:40 - error GF1\d{3}: /);
  });
});

describe("graphfn explain", () => {
  it("shows the emitted code of one function and why its constructs are staged", async () => {
    const app = project(PROGRAM);
    const { stdout, stderr, code } = await graphfn(app.folder, "explain", "model.ts", "--function", "collatz");
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toMatch(/^collatz {2}comment, line 7\n/);
    expect(stdout).toContain("export function collatz(n: gf.Tensor): gf.Tensor {");
    expect(stdout).not.toContain("guarded");
    expect(stdout).toMatch(/^ {2}9:3 +while +staged +\S/m);
  });

  it("shows graph and plan of a call", async () => {
    const app = project(PROGRAM);
    const { stdout, stderr, code } = await graphfn(app.folder, "explain", "model.ts", "-f", "collatz", "--call", "collatz(gf.scalar(27))");
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toContain("graph");
    expect(stdout).toContain("plan");
    expect(stdout).toMatch(/\bwhile\b/);
  });

  it("names what it cannot find", async () => {
    const app = project(PROGRAM);
    expect((await graphfn(app.folder, "explain", "model.ts", "-f", "nope")).stderr).toBe(
      "model.ts has no marked function nope; it has collatz, guarded.\n",
    );
    expect((await graphfn(app.folder, "explain", "model.ts", "-c", "collatz")).stderr).toContain('--call "collatz" is not a call.');
    expect((await graphfn(app.folder, "explain", "model.ts", "-c", "nope(1)")).stderr).toMatch(
      /does not export nope\. It exports collatz, guarded\.\n$/,
    );
  });
});
