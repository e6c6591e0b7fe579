/**
 * Finds the marked functions of a file, whatever the form:
 *
 *   graphFunction(fn, options?)            wrapper (any import form); also graphFunction({…})(fn)
 *   @graphFunction  @graphFunction({…})    decorator of a class method
 *   @graphFunction function f() {}         function-decorator (TS1206 elsewhere; the parser keeps it)
 *   /** @graphFunction *\/                 comment, on declarations, consts, assignments, methods and function expressions; also @graphFunction({…})
 *   "use graph"                            directive, first in the body
 *   /** @eagerFunction *\/                 eager: operators, but nothing is staged
 *
 * Comments are scanned as text: inside tsc and ts-patch there are no JSDoc nodes. Marked functions inside marked
 * functions are part of the outer one and are not listed.
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode, skipParentheses } from "../ast/nodes.ts";
import { PerStatement } from "../ast/per-statement.ts";
import type { TS } from "../ast/typescript.ts";
import type { FunctionReport } from "../types.ts";
import { type GraphfnImports, refersTo } from "./imports.ts";

export type MarkForm = Exclude<FunctionReport["form"], "reachable">;

export interface Mark {
  readonly form: MarkForm;
  /** The function; for `graphFunction(name)` the identifier or other expression that stands for it. */
  readonly node: FunctionNode | ts.Expression;
  /** Decorators to take out of the emitted text. */
  readonly decorator?: ts.Decorator;
  /** `{…}` of `@graphFunction({…})`. */
  readonly options?: ts.Expression;
  /** The same in a comment. */
  readonly optionsText?: string;
  /** The wrapper call. */
  readonly call?: ts.CallExpression;
}

/** Decorators of functions, which have no place in the virtual text: the checker would refuse them. */
export function functionDecorators(marks: readonly Mark[]): ReadonlySet<ts.Decorator> {
  return new Set(marks.flatMap(({ form, decorator }) => (form === "function-decorator" && decorator !== undefined ? [decorator] : [])));
}

/** The tag at the start of a line of the comment; a mention in prose is not a mark. Options may follow it in parentheses. */
const TAG = /^[ \t]*(?:\/\*\*|\*)?[ \t]*@(graphFunction|eagerFunction)\b(?:\((\{.*?\})\))?/ms;

interface Tag {
  readonly form: "comment" | "eager";
  /** Text of the options. */
  readonly optionsText?: string;
}

const KEPT = new PerStatement<readonly Mark[]>();

export function collectMarks(ts: TS, sourceFile: ts.SourceFile, imports: GraphfnImports): Mark[] {
  const names = JSON.stringify([[...imports.namespaces], [...imports.names]]);
  /** Overload signatures right before a statement: tags on them are the function's. */
  let signatures: ts.Statement[] = [];
  return sourceFile.statements.flatMap((statement) => {
    const marks = KEPT.of(statement, [names, ...signatures], () => marksOf(ts, sourceFile, imports, statement));
    if (ts.isFunctionDeclaration(statement) && statement.body === undefined) signatures.push(statement);
    else signatures = [];
    return marks;
  });
}

