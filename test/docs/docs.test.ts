/** Documents that quote real output: each quoted block equals what the code gives today. `npm run gen` writes them anew. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { walk } from "./walk.ts";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
const update = process.env.GRAPHFN_WRITE_DOCS === "1";

/** Blocks marked `<!-- stage: name -->` before a fence. */
const BLOCK = /(<!-- stage: ([a-z]+) -->\n```[a-z]*\n)([\s\S]*?)(```)/g;

it("ARCHITECTURE.md follows gcd through every stage with its real text", async () => {
  const file = path.join(root, "ARCHITECTURE.md");
  const text = readFileSync(file, "utf8");
  const stages = await walk();
  const blocks = [...text.matchAll(BLOCK)];
  expect(blocks.map((b) => b[2])).toEqual(Object.keys(stages));
  const current = text.replace(BLOCK, (_, open: string, name: string, _old: string, close: string) => `${open}${stages[name]}\n${close}`);
  if (update) writeFileSync(file, current);
  else expect(text).toBe(current);
});
