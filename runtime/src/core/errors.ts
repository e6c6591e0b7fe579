/**
 * Every error that graphfn throws on purpose. `code` is stable, `message` is one sentence with the two facts that
 * disagree, `hint` is a way out, `at` is the place in the user's source where it is known.
 *
 * Families: invalid use (E_*), not supported yet (U_*), our own fault (I_*).
 */
export interface SourcePlace {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
}

export interface ErrorOptionsOf {
  readonly code?: string;
  readonly hint?: string;
  readonly at?: SourcePlace | undefined;
  readonly cause?: unknown;
}

export class GraphFnError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  /** Place in the user's source; set later by `locate` where the thrower did not know it. */
  at: SourcePlace | undefined;

  constructor(code: string, message: string, options: ErrorOptionsOf = {}) {
    const place = options.at ? ` (${options.at.file}:${options.at.line}:${options.at.column})` : "";
    super(
      `${options.code ?? code}: ${message}${options.hint ? ` ${options.hint}` : ""}${place}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.name = new.target.name;
    this.code = options.code ?? code;
    this.hint = options.hint;
    this.at = options.at;
  }
}

/** Adds a place to an error that has none. */
export function locate(error: GraphFnError, at: SourcePlace | undefined): void {
  if (error.at !== undefined || at === undefined) return;
  error.at = at;
  error.message += ` (${at.file}:${at.line}:${at.column})`;
}

/** Shapes or axes that do not fit. */
export class ShapeError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("E_SHAPE", message, options);
  }
}
/** A dtype that an op cannot take, or dtypes that clash. */
export class DTypeError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("E_DTYPE", message, options);
  }
}
/** An index out of range. */
export class IndexError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("E_INDEX", message, options);
  }
}
/** An argument of the wrong JavaScript type or out of its domain. */
export class ArgumentError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("E_ARGUMENT", message, options);
  }
}
/** Use of a tensor after dispose(). */
export class DisposedError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("E_DISPOSED", message, options);
  }
}
/** More memory than there is, or than may be taken. */
export class MemoryError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("E_MEMORY", message, options);
  }
}
/**
 * A file that cannot be read or written (E_FILE), whose contents disagree with its format (E_FILE_FORMAT), whose version is not
 * known (E_FILE_VERSION), or that holds a dtype or a value that no dtype here holds exactly (E_FILE_DTYPE, E_FILE_VALUE).
 */
export class FileError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("E_FILE", message, options);
  }
}
/** A program that cannot be staged, found while tracing. */
export class StagingError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("E_STAGING", message, options);
  }
}
/** A loop that goes on beyond its `maxIterations`. Part of what a program does: `catch` sees it. */
export class LoopLimitError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("E_MAX_ITERATIONS", message, options);
  }
}
/** A thing that graphfn does not do yet. */
export class UnsupportedError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("U_UNSUPPORTED", message, options);
  }
}
/** A broken invariant of graphfn itself: please report. */
export class InternalError extends GraphFnError {
  constructor(message: string, options?: ErrorOptionsOf) {
    super("I_INTERNAL", message, options);
  }
}
