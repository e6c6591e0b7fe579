/**
 * What TensorFlow.js's tests compare with: arrays by elements, within 1e-3 where they say "close". Numbers that are not finite count as
 * equal to each other there, and typed arrays must be of one class.
 */
import { util } from "@tensorflow/tfjs-core";

const EPSILON = 1e-3;

export const testEpsilon = () => EPSILON;
export const TEST_EPSILON_FLOAT16 = 0.1;

function isClose(a, b, epsilon) {
  if (!Number.isFinite(a) && !Number.isFinite(b)) return true;
  return Math.abs(a - b) <= epsilon;
}

function shapeOf(value) {
  return Array.isArray(value) ? [value.length, ...(value.length > 0 ? shapeOf(value[0]) : [])] : [];
}

function compare(actual, expected, isEqual) {
  const [a, b] = [actual, expected].map((x) => (ArrayBuffer.isView(x) ? x : [x].flat(Number.POSITIVE_INFINITY)));
  if (ArrayBuffer.isView(actual) && ArrayBuffer.isView(expected) && actual.constructor !== expected.constructor)
    throw new Error(`${actual.constructor.name} where ${expected.constructor.name} was expected`);
  if (Array.isArray(actual) && Array.isArray(expected) && String(shapeOf(actual)) !== String(shapeOf(expected)))
    throw new Error(`shape [${shapeOf(actual)}] where [${shapeOf(expected)}] was expected`);
  if (a.length !== b.length) throw new Error(`${a.length} elements where ${b.length} were expected: ${[...a].slice(0, 20)}`);
  const at = [...b].findIndex((e, i) => !isEqual(a[i], e));
  if (at >= 0) throw new Error(`element ${at} is ${a[at]} where ${b[at]} was expected: ${[...a].slice(0, 20)}`);
  expect().nothing();
}

export function expectArraysClose(actual, expected, epsilon = EPSILON) {
  compare(actual, expected, (a, e) => isClose(Number(a), Number(e), epsilon ?? EPSILON));
}

export function expectArraysEqual(actual, expected) {
  const isText = [actual, expected].some((x) => util.isString(x) || util.isString(x?.[0]));
  // biome-ignore lint/suspicious/noDoubleEquals: true is 1 there
  compare(actual, expected, (a, e) => (isText ? a == e : isClose(Number(a), Number(e), 0)));
}

export function expectNumbersClose(a, e, epsilon = EPSILON) {
  if (!isClose(a, e, epsilon)) throw new Error(`${a} where ${e} was expected`);
  expect().nothing();
}

export function expectValuesInRange(actual, low, high) {
  const outside = [...actual].find((x) => x < low || x > high);
  if (outside !== undefined) throw new Error(`${outside} is not from ${low} to ${high}`);
  expect().nothing();
}

export function expectPromiseToFail(run, done) {
  run().then(
    () => done.fail("it did not fail"),
    () => done(),
  );
  expect().nothing();
}

export function expectArrayBuffersEqual(actual, expected) {
  compare(new Uint8Array(actual), new Uint8Array(expected), Object.is);
}

export function encodeStrings(values) {
  return values.map((value) => (Array.isArray(value) ? encodeStrings(value) : util.encodeString(value)));
}
