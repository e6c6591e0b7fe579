/**
 * Graphs of scalars as JavaScript, which V8 compiles: no crossing into native code, and loops in registers.
 *
 *   while (b !== 0) { rest = a % b; … }   →   for (;;) { r4 = r2 !== 0; if (!r4) break; if (r2 === 0) return false; r5 = (r1 % r2) | 0; … }
 *
 * Taken are graphs whose values are all single numbers, without prints and stacks, made of ops that JavaScript computes to the same bits
 * (expressions.ts). The function says false where the graph would fail. Nothing has been written then: whoever runs it runs the plan, which
 * knows the error.
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { Graph, Region } from "../../ir/graph.ts";
import { regionsOf } from "../../ir/walk.ts";
import { getOp } from "../../ops/op.ts";
import { sequence } from "../copies.ts";
import { buildProgram, type Item, type Program, type Register, type RegisterInfo } from "../program.ts";
import { castOf, expressionOf, HELPERS, literal, SCALARS } from "./expressions.ts";

export type ScriptFunction = (inputs: readonly TypedArray[], outputs: readonly TypedArray[], variables: readonly TypedArray[]) => boolean;

export interface Script {
  readonly source: string;
  readonly run: ScriptFunction;
  /** Loops in which V8 rounds to float32 after each operation: machine code is two to three times as fast. */
  readonly rounds: boolean;
}

/** V8 does not optimise functions that are much longer. */
const MOST_NODES = 1500;

/** Null where the graph is none of these, or where code may not be made of text. */
export function scriptOf(graph: Graph): Script | null {
  const budget = { nodes: MOST_NODES };
  if (!isScalar(graph.body, budget)) return null;
  const source = new Writer(buildProgram(graph)).source();
  try {
    // Of names of our own and numbers alone.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
    const run = new Function(`${HELPERS}\nreturn ${source}`)() as ScriptFunction;
    return { source, run, rounds: source.includes("fround(") && /\b(?:for|while) \(/.test(source) };
  } catch (error) {
    // A stack that is nearly full has no room for V8's parser.
    if (error instanceof EvalError || error instanceof RangeError) return null;
    throw error;
  }
}

function isScalar(region: Region, budget: { nodes: number }): boolean {
  const isNumber = ({ type }: Region["params"][number]): boolean =>
    !type.list && type.shape.every((d) => d === 1) && SCALARS.has(type.dtype);
  if (!region.params.every(isNumber)) return false;
  return region.nodes.every((node) => {
    if (--budget.nodes < 0 || !node.results.every(isNumber)) return false;
    switch (node.kind) {
      case "const":
        return true;
      case "op":
        return (
          getOp(node.op).flags.has("view") ||
          expressionOf(
            node.op,
            node.operands.map((v) => v.type.dtype),
          ) !== null
        );
      case "cond":
      case "while":
      case "for":
        return regionsOf(node).every((inner) => isScalar(inner, budget));
      default:
        return false;
    }
  });
}

class Writer {
  readonly #program: Program;
  readonly #lines: string[] = [];
  #temporaries = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  source(): string {
    const { registers, items, outputs, variables } = this.#program;
    this.#items(items, "  ");
    for (const [i, register] of outputs.entries()) this.#lines.push(`  O[${i}][0] = ${this.#stored(register)};`);
    for (const [i, { register, written }] of variables.entries()) {
      if (written) this.#lines.push(`  V[${i}][0] = ${this.#stored(register)};`);
    }
    const declared = registers.flatMap((info, register) => {
      const start = startOf(info);
      return start === null ? [] : [`  let r${register} = ${start};`];
    });
    return ["(I, O, V) => {", ...declared, ...this.#lines, "  return true;", "}"].join("\n");
  }

  #info(register: Register): RegisterInfo {
    return this.#program.registers[register] as RegisterInfo;
  }

  #name(register: Register): string {
    const { source, dtype } = this.#info(register);
    return source.kind === "const" ? literal(source.data[0] as number, dtype) : `r${register}`;
  }

  /** As a typed array takes it. */
  #stored(register: Register): string {
    return this.#info(register).dtype === "bool" ? `${this.#name(register)} ? 1 : 0` : this.#name(register);
  }

  #items(items: readonly Item[], indent: string): void {
    for (const item of items) this.#item(item, indent);
  }

  #item(item: Item, indent: string): void {
    const write = (line: string): void => void this.#lines.push(indent + line);
    switch (item.kind) {
      case "op": {
        const operands = item.inputs.map((r) => this.#name(r));
        const to = `r${item.outputs[0] as Register}`;
        const types = item.inputs.map((r) => this.#info(r).dtype);
        if (getOp(item.op).flags.has("view")) return write(`${to} = ${operands[0]};`);
        if (item.op === "cast")
          return write(`${to} = ${castOf(operands[0] as string, types[0] as never, this.#info(item.outputs[0] as Register).dtype)};`);
        const { check, value } = (expressionOf(item.op, types) as NonNullable<ReturnType<typeof expressionOf>>)(...operands);
        if (check !== undefined) write(`if (${check}) return false;`);
        return write(`${to} = ${value};`);
      }
      case "copies":
        this.#copies(item.pairs, write);
        return;
      case "branch":
        write(`if (${this.#name(item.pred)}) {`);
        this.#items(item.whenTrue, `${indent}  `);
        if (item.whenFalse.length > 0) {
          write("} else {");
          this.#items(item.whenFalse, `${indent}  `);
        }
        return write("}");
      case "loop":
        write("for (;;) {");
        this.#items(item.test, `${indent}  `);
        write(`  if (!${this.#name(item.pred)}) break;`);
        this.#items(item.body, `${indent}  `);
        return write("}");
      default:
        throw new Error(`A ${item.kind} item is no part of a script.`);
    }
  }

  #copies(pairs: readonly (readonly [Register, Register])[], write: (line: string) => void): void {
    const names = new Map<Register, string>();
    const temporary = (): Register => {
      const register = -1 - this.#temporaries++;
      names.set(register, `t${-register}`);
      return register;
    };
    for (const [to, from] of sequence(pairs, (r) => r, temporary)) {
      const name = names.get(to);
      const value = names.get(from) ?? this.#name(from);
      write(name === undefined ? `r${to} = ${value};` : `const ${name} = ${value};`);
    }
  }
}

/** What a register holds at first; null for constants, which have no variable. */
function startOf({ source, dtype }: RegisterInfo): string | null {
  const given = (array: string): string => `${array}[0]${dtype === "bool" ? " !== 0" : ""}`;
  switch (source.kind) {
    case "const":
      return null;
    case "input":
      return given(`I[${source.index}]`);
    case "variable":
      return given(`V[${source.index}]`);
    default:
      return dtype === "bool" ? "false" : "0";
  }
}
