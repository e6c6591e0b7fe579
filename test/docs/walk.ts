/** One small function through every stage, as the real texts: what ARCHITECTURE.md shows. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createTransformer, loadTypeScript, virtualCode } from "@graphfn/transformer";
import * as gf from "graphfn";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { showPlan } from "../../runtime/src/plan/show.ts";
import * as sample from "../../samples/src/gcd.ts";

const samples = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../samples");

/** The marked function in a text of the sample's file. */
function cut(text: string): string {
  return text.slice(text.indexOf("/** @graphFunction */"), text.indexOf("export function main")).trimEnd();
}

/** Stage → text. */
export async function walk(): Promise<Record<string, string>> {
  const file = path.join(samples, "src/gcd.ts");
  const text = readFileSync(file, "utf8");
  const virtual = virtualCode(loadTypeScript(), text, file);
  const transformer = createTransformer({ root: samples });
  const result = transformer.transform(file, text);
  transformer.dispose();
  if (virtual === null || result === null) throw new Error("gcd.ts has no marked function");
  const gcd = sample.gcd as unknown as gf.GraphCallable<typeof sample.gcd>;
  const concrete = gcd.concrete(gf.scalar(1071, "int32"), gf.scalar(462, "int32"));
  return {
    source: cut(text),
    virtual: cut(virtual.text),
    decisions: result.functions
      .flatMap((f) => f.decisions.map((d) => `${d.at.line}:${d.at.column}  ${d.construct}  ${d.staging}: ${d.reason}`))
      .join("\n"),
    emitted: cut(result.code),
    traced: printGraph(concrete.traced),
    graph: printGraph(concrete.graph),
    plan: showPlan(concrete.runner.plan!),
  };
}
