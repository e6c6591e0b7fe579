/**
 * Random expressions over what is in scope. Values stay small whole numbers (every product is reduced modulo 13), so that plain
 * numbers, int32 and float64 tensors agree exactly.
 */
import { random } from "./program.ts";

export interface Scope {
  /** Tensors that may be read: variables, fields and elements. */
  readonly tensors: readonly string[];
  /** Those that may be assigned. */
  readonly writable: readonly string[];
  readonly numbers: readonly string[];
  /** Functions of one tensor. */
  readonly functions: readonly string[];
  /** Objects of type { u: Tensor; v: Tensor }, and of class Box. */
  readonly pairs: readonly string[];
  readonly boxes: readonly string[];
  /** Arrays of tensors, of at least one element. */
  readonly lists: readonly string[];
  /** Variables of type Tensor | null, and of type { u: Tensor } | null. */
  readonly nullable: readonly string[];
  readonly nullablePairs: readonly string[];
  /** Labels of the loops and blocks around, innermost last. */
  readonly loops: readonly string[];
  readonly blocks: readonly string[];
  /** Where there is no `return` with a value: in a callback. */
  readonly callback: boolean;
  readonly depth: number;
}

export class Expressions {
  protected readonly next: () => number;
  #names = 0;
  /** How deep expressions go. */
  readonly #nesting: number;

  /** `size`: 0 for short programs with shallow expressions, up to 1. */
  constructor(seed: number, size: number) {
    this.next = random(seed);
    this.#nesting = size < 0.5 ? 1 : 2;
  }

  protected fresh(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  protected below(n: number): number {
    return Math.floor(this.next() * n);
  }

  protected pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  protected chance(p: number): boolean {
    return this.next() < p;
  }

  protected number(scope: Scope): string {
    return this.chance(0.4) && scope.numbers.length > 0 ? this.pick(scope.numbers) : String(this.below(7));
  }

  protected atom(scope: Scope): string {
    return this.chance(0.75) ? this.pick(scope.tensors) : this.number(scope);
  }

  /** Any value: a tensor, or a literal that stands for one. */
  protected expression(scope: Scope, depth = 0): string {
    if (depth > this.#nesting) return this.pick(scope.tensors);
    switch (this.below(19)) {
      case 0:
        return `${this.pick(scope.tensors)} + ${this.atom(scope)}`;
      case 1:
        return `(${this.expression(scope, depth + 1)}) - ${this.atom(scope)}`;
      case 2:
        return `(${this.pick(scope.tensors)} * (${this.expression(scope, depth + 1)})) % 13`;
      case 3:
        return `(${this.condition(scope, depth + 1)} ? ${this.expression(scope, depth + 1)} : ${this.expression(scope, depth + 1)})`;
      case 4:
        return `-(${this.expression(scope, depth + 1)}) % 13`;
      case 5:
        return scope.functions.length > 0 && depth === 0
          ? `${this.pick(scope.functions)}(${this.pick(scope.tensors)})`
          : this.pick(scope.tensors);
      case 6:
        return this.chance(0.5) ? String(this.below(9)) : `-${this.below(9)}`;
      case 7:
        return `(${this.pick(scope.writable)} = ${this.tensor(scope, depth + 1)})`;
      case 8:
        return `(${this.effect(scope)}, ${this.pick(scope.tensors)})`;
      case 9:
        return `(${this.pick(scope.writable)}${this.pick(["++", "--"])} - ${this.atom(scope)})`;
      case 10:
        return this.missing(scope, depth);
      case 12:
        return scope.lists.length > 0 ? this.#element(scope, depth) : this.pick(scope.tensors);
      case 13:
        return this.chance(0.5) ? `steps((${this.tensor(scope, 2)}) % 4, ${this.pick(scope.tensors)})` : `climb(${this.tensor(scope, 2)})`;
      case 14:
        // Bits are int32, and an arm of a branch that gives them must not meet one that gives float64.
        return `(((${this.expression(scope, depth + 1)}) ${this.pick(["&", "|", "^"])} ${this.atom(scope)}) % 13 + ${this.pick(scope.tensors)} * 0)`;
      case 11:
        return scope.boxes.length > 0 ? `${this.pick(scope.boxes)}.add(${this.tensor(scope, 2)})` : this.pick(scope.tensors);
      default:
        return this.pick(scope.tensors);
    }
  }

  #element(scope: Scope, depth: number): string {
    const name = this.pick(scope.lists);
    return this.pick([
      `${name}[0]`,
      `${name}[${name}.length - 1]`,
      `(${name}.length - ${this.atom(scope)})`,
      `${name}.reduce((s, x) => (s - x) % 13, ${this.tensor(scope, depth + 1)})`,
      `${name}.map((x) => x % 5)[0]`,
    ]);
  }

  /** The value of a variable that may be null, or another one. */
  protected missing(scope: Scope, depth: number): string {
    const otherwise = this.tensor(scope, Math.max(depth, 1) + 1);
    if (scope.nullablePairs.length > 0 && this.chance(0.4)) return `(${this.pick(scope.nullablePairs)}?.u ?? (${otherwise}))`;
    return scope.nullable.length > 0 ? `(${this.pick(scope.nullable)} ?? (${otherwise}))` : this.pick(scope.tensors);
  }

  /** An expression with a tensor in it for certain: its type is Tensor. */
  protected tensor(scope: Scope, depth = 0): string {
    return `(${this.expression(scope, depth)}) % 13 + ${this.pick(scope.tensors)} * 0`;
  }

  /** An assignment or call as an expression, also where it may not be evaluated. */
  protected effect(scope: Scope): string {
    const name = this.pick(scope.writable);
    const assignment = `(${name} = ${this.tensor(scope, 2)})`;
    const test = `${this.pick(scope.tensors)} < ${this.number(scope)}`;
    return this.pick([assignment, `${test} && ${assignment} > 0`, `${test} || ${assignment} > 0`, `(${test} ? ${assignment} : ${name}++)`]);
  }

  protected condition(scope: Scope, depth = 0): string {
    const comparison = (): string => `${this.pick(scope.tensors)} ${this.pick(["<", "<=", ">", ">=", "===", "!=="])} ${this.atom(scope)}`;
    if (depth > 1) return comparison();
    switch (this.below(11)) {
      case 6: {
        if (scope.lists.length === 0) return comparison();
        const name = this.pick(scope.lists);
        const other = this.pick(scope.tensors);
        return this.pick([
          `${name}.length > ${1 + this.below(3)}`,
          `${name}.some((x) => x > ${other})`,
          `${name}.every((x) => x !== ${other})`,
        ]);
      }
      case 0:
        return `(${this.condition(scope, depth + 1)} && ${this.condition(scope, depth + 1)})`;
      case 1:
        return `(${this.condition(scope, depth + 1)} || ${this.condition(scope, depth + 1)})`;
      case 2:
        return `!(${this.condition(scope, depth + 1)})`;
      case 3:
        return this.chance(0.5) ? "flag" : `${this.number(scope)} < 3`;
      case 4:
        return `(${this.pick(scope.writable)} = ${this.tensor(scope, 2)}) > ${this.number(scope)}`;
      case 5: {
        if (scope.nullable.length === 0) return comparison();
        const name = this.pick(scope.nullable);
        const other = this.pick(scope.tensors);
        return this.pick([`(${name} === null || ${name} < ${other})`, `(${name} !== null && ${name} > ${other})`]);
      }
      default:
        return comparison();
    }
  }
}
