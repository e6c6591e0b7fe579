/**
 * `loop.options({…})` at the start of the body of a loop: the loop's options, evaluated once before it.
 *
 *   while (x > 1) {
 *     loop.options({ maxIterations: 100 });     emitted as the last argument of $.while
 */
import type ts from "typescript";
import type { LoopStatement } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import { type GraphfnImports, refersTo } from "../parse/imports.ts";
import type { Bindings } from "./scopes.ts";

export class LoopOptions {
  readonly #ts: TS;
  readonly #imports: GraphfnImports;
  readonly #bindings: Bindings;

  constructor(ts: TS, imports: GraphfnImports, bindings: Bindings) {
    this.#ts = ts;
    this.#imports = imports;
    this.#bindings = bindings;
  }

  /** The statement in the body of a loop. */
  of(loop: LoopStatement): ts.ExpressionStatement | undefined {
    const ts = this.#ts;
    const first = ts.isBlock(loop.statement) ? loop.statement.statements[0] : undefined;
    if (first === undefined || !ts.isExpressionStatement(first)) return undefined;
    return ts.isCallExpression(first.expression) && this.isCall(first.expression) ? first : undefined;
  }

  /** What the loop is given. */
  argumentOf(loop: LoopStatement): ts.Expression | undefined {
    return (this.of(loop)?.expression as ts.CallExpression | undefined)?.arguments[0];
  }

  /** A call of graphfn's `loop.options`, wherever it stands. */
  isCall({ expression: callee }: ts.CallExpression): boolean {
    const ts = this.#ts;
    if (!this.#imports.any || !ts.isPropertyAccessExpression(callee) || callee.name.text !== "options") return false;
    if (!refersTo(ts, callee.expression, this.#imports, "loop")) return false;
    const root = ts.isPropertyAccessExpression(callee.expression) ? callee.expression.expression : callee.expression;
    return this.#bindings.variable(root)?.owner === undefined;
  }
}
