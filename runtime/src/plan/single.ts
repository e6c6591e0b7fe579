/**
 * Elementwise ops that fuse.ts left single, and why: what it saw where it decided. `explain` says it in words.
 *
 *   a = tanh(x)    sum needs it as a whole
 *   b = sum(a)
 */
import type { DType } from "../core/dtype.ts";
import { type Shape, showShape } from "../core/shape.ts";
import type { Span } from "../ir/graph.ts";

export type WhySingle =
  /** Where more is read and written, one long loop after the other is faster. */
  | { readonly kind: "bytes"; readonly bytes: number; readonly most: number }
  /** An op without pieces reads the result. */
  | { readonly kind: "whole"; readonly reader: string }
  /** An elementwise op on another shape reads it. */
  | { readonly kind: "shapes"; readonly reader: string; readonly shape: Shape }
  /** Something that is no op takes it. */
  | { readonly kind: "moved"; readonly by: string }
  | { readonly kind: "control"; readonly before: "branch" | "loop" }
  /** What it reads or computes is written next: a variable, a carried value. */
  | { readonly kind: "written" }
  | { readonly kind: "full" }
  /** An op that reads the result of a row would have to go over the row again, which is too long to be kept, or broadcasts otherwise. */
  | { readonly kind: "rows"; readonly reader: string }
  | { readonly kind: "alone" }
  | { readonly kind: "dtype"; readonly dtype: DType }
  | { readonly kind: "mayFail" }
  /** The operand broadcasts in a way that pieces do not follow. */
  | { readonly kind: "pattern"; readonly operand: Shape };

export interface SingleOps {
  /** One, or those of a group that was too large. */
  readonly ops: readonly string[];
  readonly dtype: DType;
  readonly shape: Shape;
  readonly why: WhySingle;
  /** Of the first. */
  readonly span: Span | undefined;
}

const TAKES: Readonly<Record<string, string>> = {
  print: "a print takes it",
  push: "a stack of a gradient takes it",
  copies: "no other elementwise op of its shape stands before it is handed on",
};

export function sayWhy(why: WhySingle): string {
  switch (why.kind) {
    case "bytes":
      return `together they read and write ${megabytes(why.bytes)}, more than ${megabytes(why.most)}: one loop after the other is faster`;
    case "whole":
      return `${why.reader} needs it as a whole`;
    case "shapes":
      return `shapes differ: ${why.reader} reads it for ${showShape(why.shape)}`;
    case "moved":
      return TAKES[why.by] ?? `a ${why.by} takes it`;
    case "control":
      return `a ${why.before} stands behind it`;
    case "written":
      return "what it reads or computes is written next";
    case "rows":
      return `${why.reader} waits for rows that are not kept`;
    case "full":
      return "the group beside it is full";
    case "alone":
      return "no other elementwise op of its shape stands beside it";
    case "dtype":
      return `${why.dtype} has no pieces`;
    case "mayFail":
      return "it may fail";
    case "pattern":
      return `an operand of shape ${showShape(why.operand)} broadcasts along inner and outer axes`;
  }
}

function megabytes(bytes: number): string {
  return `${Number((bytes / 2 ** 20).toFixed(1))} MiB`;
}
