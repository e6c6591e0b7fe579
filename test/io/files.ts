/** A folder for one test, removed at its end, and what promises reject with. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GraphFnError } from "graphfn";
import { onTestFinished } from "vitest";

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "graphfn-io-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A new file with these bytes. */
export function fileOf(bytes: Uint8Array | string, name = "file"): string {
  const path = join(folder(), name);
  writeFileSync(path, bytes);
  return path;
}

/** `CODE: message` of the GraphFnError that a call rejects with, without the names of folders. */
export async function failure(call: Promise<unknown>): Promise<string> {
  const outcome = await call.then(
    () => "no error",
    (error: unknown) => error,
  );
  if (!(outcome instanceof GraphFnError)) throw outcome instanceof Error ? outcome : new Error(String(outcome));
  return outcome.message.replaceAll(/[^\s"]*graphfn-io-\w+[/\\]?/g, "");
}
