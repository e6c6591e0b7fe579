/** `graphfn transform file.ts`: the emitted code on stdout, diagnostics on stderr. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { hasErrors } from "../adapters/host.ts";
import { formatDiagnostics } from "../diagnostics/format.ts";
import { createTransformer } from "../pipeline/transformer.ts";
import type { TransformResult } from "../types.ts";
import { CommandError } from "./error.ts";

export interface TransformOptions {
  readonly tsconfig?: string;
}

export interface TransformedFile {
  readonly fileName: string;
  readonly text: string;
  readonly result: TransformResult;
}

export function transformFile(file: string, options: TransformOptions): void {
  process.stdout.write(transformOrFail(file, options).result.code);
}

/** Warnings go to stderr; errors, and a file without marked functions, end the command. */
export function transformOrFail(file: string, { tsconfig }: TransformOptions): TransformedFile {
  const fileName = resolve(file);
  if (!existsSync(fileName)) throw new CommandError(`There is no file ${file}.`);
  const text = readFileSync(fileName, "utf8");
  const transformer = createTransformer({ root: process.cwd(), ...(tsconfig && { tsconfig: resolve(tsconfig) }) });
  const result = transformer.transform(fileName, text);
  transformer.dispose();
  if (!result)
    throw new CommandError(`${file} has no marked functions. Mark one with graphFunction(…), /** @graphFunction */ or "use graph".`);
  if (hasErrors(result.diagnostics)) throw new CommandError(formatDiagnostics(result.diagnostics));
  if (result.diagnostics.length > 0) process.stderr.write(`${formatDiagnostics(result.diagnostics)}\n\n`);
  return { fileName, text, result };
}
