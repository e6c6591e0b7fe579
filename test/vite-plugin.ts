/**
 * Marked functions in tests and samples are transformed when vitest loads them, by the transformer's sources:
 *
 *   import { collatz } from "../../samples/collatz.ts";      // in a test: the emitted function, as an application has it
 */
import type { Plugin } from "vitest/config";
import { BuildHost, formatDiagnostics, isProjectSource } from "../transformer/src/adapters/host.ts";

export function transformMarked(root: string): Plugin {
  let host: BuildHost | undefined;
  return {
    name: "graphfn",
    enforce: "pre",
    transform(_code, id) {
      const fileName = id.replace(/[?#].*$/, "");
      if (!isProjectSource(fileName) || !/[\\/](test|samples)[\\/]/.test(fileName)) return null;
      host ??= new BuildHost({ root });
      const loaded = host.load(fileName);
      if (!loaded) return null;
      const problems = loaded.diagnostics.filter(({ severity }) => severity !== "info");
      if (loaded.contents === "") throw new Error(formatDiagnostics(problems));
      if (problems.length > 0) this.warn(formatDiagnostics(problems));
      for (const file of loaded.watchFiles) this.addWatchFile(file);
      return { code: loaded.contents };
    },
  };
}
