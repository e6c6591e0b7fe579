/**
 * GRAPHFN_DUMP=folder: what a function is at each stage, as numbered files in a folder of its own per trace.
 *
 *   folder/step-1/00-source.ts   the file that the function stands in, where it is there
 *                 00-emitted.js  what the transformer wrote for it
 *                 01-traced.txt  02-rules.txt …  07-plan.txt  08-graph.dot
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const numbers = new Map<string, number>();
let told = false;

export class DumpFolder {
  readonly #folder: string;
  #next = 1;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static isWanted(): boolean {
    return Boolean(process.env["GRAPHFN_DUMP"]);
  }

  /** A folder for one trace of a function of this name; null where nobody asked for one, or it cannot be made. */
  static of(name: string): DumpFolder | null {
    const root = process.env["GRAPHFN_DUMP"];
    if (!root) return null;
    const safe = name.replace(/[^\p{L}\p{N}_$.-]+/gu, "_").slice(0, 80) || "graph";
    for (;;) {
      const number = (numbers.get(safe) ?? 0) + 1;
      numbers.set(safe, number);
      const folder = path.join(root, `${safe}-${number}`);
      try {
        mkdirSync(root, { recursive: true });
        mkdirSync(folder);
        return new DumpFolder(folder);
      } catch (error) {
        // Of another process, or an earlier run.
        if ((error as NodeJS.ErrnoException).code === "EEXIST" && existsSync(folder)) continue;
        tell(error);
        return null;
      }
    }
  }

  /** What was there before the first stage. */
  origin(file: string, emitted: string | null): void {
    if (emitted !== null) this.#write("00-emitted.js", emitted);
    try {
      if (/\.[cm]?[jt]sx?$/.test(file)) this.#write(`00-source${path.extname(file)}`, readFileSync(file, "utf8"));
    } catch {
      // The name is relative to the project, which the program may have been started outside of.
    }
  }

  stage(name: string, text: string, extension = "txt"): void {
    this.#write(`${String(this.#next++).padStart(2, "0")}-${name}.${extension}`, text);
  }

  #write(name: string, text: string): void {
    try {
      writeFileSync(path.join(this.#folder, name), text.endsWith("\n") ? text : `${text}\n`);
    } catch (error) {
      tell(error);
    }
  }
}

/** A dump is no reason for a program to end. */
function tell(error: unknown): void {
  if (told) return;
  told = true;
  process.stderr.write(`graphfn: GRAPHFN_DUMP: ${(error as Error).message}\n`);
}
