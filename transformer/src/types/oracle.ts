/**
 * What the transformer asks a type checker, and nothing more, so that another TypeScript (a native one in another
 * process) can answer it too. Questions are spans of virtual text and come in batches.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface TypeFact {
  /** "maybe": a union with a tensor, `any`, `unknown`, or a type parameter that could be one. */
  readonly tensor: "no" | "yes" | "maybe";
  /** `any` or `unknown`: nothing is known. */
  readonly any: boolean;
  /** null or undefined is among the values. */
  readonly nullable: boolean;
  /** An array, tuple or readonly array whose elements may be tensors. */
  readonly tensors: boolean;
  /** An object literal's type or an array's that holds tensors, or a union of such a type with null or undefined. */
  readonly structure?: boolean;
  /** A dataset or rows of tensors: loops over it are staged. */
  readonly dataset?: boolean;
  /** What the values that are no tensors are; "library": instances of graphfn's classes. */
  readonly plain: "none" | "number" | "boolean" | "string" | "function" | "library" | "other";
}

export interface CalleeFact {
  /** Where the called function is declared: the user's project, graphfn, the language's library, a package, or unknown (`any`). */
  readonly origin: "project" | "graphfn" | "lib" | "package" | "unknown";
  readonly fileName: string;
  /** Offset in the virtual text of `fileName` right after the parameters' parenthesis opens; -1 when there is no body to be found. */
  readonly parameters: number;
  /** For a class without a constructor of its own, and for methods: the class's or interface's name. */
  readonly owner: string | undefined;
  readonly name: string;
  /** Reading or writing a property runs it. */
  readonly accessor?: boolean;
  /** A function of graphfn that is a method of tensors, too: it computes and has no effect. */
  readonly ofTensors?: boolean;
  /** What may run in its place: members of classes below. */
  readonly overrides?: readonly CalleeFact[];
}

export interface TypeMessage {
  readonly code: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface TypeOracle {
  /** What it is told by `update` counts; an editor has texts of its own. */
  readonly takesTexts: boolean;
  /** Text that the checker shall see for a file instead of the one on disk; null goes back to the disk. */
  update(fileName: string, text: string | null): void;
  /** A file that counts although none imports it. */
  include(fileName: string): void;
  typesAt(fileName: string, spans: readonly Span[]): readonly TypeFact[];
  /** The types that the places of these expressions expect: of parameters, for arguments. */
  expectedAt(fileName: string, spans: readonly Span[]): readonly TypeFact[];
  /** The type as TypeScript writes it, for messages. */
  describe(fileName: string, span: Span): string;
  /** Callees of the calls and `new` expressions at these spans; for other expressions, the function that they hold. */
  calleesAt(fileName: string, spans: readonly Span[]): readonly CalleeFact[];
  /** Of the whole file. What is asked about its expressions afterwards the checker knows already. */
  diagnostics(fileName: string): readonly TypeMessage[];
  /** Another number whenever something else than the text of this file has changed; undefined where that is not known. */
  environment(fileName: string): number | undefined;
  /** Takes in all updates, for `uses` and `dependencies`. */
  settle(): void;
  /** Whether a change of `other` may change the answers for this file: it is the file, or one that it depends on. */
  uses(fileName: string, other: string): boolean;
  /** Project files whose change may change the answers for this file. */
  dependencies(fileName: string): readonly string[];
  dispose(): void;
}

export const UNKNOWN_TYPE: TypeFact = { tensor: "maybe", any: true, nullable: true, tensors: false, plain: "other" };
