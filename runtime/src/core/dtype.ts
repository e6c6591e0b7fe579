/**
 * Element types of tensors: one row each, everything else derives from the table.
 *
 * Order of rows = order of promotion: the result of two strong dtypes is the later row
 * (bool < int32 < float32 < float64). `code` is the number native code knows a dtype by; never reuse one.
 */
export type DType = "bool" | "int32" | "float32" | "float64";

export type TypedArray = Uint8Array | Int32Array | Float32Array | Float64Array;

export interface DTypeMap {
  bool: Uint8Array;
  int32: Int32Array;
  float32: Float32Array;
  float64: Float64Array;
}

export interface DTypeInfo {
  readonly name: DType;
  /** Number in plans and native code. */
  readonly code: number;
  readonly kind: "bool" | "int" | "float";
  readonly bytes: number;
  /** Short name in graph text: `f32[2,3]`. */
  readonly short: string;
  readonly array: { new (length: number): TypedArray; readonly BYTES_PER_ELEMENT: number };
}

export const DTYPES: Readonly<Record<DType, DTypeInfo>> = {
  bool: { name: "bool", code: 0, kind: "bool", bytes: 1, short: "bool", array: Uint8Array },
  int32: { name: "int32", code: 1, kind: "int", bytes: 4, short: "i32", array: Int32Array },
  float32: { name: "float32", code: 2, kind: "float", bytes: 4, short: "f32", array: Float32Array },
  float64: { name: "float64", code: 3, kind: "float", bytes: 8, short: "f64", array: Float64Array },
};

const ORDER: readonly DType[] = ["bool", "int32", "float32", "float64"];

export const DEFAULT_FLOAT: DType = "float32";
export const DEFAULT_INT: DType = "int32";

export function isDType(name: unknown): name is DType {
  return typeof name === "string" && Object.hasOwn(DTYPES, name);
}

export function isFloating(dtype: DType): boolean {
  return DTYPES[dtype].kind === "float";
}

/** Common dtype of two strong operands: the later row of the table. */
export function promote(a: DType, b: DType): DType {
  return a === b ? a : ORDER[Math.max(ORDER.indexOf(a), ORDER.indexOf(b))];
}

/**
 * Common dtype when weak operands (JavaScript numbers) take part: a weak operand takes the dtype of the strong one
 * unless its kind is higher (weak float against int32 gives float32; weak int against bool gives int32).
 * Weak values are int32 (whole numbers) or float64 (fractions: double precision until a dtype is met).
 */
export function promoteWeak(a: DType, aWeak: boolean, b: DType, bWeak: boolean): DType {
  if (aWeak === bWeak) return promote(a, b);
  const strong = aWeak ? b : a;
  const weak = aWeak ? a : b;
  const rank = { bool: 0, int: 1, float: 2 } as const;
  if (rank[DTYPES[weak].kind] <= rank[DTYPES[strong].kind]) return strong;
  return DTYPES[weak].kind === "float" ? DEFAULT_FLOAT : DEFAULT_INT;
}

/** Dtype of a JavaScript number or boolean on its own: bool, int32 for whole numbers that fit (−0 does not), else float64. */
export function weakDType(value: number | boolean): DType {
  if (typeof value === "boolean") return "bool";
  return Object.is(value, value | 0) ? "int32" : "float64";
}

/** The first dtype from `dtype` upwards in the order of promotion that is in `allowed`; `dtype` itself where there is none. */
export function liftTo(dtype: DType, allowed: readonly DType[], weak: boolean): DType {
  if (allowed.includes(dtype)) return dtype;
  const lifted = ORDER.slice(ORDER.indexOf(dtype) + 1).find((d) => allowed.includes(d)) ?? dtype;
  return weak && lifted === "float32" && allowed.includes("float64") ? "float64" : lifted;
}
