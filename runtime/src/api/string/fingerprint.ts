/**
 * Fingerprint64 of FarmHash (https://github.com/google/farmhash): 64 bits of a text's bytes that never change between versions and
 * machines, so that buckets by it may be saved in models. Words are little-endian and arithmetic is modulo 2^64.
 */
const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;
const SEED = 81n;

const wrap = (x: bigint): bigint => BigInt.asUintN(64, x);
const times = (x: bigint, y: bigint): bigint => wrap(x * y);
const rotate = (x: bigint, by: bigint): bigint => wrap((x >> by) | (x << (64n - by)));
const shiftMix = (x: bigint): bigint => x ^ (x >> 47n);

function mix(u: bigint, v: bigint, factor: bigint): bigint {
  const a = shiftMix(times(u ^ v, factor));
  return times(shiftMix(times(v ^ a, factor)), factor);
}

/** The fingerprint of bytes, as an unsigned number of 64 bits. */
export function fingerprint64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length <= 16) return upTo16(view);
  if (bytes.length <= 32) return upTo32(view);
  return bytes.length <= 64 ? upTo64(view) : longer(view);
}

function upTo16(s: DataView): bigint {
  const n = s.byteLength;
  const factor = K2 + BigInt(2 * n);
  if (n >= 8) {
    const a = wrap(s.getBigUint64(0, true) + K2);
    const b = s.getBigUint64(n - 8, true);
    return mix(wrap(times(rotate(b, 37n), factor) + a), times(wrap(rotate(a, 25n) + b), factor), factor);
  }
  if (n >= 4) return mix(BigInt(n) + (BigInt(s.getUint32(0, true)) << 3n), BigInt(s.getUint32(n - 4, true)), factor);
  if (n === 0) return K2;
  const y = BigInt(s.getUint8(0) + (s.getUint8(n >> 1) << 8));
  const z = BigInt(n + (s.getUint8(n - 1) << 2));
  return times(shiftMix(times(y, K2) ^ times(z, K0)), K2);
}

function upTo32(s: DataView): bigint {
  const n = s.byteLength;
  const factor = K2 + BigInt(2 * n);
  const a = times(s.getBigUint64(0, true), K1);
  const b = s.getBigUint64(8, true);
  const c = times(s.getBigUint64(n - 8, true), factor);
  const d = times(s.getBigUint64(n - 16, true), K2);
  return mix(wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d), wrap(a + rotate(wrap(b + K2), 18n) + c), factor);
}

function upTo64(s: DataView): bigint {
  const n = s.byteLength;
  const factor = K2 + BigInt(2 * n);
  const a = times(s.getBigUint64(0, true), K2);
  const b = s.getBigUint64(8, true);
  const c = times(s.getBigUint64(n - 8, true), factor);
  const d = times(s.getBigUint64(n - 16, true), K2);
  const y = wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d);
  const z = mix(y, wrap(a + rotate(wrap(b + K2), 18n) + c), factor);
  const e = times(s.getBigUint64(16, true), factor);
  const f = s.getBigUint64(24, true);
  const g = times(wrap(y + s.getBigUint64(n - 32, true)), factor);
  const h = times(wrap(z + s.getBigUint64(n - 24, true)), factor);
  return mix(wrap(rotate(wrap(e + f), 43n) + rotate(g, 30n) + h), wrap(e + rotate(wrap(f + a), 18n) + g), factor);
}

interface State {
  x: bigint;
  y: bigint;
  z: bigint;
  v: readonly [bigint, bigint];
  w: readonly [bigint, bigint];
}

function longer(s: DataView): bigint {
  const last = s.byteLength - 1;
  const y = wrap(SEED * K1 + 113n);
  const state: State = {
    x: wrap(SEED * K2 + s.getBigUint64(0, true)),
    y,
    z: times(shiftMix(wrap(y * K2 + 113n)), K2),
    v: [0n, 0n],
    w: [0n, 0n],
  };
  for (let at = 0; at + 64 <= last; at += 64) block(s, at, state, K1, 1n);
  // The last 64 bytes, which overlap the block before.
  const factor = wrap(K1 + ((state.z & 0xffn) << 1n));
  const w0 = wrap(state.w[0] + BigInt(last & 63));
  const v0 = wrap(state.v[0] + w0);
  state.w = [wrap(w0 + v0), state.w[1]];
  state.v = [v0, state.v[1]];
  block(s, s.byteLength - 64, state, factor, 9n);
  const { x, z, v, w } = state;
  return mix(wrap(mix(v[0], w[0], factor) + times(shiftMix(state.y), K0) + z), wrap(mix(v[1], w[1], factor) + x), factor);
}

function block(s: DataView, at: number, state: State, factor: bigint, weight: bigint): void {
  const { v, w } = state;
  const word = (offset: number): bigint => s.getBigUint64(at + offset, true);
  const x = times(rotate(wrap(state.x + state.y + v[0] + word(8)), 37n), factor) ^ wrap(w[1] * weight);
  const y = wrap(times(rotate(wrap(state.y + v[1] + word(48)), 42n), factor) + v[0] * weight + word(40));
  const z = times(rotate(wrap(state.z + w[0]), 33n), factor);
  state.v = pair(s, at, times(v[1], factor), wrap(x + w[0]));
  state.w = pair(s, at + 32, wrap(z + w[1]), wrap(y + word(16)));
  state.x = z;
  state.y = y;
  state.z = x;
}

/** 32 bytes and two seeds as two words. */
function pair(s: DataView, at: number, seedA: bigint, seedB: bigint): readonly [bigint, bigint] {
  const [w, x, y, z] = [0, 8, 16, 24].map((offset) => s.getBigUint64(at + offset, true)) as [bigint, bigint, bigint, bigint];
  const first = wrap(seedA + w);
  const sum = wrap(first + x + y);
  return [wrap(sum + z), wrap(rotate(wrap(seedB + first + z), 21n) + rotate(sum, 44n) + first)];
}
