/**
 * Types of JavaScript's operators where tensors may take part. Nothing here exists at run time: the type-check host and
 * the transformer's oracle rewrite operators of marked functions to calls of these helpers and ask the TypeScript checker.
 *
 *   x ** 2 + 1   is checked as   __gf$.add(__gf$.pow(x, 2), 1)
 *
 * Operands are constrained one by one (no overload lists), so that an error lands on the operand. Results follow the
 * declared types: one tensor operand makes a Tensor; where only some members of a union are tensors, a union again;
 * `any` stays `any` unless the other operand is a Tensor.
 */
import type { Tensor } from "../core/tensor.ts";

type IsAny<T> = 0 extends 1 & T ? true : false;
type IsNever<T> = [T] extends [never] ? true : false;
type HasTensor<T> = IsAny<T> extends true ? false : [Extract<T, Tensor>] extends [never] ? false : true;
type IsTensor<T> = IsAny<T> extends true ? false : [T] extends [never] ? false : [T] extends [Tensor] ? true : false;

/**
 * Results of operators, by name. They are looked up here, and not chosen by a conditional type, since TypeScript infers operands from the type
 * that the result is expected to have: it would go through all of Tensor for each branch of a conditional type, each time.
 */
interface Results {
  tensor: Tensor;
  number: number;
  bigint: bigint;
  boolean: boolean;
  string: string;
  any: any;
  never: never;
}
/**
 * A Tensor for sure, perhaps a Tensor, or what JavaScript gives for plain operands. Of `never` nothing follows: TypeScript has it where a value
 * that the graph may find missing is there (`m ??= -(m ?? x)` behind `m !== null`).
 */
type Name<A, B, Plain> =
  IsTensor<A> extends true
    ? "tensor"
    : IsTensor<B> extends true
      ? "tensor"
      : true extends IsAny<A> | IsAny<B>
        ? "any"
        : true extends IsNever<A> | IsNever<B>
          ? "never"
          : HasTensor<A | B> extends true
            ? "tensor" | Plain
            : Plain;
type NumberName<A, B> = [Exclude<A | B, Tensor>] extends [never]
  ? "number"
  : [Exclude<A | B, Tensor>] extends [bigint]
    ? "bigint"
    : "number";
/** A string with anything is a string; with a tensor it is refused by the transformer. */
type SumName<A, B> = true extends IsAny<A> | IsAny<B>
  ? Name<A, B, "any">
  : [Extract<A | B, string>] extends [never]
    ? Name<A, B, NumberName<A, B>>
    : "string";

type Arithmetic<A, B> = Results[Name<A, B, NumberName<A, B>>];
type Compared<A, B> = Results[Name<A, B, "boolean">];
type Sum<A, B> = Results[SumName<A, B>];

export type Operand = Tensor | number | bigint;
export type AddOperand = Operand | string | boolean | null | undefined;
export type OrderOperand = Operand | string | boolean | Date;

export declare function add<A extends AddOperand, B extends AddOperand>(left: A, right: B): Sum<A, B>;
export declare function sub<A extends Operand, B extends Operand>(left: A, right: B): Arithmetic<A, B>;
export declare function mul<A extends Operand, B extends Operand>(left: A, right: B): Arithmetic<A, B>;
/** True division, also of integer tensors. */
export declare function div<A extends Operand, B extends Operand>(left: A, right: B): Arithmetic<A, B>;
/** Truncated remainder, as JavaScript's `%`. */
export declare function mod<A extends Operand, B extends Operand>(left: A, right: B): Arithmetic<A, B>;
export declare function pow<A extends Operand, B extends Operand>(left: A, right: B): Arithmetic<A, B>;
export declare function bitAnd<A extends Operand, B extends Operand>(left: A, right: B): Arithmetic<A, B>;
export declare function bitOr<A extends Operand, B extends Operand>(left: A, right: B): Arithmetic<A, B>;
export declare function bitXor<A extends Operand, B extends Operand>(left: A, right: B): Arithmetic<A, B>;
export declare function shl<A extends Operand, B extends Operand>(left: A, right: B): Arithmetic<A, B>;
export declare function shr<A extends Operand, B extends Operand>(left: A, right: B): Arithmetic<A, B>;
export declare function bitNot<A extends Operand>(value: A): Arithmetic<A, A>;
export declare function lt<A extends OrderOperand, B extends OrderOperand>(left: A, right: B): Compared<A, B>;
export declare function le<A extends OrderOperand, B extends OrderOperand>(left: A, right: B): Compared<A, B>;
export declare function gt<A extends OrderOperand, B extends OrderOperand>(left: A, right: B): Compared<A, B>;
export declare function ge<A extends OrderOperand, B extends OrderOperand>(left: A, right: B): Compared<A, B>;
/** `===`: elementwise when an operand is a tensor. */
export declare function eq<A, B>(left: A, right: B): Compared<A, B>;
/** `!==`: elementwise when an operand is a tensor. */
export declare function ne<A, B>(left: A, right: B): Compared<A, B>;
export declare function neg<A extends Operand>(value: A): Arithmetic<A, A>;
export declare function pos<A extends Operand | string | boolean>(value: A): Results[Name<A, A, "number">];
export declare function not<A>(value: A): Compared<A, A>;
/** `++` and `--`: the value one further. */
export declare function step<A extends Operand>(value: A): Arithmetic<A, A>;

