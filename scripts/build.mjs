/**
 * Builds what the packages ship: the native addon (where a compiler is present) and the JavaScript of every package.
 *
 *   npm run build              everything
 *   npm run build -- --js      without the addon
 */
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { bin, dim, install, main, root, step } from "./steps.mjs";

/** Packages in build order, of the runtime only its declarations; tests and samples are type-checked by `npm run check`. */
const PACKAGES = ["native", "runtime", "transformer", "plugin-esbuild"];

export async function build({ addon = true } = {}) {
  const script = join(root, "native", "scripts", "build-addon.mjs");
  if (addon && existsSync(script)) {
    const output = await step("native addon", process.execPath, [script]);
    // The addon is optional: its script ends with 0 and says why when it could not be built.
    for (const line of output.split("\n")) if (/notice|warning|not built/i.test(line)) console.log(dim(`    ${line.trim()}`));
  }
  await step("runtime", process.execPath, [join(root, "scripts", "bundle.mjs")]);
  await step("packages", bin("tsc"), ["-b", ...PACKAGES]);
  await step("CommonJS entry points", process.execPath, [join(root, "scripts", "bundle-commonjs.mjs")]);
  // What messages refer to.
  copyFileSync(join(root, "docs", "diagnostics.md"), join(root, "transformer", "dist", "diagnostics.md"));
}

if (process.argv[1] === join(root, "scripts", "build.mjs")) {
  await main(async () => {
    await install();
    await build({ addon: !process.argv.includes("--js") });
  });
}
