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
    expect(stdout).toMatch(
      /^import \{ \$ \} from "graphfn\/autograph"; (?:\$\.attach\(\$meta_\w+, \w+\); )*import \* as gf from "graphfn";\n/,
    );
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
    expect(bad.stderr).toMatch(/^bad\.ts:2:39 - error GF1\d{3}: /);
  });
});

describe("graphfn list", () => {
  it("names the marked functions of a project with their places", async () => {
    const app = project({ ...PROGRAM, "plain.ts": "export const a = 1;\n", "tsconfig.json": "{}" });
    const { stdout, stderr, code } = await graphfn(app.folder, "list");
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toMatch(/^model\.ts:7:\d+ +collatz +comment +\d+ staged/m);
    expect(stdout).toMatch(/\n\n\d+ functions in \d+ of \d+ files\n$/);
    expect(stdout).not.toContain("plain.ts");
  });

  it("says which project it looked at", async () => {
    const app = project({ "plain.ts": "export const a = 1;\n", "tsconfig.json": "{}" });
    expect((await graphfn(app.folder, "list")).stderr).toMatch(/^No function of tsconfig\.json is marked/);
    expect((await graphfn(app.folder, "list", "-p", "other.json")).stderr).toBe("There is no other.json. Name one with --tsconfig.\n");
  });
});

describe("graphfn explain", () => {
  it("shows the emitted code of one function and why its constructs are staged", async () => {
    const app = project(PROGRAM);
    const { stdout, stderr, code } = await graphfn(app.folder, "explain", "model.ts", "--function", "collatz");
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toMatch(/^collatz {2}comment, line 7\n/);
    expect(stdout).toMatch(
      /emitted\n {2}export function collatz\(n: gf\.Tensor\): gf\.Tensor \{[\s\S]*\n {4}return steps;\n {2}\}\n\ndecisions\n/,
    );
    expect(stdout).not.toContain("guarded");
    expect(stdout).toMatch(/^ {2}9:3 +while +staged +\S/m);
  });

  it("finds every form of function in the emitted code", async () => {
    const app = project({ "forms.ts": FORMS });
    const { stdout, stderr } = await graphfn(app.folder, "explain", "forms.ts", "--call", "h(gf.scalar(9))");
    expect(stderr).toBe("");
    const emitted = [...stdout.matchAll(/^emitted\n([\s\S]*?)\n\n/gm)].map(([, text]) => text!.trim());
    expect(emitted[0]).toBe("(x: gf.Tensor) => $.add($.mul(x, 2), 1)");
    expect(emitted[1]).toMatch(/^\(x: gf\.Tensor\): gf\.Tensor => \{.*\}$/);
    expect(emitted[2]).toMatch(/^step\(x: gf\.Tensor\): gf\.Tensor \{.*\}$/);
    expect(stdout).toMatch(/^graph h\(/m);
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
    expect((await graphfn(app.folder, "explain", "model.ts", "-c", "gf.scalar(1)")).stderr).toMatch(
      /gf\.scalar is not a marked function\. /,
    );
    expect((await graphfn(app.folder, "explain", "model.ts", "-c", "nope(1)")).stderr).toBe(
      '--call "nope(1)": nope is not defined. In scope: gf, collatz, guarded.\n',
    );
  });
});

const FORMS = `import * as gf from "graphfn";
export const f = gf.graphFunction((x: gf.Tensor) => x * 2 + 1); export const z = 1;
/** @graphFunction */
export const h = (x: gf.Tensor): gf.Tensor => { if (x > 1) return -x; return x * x }
export class Model {
  @gf.graphFunction
  step(x: gf.Tensor): gf.Tensor { while (x > 1) x = x / 2; return x; }
}
`;
