/**
 * What becomes of functions, told line by line on stderr: GRAPHFN_LOG names what, by comma, or "all".
 *
 *   GRAPHFN_LOG=trace,plan node app.js
 *   graphfn trace   step (src/model.ts:12:1): (x: f32[32,784]) → 61 nodes in 3.2 ms
 *   graphfn plan    step (src/model.ts:12:1): 34 steps, 96 KiB of arena, 5 fused groups of 17 ops, 2 single ops in 1.1 ms
 */
import process from "node:process";

/** What there is to tell. */
export const TOPICS = {
  backend: "which backend runs, and why",
  trace: "each trace: its signature, its nodes",
  retrace: "why a call needed another trace",
  passes: "each pass that changed a graph: nodes before and after, rules that applied",
  plan: "each plan: steps, memory, fused groups",
  jit: "what computes each fused group, and graphs that run as JavaScript",
  fallback: "ops and plans without a native kernel",
  run: "each call of a compiled function, with its time",
} as const;

export type Topic = keyof typeof TOPICS;

const NONE: ReadonlySet<Topic> = new Set();
let topics: ReadonlySet<Topic> = topicsOf(process.env["GRAPHFN_LOG"]);

function topicsOf(text: string | undefined): ReadonlySet<Topic> {
  if (!text) return NONE;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => name !== "" && name !== "all" && !(name in TOPICS));
  if (unknown.length > 0) {
    process.stderr.write(`graphfn: GRAPHFN_LOG names ${unknown.join(", ")}; there is ${Object.keys(TOPICS).join(", ")}, all.\n`);
  }
  return names.includes("all") ? new Set(Object.keys(TOPICS) as Topic[]) : new Set(names.filter((name): name is Topic => name in TOPICS));
}

/** Asked in each call of a compiled function. */
let runs = topics.has("run");

/** As GRAPHFN_LOG, from now on. */
export function setLog(text: string): void {
  topics = topicsOf(text);
  runs = topics.has("run");
}

export function logsRuns(): boolean {
  return runs;
}

export function logs(topic: Topic): boolean {
  return topics.has(topic);
}

const WIDTH = Math.max(...Object.keys(TOPICS).map((topic) => topic.length));

/** One line. `of`: the function that it is about, with its place. */
export function log(topic: Topic, of: string, message: string): void {
  if (topics.has(topic)) process.stderr.write(`graphfn ${topic.padEnd(WIDTH)} ${of}: ${message}\n`);
}

export function milliseconds(ms: number): string {
  return ms < 1 ? `${(ms * 1000).toFixed(0)} µs` : `${ms.toFixed(1)} ms`;
}
