/**
 * `samples/<pass>/<name>.ir`: what the pass makes of a graph, `---` between before and after; comments say what it shows.
 * `UPDATE=1 npx vitest run test/ir` writes the second half.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../runtime/src/ir/graph.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { verifyGraph } from "../../runtime/src/ir/verify.ts";
import { branches } from "../../runtime/src/passes/branches.ts";
import { cse } from "../../runtime/src/passes/cse.ts";
import { dropCustomGradients } from "../../runtime/src/passes/custom.ts";
import { dce } from "../../runtime/src/passes/dce.ts";
import { discard } from "../../runtime/src/passes/discard.ts";
import { fold } from "../../runtime/src/passes/fold.ts";
import { hoist } from "../../runtime/src/passes/hoist.ts";
import { invariants } from "../../runtime/src/passes/invariants.ts";
import { optimize } from "../../runtime/src/passes/pipeline.ts";
import { recompute } from "../../runtime/src/passes/recompute.ts";
import { type Rule, rewrite } from "../../runtime/src/passes/rewriter.ts";
import { select } from "../../runtime/src/passes/select.ts";
import { simplify } from "../../runtime/src/passes/simplify.ts";
import { tags } from "../../runtime/src/passes/tags.ts";

const FOLDER = join(import.meta.dirname, "samples");

/** Rules leave nodes behind that nobody uses: `dce` after them keeps samples short. */
const withRules =
  (...rules: readonly Rule[]) =>
  (graph: Graph): Graph =>
    dce(rewrite(graph, rules).graph);

const PASSES: Readonly<Record<string, (graph: Graph) => Graph>> = {
  fold: withRules(fold),
  simplify: withRules(simplify),
  branches: (graph) => withRules(fold, branches)(graph),
  cse: (graph) => withRules(cse())(graph),
  select: withRules(fold, simplify, select),
  dce,
  invariants: (graph) => dce(invariants(graph)),
  tags: (graph) => withRules(fold, branches)(tags(graph)),
  discard: (graph) => dce(discard(graph)),
  hoist,
  recompute: (graph) => dce(recompute(graph)),
  custom: dropCustomGradients,
  pipeline: (graph) => optimize(graph, { verify: true }).graph,
};

describe.each(readdirSync(FOLDER))("%s", (pass) => {
  const transform = PASSES[pass] as (graph: Graph) => Graph;
  const folder = join(FOLDER, pass);
  it.each(readdirSync(folder))("%s", (name) => {
    const file = join(folder, name);
    const [before = "", after = ""] = readFileSync(file, "utf8").split(/^---\n/m);
    const graph = parseGraph(before);
    verifyGraph(graph);
    const result = transform(graph);
    verifyGraph(result);
    const text = `${printGraph(result, { data: "full", renumber: true })}\n`;
    if (process.env.UPDATE) writeFileSync(file, `${before}---\n${text}`);
    else expect(text).toBe(after);
    expect(transform(result), "a second time changes nothing").toBe(result);
  });
});
