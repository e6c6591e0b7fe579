/** What a file is, by its name and by the package.json above it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Text that may be somebody's program: not a declaration file. */
export function isSource(fileName: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(fileName) && !/\.d\.[cm]?ts$/.test(fileName);
}

export function isJavaScript(fileName: string): boolean {
  return /\.[cm]?jsx?$/.test(fileName);
}

export interface Package {
  readonly folder: string;
  readonly name?: unknown;
  readonly type?: unknown;
}

/** By folder; kept for the life of the process. */
const packages = new Map<string, Package | undefined>();

/** The package that a file is in. */
export function packageOf(fileName: string): Package | undefined {
  return packageAt(dirname(fileName));
}

function packageAt(folder: string): Package | undefined {
  if (!packages.has(folder))
    packages.set(folder, readPackage(folder) ?? (dirname(folder) === folder ? undefined : packageAt(dirname(folder))));
  return packages.get(folder);
}

function readPackage(folder: string): Package | undefined {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return undefined;
  try {
    return { ...(JSON.parse(readFileSync(path, "utf8")) as object), folder };
  } catch {
    return { folder };
  }
}

/** A file of graphfn itself: linked packages are not below `node_modules`. */
export function isOwnFile(fileName: string): boolean {
  const name = packageOf(fileName)?.name;
  return typeof name === "string" && /^(?:graphfn|@graphfn\/(?:transformer|native|plugin-esbuild))$/.test(name);
}
