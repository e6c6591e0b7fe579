/**
 * esbuild's `keepNames` sets the name of every function as it is made, also of those that are made inside of functions, at 150 ns a piece
 * and with another hidden class. Nearly all would have the same name without; those that are made inside of functions get esbuild's name
 * for the variable, `f2`, where there are several. This takes those calls out, and leaves each line as long as it was, so that source maps
 * stay right:
 *
 *   const f = __name((x) => x, "f");      const f =       ((x) => x     );
 *   function g() {}  __name(g, "g");      function g() {}
 */
import ts from "typescript";

export function withOwnNames(text) {
  const file = ts.createSourceFile("bundle.js", text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const blanks = [];

  /** `name`: what an anonymous function that stands here is called. `inside`: of a function, where naming would cost time in each call. */
  function visit(node, name, inside) {
    if (ts.isExpressionStatement(node) && isNaming(node.expression)) {
      const [target, value] = node.expression.arguments;
      if (ts.isIdentifier(target) && (inside || target.text === value.text)) blanks.push([node.getStart(file), node.end]);
      return;
    }
    if (isNaming(node) && (node.arguments[1].text === name || (inside && isFunction(node.arguments[0])))) {
      const [target] = node.arguments;
      blanks.push([node.expression.getStart(file), node.expression.end], [target.end, node.end - 1]);
      visit(target, undefined, inside);
      return;
    }
    const named = ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node);
    const own = named && (ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name)) ? node.name.text : undefined;
    const within = inside || ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, own !== undefined && child === node.initializer ? own : undefined, within));
  }
  visit(file, undefined, false);

  const parts = [];
  let at = 0;
  for (const [start, end] of blanks.sort(([a], [b]) => a - b)) {
    parts.push(text.slice(at, start), text.slice(start, end).replace(/[^\n]/g, " "));
    at = end;
  }
  return parts.join("") + text.slice(at);
}

function isNaming(node) {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== "__name") return false;
  return node.arguments.length === 2 && ts.isStringLiteral(node.arguments[1]);
}

function isFunction(node) {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}
