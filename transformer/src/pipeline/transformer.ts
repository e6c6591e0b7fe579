/** createTransformer: one per build. Opens a project per tsconfig when the first file that matters comes along. */
import { dirname, relative, resolve, sep } from "node:path";
import { loadTypeScript } from "../ast/typescript.ts";
import { mayHaveMarks } from "../parse/parse.ts";
import { findConfig, readConfig } from "../types/config.ts";
import { TypeScript6Oracle } from "../types/typescript6.ts";
import type { Transformer, TransformerOptions, TransformResult } from "../types.ts";
import { modelFile } from "./file.ts";
import { runPipeline } from "./pipeline.ts";

export function createTransformer(options: TransformerOptions = {}): Transformer {
  const oracles = new Map<string, { oracle: TypeScript6Oracle; root: string }>();

  function open(fileName: string): { oracle: TypeScript6Oracle; root: string } {
    const ts = loadTypeScript();
    const path = findConfig(ts, fileName, options.tsconfig);
    const key = path ?? dirname(fileName);
    let found = oracles.get(key);
    if (found === undefined) {
      const config = readConfig(ts, path, options.root ?? dirname(fileName));
      found = { oracle: new TypeScript6Oracle(ts, config), root: options.root ?? config.root };
      oracles.set(key, found);
    }
    return found;
  }

  return {
    transform(name: string, text: string): TransformResult | null {
      if (!mayHaveMarks(text)) return null;
      const fileName = resolve(name).split(sep).join("/");
      const ts = loadTypeScript();
      const model = modelFile(ts, fileName, text);
      if (model.broken || model.parsed.marks.length === 0) return null;
      const { oracle, root } = open(fileName);
      oracle.update(fileName, model.virtual.text);
      return runPipeline({ ts, model, oracle, reached: [], displayName: relative(root, fileName).split(sep).join("/") });
    },
    invalidate(name: string): void {
      for (const { oracle } of oracles.values()) oracle.update(resolve(name).split(sep).join("/"), null);
    },
    dispose(): void {
      for (const { oracle } of oracles.values()) oracle.dispose();
      oracles.clear();
    },
  };
}
