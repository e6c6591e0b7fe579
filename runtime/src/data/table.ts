/** Tables: elements that can be had by number, one by one or a batch at once. */
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { blockOf, computeOne } from "../eager/compute.ts";
import * as ops from "../ops/index.ts";
import { collate } from "./collate.ts";
import { type Body, END, Flow, StageFlow, type Step } from "./flow.ts";
import { own } from "./owned.ts";
import type { Recipe, Table } from "./recipe.ts";

/** The rows of tensors in a structure: row i of each, in the same structure. `rebuild` puts the parts into it. */
export class TensorTable implements Table<unknown> {
  readonly size: number;
  #columns: readonly Tensor[];
  #rebuild: (parts: readonly unknown[]) => unknown;

  constructor(size: number, columns: readonly Tensor[], rebuild: (parts: readonly unknown[]) => unknown) {
    this.size = size;
    this.#columns = columns;
    this.#rebuild = rebuild;
  }

  row(i: number): unknown {
    return this.#rebuild(this.#columns.map((x) => pick(x, Int32Array.of(i), [])));
  }

  batch(numbers: Int32Array): unknown {
    return this.#rebuild(this.#columns.map((x) => pick(x, numbers, [numbers.length])));
  }
}

/** x[at], computed at once whatever is being traced: a dataset is made of values. */
function pick(x: Tensor, at: Int32Array, shape: Shape): Tensor {
  const indices = { dtype: "int32", shape, data: at } as const;
  const rows = blockOf(x, "fromTensorSlices");
  return own(computeOne(ops.gather, [rows, indices], x.dtype, Object.freeze([...shape, ...x.shape.slice(1)]), false, ATTRS));
}

const ATTRS = { axis: 0, batchDims: 0 };

/** Elements that JavaScript holds or computes. */
export class ItemTable<T> implements Table<T> {
  readonly size: number;
  readonly row: (i: number) => T;

  constructor(size: number, row: (i: number) => T) {
    this.size = size;
    this.row = row;
  }

  batch(numbers: Int32Array, batch: number): unknown {
    return collate(Array.from(numbers, this.row), `batch ${batch}`);
  }
}

/** Tables side by side, as long as the shortest. */
export class ZippedTable implements Table<unknown> {
  readonly size: number;
  #tables: readonly Table<unknown>[];
  #rebuild: (parts: readonly unknown[]) => unknown;

  constructor(tables: readonly Table<unknown>[], rebuild: (parts: readonly unknown[]) => unknown) {
    this.size = Math.min(...tables.map((table) => table.size));
    this.#tables = tables;
    this.#rebuild = rebuild;
  }

  row(i: number): unknown {
    return this.#rebuild(this.#tables.map((table) => table.row(i)));
  }

  batch(numbers: Int32Array, batch: number): unknown {
    return this.#rebuild(this.#tables.map((table) => table.batch(numbers, batch)));
  }
}

class CountFlow extends Flow<number> {
  #next = 0;
  #end: number;
  constructor(end: number) {
    super();
    this.#end = end;
  }
  next(): Step<number> {
    return this.#next < this.#end ? this.#next++ : END;
  }
  close(): void {
    this.#end = 0;
  }
}

/** 0, 1, …, size − 1. */
class Count implements Recipe<number> {
  readonly size: number;
  readonly awaits = null;
  readonly open: () => Flow<number>;
  constructor(size: number) {
    this.size = size;
    this.open = () => new CountFlow(size);
  }
}

/** All rows of a table in order. */
export function rowsOf<T>(table: Table<T>): Recipe<T> {
  return fromRows(table, new Count(table.size));
}

/** The rows of a table that a stream of numbers names. */
export function fromRows<T>(table: Table<T>, numbers: Recipe<number>): Recipe<T> {
  const open = () => new StageFlow((use) => rows(table, use(numbers)));
  return { size: numbers.size, awaits: numbers.awaits, open, rows: { table, numbers } };
}

function* rows<T>(table: Table<T>, numbers: Flow<number>): Body<T> {
  for (;;) {
    const number = (yield numbers) as Step<number>;
    if (number === END) return;
    yield table.row(number);
  }
}

/** The table whose rows are all the elements, in order; null where a stage has chosen or ordered them. */
export function wholeTable(recipe: Recipe<unknown>): Table<unknown> | null {
  return recipe.rows !== undefined && recipe.rows.numbers instanceof Count ? recipe.rows.table : null;
}
