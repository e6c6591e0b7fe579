/** Cells of recurrent networks and running means, under TensorFlow.js's names. Compositions: gradients follow from their parts. */
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import { mayBeSameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidied, tidy } from "../eager/scope.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import { add, div, mul, pow, sigmoid, sub, tanh } from "./elementwise.ts";
import { concat, split } from "./join.ts";
import { matMul } from "./linalg.ts";
import { dimsOf } from "./shape.ts";

/** One step of a cell: new c and h from data and the last ones. */
export type LSTMCellFunc = (data: Tensor, c: Tensor, h: Tensor) => [c: Tensor, h: Tensor];

/**
 * One step of an LSTM: with [i, j, f, o] the four parts of [data, h] · lstmKernel + lstmBias, new c = c · σ(f + forgetBias) +
 * σ(i) · tanh(j) and new h = tanh(new c) · σ(o).
 * Shapes   data [N, D], c, h [N, U], lstmKernel [D + U, 4·U], lstmBias [4·U], forgetBias a scalar → [c, h], both [N, U].
 * Errors   E_SHAPE for shapes that do not fit.
 * Source   TensorFlow.js basicLSTMCell.
 */
export const basicLSTMCell = tidied(
  "basicLSTMCell",
  (
    forgetBias: TensorLike,
    lstmKernel: TensorLike,
    lstmBias: TensorLike,
    data: TensorLike,
    c: TensorLike,
    h: TensorLike,
  ): [c: Tensor, h: Tensor] => {
    const fn = "basicLSTMCell";
    const forget = toTensor(forgetBias, fn, "forgetBias");
    const [kernel, bias] = [toTensor(lstmKernel, fn, "lstmKernel"), toTensor(lstmBias, fn, "lstmBias")];
    const [input, cell, hidden] = [toTensor(data, fn, "data"), toTensor(c, fn, "c"), toTensor(h, fn, "h")];
    if (input.rank !== 2 || cell.rank !== 2 || hidden.rank !== 2 || kernel.rank !== 2) {
      const shapes = [input, cell, hidden, kernel].map((t) => showShape(dimsOf(t))).join(", ");
      throw new ShapeError(`${fn}: data, c, h and lstmKernel have shapes ${shapes}, but must be matrices.`);
    }
    const columns = dimsOf(kernel)[1];
    const units = dimsOf(cell)[1];
    if (typeof columns === "number" && typeof units === "number" && columns !== 4 * units) {
      throw new ShapeError(
        `${fn}: lstmKernel of shape ${showShape(dimsOf(kernel))} has ${columns} columns, but c of shape ${showShape(dimsOf(cell))} needs ${4 * units}.`,
      );
    }
    return tidy(() => {
      const gates = add(matMul(concat([input, hidden], 1), kernel), bias);
      const [i, j, f, o] = split(gates, 4, 1);
      const next = add(mul(sigmoid(i), tanh(j)), mul(cell, sigmoid(add(forget, f))));
      return [next, mul(tanh(next), sigmoid(o))];
    });
  },
);

/**
 * One step of cells one above the other: the new h of each is the data of the next. Returns [all c, all h].
 * Source   TensorFlow.js multiRNNCell.
 */
export const multiRNNCell = tidied(
  "multiRNNCell",
  (
    lstmCells: readonly LSTMCellFunc[],
    data: TensorLike,
    c: readonly TensorLike[],
    h: readonly TensorLike[],
  ): [c: Tensor[], h: Tensor[]] => {
    const fn = "multiRNNCell";
    if (!Array.isArray(c) || !Array.isArray(h) || c.length !== lstmCells.length || h.length !== lstmCells.length) {
      throw new ArgumentError(`${fn}: c and h must be arrays with an entry for each of ${lstmCells.length} cells.`);
    }
    const cells = c.map((t, i) => toTensor(t, fn, `c[${i}]`));
    const hidden = h.map((t, i) => toTensor(t, fn, `h[${i}]`));
    let input = toTensor(data, fn, "data");
    return tidy(() => {
      const states = lstmCells.map((cell, i) => {
        const state = cell(input, cells[i], hidden[i]);
        input = state[1];
        return state;
      });
      return [states.map(([next]) => next), states.map(([, next]) => next)];
    });
  },
);

/**
 * v + (x − v) · (1 − decay), with zeroDebias divided by 1 − decay^step, which undoes a start at zero.
 * Shapes   v, x: the same; decay, step: numbers or scalars.
 * Errors   E_SHAPE, E_DTYPE where v and x differ; E_ARGUMENT for zeroDebias without step.
 * Source   TensorFlow.js movingAverage.
 */
export const movingAverage = tidied(
  "movingAverage",
  (v: TensorLike, x: TensorLike, decay: TensorLike, step?: TensorLike | null, zeroDebias = true): Tensor => {
    const fn = "movingAverage";
    const [mean, value] = [toTensor(v, fn, "v"), toTensor(x, fn, "x")];
    if (mean.dtype !== value.dtype) throw new DTypeError(`${fn}: v is ${mean.dtype}, but x is ${value.dtype}.`);
    if (!mayBeSameShape(dimsOf(mean), dimsOf(value))) {
      throw new ShapeError(`${fn}: v has shape ${showShape(dimsOf(mean))}, but x ${showShape(dimsOf(value))}.`);
    }
    if (zeroDebias && (step === undefined || step === null)) {
      throw new ArgumentError(`${fn}: zeroDebias needs step, but it is ${describe(step)}.`, { hint: "Pass the number of updates so far." });
    }
    return tidy(() => {
      const update = mul(sub(value, mean), sub(1, decay));
      return add(mean, zeroDebias ? div(update, sub(1, pow(decay, step as TensorLike))) : update);
    });
  },
);
