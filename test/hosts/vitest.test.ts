/** vitest with the Vite plugin: a project of its own, run by vitest as a user runs it. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { placeOf, project, root, run } from "./fixture.ts";
import { PROGRAM } from "./program.ts";

const VITEST = join(root, "node_modules", "vitest", "vitest.mjs");

const SUITE = `import * as gf from "graphfn";
import { expect, it } from "vitest";
import { collatz, guarded } from "./model.ts";

it("counts", () => { expect(collatz(gf.scalar(27)).item()).toBe(111); });
it("guards", () => { guarded(gf.scalar(3), 11); });
`;

describe("vitest", () => {
  it("runs marked functions, and frames an error at line and column", async () => {
    const app = project({
      "model.ts": PROGRAM["model.ts"],
      "limit.ts": PROGRAM["limit.ts"],
      "model.test.ts": SUITE,
      "vitest.config.ts": `import { graphfn } from "@graphfn/plugin-esbuild/vite";\nexport default { plugins: [graphfn()] };\n`,
    });
    const { stdout, stderr } = await run(process.execPath, [VITEST, "run", "--root", app.folder], app.folder);
    expect(stdout).toMatch(/Tests +1 failed \| 1 passed \(2\)/);
    expect(stderr).toContain("RangeError: größe is too large");
    // Vitest frames the place nearest to the error that is the project's.
    expect(stderr).toContain(`limit.ts:${placeOf(PROGRAM["limit.ts"], "new RangeError")}`);
    expect(stderr).toMatch(/ 2\| {3}if \(value > 10\) {3}throw new RangeError\(what\.name \+ " is too large"\);?\n +\| +\^\n/);
    expect(stderr).toContain(`model.ts:${placeOf(PROGRAM["model.ts"], "limit(größe")}`);
  });
});
