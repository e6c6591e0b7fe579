/** Runs a script (plan/script): where that says that the graph fails, the plan runs in its place and throws. */
import type { TypedArray } from "../core/dtype.ts";
import type { Script, ScriptFunction } from "../plan/script/script.ts";
import type { Executable } from "./backend.ts";

export class ScriptExecutable implements Executable {
  readonly #run: ScriptFunction;
  readonly #decode: () => Executable;
  #plan: Executable | null = null;

  /** `decode` gives the executable of the plan. */
  constructor(script: Script, decode: () => Executable) {
    this.#run = script.run;
    this.#decode = decode;
  }

  run(inputs: readonly TypedArray[], outputs: readonly TypedArray[], variables: readonly TypedArray[] = []): void {
    if (this.#run(inputs, outputs, variables)) return;
    this.#plan ??= this.#decode();
    this.#plan.run(inputs, outputs, variables);
  }

  /** V8 tells nothing of steps. */
  runTimed(inputs: readonly TypedArray[], outputs: readonly TypedArray[], variables: readonly TypedArray[]): null {
    this.run(inputs, outputs, variables);
    return null;
  }

  dispose(): void {
    this.#plan?.dispose();
    this.#plan = null;
  }
}
