/**
 * A construct of the language, what it means in a graph function, and what shows it. Samples are written
 *
 *   switch#chain                          function `chain` of test/transform/samples/switch; without `#`, the whole sample
 *   GF1005                                the diagnostic, which test/diagnostics/samples shows
 *   test/plan/plan.test.ts: loops         the test with that title
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Row {
  /** Names the row: "A37" of the constructs, "D.1 …" of the traps. */
  readonly row: string;
  readonly construct: string;
  /** What it does in a graph function, in one line. */
  readonly meaning: string;
  readonly samples: readonly string[];
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const diagnostics = readdirSync(join(root, "test/diagnostics/samples"));

/** Why a sample is none; undefined where it is one. */
export function faultOf(sample: string): string | undefined {
  if (/^GF\d{4}$/.test(sample)) return diagnostics.some((name) => name.startsWith(`${sample}-`)) ? undefined : "no such diagnostic";
  const [file, title] = sample.split(": ") as [string, string?];
  if (title !== undefined) {
    if (!existsSync(join(root, file))) return "no such file";
    return readFileSync(join(root, file), "utf8").includes(`"${title}"`) ? undefined : "no such test";
  }
  const [folder, name] = sample.split("#") as [string, string?];
  const input = join(root, "test/transform/samples", folder, "input.ts");
  if (!existsSync(input)) return "no such sample";
  const declares = new RegExp(`(?:function\\*?|const) ${name ?? ""}\\b`);
  return name === undefined || declares.test(readFileSync(input, "utf8")) ? undefined : "no such function";
}
