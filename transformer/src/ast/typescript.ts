/**
 * The TypeScript compiler that the transformer works with: its own dependency (6.0), never the user's, loaded on first
 * use so that builds without marked functions do not pay for it. Code that also runs inside a foreign TypeScript (the
 * type-check host) takes `ts` as a parameter instead, because numbers of syntax kinds differ between versions.
 */
import { createRequire } from "node:module";
import type ts from "typescript";

export type TS = typeof ts;

let loaded: TS | undefined;

export function loadTypeScript(): TS {
  // Copied: each name of the module itself is a getter, and every test of a node asks for one or two.
  loaded ??= { ...(createRequire(import.meta.url)("typescript") as TS) };
  return loaded;
}
