/**
 * graphfn: builds projects with marked functions, and shows what becomes of these.
 *
 *   graphfn build -p tsconfig.json                                         checks and writes the project, as tsc does
 *   graphfn list                                                           all marked functions of the project
 *   graphfn transform src/model.ts                                         the emitted code of a file
 *   graphfn explain src/model.ts --function collatz                        emitted code, and what was staged and why
 *   graphfn explain src/model.ts --call "collatz(gf.scalar(27))"           also the graph and the plan of that call
 */
import { Command } from "commander";
import { CommandError } from "./error.ts";
import { explain } from "./explain.ts";
import type { ListOptions } from "./list.ts";
import { transformFile } from "./transform.ts";

const program = new Command("graphfn").description(
  "Builds projects with functions marked @graphFunction, and shows what becomes of these.",
);

program
  .command("build")
  .description("checks a project and writes JavaScript, declarations and source maps, as tsc does")
  .usage("[options of tsc]")
  .argument("[options...]", "-p <tsconfig.json>, --watch, --noEmit, --outDir <folder>, --declaration, --sourceMap, … as tsc takes them")
  .allowUnknownOption()
  .action(async (options: string[]) => (await import("./build.ts")).build(options));

program
  .command("explain")
  .description("emitted code and staging decisions of the marked functions of a file; with --call the graph and plan of a call")
  .argument("<file>", "TypeScript file")
  .option("-f, --function <name>", "only this function")
  .option("-c, --call <expression>", 'call to trace, e.g. "f(gf.scalar(27))"; `gf` and the file\'s exports are in scope')
  .option("-p, --tsconfig <file>", "tsconfig.json to read types with; by default the nearest one above the file")
  .action(explain);

program
  .command("list")
  .description("every marked function of a project, and how many of its constructs are staged")
  .option("-p, --tsconfig <file>", "tsconfig.json of the project", "tsconfig.json")
  .action(async (options: ListOptions) => (await import("./list.ts")).list(options));

program
  .command("transform")
  .description("the emitted TypeScript of a file")
  .argument("<file>", "TypeScript file")
  .option("-p, --tsconfig <file>", "tsconfig.json to read types with; by default the nearest one above the file")
  .action(transformFile);

try {
  await program.parseAsync();
} catch (error) {
  // The user's own error from --call is the program's: its stack points into the user's code.
  process.stderr.write(`${error instanceof CommandError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
