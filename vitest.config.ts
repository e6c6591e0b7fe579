import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { transformMarked } from "./test/vite-plugin.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Tests run against the sources: no build between an edit and its test. Exact names, so that subpaths do not match a prefix. */
const alias = [
  { find: /^graphfn$/, replacement: path("runtime/src/index.ts") },
  { find: /^graphfn\/autograph$/, replacement: path("runtime/src/autograph/index.ts") },
  { find: /^graphfn\/contract$/, replacement: path("runtime/src/autograph/contract.ts") },
  { find: /^graphfn\/operators$/, replacement: path("runtime/src/autograph/operators.ts") },
  { find: /^@graphfn\/native$/, replacement: path("native/src/index.ts") },
  { find: /^@graphfn\/transformer$/, replacement: path("transformer/src/index.ts") },
  { find: /^@graphfn\/plugin-esbuild$/, replacement: path("plugin-esbuild/src/index.ts") },
];

/** Samples are inputs of tests, also where they are named like tests. */
const exclude = ["**/node_modules/**", "**/samples/**", "**/out/**"];

export default defineConfig({
  resolve: { alias },
  plugins: [transformMarked(path("."))],
  test: {
    pool: "forks",
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: [...exclude, "test/hosts/**"], testTimeout: 120_000 },
      },
      {
        // Bundlers, loaders and command lines run the built packages in processes of their own.
        extends: true,
        test: {
          name: "hosts",
          include: ["test/hosts/**/*.test.ts"],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          globalSetup: ["test/hosts/build.ts"],
        },
      },
    ],
  },
});