type Falsy<T> = T extends null | undefined | false | 0 | "" | 0n
  ? T
  : T extends boolean
    ? false
    : T extends number
      ? 0
      : T extends string
        ? ""
        : T extends bigint
          ? 0n
          : never;
type Truthy<T> = T extends null | undefined | false | 0 | "" | 0n ? never : T;

/** `a && b` as a value. */
export declare function and<A, B>(left: A, right: B): IsAny<A> extends true ? any : HasTensor<A> extends true ? Tensor | B : Falsy<A> | B;
/** `a || b` as a value. */
export declare function or<A, B>(left: A, right: B): IsAny<A> extends true ? any : HasTensor<A> extends true ? Tensor | B : Truthy<A> | B;

/** `a ?? 1`: where `a` may be a Tensor, the number is one, too. */
export declare function coalesce<A, B>(
  value: A,
  otherwise: B,
): IsAny<A> extends true ? any : HasTensor<A> extends true ? NonNullable<A> : NonNullable<A> | B;

type Widened<V> = V extends boolean ? boolean : number;
/** A literal fits where its own type does, and where a Tensor does. */
type Fits<V, T> = IsAny<T> extends true ? V : V extends T ? V : Tensor extends T ? V : T;

/** What a literal is in a place of type T: as in TypeScript, unless a Tensor may stand there, too. */
type Literal<V, T> = IsAny<T> extends true ? T : V extends T ? (Tensor extends T ? T : Widened<V> extends T ? Widened<V> : V) : T;

/** A numeric or boolean literal: takes the type that its place expects, so that it may stand for a Tensor. */
export declare function lit<V extends number | boolean, T = Widened<V>>(value: Fits<V, NoInfer<T>>): Literal<V, T>;

/** A literal that is the default in a destructuring pattern. */
export declare function byDefault<V extends number | boolean, T = Widened<V>>(value: Fits<V, NoInfer<T>>): Exclude<T, undefined>;

type KeyOf<T> = IsAny<T> extends true ? any : T extends Tensor ? Tensor | number : T extends readonly Tensor[] ? keyof T | Tensor : keyof T;
type ElementOf<T, K> =
  IsAny<T> extends true ? any : T extends Tensor ? Tensor : K extends keyof T ? T[K] : T extends readonly (infer E)[] ? E : any;

/** `target[key]`. */
export declare function index<T, const K extends KeyOf<T>>(target: T, key: K): ElementOf<T, K>;
/** `target[key] = value`: a Tensor variable is rebound, anything else is written in place. */
export declare function setIndex<T, const K extends KeyOf<T>>(
  target: T,
  key: K,
  value: IsAny<T> extends true ? any : T extends Tensor ? Tensor | number | boolean : ElementOf<T, K>,
): ElementOf<T, K>;

/** What a `switch` compares with: a literal keeps its type, to narrow; a tensor on either side is compared with elements. */
export declare function caseOf<X, const V>(
  value: X,
  test: V,
): IsAny<X> extends true ? V : HasTensor<X> extends true ? X : HasTensor<V> extends true ? X : V;

/** Conjoined to a bare variable in a condition: keeps TypeScript from concluding `never` where a tensor is "falsy". */
export declare const maybe: boolean;
/** What the oracle recognises tensors by. */
export declare const tensor: Tensor;

/** Numbers become tensors; arrays and objects are merged part by part; anything else could only be the same on both sides. */
type Selected<T> =
  IsAny<T> extends true
    ? any
    : T extends number | boolean
      ? Tensor
      : T extends string | bigint | symbol | ((...args: never) => unknown)
        ? Tensor | T
        : T;

/** `test ? a : b`, given as its test and its value: a tensor's choice is a tensor, also between numbers. */
export declare function select<C, T>(
  test: C,
  value: T,
): IsAny<C> extends true ? Selected<T> | T : HasTensor<C> extends true ? Selected<T> : T;
