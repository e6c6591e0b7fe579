/**
 * The console in marked functions: prints when the graph runs, in program order, also for plain arguments. Eagerly it is the console
 * itself.
 */
import { AssertionError } from "node:assert";
import { inspect } from "node:util";
import { UnsupportedError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { blockOf } from "../eager/compute.ts";
import { formatValues } from "../eager/format.ts";
import { PRINT_METHODS, type PrintNode } from "../ir/graph.ts";
import { placeSpan } from "../trace/span.ts";
import { tracer } from "../trace/tracer.ts";
import { branch, condition, NO_VARS } from "./branch.ts";

/** A template literal with values that the graph computes. */
class StagedText {
  readonly parts: readonly (string | Tensor)[];

  constructor(parts: readonly (string | Tensor)[]) {
    this.parts = parts;
  }
}

export function log(at: string, method: string, ...args: unknown[]): void {
  if (!isTracing()) {
    (console as unknown as Record<string, (...args: unknown[]) => void>)[method]?.(...args);
    return;
  }
  const t = tracer();
  const span = placeSpan(t.file, at);
  if (!(PRINT_METHODS as readonly string[]).includes(method)) {
    throw new UnsupportedError(`console.${method} is not supported in a graph function.`, {
      hint: `Use console.${PRINT_METHODS.join(", console.")}.`,
      at: span.place(),
    });
  }
  const operands: Tensor[] = [];
  const operand = (x: Tensor): number => operands.push(x) - 1;
  const parts = args.map((arg) => {
    if (isTensor(arg)) return operand(arg);
    if (arg instanceof StagedText) return arg.parts.map((part) => (typeof part === "string" ? part : operand(part)));
    return typeof arg === "string" ? arg : inspect(arg);
  });
  t.print(method as PrintNode["method"], operands, parts, span);
}

/** JavaScript's own string where every value is known. */
export function text(strings: readonly string[], ...values: unknown[]): unknown {
  const parts = strings.flatMap((string, i): (string | Tensor)[] => {
    if (i === 0) return [string];
    const value = values[i - 1];
    return [isTensor(value) ? value : String(value), string];
  });
  const known = parts.map((part) => (typeof part === "string" ? part : part.symbol === null ? formatValues(blockOf(part, "text")) : null));
  return known.includes(null) ? new StagedText(parts) : known.join("");
}

/** As JavaScript: says so where it does not hold, and goes on. */
export function assert(at: string, holds: unknown, ...message: unknown[]): void {
  const known = condition(holds, "console.assert", at);
  if (!isTracing()) {
    console.assert(known === true, ...(message as [string?, ...unknown[]]));
    return;
  }
  const [first, ...rest] = message;
  const report = (): void => {
    if (typeof first === "string") log(at, "error", `Assertion failed: ${first}`, ...rest);
    else if (first instanceof StagedText) log(at, "error", new StagedText(["Assertion failed: ", ...first.parts]), ...rest);
    else log(at, "error", "Assertion failed", ...message);
  };
  branch(at, NO_VARS, known, () => undefined, report);
}

/** `assert(condition, message)` of node:assert. */
export function check(at: string, holds: unknown, message?: unknown): void {
  const fail = (): never => {
    if (message instanceof Error) throw message;
    throw new AssertionError({
      message: typeof message === "string" ? message : "The expression evaluated to a falsy value",
      actual: false,
      expected: true,
      operator: "==",
    });
  };
  branch(at, NO_VARS, condition(holds, "assert", at), () => undefined, fail);
}
