/**
 * data.csv: rows of a file, or of a text, as objects with a key per column. A file is read as a stream, so it may be larger than
 * memory, and has to be awaited; a text may be iterated with for…of. Reading quotes and delimiters is csv-parse's work.
 */
import type { Options } from "csv-parse/sync";
import { parse as parseSync } from "csv-parse/sync";
import { describe } from "../api/convert.ts";
import { ArgumentError, FileError, GraphFnError, UnsupportedError } from "../core/errors.ts";
import { type ColumnConfig, type CsvValue, cellValue, checkColumn } from "./csv-cells.ts";
import { Dataset } from "./dataset.ts";
import { type Body, END, type Flow, StageFlow, type Step } from "./flow.ts";
import type { Recipe } from "./recipe.ts";
import { IteratorFlow } from "./sources.ts";

export type { ColumnConfig } from "./csv-cells.ts";

/** How a CSV file is read, as in TensorFlow.js. */
export interface CSVConfig {
  /** The first row names the columns and is no data. Default true. */
  readonly hasHeader?: boolean;
  /** Names of all columns in order; they replace those of the header. Needed where there is no header. */
  readonly columnNames?: readonly string[];
  /** By column name. */
  readonly columnConfigs?: Readonly<Record<string, ColumnConfig>>;
  /** Only columns of columnConfigs are given. Default false. */
  readonly configuredColumnsOnly?: boolean;
  /** Default ",". */
  readonly delimiter?: string;
  /** Columns are separated by any number of spaces and tabs. Excludes `delimiter`. */
  readonly delimWhitespace?: boolean;
}

/** A path, a "file://" URL, or the text itself. */
export type CSVSource = string | URL | { readonly string: string };

/** A row, or `{ xs, ys }` of rows where a column is a label. Columns without a dtype hold numbers or text. */
export type CSVElement = any;

/**
 * The rows of a CSV file as objects: `{ age: 31, name: "Ada" }`, or `{ xs: {…}, ys: {…} }` where columnConfigs marks labels. Empty
 * cells are undefined unless the column has a default; blank lines are left out.
 * Errors   with file, row and column: E_FILE_VALUE for a cell that does not fit its dtype or is empty and required, E_FILE_FORMAT
 *          for rows of another length and broken quotes; E_FILE where the file cannot be read; E_ARGUMENT for names that do not fit.
 * Source   tf.data.csv of TensorFlow.js.
 */
export function csv<T = CSVElement>(source: CSVSource, config: CSVConfig = {}): CSVDataset<T> {
  return new CSVDataset<T>(new CsvFile(source, config));
}

export class CSVDataset<T = CSVElement> extends Dataset<T> {
  #file: CsvFile;

  constructor(file: CsvFile) {
    super(file.recipe() as Recipe<T>);
    this.#file = file;
  }

  /** The keys of an element: the configured columns where only these are given, else all. Reads the header. */
  async columnNames(): Promise<string[]> {
    const { configuredColumnsOnly, columnConfigs } = this.#file.config;
    const names = await this.#file.names();
    return configuredColumnsOnly === true ? Object.keys(columnConfigs ?? {}) : [...names];
  }
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

class CsvFile {
  readonly config: CSVConfig;
  /** For messages. */
  readonly name: string;
  #source: Recipe<Row>;

  constructor(source: CSVSource, config: CSVConfig) {
    checkConfig(config);
    this.config = config;
    const options = parserOptions(config);
    if (typeof source === "object" && source !== null && !(source instanceof URL)) {
      const { string: text } = source as { readonly string: unknown };
      if (typeof text !== "string") throw badSource(source);
      this.name = "text";
      this.#source = { size: null, awaits: null, open: () => new IteratorFlow(() => this.#guard(() => parseSync(text, options) as never)) };
      return;
    }
    const path = pathOf(source);
    this.name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
    this.#source = { size: null, awaits: "data.csv() of a file", open: () => new IteratorFlow(() => this.#stream(path, options)) };
  }

