/**
 * Progress of training on the console: on a terminal a bar that is drawn anew at most 20 times a second, elsewhere one line per epoch.
 *
 *   Epoch 1/5
 *   4/4 [==============================] - 0s 1ms/step - loss: 0.1234 - mae: 0.2211 - val_loss: 0.1301
 */
import type { Logs } from "./callbacks.ts";

const WIDTH = 30;
const REDRAW_MS = 50;

/** The part of process.stdout that is needed. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

function standardOutput(): Screen | undefined {
  return (globalThis as { process?: { stdout?: Screen } }).process?.stdout;
}

/** Four digits behind the point; very small and very large values with an exponent. */
export function showNumber(x: number): string {
  const size = Math.abs(x);
  if (!Number.isFinite(x)) return String(x);
  return size !== 0 && (size < 1e-3 || size >= 1e7) ? x.toExponential(4) : x.toFixed(4);
}

export function showLogs(logs: Logs): string {
  return Object.entries(logs)
    .map(([label, value]) => ` - ${label}: ${showNumber(value)}`)
    .join("");
}

/** `850us`, `1ms`, `2s`. */
export function showTime(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)}us`;
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const s = Math.round(ms / 1000);
  return s < 60 ? `${s}s` : `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

/** `[=====>........]`; without a known end only the count. */
function bar(done: number, total: number | null): string {
  if (total === null) return `${done}/Unknown`;
  const digits = String(total).length;
  const filled = total === 0 ? WIDTH : Math.floor((WIDTH * done) / total);
  const head = done < total && filled > 0 ? `${"=".repeat(filled - 1)}>` : "=".repeat(filled);
  return `${String(done).padStart(digits)}/${total} [${head.padEnd(WIDTH, ".")}]`;
}

export interface ProgressOptions {
  /** 0 nothing, 1 a bar, 2 a line per epoch. */
  readonly verbose: number;
  readonly epochs: number;
  readonly screen?: Screen | undefined;
}

export class Progress {
  readonly #verbose: number;
  readonly #epochs: number;
  readonly #screen: Screen | undefined;
  readonly #live: boolean;
  #total: number | null = null;
  #started = 0;
  #drawn = 0;
  #epoch = 0;
  #length = 0;

  constructor({ verbose, epochs, screen = standardOutput() }: ProgressOptions) {
    this.#verbose = verbose;
    this.#epochs = epochs;
    this.#screen = screen;
    this.#live = verbose === 1 && screen?.isTTY === true;
  }

  /** An epoch begins; `total` batches, null where that is not known. */
  begin(epoch: number, total: number | null): void {
    this.#epoch = epoch;
    this.#total = total;
    this.#started = performance.now();
    this.#drawn = 0;
    this.#length = 0;
    if (this.#live) this.#screen?.write(`Epoch ${epoch + 1}/${this.#epochs}\n`);
  }

  /** A batch is done. `logs` is asked for only where the bar is drawn. */
  update(done: number, logs: () => Logs): void {
    if (!this.#live) return;
    const now = performance.now();
    if (now - this.#drawn < REDRAW_MS) return;
    this.#drawn = now;
    const passed = now - this.#started;
    const perStep = passed / done;
    const left = this.#total === null ? "" : ` - ETA: ${showTime(Math.max(0, this.#total - done) * perStep)}`;
    this.#draw(`${bar(done, this.#total)}${left}${showLogs(logs())}`);
  }

  /** The epoch is over. */
  end(done: number, logs: Logs): void {
    if (this.#verbose === 0) return;
    const passed = performance.now() - this.#started;
    const speed = `${showTime(passed)} ${showTime(passed / Math.max(1, done))}/step`;
    if (this.#live) {
      this.#draw(`${bar(done, this.#total === null ? done : Math.max(done, this.#total))} - ${speed}${showLogs(logs)}`);
      this.#screen?.write("\n");
    } else console.log(`Epoch ${this.#epoch + 1}/${this.#epochs} - ${done} steps - ${speed}${showLogs(logs)}`);
  }

  /** One line, over the one before. */
  #draw(line: string): void {
    this.#screen?.write(`\r${line.padEnd(this.#length)}`);
    this.#length = line.length;
  }
}
