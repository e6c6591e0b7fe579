/**
 * createTransformer: one per build or process.
 *
 * A project is opened per tsconfig, when the first file comes along that has marked functions, or that may be reached by
 * some of the project: TypeScript is loaded then, and not before.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { isSource, packageOf } from "../ast/files.ts";
import { loadTypeScript } from "../ast/typescript.ts";
import { mayHaveNearMisses } from "../parse/near-misses.ts";
import { mayHaveMarks } from "../parse/parse.ts";
import { readConfig } from "../types/config.ts";
import { Programs } from "../types/programs.ts";
import { TypeScript6Oracle } from "../types/typescript6.ts";
import type { Diagnostic, Transformer, TransformerOptions, TransformResult } from "../types.ts";
import { checkPlainFile, runPipeline } from "./pipeline.ts";
import { Project } from "./project.ts";

interface Opened {
  readonly project: Project;
  readonly root: string;
}

export function createTransformer(options: TransformerOptions = {}): Transformer {
  const opened = new Map<string, Opened>();
  /** Whether a project has any marked file, by the folder of its tsconfig. */
  const hasMarks = new Map<string, boolean>();

  function configOf(fileName: string): string | undefined {
    if (options.tsconfig !== undefined) return slashes(resolve(options.tsconfig));
    for (let folder = dirname(fileName); ; folder = dirname(folder)) {
      const candidate = ["tsconfig.json", "jsconfig.json"].map((name) => join(folder, name)).find((path) => existsSync(path));
      if (candidate !== undefined) return slashes(candidate);
      if (dirname(folder) === folder) return undefined;
    }
  }

  function open(config: string | undefined, fileName: string): Opened {
    const key = config ?? folderOf(fileName);
    let found = opened.get(key);
    if (found === undefined) {
      const ts = loadTypeScript();
      const parsed =
        config !== undefined
          ? readConfig(ts, config, dirname(config))
          : { ...readConfig(ts, undefined, slashes(resolve(options.root ?? key))), files: sourcesBelow(key) };
      found = { project: new Project(ts, parsed, new TypeScript6Oracle(ts, new Programs(ts, parsed))), root: options.root ?? parsed.root };
      opened.set(key, found);
    }
    return found;
  }

  /** A file without marks matters only if marked functions of its project may call into it. */
  function mayBeReached(config: string | undefined, fileName: string): boolean {
    if (opened.has(config ?? folderOf(fileName))) return true;
    const folder = config === undefined ? folderOf(fileName) : dirname(config);
    let known = hasMarks.get(folder);
    if (known === undefined) {
      known = sourcesBelow(folder).some((file) => mayHaveMarks(readFileSync(file, "utf8")));
      hasMarks.set(folder, known);
    }
    return known;
  }

  return {
    transform(name: string, text: string): TransformResult | null {
      const fileName = slashes(resolve(name));
      const config = configOf(fileName);
      const marked = mayHaveMarks(text);
      if (!marked && !mayBeReached(config, fileName)) return null;
      const { project, root } = open(config, fileName);
      if (marked || project.isKnown(fileName)) {
        const { parsed } = project.update(fileName, text);
        // Before anything is asked about it: checking a file in order is quicker than from expression to expression.
        if (parsed.marks.length > 0) project.oracle.diagnostics(fileName);
      }
      const reached = project.reachedIn(fileName);
      if (!project.isKnown(fileName)) return null;
      const model = project.update(fileName, text);
      if (model.broken || (model.parsed.marks.length === 0 && reached.length === 0)) return null;
      return runPipeline({ project, model, reached: project.reachedIn(fileName), displayName: slashes(relative(root, fileName)) });
    },
    lint(name: string, text: string): readonly Diagnostic[] {
      const result = this.transform(name, text);
      if (result !== null) return result.diagnostics;
      const importsGraphfn = /["']graphfn["']/.test(text);
      if (!importsGraphfn && !mayHaveNearMisses(text)) return [];
      const fileName = slashes(resolve(name));
      const { project } = open(configOf(fileName), fileName);
      const model = project.update(fileName, text);
      return model.broken ? [] : checkPlainFile(project, model);
    },
    invalidate(name: string): void {
      for (const { project } of opened.values()) project.invalidate(slashes(resolve(name)));
      hasMarks.clear();
    },
    dispose(): void {
      for (const { project } of opened.values()) project.oracle.dispose();
      opened.clear();
    },
  };
}

function slashes(path: string): string {
  return sep === "/" ? path : path.split(sep).join("/");
}

/** Without a tsconfig.json or jsconfig.json a project is a package. */
function folderOf(fileName: string): string {
  return slashes(packageOf(fileName)?.folder ?? dirname(fileName));
}

/** Files of a project. Dependencies, hidden folders and builds are not looked at. */
function sourcesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = slashes(join(folder, entry.name));
    if (!entry.isDirectory()) return isSource(entry.name) ? [path] : [];
    return entry.name.startsWith(".") || entry.name === "node_modules" || entry.name === "dist" ? [] : sourcesBelow(path);
  });
}
