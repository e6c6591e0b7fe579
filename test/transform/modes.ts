/**
 * Runs a sample's text three ways: as plain JavaScript on numbers, emitted with eager dispatch, emitted and staged.
 *
 * A sample says what to run: `export const runs = { collatz: [[27], [1]] }`. Numbers become float64 scalars for the
 * emitted forms, arrays become float64 tensors, `{ fixed: 3 }` stays a number; results come back as numbers, booleans and arrays.
 */
import assert from "node:assert";
import { transformSync } from "esbuild";
import * as gf from "graphfn";
import * as autograph from "graphfn/autograph";

export type Mode = "plain" | "eager" | "staged";
type Exports = Record<string, unknown> & { runs?: Record<string, readonly (readonly unknown[])[]> };

/** graphfn where numbers stand in for tensors. */
const plainModule = {
  graphFunction: (fn: unknown) => (typeof fn === "function" ? fn : (inner: unknown) => inner),
  scalar: (value: number) => value,
  tensor: (value: unknown) => value,
  zip: (...lists: unknown[][]) =>
    Array.from({ length: Math.min(...lists.map((list) => list.length)) }, (_, i) => lists.map((list) => list[i])),
  reversed: (list: unknown[]) => list.toReversed(),
  loop: { options: () => {} },
};

/** Methods of tensors on numbers, for functions that are reached and not marked: operators are for marked ones. */
const METHODS: Record<string, (a: number, b: number) => unknown> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  abs: (a) => Math.abs(a),
  square: (a) => a * a,
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  greater: (a, b) => a > b,
  greaterEqual: (a, b) => a >= b,
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
};
for (const [name, compute] of Object.entries(METHODS)) {
  Object.defineProperty(Number.prototype, name, {
    value(this: number, other: number): unknown {
      return compute(Number(this), other);
    },
  });
}

function load(text: string, modules: Record<string, unknown>): Exports {
  const { code } = transformSync(text.replace(/^#!.*/, ""), { loader: "ts", format: "cjs", target: "es2022", tsconfigRaw: {} });
  const module = { exports: {} as Exports };
  const require = (name: string): unknown => {
    if (!(name in modules)) throw new Error(`A sample imports ${name}.`);
    return modules[name];
  };
  new Function("require", "module", "exports", `"use strict";\n${code}`)(require, module, module.exports);
  return module.exports;
}

export function loadPlain(text: string): Exports {
  return load(text, { graphfn: plainModule, "node:assert": assert });
}

export function loadEmitted(code: string): Exports {
  return load(code, { graphfn: gf, "graphfn/autograph": autograph, "node:assert": assert });
}

/** `{ fixed: 3 }`: a number that stays one. */
function isFixed(value: unknown): value is { fixed: unknown } {
  return typeof value === "object" && value !== null && "fixed" in value;
}

function toTensors(value: unknown): unknown {
  if (isFixed(value)) return value.fixed;
  if (typeof value === "number") return gf.scalar(value, "float64");
  return Array.isArray(value) ? gf.tensor(value as number[], undefined, "float64") : value;
}

function toPlain(value: unknown): unknown {
  if (value instanceof gf.Tensor) return toPlain(value.arraySync());
  if (Array.isArray(value)) return value.map(toPlain);
  return typeof value === "boolean" ? Number(value) : value;
}

/** Results of every run of the sample, by function. */
export function results(exports: Exports, mode: Mode): Record<string, unknown[]> {
  gf.runFunctionsEagerly(mode === "eager");
  try {
    const all: Record<string, unknown[]> = {};
    for (const [name, calls] of Object.entries(exports.runs ?? {})) {
      const fn = exports[name] as (...args: unknown[]) => unknown;
      all[name] = calls.map((args) => {
        const given = mode === "plain" ? structuredClone(args).map((value) => (isFixed(value) ? value.fixed : value)) : args.map(toTensors);
        try {
          return toPlain(fn(...given));
        } catch (error) {
          // What a program throws is part of its meaning; what we refuse is not.
          if (error instanceof gf.GraphFnError) throw error;
          return String(error);
        }
      });
    }
    return all;
  } finally {
    gf.runFunctionsEagerly(false);
  }
}
