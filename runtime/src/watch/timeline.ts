/**
 * What happens when, as Chrome's trace events: chrome://tracing and Perfetto (ui.perfetto.dev) show them as a drawing.
 *
 *   GRAPHFN_TRACE=trace.json node app.js                from the start; the file is written when the process ends
 *   const { traceEvents } = await gf.timeline(() => …)  of one piece of a program
 *
 * Events are complete ones (ph "X") that lie inside of each other as the calls did: tracing, passes, planning, decoding, runs, and the
 * steps of a run. Where nobody records, all of this is one comparison per call.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { threadId } from "node:worker_threads";

export type EventKind = "trace" | "passes" | "plan" | "compile" | "run" | "step";

export interface TraceEvent {
  readonly name: string;
  readonly cat: EventKind;
  readonly ph: "X";
  /** Microseconds, on one clock for all events of a process. */
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What chrome://tracing loads. */
export interface TraceFile {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: "ns";
  /** Events that there was no room for. */
  readonly otherData: { readonly dropped: number };
}

/** Events of one process beyond which none is kept: about 200 MB of text. */
const MOST_EVENTS = 1_000_000;
/** Steps of one run that become events; all of them count in the totals of the run. */
export const MOST_STEPS = 4096;

export class Timeline {
  readonly #events: TraceEvent[] = [];
  #dropped = 0;

  /** Microseconds. */
  now(): number {
    return performance.now() * 1000;
  }

  add(name: string, cat: EventKind, ts: number, dur: number, args: TraceEvent["args"] = {}): void {
    if (this.#events.length === MOST_EVENTS) this.#dropped++;
    else this.#events.push({ name, cat, ph: "X", ts, dur, pid: process.pid, tid: threadId, args });
  }

  /** An event for a call of `body`. `args` of its result. */
  span<T>(name: string, cat: EventKind, body: () => T, args: (result: T) => TraceEvent["args"] = () => ({})): T {
    const start = this.now();
    let result: T;
    try {
      result = body();
    } catch (error) {
      this.add(name, cat, start, this.now() - start, { threw: error instanceof Error ? error.message : String(error) });
      throw error;
    }
    this.add(name, cat, start, this.now() - start, args(result));
    return result;
  }

  file(): TraceFile {
    // In the order of their beginning; what began at once, the longer one first: then each event stands behind those around it.
    const traceEvents = this.#events.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur);
    return { traceEvents, displayTimeUnit: "ns", otherData: { dropped: this.#dropped } };
  }
}

const open = new Set<Timeline>();
/** All that record now, as one: usually none. */
let current: Timeline | null = null;

class Several extends Timeline {
  override add(name: string, cat: EventKind, ts: number, dur: number, args?: TraceEvent["args"]): void {
    for (const each of open) each.add(name, cat, ts, dur, args);
  }
}

function settle(): void {
  const [first] = open;
  current = open.size > 1 ? new Several() : (first ?? null);
}

/** Who records, or null. */
export function recording(): Timeline | null {
  return current;
}

/** An event, where somebody records. */
export function recorded<T>(name: string, cat: EventKind, body: () => T, args?: (result: T) => TraceEvent["args"]): T {
  return current === null ? body() : current.span(name, cat, body, args);
}

/** Records what `body` does, also after an await. */
export async function recordedBy<T>(body: () => T | Promise<T>): Promise<{ readonly result: T; readonly file: TraceFile }> {
  const line = new Timeline();
  open.add(line);
  settle();
  try {
    const result = await body();
    return { result, file: line.file() };
  } finally {
    open.delete(line);
    settle();
  }
}

/** Of the whole process, or worker thread: `%p` in the name is the process id, workers add their number. */
function recordProcess(name: string): void {
  const line = new Timeline();
  open.add(line);
  settle();
  const numbered = threadId === 0 ? name : name.replace(/(\.\w+)?$/, `.${threadId}$1`);
  const file = numbered.replaceAll("%p", String(process.pid));
  process.on("exit", () => {
    try {
      writeFileSync(file, JSON.stringify(line.file()));
    } catch (error) {
      process.stderr.write(`graphfn: GRAPHFN_TRACE: ${(error as Error).message}\n`);
    }
  });
}

if (process.env["GRAPHFN_TRACE"]) recordProcess(process.env["GRAPHFN_TRACE"]);
