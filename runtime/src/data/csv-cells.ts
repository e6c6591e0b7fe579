/**
 * Cells of a CSV file as values. Without a dtype a cell is a number where it reads as one, else text; with one it must fit:
 * what does not is an error that names file, row and column, never a silent 0.
 */
import { describe } from "../api/convert.ts";
import { ArgumentError, FileError } from "../core/errors.ts";

export type CsvValue = number | boolean | string | undefined;

/** How one column is read; all fields may be left out. */
export interface ColumnConfig {
  /** An empty cell is an error, unless there is a default. */
  readonly required?: boolean;
  /**
   * float32, float64: a number. int32: a number, rounded down as in TensorFlow.js. bool: 1 for `1` and `true`, 0 for `0` and `false`.
   * string: the text as it stands.
   */
  readonly dtype?: "float32" | "float64" | "int32" | "bool" | "string";
  /** Stands for an empty cell; without one it is undefined. */
  readonly default?: number | boolean | string;
  /** The column goes to `ys`; the others go to `xs`. A label is required. */
  readonly isLabel?: boolean;
}

const DTYPES = ["float32", "float64", "int32", "bool", "string"];

export function checkColumn(config: unknown, name: string): void {
  if (typeof config !== "object" || config === null)
    throw new ArgumentError(`data.csv: columnConfigs.${name} must be an object, but is ${describe(config)}.`);
  const { dtype } = config as ColumnConfig;
  if (dtype !== undefined && !DTYPES.includes(dtype))
    throw new ArgumentError(`data.csv: columnConfigs.${name}.dtype is ${describe(dtype)}.`, { hint: `Use ${DTYPES.join(", ")}.` });
}

/** The value of a cell. `where` gives file, row and column for messages. */
export function cellValue(cell: string, config: ColumnConfig | undefined, where: () => string): CsvValue {
  const dtype = config?.dtype;
  const text = dtype === "string" ? cell : cell.trim();
  if (text === "") {
    if (config?.default !== undefined) return config.default;
    if (config?.required === true || config?.isLabel === true) {
      throw new FileError(`${where()} is empty, but ${config.required === true ? "required" : "a label"}.`, {
        code: "E_FILE_VALUE",
        hint: "Give the column a default, or mend the file.",
      });
    }
    return undefined;
  }
  if (dtype === "string") return cell;
  if (dtype === "bool") return boolOf(text, where);
  const value = numberOf(text);
  if (dtype === undefined) return value ?? cell;
  if (value === null) throw new FileError(`${where()} is ${describe(text)}, which is not a number.`, { code: "E_FILE_VALUE" });
  return dtype === "int32" ? int32Of(value, text, where) : value;
}

/** JavaScript's reading of a number, and the usual names of what is not finite; null for other text. */
function numberOf(text: string): number | null {
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  const named = /^([+-]?)(nan|inf|infinity)$/i.exec(text);
  if (named === null) return null;
  if (named[2].toLowerCase() === "nan") return Number.NaN;
  return named[1] === "-" ? -Infinity : Infinity;
}

function boolOf(text: string, where: () => string): number {
  const lower = text.toLowerCase();
  if (lower === "1" || lower === "true") return 1;
  if (lower === "0" || lower === "false") return 0;
  throw new FileError(`${where()} is ${describe(text)}, which is not a boolean.`, {
    code: "E_FILE_VALUE",
    hint: "Booleans are true, false, 1 and 0.",
  });
}

function int32Of(value: number, text: string, where: () => string): number {
  const whole = Math.floor(value);
  if (whole !== (whole | 0)) throw new FileError(`${where()} is ${describe(text)}, which is no int32.`, { code: "E_FILE_VALUE" });
  return whole;
}
