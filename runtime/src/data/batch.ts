/** The stage that groups elements; of rows of a table it gathers each batch at once. */

import { collate } from "./collate.ts";
import { type Body, END, type Flow, type Step } from "./flow.ts";
import { discard } from "./owned.ts";
import { type Recipe, staged, type Table } from "./recipe.ts";

/** Batches of `batchSize` elements; the last may be smaller, or is dropped. */
export function batch<T>(source: Recipe<T>, batchSize: number, smallLastBatch: boolean): Recipe<unknown> {
  const { size, rows } = source;
  const batches = size === null ? null : smallLastBatch ? Math.ceil(size / batchSize) : Math.floor(size / batchSize);
  const least = smallLastBatch ? 1 : batchSize;
  if (rows === undefined) return staged(source, batches, (flow) => collated(flow, batchSize, least));
  return staged(rows.numbers, batches, (flow) => gathered(flow, rows.table, batchSize, least));
}

function* collated<T>(flow: Flow<T>, batchSize: number, least: number): Body<unknown> {
  let items: T[] = [];
  try {
    for (let number = 0; ; number++) {
      while (items.length < batchSize) {
        const item = (yield flow) as Step<T>;
        if (item === END) break;
        items.push(item);
      }
      if (items.length < least) return;
      const result = collate(items, `batch ${number}`);
      discard(items);
      const last = items.length < batchSize;
      items = [];
      yield result;
      if (last) return;
    }
  } finally {
    discard(items);
  }
}

function* gathered(flow: Flow<number>, table: Table<unknown>, batchSize: number, least: number): Body<unknown> {
  let chosen: Int32Array = new Int32Array(Math.min(batchSize, 1024));
  for (let number = 0; ; number++) {
    let length = 0;
    while (length < batchSize) {
      const row = (yield flow) as Step<number>;
      if (row === END) break;
      if (length === chosen.length) chosen = grown(chosen);
      chosen[length++] = row;
    }
    if (length < least) return;
    yield table.batch(chosen.subarray(0, length), number);
    if (length < batchSize) return;
  }
}

function grown(numbers: Int32Array): Int32Array {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
