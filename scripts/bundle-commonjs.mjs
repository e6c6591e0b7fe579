/**
 * `node scripts/bundle-commonjs.mjs`, a step of the build after `tsc`: entry points of the transformer that other programs `require`,
 * each one file of CommonJS. TypeScript stays outside: the package brings it.
 */
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./steps.mjs";

const ENTRIES = ["ts-node", "ts-patch", "ts-plugin"];

const dist = join(root, "transformer", "dist");
await build({
  entryPoints: ENTRIES.map((entry) => join(dist, "adapters", `${entry}.js`)),
  outdir: join(dist, "commonjs"),
  outExtension: { ".js": ".cjs" },
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20.19",
  external: ["typescript"],
  // Modules ask where they are to find packages next to them; CommonJS has another name for it.
  banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  define: { "import.meta.url": "importMetaUrl" },
  absWorkingDir: root,
  logLevel: "error",
});
