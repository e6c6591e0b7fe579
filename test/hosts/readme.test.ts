/** Every program of the README, put into a file as it stands, runs with the loader and has no type errors. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { project, root, run } from "./fixture.ts";

const blocks = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] as string);

/** What a program prints, by a word of it. */
const SHOWN: readonly (readonly [word: string, output: RegExp])[] = [
  ["collatz", /34[\s\S]*111/],
  ["model.fit", /Epoch 5\/5[\s\S]*val_mae[\s\S]*Tensor/],
  ["trainStep", /Tensor\n(.*(0\.9|1\.0|1)\d*\D*\n){10}/],
  ["settle", /Tensor\n {4}\[\[/],
  ["runAsync", /(\d+ rounds in \d+ ms\n)*5000000 rounds in \d+ ms\nTensor/],
  ["vmap", /\[1\.4142\d*, 3(\.0\d*)?, 0, 1000(\.\d*)?\s*\][\s\S]*\[0\.353\d*, 0\.166\d*, 0\.0005\d*\]/],
];

describe("programs of the README", () => {
  it("are complete", () => {
    for (const block of blocks) expect(block).toMatch(/^import \* as gf from "graphfn";/);
    expect(blocks.length).toBe(SHOWN.length);
  });

  it.each(SHOWN)("%s", async (word, output) => {
    const app = project({ "app.ts": blocks.find((block) => block.includes(word)) as string });
    const { stdout, stderr, code } = await run(process.execPath, ["--import", "@graphfn/transformer/register", "app.ts"], app.folder);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toMatch(output);
  });

  it("have no type errors under strict", async () => {
    const app = project({
      ...Object.fromEntries(blocks.map((block, i) => [`block${i}.ts`, block])),
      "tsconfig.json": '{ "compilerOptions": { "strict": true, "noEmit": true, "module": "nodenext", "target": "es2023", "types": [] } }',
    });
    expect(await run(process.execPath, [join(root, "transformer/bin/graphfn-tsc.js"), "-p", "."], app.folder)).toEqual({
      stdout: "",
      stderr: "",
      code: 0,
    });
  });
});
