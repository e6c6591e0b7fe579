/**
 * Plan → words for native code. This comment is the format; native/src/graph/decode.cpp reads it and validates every word.
 *
 * words: Int32Array
 *   header   [MAGIC, VERSION, buffers, steps, inputs, outputs, prints, arenaBytes/64, variables, stacks]
 *   buffers  per buffer [dtype code, place, argument, rank, ...dims]
 *              place 0 arena: argument = offset/8   1 input: index   2 output: index   3 const: offset/8 in `constants`
 *              4 variable: index
 *   variables  per variable [buffer, 1 if the run may change it, else 0]
 *   steps    [0, kernel, nIn, nOut, ...in, ...out, nAttrWords, ...attrWords]   op
 *            [1, from, to]   copy      [2, target]   jump      [3, pred, target]   unless      [4, site, nIn, ...in]   print
 *            [5, pred, target]   when      [6, stack, from]   push      [7, stack, to]   pop
 *            [8, nIn, nOut, ...in, ...out, rank, ...dims, run, room, columns, nOps, ...ops]   fused, each op of it
 *              [kernel, nIn, ...refs, ref, dtype code, nAttrWords, ...attrWords]   refs count inputs, outputs, room inside, columns
 *              the first may be matMul, a head: of two inputs, to an output or to room inside that no other op writes
 *   inputs   per input [buffer, mailbox offset/8 or -1]
 *   outputs  per output [buffer, mailbox offset/8 or -1]
 * attr words, in the order of the op's schema: int [v]; ints [n, ...v]; bool [0|1]; dtype [code]; number [index in numbers].
 *   No op has a string attribute that native code reads.
 * numbers: Float64Array with the `number` attributes.   constants: bytes, each constant at a multiple of 64.
 *
 * kernel ids come from the addon (`opNames` in order), never from here. Values of at most MAILBOX_BYTES travel through the
 * mailbox, one ArrayBuffer shared with native code per environment; larger ones, and those for which it has no more room, are
 * passed as typed arrays to `runPlan`, inputs first. Native code copies mailbox inputs before it runs and writes mailbox outputs after.
 * Variables never travel: native code works in their arrays, which are bound to the plan (`bindVariables`) or, where a plan has
 * print steps, passed to each run behind the outputs. Stacks belong to a run; all values of one have the same bytes.
 *
 * An eager op uses the same words without a plan: [kernel, nIn, nOut, per tensor (dtype, rank, ...dims), nAttrWords, ...attrWords].
 */
import { DTYPES, type DType } from "../core/dtype.ts";
import { InternalError, MemoryError } from "../core/errors.ts";
import { type AttrKind, type Attrs, type AttrValue, type Block, getOp, type OpRecord } from "../ops/op.ts";
import type { BufferId, Plan, PlanBuffer, Step } from "./plan.ts";

export const MAGIC = 0x67664e31;
export const FORMAT_VERSION = 4;
/** Largest value (bytes) that travels through the mailbox. */
export const MAILBOX_BYTES = 256;

/** Operands and results that one eager op may have in native code. */
const MAX_TENSORS = 64;

const LINE = 64;
const INT_LIMIT = 2 ** 31;

/** How one argument or result crosses. */
export interface Port {
  readonly dtype: DType;
  readonly size: number;
  /** Byte offset in the mailbox, or -1: passed as a typed array. */
  readonly mailbox: number;
}

export interface EncodedPlan {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  readonly constants: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** `kernels`: id by op name, with every op of the plan. `mailboxBytes`: room in the mailbox, for inputs and outputs each. */
export function encodePlan(plan: Plan, kernels: ReadonlyMap<string, number>, mailboxBytes: number): EncodedPlan {
  const words: number[] = [
    MAGIC,
    FORMAT_VERSION,
    plan.buffers.length,
    plan.steps.length,
    plan.inputs.length,
    plan.outputs.length,
    plan.prints.length,
    int(Math.ceil(plan.arenaBytes / LINE), plan),
    plan.variables.length,
    plan.stacks.length,
  ];
  const numbers: number[] = [];
  const constants = new ConstantPool();
  for (const buffer of plan.buffers) encodeBuffer(buffer, constants, words, plan);
  for (const { buffer, written } of plan.variables) words.push(buffer, written ? 1 : 0);
  for (const step of plan.steps) encodeStep(step, kernels, words, numbers);
  const inputs = encodePorts(plan, plan.inputs, mailboxBytes, words);
  const outputs = encodePorts(plan, plan.outputs, mailboxBytes, words);
  return { words: Int32Array.from(words), numbers: Float64Array.from(numbers), constants: constants.bytes(), inputs, outputs };
}

function int(value: number, plan: Plan): number {
  if (value >= INT_LIMIT) throw new MemoryError(`${plan.name} needs more memory for its intermediates than a plan can have.`);
  return value;
}

class ConstantPool {
  readonly #parts: { readonly at: number; readonly data: Uint8Array }[] = [];
  #end = 0;

