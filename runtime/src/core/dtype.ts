/**
 * Element types of tensors: one row each, everything else derives from the table.
 *
 * Order of rows = order of promotion: the result of two strong dtypes is the later row (bool < uint8 < int32 < int64 < float32 <
 * float64 < complex64), except that float64 and complex64 have none: see `promote`; string meets no other dtype. `code` is the number native code knows a dtype by; never reuse one.
 */
import { DTypeError } from "./errors.ts";
import { StringArray } from "./strings.ts";

export type DType = "bool" | "uint8" | "int32" | "int64" | "float32" | "float64" | "complex64" | "string";

/**
 * Elements. Those of string tensors are a StringArray, those of int64 a BigInt64Array under this type: kernels that move elements need
 * not know, and nothing else reads them as numbers.
 */
export type TypedArray = Uint8Array | Int32Array | Float32Array | Float64Array;

export interface DTypeMap {
  bool: Uint8Array;
  uint8: Uint8Array;
  int32: Int32Array;
  /** Elements are bigints. */
  int64: BigInt64Array;
  float32: Float32Array;
  float64: Float64Array;
  /** Real and imaginary parts by turns: two numbers per element. */
  complex64: Float32Array;
  /** Text, as it is read. */
  string: string[];
}

/** `D` where a program says which; numbers where it does not. */
export type KnownDType<D extends DType> = [DType] extends [D] ? Exclude<DType, "string" | "int64"> : D;

/** One element as JavaScript has it, outside of bool. */
export type ElementOf<D extends DType> = D extends "string" ? string : D extends "int64" ? bigint : number;

export interface DTypeInfo {
  readonly name: DType;
  /** Number in plans and native code. */
  readonly code: number;
  readonly kind: "bool" | "int" | "float" | "complex" | "string";
  /** Of one element; of a string without its text. */
  readonly bytes: number;
  /** Numbers in the array per element. */
  readonly parts: 1 | 2;
  /** Short name in graph text: `f32[2,3]`. */
  readonly short: string;
  readonly array: { new (length: number): TypedArray; readonly BYTES_PER_ELEMENT: number };
}

export const DTYPES: Readonly<Record<DType, DTypeInfo>> = {
  bool: { name: "bool", code: 0, kind: "bool", bytes: 1, parts: 1, short: "bool", array: Uint8Array },
  uint8: { name: "uint8", code: 5, kind: "int", bytes: 1, parts: 1, short: "u8", array: Uint8Array },
  int32: { name: "int32", code: 1, kind: "int", bytes: 4, parts: 1, short: "i32", array: Int32Array },
  int64: { name: "int64", code: 6, kind: "int", bytes: 8, parts: 1, short: "i64", array: BigInt64Array as unknown as DTypeInfo["array"] },
  float32: { name: "float32", code: 2, kind: "float", bytes: 4, parts: 1, short: "f32", array: Float32Array },
  float64: { name: "float64", code: 3, kind: "float", bytes: 8, parts: 1, short: "f64", array: Float64Array },
  complex64: { name: "complex64", code: 4, kind: "complex", bytes: 8, parts: 2, short: "c64", array: Float32Array },
  // Eager only: no plan and no native code ever sees it.
  string: {
    name: "string",
    code: 255,
    kind: "string",
    bytes: 8,
    parts: 1,
    short: "str",
    array: StringArray as unknown as DTypeInfo["array"],
  },
};

/** What native code, graphs and files know. */
export const NUMERIC_DTYPES: readonly DType[] = (Object.keys(DTYPES) as readonly DType[]).filter((dtype) => dtype !== "string");
const ORDER = NUMERIC_DTYPES;
/** Kinds in order of promotion. */
export const KIND_RANK = { bool: 0, int: 1, float: 2, complex: 3, string: 4 } as const;

export const DEFAULT_FLOAT: DType = "float32";
export const DEFAULT_INT: DType = "int32";

export function isDType(name: unknown): name is DType {
  return typeof name === "string" && Object.hasOwn(DTYPES, name);
}

/** Real floating numbers. */
export function isFloating(dtype: DType): boolean {
  return DTYPES[dtype].kind === "float";
}

