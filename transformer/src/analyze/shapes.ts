/**
 * Shapes that the text shows: of tensors made from literals, by way of `const` and of operators. What it does not show is
 * left to the trace, which knows all shapes.
 *
 *   const t = gf.tensor([1, 2, 3]);      [3]
 *   t > 0                                [3]
 */
import type ts from "typescript";
import { equalityName, operatorName, skipParentheses } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import { type GraphfnImports, refersTo } from "../parse/imports.ts";
import type { Bindings } from "./scopes.ts";

export interface ShownShape {
  readonly shape: readonly number[];
  /** The name that the shape comes by, where it does not stand here itself. */
  readonly from: ts.Identifier | undefined;
}

/** Functions that are told a shape, and where. */
const SHAPED = ["zeros", "ones", "fill", "randomNormal", "randomUniform", "truncatedNormal"];
const FROM_VALUES = ["tensor", "tensor1d", "tensor2d", "tensor3d", "tensor4d"];

export class ShownShapes {
  private readonly ts: TS;
  private readonly imports: GraphfnImports;
  private readonly bindings: Bindings;

  constructor(ts: TS, imports: GraphfnImports, bindings: Bindings) {
    this.ts = ts;
    this.imports = imports;
    this.bindings = bindings;
  }

  of(node: ts.Expression): ShownShape | undefined {
    const { ts } = this;
    const inner = skipParentheses(ts, node);
    if (ts.isNumericLiteral(inner)) return { shape: [], from: undefined };
    if (ts.isIdentifier(inner)) return this.ofName(inner);
    if (ts.isPrefixUnaryExpression(inner)) return this.of(inner.operand);
    if (ts.isBinaryExpression(inner)) return this.ofOperator(inner);
    if (!ts.isCallExpression(inner)) return undefined;
    const shape = this.ofCall(inner);
    return shape === undefined ? undefined : { shape, from: undefined };
  }

  private ofName(node: ts.Identifier): ShownShape | undefined {
    const { ts } = this;
    const variable = this.bindings.variable(node);
    const declaration = variable?.declaration.parent;
    if (variable?.kind !== "const" || declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined;
    if (declaration.initializer === undefined || variable.references.some((reference) => reference.write)) return undefined;
    const found = this.of(declaration.initializer);
    return found === undefined ? undefined : { shape: found.shape, from: variable.declaration };
  }

  private ofOperator({ left, right, operatorToken }: ts.BinaryExpression): ShownShape | undefined {
    const { ts } = this;
    if (operatorName(ts, operatorToken.kind) === undefined && equalityName(ts, operatorToken.kind) === undefined) return undefined;
    const [a, b] = [this.of(left), this.of(right)];
    if (a === undefined || b === undefined) return undefined;
    const [longer, shorter] = a.shape.length >= b.shape.length ? [a, b] : [b, a];
    if (shorter.shape.length > 0 && String(shorter.shape) !== String(longer.shape)) return undefined;
    return longer;
  }

  private ofCall({ expression, arguments: [first, second] }: ts.CallExpression): number[] | undefined {
    const isCalled = (name: string): boolean => refersTo(this.ts, expression, this.imports, name);
    if (isCalled("scalar")) return [];
    if (first === undefined) return undefined;
    if (SHAPED.some(isCalled)) return this.numbers(first);
    return FROM_VALUES.some(isCalled) ? (second === undefined ? this.lengths(first) : this.numbers(second)) : undefined;
  }

  /** `[2, 3]`. */
  private numbers(node: ts.Expression): number[] | undefined {
    const { ts } = this;
    if (!ts.isArrayLiteralExpression(node) || !node.elements.every((element) => ts.isNumericLiteral(element))) return undefined;
    return node.elements.map((element) => Number((element as ts.NumericLiteral).text));
  }

  /** `[[1, 2], [3, 4]]` → [2, 2]. */
  private lengths(node: ts.Expression): number[] | undefined {
    const { ts } = this;
    const first = ts.isArrayLiteralExpression(node) ? node.elements[0] : undefined;
    if (!ts.isArrayLiteralExpression(node) || first === undefined || node.elements.some((element) => ts.isSpreadElement(element)))
      return undefined;
    if (ts.isNumericLiteral(first) || ts.isPrefixUnaryExpression(first)) return [node.elements.length];
    const inner = this.lengths(first);
    return inner === undefined ? undefined : [node.elements.length, ...inner];
  }
}
