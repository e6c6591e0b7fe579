/**
 * Initializers of the fields of classes with transformed members: `class Account { fees: Tensor = 0; … }`.
 *
 * They stand outside of functions, but set up the state that those members change: a literal there is a Tensor where one is declared.
 * Functions in them have marks of their own, or none.
 */
import type ts from "typescript";
import type { TS } from "./typescript.ts";

export function fieldInitializers(ts: TS, members: Iterable<ts.Node>): ts.Expression[] {
  const classes = new Set<ts.ClassLikeDeclaration>();
  for (const member of members) {
    const owner = ts.isPropertyDeclaration(member.parent) ? member.parent.parent : member.parent;
    if (ts.isClassLike(owner)) classes.add(owner);
  }
  return [...classes].flatMap(({ members }) => members.flatMap((member) => initializerOf(ts, member)));
}

function initializerOf(ts: TS, member: ts.ClassElement): ts.Expression[] {
  const made = ts.isPropertyDeclaration(member) ? member.initializer : undefined;
  return made === undefined || hasFunctions(ts, made) ? [] : [made];
}

function hasFunctions(ts: TS, node: ts.Node): boolean {
  return (
    ts.isFunctionLike(node) || ts.isClassLike(node) || (ts.forEachChild(node, (child) => hasFunctions(ts, child) || undefined) ?? false)
  );
}
