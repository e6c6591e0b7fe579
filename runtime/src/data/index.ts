/** gf.data: pipelines of elements and batches, with the API of TensorFlow.js. */
export type { Batched } from "./collate.ts";
export { type ColumnConfig, type CSVConfig, CSVDataset, type CSVElement, type CSVSource, csv } from "./csv.ts";
export { Dataset } from "./dataset.ts";
export { array, fromTensorSlices, type Generated, generator, range, type Slices, type Zipped, zip } from "./sources.ts";