/** Whole numbers of a fixed number of bits: uint8, int32, int64. */
export function isInteger(dtype: DType): boolean {
  return DTYPES[dtype].kind === "int";
}

/** Real or complex floating numbers: what gradients flow through. */
export function hasGradient(dtype: DType): boolean {
  return DTYPES[dtype].kind === "float" || DTYPES[dtype].kind === "complex";
}

/** Memory for `size` elements on the V8 heap: zeros. */
export function newElements(dtype: DType, size: number): TypedArray {
  const { array, parts } = DTYPES[dtype];
  return new array(size * parts);
}

/** An element as a number: those of int64 are bigints. */
export function numberOf(element: number | bigint): number {
  return Number(element);
}

/** Sets elements, from the first on. Whole numbers become bigints where elements are. */
export function writeElements(data: TypedArray, values: ArrayLike<number | bigint>): void {
  const to: unknown = data;
  if (to instanceof BigInt64Array) to.set(Array.from(values, BigInt));
  else data.set(values as ArrayLike<number>);
}

/**
 * Common dtype of two strong operands: the later row of the table. E_DTYPE for float64 and complex64: neither holds the values of the
 * other.
 */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  refuseStrings(a, b);
  const result = ORDER[Math.max(ORDER.indexOf(a), ORDER.indexOf(b))];
  if (result === "complex64" && (a === "float64" || b === "float64")) {
    throw new DTypeError("float64 and complex64 have no common dtype: complex64 has the precision of float32.", {
      hint: 'Cast the float64 tensor: .cast("float32").',
    });
  }
  return result;
}

/** E_DTYPE where one of two different dtypes is string. */
function refuseStrings(a: DType, b: DType): void {
  if (a !== "string" && b !== "string") return;
  throw new DTypeError(`${a} and ${b} have no common dtype: text and numbers are not converted.`);
}

/**
 * Common dtype when weak operands (JavaScript numbers) take part: a weak operand takes the dtype of the strong one
 * unless its kind is higher (weak float against int32 gives float32, against int64, of which float32 holds too little, float64; weak
 * int against bool gives int32).
 * Weak values are int32 (whole numbers) or float64 (fractions: double precision until a dtype is met).
 */
export function promoteWeak(a: DType, aWeak: boolean, b: DType, bWeak: boolean): DType {
  if (aWeak === bWeak) return promote(a, b);
  if (a !== b) refuseStrings(a, b);
  const strong = aWeak ? b : a;
  const weak = aWeak ? a : b;
  if (KIND_RANK[DTYPES[weak].kind] <= KIND_RANK[DTYPES[strong].kind]) return strong;
  if (DTYPES[weak].kind === "complex") return promote(weak, strong);
  return DTYPES[weak].kind === "float" ? floatOf(strong) : DEFAULT_INT;
}

/** What whole numbers become where floats are needed and nothing says which. */
function floatOf(dtype: DType): DType {
  return dtype === "int64" ? "float64" : DEFAULT_FLOAT;
}

/** Dtype of a JavaScript number or boolean on its own: bool, int32 for whole numbers that fit (−0 does not), else float64. */
export function weakDType(value: number | boolean): DType {
  if (typeof value === "boolean") return "bool";
  return Object.is(value, value | 0) ? "int32" : "float64";
}

/**
 * The first dtype from `dtype` upwards in the order of promotion that is in `allowed`; `dtype` itself where there is none. bool counts
 * as int32, not as uint8. int64 becomes float64, and nothing where other whole numbers are taken: they would be, it would not.
 */
export function liftTo(dtype: DType, allowed: readonly DType[], weak: boolean): DType {
  if (allowed.includes(dtype) || dtype === "string") return dtype;
  if (dtype === "int64" && allowed.some((d) => DTYPES[d].kind === "int")) return dtype;
  const isAbove = (d: DType): boolean => allowed.includes(d) && d !== "uint8" && !(dtype === "float64" && d === "complex64");
  const lifted = ORDER.slice(ORDER.indexOf(dtype) + 1).find(isAbove) ?? dtype;
  const isWide = weak || dtype === "int64";
  return isWide && lifted === "float32" && allowed.includes("float64") ? "float64" : lifted;
}
