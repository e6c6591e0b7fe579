/** `require` of the project's CommonJS, for versions of Node whose module hooks cannot serve it (loader.ts); register.ts installs it. */
import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { pathToFileURL } from "node:url";
import { isLeftToRequire, loadSource, resolveSource } from "./loader.ts";

/** What ts-node, tsx and others hook, too; Node does not declare it. */
interface CommonJsLoader {
  readonly _extensions: Record<string, (module: CommonJsModule, fileName: string) => void>;
  _resolveFilename(request: string, parent: { readonly filename?: string | null } | null | undefined, ...rest: unknown[]): string;
}
interface CommonJsModule {
  _compile(source: string, fileName: string): void;
}

export function hookRequire(): void {
  const loader = nodeModule.Module as unknown as CommonJsLoader;
  const { _extensions: extensions, _resolveFilename: resolveFilename } = loader;
  for (const extension of [".js", ".cjs", ".cts"]) {
    const before = extensions[extension] ?? extensions[".js"];
    extensions[extension] = (module, fileName) => {
      const url = pathToFileURL(fileName).href;
      const loaded = loadSource(url);
      if (loaded?.format === "commonjs") module._compile(loaded.source, fileName);
      // Node would ask the hooks of modules, and these leave it to `require`.
      else if (isLeftToRequire(url)) module._compile(readFileSync(fileName, "utf8"), fileName);
      else before?.(module, fileName);
    };
  }
  loader._resolveFilename = (request, parent, ...rest) => {
    const parentUrl = parent?.filename ? pathToFileURL(parent.filename).href : undefined;
    return resolveFilename.call(loader, resolveSource(request, parentUrl), parent, ...rest);
  };
}
