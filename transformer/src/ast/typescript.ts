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
  loaded ??= withQuickNames(createRequire(import.meta.url)("typescript") as TS);
  return loaded;
}

/** What every test of a node asks for. */
const ASKED = /^(?:is[A-Z]|forEachChild$|(?:SyntaxKind|\w+Flags)$)/;

/**
 * The same names as plain properties, since those of the module are getters; and those that are asked for all the time in an
 * object of their own, since V8 looks names up in objects of more than a thousand as in a hash table.
 */
function withQuickNames(ts: TS): TS {
  const all = { ...ts };
  const asked = Object.fromEntries(Object.entries(all).filter(([name]) => ASKED.test(name)));
  return Object.setPrototypeOf(asked, all) as TS;
}