function marksOf(ts: TS, sourceFile: ts.SourceFile, imports: GraphfnImports, statement: ts.Statement): Mark[] {
  const marks: Mark[] = [];
  const text = sourceFile.text;

  /** Tag in the last `/**` comment before `node`, or behind its `export`, `static`, …. */
  function commentTag(node: ts.Node): Tag | undefined {
    const modifiers = (node as { modifiers?: readonly ts.ModifierLike[] }).modifiers ?? [];
    const ranges = [node.pos, ...modifiers.map(({ end }) => end)].flatMap((at) => commentsAt(node, at));
    for (let i = ranges.length - 1; i >= 0; i--) {
      const comment = text.slice(ranges[i].pos, ranges[i].end);
      if (!comment.startsWith("/**")) continue;
      const [, name, options] = TAG.exec(comment) ?? [];
      if (name === undefined) return undefined;
      if (name === "eagerFunction") return { form: "eager" };
      return options === undefined ? { form: "comment" } : { form: "comment", optionsText: options.replace(/\n[ \t]*\*?[ \t]*/g, " ") };
    }
    return undefined;
  }

  /** A comment on the line of what stands before it belongs to `node` if that begins on the same line, or is an expression. */
  function commentsAt(node: ts.Node, at: number): ts.CommentRange[] {
    const trailing = ts.getTrailingCommentRanges(text, at) ?? [];
    const own = trailing.filter(
      ({ end }) => ts.isExpression(node) || !/[\r\n\u2028\u2029]/.test(text.slice(end, node.getStart(sourceFile))),
    );
    return [...own, ...(ts.getLeadingCommentRanges(text, at) ?? [])];
  }

  function hasDirective(body: ts.ConciseBody | undefined): boolean {
    if (body === undefined || !ts.isBlock(body)) return false;
    for (const statement of body.statements) {
      if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) return false;
      if (statement.expression.text === "use graph") return true;
    }
    return false;
  }

  function decoratorMark(node: ts.Node): Pick<Mark, "decorator" | "options"> | undefined {
    const modifiers = (node as { modifiers?: readonly ts.ModifierLike[] }).modifiers;
    for (const modifier of modifiers ?? []) {
      if (!ts.isDecorator(modifier)) continue;
      const call = ts.isCallExpression(modifier.expression) ? modifier.expression : undefined;
      const callee = call?.expression ?? modifier.expression;
      const unbound = ts.isIdentifier(callee) && callee.text === "graphFunction" && !imports.names.has("graphFunction");
      if (!refersTo(ts, callee, imports, "graphFunction") && !unbound) continue;
      const options = call?.arguments[0];
      return options === undefined ? { decorator: modifier } : { decorator: modifier, options };
    }
    return undefined;
  }

  /** Adds a mark; true when the function was marked and its inside needs no further search. */
  function markFunction(node: FunctionNode, tagged: Tag | undefined): boolean {
    const body = (node as { body?: ts.ConciseBody }).body;
    if (body === undefined) return false;
    const decorated = ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node) ? decoratorMark(node) : undefined;
    if (decorated !== undefined) {
      marks.push({ form: ts.isMethodDeclaration(node) ? "decorator" : "function-decorator", node, ...decorated });
      return true;
    }
    const tag = tagged ?? commentTag(node) ?? overloadTag(node);
    if (tag !== undefined) {
      marks.push({ node, ...tag });
      return true;
    }
    if (hasDirective(body)) {
      marks.push({ form: "directive", node });
      return true;
    }
    return false;
  }

  /** The tag may stand on the first overload signature. */
  function overloadTag(node: FunctionNode): Tag | undefined {
    if (!ts.isFunctionDeclaration(node) && !ts.isMethodDeclaration(node)) return undefined;
    const siblings = ts.isFunctionDeclaration(node)
      ? (node.parent as ts.SourceFile | ts.Block).statements
      : (node.parent as ts.ClassLikeDeclaration).members;
    if (siblings === undefined) return undefined;
    const name = node.name?.getText(sourceFile);
    for (let i = (siblings as readonly ts.Node[]).indexOf(node) - 1; i >= 0; i--) {
      const sibling = siblings[i] as ts.Node;
      if (sibling.kind !== node.kind || (sibling as FunctionNode & { name?: ts.Node }).name?.getText(sourceFile) !== name) return undefined;
      const tag = commentTag(sibling);
      if (tag !== undefined) return tag;
    }
    return undefined;
  }

  function functionIn(initializer: ts.Expression | undefined): FunctionNode | undefined {
    if (initializer === undefined) return undefined;
    const inner = skipParentheses(ts, initializer);
    return ts.isArrowFunction(inner) || ts.isFunctionExpression(inner) ? inner : undefined;
  }

  /** `exports.f = (x) => …` */
  function isPlainAssignment(node: ts.Expression): node is ts.BinaryExpression {
    return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  }

  function isWrapper(callee: ts.Expression): boolean {
    const configured =
      ts.isCallExpression(callee) && callee.arguments[0] !== undefined && ts.isObjectLiteralExpression(callee.arguments[0]);
    return refersTo(ts, configured ? callee.expression : callee, imports, "graphFunction");
  }

  function visit(node: ts.Node): void {
    if (ts.isVariableStatement(node)) {
      const tag = commentTag(node);
      const decorated = tag === undefined ? decoratorMark(node) : undefined;
      for (const declaration of node.declarationList.declarations) {
        const fn = functionIn(declaration.initializer);
        if (fn === undefined) ts.forEachChild(declaration, visit);
        else if (decorated !== undefined) marks.push({ form: "function-decorator", node: fn, ...decorated });
        else if (!markFunction(fn, tag)) ts.forEachChild(fn, visit);
      }
      return;
    }
    if (ts.isPropertyDeclaration(node) || ts.isPropertyAssignment(node) || ts.isExportAssignment(node)) {
      const fn = functionIn(ts.isExportAssignment(node) ? node.expression : node.initializer);
      const tag = fn === undefined ? undefined : commentTag(node);
      if (fn !== undefined && markFunction(fn, tag)) return;
    } else if (ts.isExpressionStatement(node) && isPlainAssignment(node.expression)) {
      const fn = functionIn(node.expression.right);
      if (fn !== undefined && markFunction(fn, commentTag(node))) return;
    } else if (ts.isCallExpression(node) && isWrapper(node.expression) && node.arguments[0] !== undefined) {
      const argument = node.arguments[0];
      if (!ts.isObjectLiteralExpression(argument)) {
        marks.push({ form: "wrapper", node: functionIn(argument) ?? argument, call: node });
        for (const other of node.arguments.slice(1)) visit(other);
        return;
      }
    } else if (isFunctionNode(ts, node) && markFunction(node, undefined)) {
      return;
    }
    ts.forEachChild(node, visit);
  }

  visit(statement);
  return marks;
}