  add(data: ArrayBufferView): number {
    const at = this.#end;
    this.#parts.push({ at, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
    this.#end = Math.ceil((at + data.byteLength) / LINE) * LINE;
    return at;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#end);
    for (const { at, data } of this.#parts) all.set(data, at);
    return all;
  }
}

const PLACES = { arena: 0, input: 1, output: 2, const: 3, variable: 4 } as const;

function encodeBuffer(buffer: PlanBuffer, constants: ConstantPool, words: number[], plan: Plan): void {
  const { place } = buffer;
  const argument =
    place.kind === "arena" ? int(place.offset / 8, plan) : place.kind === "const" ? int(constants.add(place.data) / 8, plan) : place.index;
  words.push(DTYPES[buffer.dtype].code, PLACES[place.kind], argument, buffer.shape.length);
  for (const d of buffer.shape) words.push(int(d, plan));
}

function encodeStep(step: Step, kernels: ReadonlyMap<string, number>, words: number[], numbers: number[]): void {
  switch (step.kind) {
    case "op": {
      words.push(0, kernelOf(step.op, kernels), step.inputs.length, step.outputs.length);
      for (const id of step.inputs) words.push(id);
      for (const id of step.outputs) words.push(id);
      encodeAttrs(getOp(step.op), step.attrs, words, numbers);
      return;
    }
    case "fused":
      words.push(8, step.inputs.length, step.outputs.length, ...step.inputs, ...step.outputs);
      words.push(step.shape.length, ...step.shape, step.run, step.temporaries, step.columns, step.ops.length);
      for (const { op, attrs, operands, result, dtype } of step.ops) {
        words.push(kernelOf(op, kernels), operands.length, ...operands, result, DTYPES[dtype].code);
        encodeAttrs(getOp(op), attrs, words, numbers);
      }
      return;
    case "copy":
      words.push(1, step.from, step.to);
      return;
    case "jump":
      words.push(2, step.target);
      return;
    case "unless":
      words.push(3, step.pred, step.target);
      return;
    case "print":
      words.push(4, step.site, step.inputs.length);
      for (const id of step.inputs) words.push(id);
      return;
    case "when":
      words.push(5, step.pred, step.target);
      return;
    case "push":
      words.push(6, step.stack, step.from);
      return;
    case "pop":
      words.push(7, step.stack, step.to);
  }
}

function kernelOf(op: string, kernels: ReadonlyMap<string, number>): number {
  const kernel = kernels.get(op);
  if (kernel === undefined) throw new InternalError(`The native backend has no kernel for ${op}.`);
  return kernel;
}

/** [nAttrWords, ...attrWords]. */
function encodeAttrs(op: OpRecord, attrs: Attrs, words: number[], numbers: number[]): void {
  const at = words.length;
  words.push(0);
  for (const key in op.attrs) {
    const value = attrs[key];
    switch (op.attrs[key]) {
      case "ints":
      case "dims":
        words.push((value as readonly number[]).length);
        for (const v of value as readonly number[]) words.push(v);
        break;
      case "number":
        words.push(numbers.length);
        numbers.push(value as number);
        break;
      default:
        words.push(attrWord(op, key, op.attrs[key], value));
    }
  }
  words[at] = words.length - at - 1;
}

/** An attribute that is one word. */
function attrWord(op: OpRecord, key: string, kind: AttrKind | undefined, value: AttrValue | undefined): number {
  switch (kind) {
    case "int":
      return value as number;
    case "bool":
      return value === true ? 1 : 0;
    case "dtype":
      return DTYPES[value as DType].code;
    default:
      throw new InternalError(`Attribute ${key} of ${op.name} cannot be passed to native code.`);
  }
}

/** Small values get places in the mailbox as long as there is room. */
function encodePorts(plan: Plan, ids: readonly BufferId[], room: number, words: number[]): Port[] {
  let next = 0;
  return ids.map((id) => {
    const { dtype, size } = plan.buffers[id] as PlanBuffer;
    const bytes = size * DTYPES[dtype].bytes;
    const fits = bytes <= MAILBOX_BYTES && next + bytes <= room;
    const mailbox = fits ? next : -1;
    if (fits) next += Math.ceil(Math.max(bytes, 1) / 8) * 8;
    words.push(id, fits ? mailbox / 8 : -1);
    return { dtype, size, mailbox };
  });
}

/** Writes one op into the shared words and numbers, without allocating. False: it has no room there. */
export function encodeOp(
  kernel: number,
  op: OpRecord,
  inputs: readonly Block[],
  outputs: readonly Block[],
  attrs: Attrs,
  words: Int32Array,
  numbers: Float64Array,
): boolean {
  if (inputs.length + outputs.length > MAX_TENSORS) return false;
  words[0] = kernel;
  words[1] = inputs.length;
  words[2] = outputs.length;
  let at = encodeTypes(inputs, words, 3);
  at = encodeTypes(outputs, words, at);
  const start = at++;
  let used = 0;
  for (const key in op.attrs) {
    const value = attrs[key];
    const kind = op.attrs[key];
    if (kind === "ints" || kind === "dims") {
      const list = value as readonly number[];
      if (at + list.length >= words.length) return false;
      words[at++] = list.length;
      for (let i = 0; i < list.length; i++) words[at++] = list[i] as number;
    } else if (kind === "number") {
      words[at++] = used;
      numbers[used++] = value as number;
    } else {
      words[at++] = attrWord(op, key, kind, value);
    }
  }
  // Stores beyond the end are lost, and seen here.
  if (at > words.length || used > numbers.length) return false;
  words[start] = at - start - 1;
  return true;
}

function encodeTypes(blocks: readonly Block[], words: Int32Array, at: number): number {
  for (let i = 0; i < blocks.length; i++) {
    const { dtype, shape } = blocks[i] as Block;
    words[at++] = DTYPES[dtype].code;
    words[at++] = shape.length;
    for (let axis = 0; axis < shape.length; axis++) words[at++] = shape[axis] as number;
  }
  return at;
}
