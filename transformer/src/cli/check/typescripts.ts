/**
 * Which TypeScript checks a project: its own, so that messages are those of its editor, by the way that its version leaves open.
 *
 *   up to 6   Volar patches the project's tsc
 *   7         an overlay of virtual text over the file system of its API, as of 7.0
 *   none, or one that neither knows: the TypeScript 6 that comes with the transformer
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface UserTypeScript {
  readonly version: string;
  readonly major: number;
  /** Resolves a path of the package; undefined where it has none such. */
  resolve(path: string): string | undefined;
}

/** Volar's patches are made for these. */
export const OLDEST_MAJOR = 5;
/** The first with its compiler in another language. */
export const NATIVE_MAJOR = 7;

export function bundledTypeScript(): UserTypeScript {
  return open(createRequire(import.meta.url))!;
}

/** The package that files of a folder import. */
export function userTypeScript(folder: string): UserTypeScript | undefined {
  return open(createRequire(pathToFileURL(join(folder, "package.json"))));
}

function open(require: NodeJS.Require): UserTypeScript | undefined {
  const resolve = (path: string): string | undefined => {
    try {
      return require.resolve(`typescript/${path}`);
    } catch {
      return undefined;
    }
  };
  const manifest = resolve("package.json");
  if (manifest === undefined) return undefined;
  const { version } = require(manifest) as { version: string };
  return { version, major: Number.parseInt(version, 10), resolve };
}
