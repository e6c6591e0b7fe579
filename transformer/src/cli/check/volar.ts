/** Checking with TypeScript up to 6: the project's tsc, which Volar patches to read virtual text. It ends the process itself. */
import { runTsc } from "@volar/typescript/lib/quickstart/runTsc.js";
import { createLanguagePlugin, type LanguagePluginOptions } from "../../adapters/volar.ts";
import type { UserTypeScript } from "./typescripts.ts";

export function checkWithVolar(typescript: UserTypeScript, options: Pick<LanguagePluginOptions, "onMarked" | "onRead">): void {
  const tsc = typescript.resolve("lib/tsc.js");
  if (tsc === undefined) throw new Error(`typescript ${typescript.version} has no lib/tsc.js.`);
  const plugin = createLanguagePlugin(options);
  runTsc(tsc, { extraSupportedExtensions: [], extraExtensionsToRemove: [] }, () => [plugin]);
}