  recipe(): Recipe<unknown> {
    const { awaits } = this.#source;
    return { size: null, awaits, open: () => new StageFlow((use) => this.#elements(use(this.#source))) };
  }

  async names(): Promise<readonly string[]> {
    const flow = new StageFlow((use) => this.#named(use(this.#source)));
    try {
      const names = await flow.next();
      return names === END ? [] : names;
    } finally {
      await flow.close();
    }
  }

  *#named(rows: Flow<Row>): Body<readonly string[]> {
    yield yield* this.#header(rows);
  }

  /** The names of all columns, checked; reads the header where there is one. */
  *#header(rows: Flow<Row>): Generator<Flow<Row>, readonly string[]> {
    const { columnNames, columnConfigs, hasHeader } = this.config;
    let names = columnNames;
    if (hasHeader !== false) {
      const header = (yield rows) as Step<Row>;
      if (header === END) throw new FileError(`data.csv: ${this.name} is empty: it has no header.`, { code: "E_FILE_FORMAT" });
      const cells = header.cells.map((cell) => cell.trim());
      if (names !== undefined && names.length !== cells.length)
        throw new FileError(`data.csv: columnNames has ${names.length} names, but the header of ${this.name} has ${cells.length}.`, {
          code: "E_FILE_FORMAT",
        });
      names ??= cells;
    }
    const all = names as readonly string[]; // checkConfig: without a header there are names
    const twice = all.find((name, i) => all.indexOf(name) !== i);
    if (twice !== undefined)
      throw new FileError(`data.csv: ${this.name} has two columns named ${describe(twice)}.`, { code: "E_FILE_FORMAT" });
    const unknown = Object.keys(columnConfigs ?? {}).find((name) => !all.includes(name));
    if (unknown !== undefined) {
      throw new ArgumentError(`data.csv: columnConfigs names ${describe(unknown)}, but the columns of ${this.name} are ${all.join(", ")}.`);
    }
    return all;
  }

  *#elements(rows: Flow<Row>): Body<unknown> {
    const names = yield* this.#header(rows);
    const columns = names.map((name) => ({ name, config: this.#column(name) }));
    const labelled = columns.some(({ config }) => config?.isLabel === true);
    for (let number = 1; ; number++) {
      const row = (yield rows) as Step<Row>;
      if (row === END) return;
      const where = `data.csv: ${this.name}, row ${number} (line ${row.line})`;
      if (row.cells.length !== names.length)
        throw new FileError(`${where} has ${row.cells.length} cells, but there are ${names.length} columns.`, { code: "E_FILE_FORMAT" });
      const features: [string, CsvValue][] = [];
      const labels: [string, CsvValue][] = [];
      columns.forEach(({ name, config }, i) => {
        if (this.config.configuredColumnsOnly === true && config === undefined) return;
        const value = cellValue(row.cells[i], config, () => `${where}, column ${describe(name)}`);
        (config?.isLabel === true ? labels : features).push([name, value]);
      });
      const xs = Object.fromEntries(features);
      yield labelled ? { xs, ys: Object.fromEntries(labels) } : xs;
    }
  }

  #column(name: string): ColumnConfig | undefined {
    const configs = this.config.columnConfigs ?? {};
    return Object.hasOwn(configs, name) ? configs[name] : undefined;
  }

  /** Node's modules and the stream parser are loaded when a file is read: a page that reads none does not need them. */
  async *#stream(path: string, options: Options): AsyncGenerator<Row, void, undefined> {
    const [{ createReadStream }, { pipeline }, { parse }] = await Promise.all([
      import("node:fs"),
      import("node:stream"),
      import("csv-parse"),
    ]);
    const parser = parse(options);
    pipeline(createReadStream(path), parser, () => {}); // failures come out of the parser
    try {
      for await (const row of parser) yield row as Row;
    } catch (error) {
      throw this.#failure(error);
    } finally {
      parser.destroy();
    }
  }

  #guard<R>(body: () => R): R {
    try {
      return body();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): unknown {
    if (error instanceof GraphFnError || !(error instanceof Error)) return error;
    const { code } = error as NodeJS.ErrnoException;
    const failed = "syscall" in error; // by the system; else by the parser
    const what = code === "ENOENT" ? "there is no such file" : error.message.replace(/\.$/, "");
    return new FileError(`data.csv: ${this.name} cannot be read: ${what}.`, { code: failed ? "E_FILE" : "E_FILE_FORMAT", cause: error });
  }
}

function parserOptions({ delimiter, delimWhitespace }: CSVConfig): Options {
  const cells = (record: string[]) => (delimWhitespace === true ? record.filter((cell) => cell !== "") : record);
  return {
    bom: true,
    delimiter: delimWhitespace === true ? [" ", "\t"] : (delimiter ?? ","),
    relax_column_count: true, // the message about a row's length is ours
    skip_empty_lines: true,
    // The declared type allows arrays of texts only; csv-parse passes on what is returned.
    on_record: (record, { lines }) => ({ cells: cells(record), line: lines }) satisfies Row as never,
  };
}

function checkConfig(config: unknown): void {
  if (typeof config !== "object" || config === null)
    throw new ArgumentError(`data.csv: config must be an object, but is ${describe(config)}.`);
  const { hasHeader, columnNames, columnConfigs, delimiter, delimWhitespace } = config as CSVConfig;
  if (columnNames !== undefined && !(Array.isArray(columnNames) && columnNames.every((name) => typeof name === "string")))
    throw new ArgumentError("data.csv: columnNames must be an array of texts.");
  if (hasHeader === false && columnNames === undefined)
    throw new ArgumentError("data.csv: without a header the columns have no names.", { hint: "Give columnNames." });
  if (delimiter !== undefined && (typeof delimiter !== "string" || delimiter === ""))
    throw new ArgumentError(`data.csv: delimiter must be a text, but is ${describe(delimiter)}.`);
  if (delimiter !== undefined && delimWhitespace === true)
    throw new ArgumentError("data.csv: delimiter and delimWhitespace exclude each other.");
  for (const [name, column] of Object.entries(columnConfigs ?? {})) checkColumn(column, name);
}

function pathOf(source: unknown): string {
  if (source instanceof URL && source.protocol === "file:") return fromFileUrl(source);
  if (typeof source === "string" && source !== "") {
    if (source.startsWith("file://")) return fromFileUrl(source);
    if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) return source;
  }
  if (typeof source !== "string" && !(source instanceof URL)) throw badSource(source);
  throw new UnsupportedError(`data.csv: ${describe(String(source))} is not a file.`, {
    hint: "Fetch it first: data.csv({ string: await (await fetch(url)).text() }).",
  });
}

/** "file://data.csv", a relative path as TensorFlow.js takes it, or a proper URL. */
function fromFileUrl(url: string | URL): string {
  const text = String(url).slice("file://".length);
  if (!text.startsWith("/")) return text;
  const path = decodeURIComponent(new URL(String(url)).pathname);
  return /^\/[a-z]:\//i.test(path) ? path.slice(1) : path;
}

function badSource(source: unknown): ArgumentError {
  return new ArgumentError(`data.csv: the source must be a path, a "file://" URL or { string: text }, but is ${describe(source)}.`);
}
