/**
 * The rules of direction that ARCHITECTURE.md states, as functions from files to complaints.
 *
 *   layerTable(markdown)                  { runtime: ["core", "ops", …], transformer: […] }
 *   complaints(table, files)              ["runtime/src/ops/add.ts:3 imports trace, which comes after ops", …]
 *
 * - A folder imports itself and the folders before it in its package's row; files directly in `src` import any, and a folder may
 *   import such a file only if that file imports no folder (shared types).
 * - Packages import each other by name and in one direction; the transformer sees of the runtime only the contract of
 *   emitted code, and types.
 * - Node's C headers appear only in native/src/addon.
 */
import { posix } from "node:path";
import { importsOf } from "./imports.ts";

export type LayerTable = Readonly<Record<string, readonly string[]>>;
export interface SourceFile {
  /** Path from the repository root, forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Packages by name, with the names they may import. Anything else that starts with graphfn is refused. */
const PACKAGES: Readonly<
  Record<string, { readonly name: string; readonly may: readonly string[]; readonly mayTypes?: readonly string[] }>
> = {
  native: { name: "@graphfn/native", may: [] },
  runtime: { name: "graphfn", may: ["@graphfn/native"] },
  transformer: { name: "@graphfn/transformer", may: ["graphfn/contract"], mayTypes: ["graphfn/operators"] },
  "plugin-esbuild": { name: "@graphfn/plugin-esbuild", may: ["@graphfn/transformer/host"] },
};

/** The runtime is what an application ships: of npm it may use what is named here and nothing else, types of Node aside. */
const FROM_NPM: Readonly<Record<string, readonly string[]>> = { runtime: ["csv-parse"], native: [] };

const NODE_HEADERS = /^\s*#\s*include\s*[<"](node_api|js_native_api|node_api_types|napi|node|v8|uv)(-inl)?\.h[>"]/;

/** Rows `| package | \`folder folder …\` |` of the layer table. */
export function layerTable(markdown: string): LayerTable {
  const table: Record<string, string[]> = {};
  for (const row of markdown.matchAll(/^\|\s*([a-z-]+)\s*\|\s*`([a-z ]+)`\s*\|/gm)) table[row[1]!] = row[2]!.trim().split(/\s+/);
  return table;
}

export function complaints(table: LayerTable, files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files.flatMap((file) =>
    /\.(cpp|cc|c|h|hpp|def)$/.test(file.path) ? headerComplaints(file) : importComplaints(table, file, byPath),
  );
}

function headerComplaints(file: SourceFile): string[] {
  if (file.path.startsWith("native/src/addon/")) return [];
  return file.text
    .split("\n")
    .flatMap((line, index) =>
      NODE_HEADERS.test(line) ? [`${file.path}:${index + 1} includes a Node header outside native/src/addon`] : [],
    );
}

function importComplaints(table: LayerTable, file: SourceFile, byPath: ReadonlyMap<string, SourceFile>): string[] {
  const place = placeOf(file.path);
  if (!place) return [];
  const order = table[place.package];
  const found: string[] = [];
  if (place.folder !== "" && !order?.includes(place.folder)) found.push(`${file.path} lies in a folder that the layer table does not name`);
  for (const { specifier, typeOnly, line } of importsOf(file.path, file.text)) {
    const say = (problem: string) => found.push(`${file.path}:${line} ${problem}`);
    if (!specifier.startsWith(".")) {
      const problem = packageProblem(place.package, specifier, typeOnly);
      if (problem) say(problem);
      continue;
    }
    const target = posix.join(posix.dirname(file.path), specifier);
    const to = placeOf(target);
    if (to?.package !== place.package) {
      say(`leaves its package: ${specifier}`);
    } else if (place.folder === "" || to.folder === place.folder) {
      // Files directly in src import any; a folder imports itself.
    } else if (to.folder === "") {
      const shared = byPath.get(target);
      if (!shared || importsFolders(shared)) say(`imports ${specifier}, which itself imports folders`);
    } else if (order && order.indexOf(to.folder) > order.indexOf(place.folder)) {
      say(`imports ${to.folder}, which comes after ${place.folder}`);
    }
  }
  return found;
}

/** Package and folder of a source file; folder "" for files directly in `src`. */
function placeOf(path: string): { package: string; folder: string } | undefined {
  const match = /^([a-z-]+)\/src\/(?:([^/]+)\/)?/.exec(path);
  return match ? { package: match[1]!, folder: match[2] ?? "" } : undefined;
}

function importsFolders(file: SourceFile): boolean {
  return importsOf(file.path, file.text).some((one) => placeOf(posix.join(posix.dirname(file.path), one.specifier))?.folder);
}

function packageProblem(from: string, specifier: string, typeOnly: boolean): string | undefined {
  if (specifier.startsWith("node:")) return undefined;
  const rules = PACKAGES[from];
  if (!rules) return `lies in a package without rules: ${from}`;
  const ours = Object.values(PACKAGES).some(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (!ours) return npmProblem(from, specifier);
  if (rules.may.includes(specifier) || (typeOnly && rules.mayTypes?.includes(specifier))) return undefined;
  return `imports ${specifier}: ${from} may import ${[...rules.may, ...(rules.mayTypes ?? []).map((name) => `types of ${name}`)].join(", ") || "no package"}`;
}

function npmProblem(from: string, specifier: string): string | undefined {
  const may = FROM_NPM[from];
  if (!may || may.some((name) => specifier === name || specifier.startsWith(`${name}/`))) return undefined;
  return `imports ${specifier}: ${from} may use ${may.join(", ") || "nothing"} from npm`;
}
