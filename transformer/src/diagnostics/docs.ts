/** Where a code is explained: docs/diagnostics.md, which the package ships (`scripts/build.mjs` copies it). */

/** For people: "@graphfn/transformer/diagnostics.md#gf1002", a path below node_modules. */
export function docsPath(code: string): string {
  return `@graphfn/transformer/diagnostics.md#${code.toLowerCase()}`;
}

/** For programs that open it; without a code the page. Files of dist/diagnostics and of dist/commonjs stand beside each other. */
export function docsUrl(code?: string): string {
  return new URL(`../diagnostics.md${code === undefined ? "" : `#${code.toLowerCase()}`}`, import.meta.url).href;
}
