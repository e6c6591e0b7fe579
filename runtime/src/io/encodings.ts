/**
 * Elements as files hold them: one row per encoding, little-endian. Reading gives exactly the value that is stored, in the
 * smallest dtype of ours that holds all values of the encoding; of U64 those beyond int64 are an error.
 *
 * Sources: safetensors' list of dtypes; IEEE 754 binary16; OCP "8-bit floating point" (F8_E4M3 has no infinities).
 */
import type { DType, TypedArray } from "../core/dtype.ts";

export interface Encoding {
  /** Bytes of one element. */
  readonly bytes: number;
  readonly dtype: DType;
  /** Reads element `at`, a bigint for int64; undefined where the bytes are those of the dtype already. */
  readonly read?: (view: DataView, at: number) => number | bigint;
  /** Names a value that the dtype cannot hold. */
  readonly allows?: (value: number | bigint) => boolean;
}

const fitsInt64 = (value: number | bigint): boolean => value < 2n ** 63n;

/** By the names of safetensors. */
export const ENCODINGS: ReadonlyMap<string, Encoding> = new Map<string, Encoding>([
  ["BOOL", { bytes: 1, dtype: "bool", read: (v, i) => v.getUint8(i), allows: (value) => value === 0 || value === 1 }],
  ["I32", { bytes: 4, dtype: "int32" }],
  ["F32", { bytes: 4, dtype: "float32" }],
  ["F64", { bytes: 8, dtype: "float64" }],
  ["U8", { bytes: 1, dtype: "uint8" }],
  ["I8", { bytes: 1, dtype: "int32", read: (v, i) => v.getInt8(i) }],
  ["U16", { bytes: 2, dtype: "int32", read: (v, i) => v.getUint16(2 * i, true) }],
  ["I16", { bytes: 2, dtype: "int32", read: (v, i) => v.getInt16(2 * i, true) }],
  ["U32", { bytes: 4, dtype: "int64", read: (v, i) => BigInt(v.getUint32(4 * i, true)) }],
  ["I64", { bytes: 8, dtype: "int64" }],
  ["U64", { bytes: 8, dtype: "int64", read: (v, i) => v.getBigUint64(8 * i, true), allows: fitsInt64 }],
  ["F16", { bytes: 2, dtype: "float32", read: (v, i) => fromFloat16(v.getUint16(2 * i, true)) }],
  ["BF16", { bytes: 2, dtype: "float32", read: (v, i) => fromBfloat16(v.getUint16(2 * i, true)) }],
  ["F8_E5M2", { bytes: 1, dtype: "float32", read: (v, i) => fromFloat16(v.getUint8(i) << 8) }],
  ["F8_E4M3", { bytes: 1, dtype: "float32", read: (v, i) => fromFloat8(v.getUint8(i)) }],
  ["C64", { bytes: 8, dtype: "complex64" }],
]);

/** How each dtype is written. */
export const ENCODING_OF: Readonly<Record<Exclude<DType, "string">, string>> = {
  bool: "BOOL",
  uint8: "U8",
  int32: "I32",
  int64: "I64",
  float32: "F32",
  float64: "F64",
  complex64: "C64",
};

const IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The bytes of elements as they are stored: a view where the machine is little-endian, else a copy. */
export function storedBytes(data: TypedArray): Uint8Array {
  const view = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return IS_LITTLE ? view : swapped(view.slice(), data.BYTES_PER_ELEMENT);
}

/** The same, to be filled; `filled` puts the bytes into the machine's order. */
export function ownBytes(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
export function filled(data: TypedArray): void {
  if (!IS_LITTLE) swapped(ownBytes(data), data.BYTES_PER_ELEMENT);
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}

/** Decodes `to.length` elements from the start of `from`. Returns the first value that the dtype cannot hold. */
export function decode(encoding: Encoding, from: Uint8Array, to: TypedArray): number | bigint | undefined {
  const { read, allows } = encoding;
  if (read === undefined) {
    ownBytes(to).set(from.subarray(0, to.byteLength));
    filled(to);
    return undefined;
  }
  const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
  for (let i = 0; i < to.length; i++) {
    const value = read(view, i);
    if (allows !== undefined && !allows(value)) return value;
    to[i] = value as number;
  }
  return undefined;
}

/** Sign, 5 bits of exponent, 10 of fraction. */
export function fromFloat16(bits: number): number {
  return fromParts(bits >> 15, (bits >> 10) & 31, bits & 1023, 15, 1024, 31);
}

/** Sign, 4 bits of exponent, 3 of fraction; the largest exponent is an ordinary one, all ones are NaN. */
export function fromFloat8(bits: number): number {
  return (bits & 127) === 127 ? Number.NaN : fromParts(bits >> 7, (bits >> 3) & 15, bits & 7, 7, 8, 16);
}

function fromParts(negative: number, exponent: number, fraction: number, bias: number, one: number, special: number): number {
  const sign = negative === 0 ? 1 : -1;
  if (exponent === special) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * (fraction / one) * 2 ** (1 - bias);
  return sign * (1 + fraction / one) * 2 ** (exponent - bias);
}

const float32 = new Float32Array(1);
const float32Bits = new Uint32Array(float32.buffer);

/** The upper half of a float32. */
export function fromBfloat16(bits: number): number {
  float32Bits[0] = bits << 16;
  return float32[0] as number;
}
