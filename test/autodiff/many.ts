/** What `programs.mjs --gradients` runs: batches of programs, progress, and the failing programs, shrunk. */
import { type ManyOptions, machineCode } from "../transform/programs/many.ts";
import { attemptAll, shrink } from "./judge.ts";
import { generate, printModule } from "./programs.ts";

/** Failing programs are shrunk this often: each takes minutes. */
const SHOWN = 3;

export async function runMany({ count, seed, batch, shrink: small }: ManyOptions, write: (line: string) => void) {
  const start = performance.now();
  let failed = 0;
  let refused = 0;
  let compared = 0;
  for (let from = seed; from < seed + count; from += batch) {
    const programs = Array.from({ length: Math.min(batch, seed + count - from) }, (_, i) => generate(from + i));
    const outcome = attemptAll(programs);
    refused += outcome.refused.size;
    compared += outcome.compared;
    // What was referred to weakly can be collected only between jobs.
    await new Promise((resolve) => setImmediate(resolve));
    for (const [name, why] of outcome.refused) write(`refused ${name}: ${why}`);
    for (const program of programs) {
      const failure = outcome.failures.get(program.name);
      if (failure === undefined) continue;
      failed++;
      const shown = small && failed <= SHOWN ? await shrink(program) : program;
      write(`\nfailed ${program.name}\n${printModule([shown])}\n\n${attemptAll([shown]).failures.get(shown.name) ?? failure}\n`);
    }
    const done = from + programs.length - seed;
    const rate = (done * 1000) / (performance.now() - start);
    write(`${done} programs, ${refused} refused, ${failed} failed, ${compared} compared, ${rate.toFixed(1)} programs per second`);
  }
  write(machineCode());
  return { failed, refused };
}
