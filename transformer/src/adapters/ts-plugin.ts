/**
 * @graphfn/transformer/ts-plugin: marked functions in editors that run TypeScript's server (5.9 and 6).
 *
 *   { "compilerOptions": { "plugins": [{ "name": "@graphfn/transformer/ts-plugin" }] } }
 *
 * Types, hover, completion, rename, definitions and references come from the virtual code, at the user's places; diagnostics,
 * code actions and inlay hints from the pipeline over the same program. The server loads plugins by `require`
 * and looks at no `exports`: the folder `ts-plugin` is the way in.
 */
import { createLanguageServicePlugin } from "@volar/typescript/lib/quickstart/createLanguageServicePlugin.js";
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import { EditorAnalysis } from "./editor/analysis.ts";
import { withGraphDiagnostics } from "./editor/service.ts";
import { createLanguagePlugin } from "./volar.ts";

export default function init(modules: { typescript: TS }): ts.server.PluginModule {
  const ts = modules.typescript;
  const types = createLanguageServicePlugin(() => ({ languagePlugins: [createLanguagePlugin({ ts })] }))(modules);
  return {
    ...types,
    create(info) {
      const { languageService, languageServiceHost } = info;
      // The text as the user has it: from now on the host hands out virtual text.
      const snapshot = languageServiceHost.getScriptSnapshot.bind(languageServiceHost);
      const service = types.create(info);
      const analysis = new EditorAnalysis(ts, {
        root: info.project.getCurrentDirectory(),
        program: () => languageService.getProgram() as ts.Program,
        text(fileName) {
          const found = snapshot(fileName);
          return found?.getText(0, found.getLength());
        },
        version: (fileName) => languageServiceHost.getScriptVersion(fileName),
        failed: (fault) => info.project.log(`graphfn: ${fault instanceof Error ? fault.stack : String(fault)}`),
      });
      return withGraphDiagnostics(ts, service, analysis);
    },
  };
}
