/**
 * console.log in marked functions: runs when the graph runs, in program order, also for plain arguments. Eagerly it is
 * console.log.
 */
import { inspect } from "node:util";
import { UnsupportedError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import type { PrintNode } from "../ir/graph.ts";
import { placeSpan } from "../trace/span.ts";
import { tracer } from "../trace/tracer.ts";
import { condition } from "./branch.ts";

type Method = PrintNode["method"];
const METHODS: readonly string[] = ["log", "info", "warn", "error", "debug"] satisfies Method[];

export function log(at: string, method: string, ...args: unknown[]): void {
  if (!isTracing()) {
    (console as unknown as Record<string, (...args: unknown[]) => void>)[method]?.(...args);
    return;
  }
  const t = tracer();
  const span = placeSpan(t.file, at);
  if (!METHODS.includes(method)) {
    throw new UnsupportedError(`console.${method} is not supported in a graph function.`, {
      hint: `Use console.${METHODS.join(", console.")}.`,
      at: span.place(),
    });
  }
  const operands: Tensor[] = [];
  const parts = args.map((arg) => {
    if (!isTensor(arg)) return typeof arg === "string" ? arg : inspect(arg);
    operands.push(arg);
    return operands.length - 1;
  });
  t.print(method as Method, operands, parts, span);
}

export function assert(at: string, holds: unknown, ...message: unknown[]): void {
  const known = condition(holds, "console.assert", at);
  if (typeof known === "boolean") {
    console.assert(known, ...(message as [string?, ...unknown[]]));
    return;
  }
  throw new UnsupportedError("console.assert on a tensor is not supported in a graph function yet.", {
    hint: "Return the condition, or check it outside.",
    at: placeSpan(tracer().file, at).place(),
  });
}
