/** Ragged rows into one dense tensor. Eager only, since lengths depend on elements. */
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { tidied } from "../../eager/scope.ts";
import { checkShape, describe, fromValues, type TensorLike, toTensor } from "../convert.ts";
import { cast } from "../elementwise.ts";
import { elementsOf, indicesOf, room } from "../indices.ts";
import { concat } from "../join.ts";
import { broadcastTo, reshape } from "../shape.ts";
import { gather } from "../slice.ts";
import { splitsOf } from "./gather.ts";

const FN = "raggedTensorToTensor";

/** One level: which row each value is in, and at which place of it. */
interface Level {
  readonly rows: number;
  readonly row: Int32Array;
  readonly place: Int32Array;
  readonly longest: number;
}

function fromRowIds(ids: ArrayLike<number>, rows: number): Level {
  const place = new Int32Array(ids.length);
  let longest = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    if (id < 0 || id >= rows || (i > 0 && id < ids[i - 1])) {
      throw new ArgumentError(`${FN}: row id ${id} of value ${i} is out of range or order.`, {
        hint: `Row ids ascend from 0 to ${rows - 1}.`,
      });
    }
    place[i] = i > 0 && ids[i - 1] === id ? place[i - 1] + 1 : 0;
    longest = Math.max(longest, place[i] + 1);
  }
  return { rows, row: Int32Array.from(ids), place, longest };
}

function fromSplits(splits: readonly number[]): Level {
  if (splits[0] !== 0) throw new ArgumentError(`${FN}: row splits begin with ${splits[0]}, but must begin with 0.`);
  const ids = room(Int32Array, splits[splits.length - 1], FN);
  for (let row = 0; row + 1 < splits.length; row++) ids.fill(row, splits[row], splits[row + 1]);
  return fromRowIds(ids, splits.length - 1);
}

/** Levels from the outermost to the innermost, over `count` values. */
function levelsOf(tensors: readonly TensorLike[], types: readonly string[], count: number): Level[] {
  if (!Array.isArray(tensors) || !Array.isArray(types) || tensors.length !== types.length || tensors.length === 0) {
    throw new ArgumentError(`${FN}: there must be one of rowPartitionTypes for each of rowPartitionTensors.`);
  }
  const lists = tensors.map((t, i) => Array.from(elementsOf(indicesOf(t as TensorLike, FN, `rowPartitionTensors[${i}]`), FN), Number));
  const sized = types[0] === "FIRST_DIM_SIZE";
  const levels: Level[] = [];
  for (let i = sized ? 1 : 0; i < types.length; i++) {
    const inner = i + 1 < types.length ? undefined : count;
    if (types[i] === "ROW_SPLITS") {
      levels.push(fromSplits(splitsOf(tensors[i] as TensorLike, inner ?? Infinity, FN, `rowPartitionTensors[${i}]`)));
    } else if (types[i] === "VALUE_ROWIDS") {
      // How many rows there are is how many values the level outside has.
      const rows = levels.length > 0 ? levels[levels.length - 1].row.length : sized ? lists[0][0] : undefined;
      if (rows === undefined) throw new ArgumentError(`${FN}: row ids need FIRST_DIM_SIZE or another partition before them.`);
      levels.push(fromRowIds(lists[i], Math.max(rows, (lists[i].at(-1) ?? -1) + 1)));
    } else {
      throw new ArgumentError(`${FN}: rowPartitionTypes[${i}] is ${describe(types[i])}.`, {
        hint: 'Use "FIRST_DIM_SIZE" (as the first), "VALUE_ROWIDS" or "ROW_SPLITS".',
      });
    }
  }
  return levels;
}

/** Lengths of the result: those asked for, and for −1 what the rows and values need. */
function resultShape(asked: Tensor, levels: readonly Level[], values: Tensor): number[] {
  const own = [levels[0].rows, ...levels.map(({ longest }) => longest), ...values.shape.slice(1)];
  const list = Array.from(elementsOf(asked, FN), Number);
  if (asked.rank === 0 && list[0] === -1) return own;
  if (asked.rank !== 1 || list.length !== own.length) {
    throw new ShapeError(
      `${FN}: shape [${list.join()}] and values of shape ${showShape(values.shape)} in ${levels.length} levels are incompatible.`,
      {
        hint: `The result has ${own.length} axes.`,
      },
    );
  }
  return list.map((d, i) => {
    if (d < -1 || (i > levels.length && d !== -1 && d !== own[i])) {
      throw new ShapeError(`${FN}: shape [${list.join()}] and values of shape ${showShape(values.shape)} are incompatible.`);
    }
    return d === -1 ? own[i] : d;
  });
}

/**
 * Ragged rows as a dense tensor: values [N, ...S] with row partitions from the outermost to the innermost, each "ROW_SPLITS" or
 * "VALUE_ROWIDS", the first of which may follow "FIRST_DIM_SIZE". Short rows are filled with `defaultValue`, which broadcasts to S; what
 * lies beyond `shape` is cut off; −1 in it, or as a whole, stands for what is needed. Gradient: of values and defaultValue.
 */
export const raggedTensorToTensor = tidied(
  "raggedTensorToTensor",
  (
    shape: TensorLike,
    values: TensorLike,
    defaultValue: TensorLike,
    rowPartitionTensors: readonly TensorLike[],
    rowPartitionTypes: readonly string[],
  ): Tensor => {
    const x = toTensor(values, FN, "values");
    if (x.rank === 0) throw new ShapeError(`${FN}: values is a scalar, but must have rank 1 or more.`);
    const n = x.shape[0];
    const levels = levelsOf(rowPartitionTensors, rowPartitionTypes, n);
    for (const [i, level] of levels.entries()) {
      const inner = levels[i + 1]?.rows ?? n;
      if (i + 1 === levels.length ? level.row.length !== n : level.row.length > inner) {
        throw new ShapeError(`${FN}: row partition ${i} has ${level.row.length} values, but there are ${inner}.`);
      }
    }
    const dims = resultShape(indicesOf(shape, FN, "shape"), levels, x);
    const count = checkShape(dims, FN)
      .slice(0, levels.length + 1)
      .reduce((a, b) => a * b, 1);
    const cells = room(Int32Array, count, FN).fill(n);
    for (let v = 0; v < n; v++) {
      let [at, step, row, isIn] = [0, 1, v, true];
      for (let i = levels.length - 1; i >= 0 && isIn; i--) {
        const place = levels[i].place[row];
        isIn = row < levels[i].row.length && place < dims[i + 1];
        at += place * step;
        step *= dims[i + 1];
        row = levels[i].row[row];
      }
      if (isIn && row < dims[0]) cells[at + row * step] = v;
    }
    const inner = x.shape.slice(1);
    const rest = reshape(broadcastTo(cast(toTensor(defaultValue, FN, "defaultValue"), x.dtype), inner), [1, ...inner]);
    return reshape(gather(concat([x, rest]), fromValues(cells, [cells.length], "int32", FN)), dims);
  },
);
