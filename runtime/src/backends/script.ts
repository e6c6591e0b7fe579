/**
 * Runs a script (plan/script): where that says that the graph fails, the plan runs in its place and throws. Scripts that machine code would
 * be faster than, and that have run for long, give way to the plan once there is a compiler.
 */
import type { TypedArray } from "../core/dtype.ts";
import type { Script, ScriptFunction } from "../plan/script/script.ts";
import type { Executable, LoopCode } from "./backend.ts";

/** Milliseconds after which code that is twice as fast is worth its making. */
const WORTHWHILE = 10;

export class ScriptExecutable implements Executable {
  readonly #run: ScriptFunction;
  readonly #decode: () => Executable;
  #plan: Executable | null = null;
  readonly #compiles: () => boolean;
  /** Milliseconds that the script has run; Infinity where the plan runs instead, NaN where it never will. */
  #spent: number;

  /** `decode` gives the executable of the plan, `compiles` says whether there is a compiler by now. */
  constructor(script: Script, decode: () => Executable, compiles: () => boolean) {
    this.#run = script.run;
    this.#decode = decode;
    this.#compiles = compiles;
    this.#spent = script.rounds ? 0 : Number.NaN;
  }

  run(inputs: readonly TypedArray[], outputs: readonly TypedArray[], variables: readonly TypedArray[] = []): void {
    if (this.#spent !== Number.POSITIVE_INFINITY && this.#runs(inputs, outputs, variables)) return;
    this.#plan ??= this.#decode();
    this.#plan.run(inputs, outputs, variables);
  }

  /** V8 tells nothing of steps. */
  runTimed(inputs: readonly TypedArray[], outputs: readonly TypedArray[], variables: readonly TypedArray[]): null {
    this.run(inputs, outputs, variables);
    return null;
  }

  /** Of the plan that runs in the script's place; the script's own are V8's. */
  loops(): readonly LoopCode[] {
    return this.#plan?.loops() ?? [];
  }

  #runs(inputs: readonly TypedArray[], outputs: readonly TypedArray[], variables: readonly TypedArray[]): boolean {
    if (Number.isNaN(this.#spent)) return this.#run(inputs, outputs, variables);
    const started = performance.now();
    const done = this.#run(inputs, outputs, variables);
    this.#spent += performance.now() - started;
    if (this.#spent > WORTHWHILE && this.#compiles()) this.#spent = Number.POSITIVE_INFINITY;
    return done;
  }

  dispose(): void {
    this.#plan?.dispose();
    this.#plan = null;
  }
}
