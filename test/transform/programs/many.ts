/** What programs.mjs runs: batches of programs, progress, a summary, and the failing programs, one of each kind shrunk. */
import { nativeAddon } from "@graphfn/native";
import { attempt, kindOf, shrink } from "./attempt.ts";
import { printModule } from "./program.ts";
import { generate } from "./statements.ts";

export interface ManyOptions {
  readonly count: number;
  readonly seed: number;
  readonly batch: number;
  readonly shrink: boolean;
}

/** What the compiler of native plans did. */
export function machineCode(): string {
  const { compiled, reused, failed } = nativeAddon()?.compiler(true) ?? { compiled: 0, reused: 0, failed: 0 };
  return `machine code: ${compiled} compiled, ${reused} reused, ${failed} failed`;
}

export async function runMany({ count, seed, batch, shrink: small }: ManyOptions, write: (line: string) => void) {
  const start = performance.now();
  const refusals = new Map<string, string[]>();
  const kinds = new Map<string, number[]>();
  const compared: Record<string, number> = {};
  let failed = 0;
  let refused = 0;
  const rate = (done: number): string => `${((done * 1000) / (performance.now() - start)).toFixed(1)} programs per second`;
  for (let from = seed; from < seed + count; from += batch) {
    const programs = Array.from({ length: Math.min(batch, seed + count - from) }, (_, i) => generate(from + i));
    const outcome = attempt(programs);
    // What was referred to weakly can be collected only between jobs.
    await new Promise((resolve) => setImmediate(resolve));
    refused += outcome.refused.size;
    for (const [name, message] of outcome.refused) {
      const kind = message.replace(/`[^`]*`/g, "…");
      refusals.set(kind, [...(refusals.get(kind) ?? []), name.slice(1)]);
    }
    for (const [way, n] of Object.entries(outcome.compared)) compared[way] = (compared[way] ?? 0) + n;
    for (const program of programs) {
      const failure = outcome.failures.get(program.name);
      if (failure === undefined) continue;
      failed++;
      const kind = kindOf(failure);
      const seeds = kinds.get(kind) ?? [];
      kinds.set(kind, [...seeds, Number(program.name.slice(1))]);
      if (seeds.length > 0) continue;
      const shown = small ? shrink(program, failure) : { program, failure };
      const text = printModule([shown.program]);
      write(`\n${kind}\n${text.slice(text.indexOf("/** @graphFunction"))}\n${shown.failure}\n`);
    }
    const done = from + programs.length - seed;
    write(`${done} programs, ${refused} refused, ${failed} failed, ${rate(done)}`);
  }
  write(
    `\ncompared: ${Object.entries(compared)
      .map(([way, n]) => `${way} ${n}`)
      .join(", ")}`,
  );
  write(machineCode());
  const some = (seeds: readonly (string | number)[]): string => `(${seeds.slice(0, 12).join(" ")})`;
  for (const [kind, seeds] of [...refusals].sort((a, b) => b[1].length - a[1].length))
    write(`refused ${seeds.length}: ${kind} ${some(seeds)}`);
  for (const [kind, seeds] of kinds) write(`failed ${seeds.length}: ${kind} ${some(seeds)}`);
  return { failed };
}
