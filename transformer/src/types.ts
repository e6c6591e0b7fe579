/** What hosts (esbuild, Node loader, CLI) see of the transformer. */

export type Severity = "error" | "warning" | "info";

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, UTF-16 units. */
  readonly column: number;
}

export interface Diagnostic {
  /** GF1xxx invalid, GF2xxx not supported yet, GF9xxx internal. Catalogue: diagnostics/catalogue.ts. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string | undefined;
  /** URL of what explains the code. */
  readonly docs?: string;
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
  /** Second place, where two clash. */
  readonly related?: readonly { readonly message: string; readonly start: Position; readonly end: Position }[];
  /** A change of the text that makes it right, where one can be told without knowing what was meant. */
  readonly fix?: Fix | undefined;
}

export interface Fix {
  /** "Use `===`." */
  readonly title: string;
  /** In text order, without overlaps. */
  readonly edits: readonly Edit[];
}

export interface Edit {
  readonly start: Position;
  readonly end: Position;
  readonly text: string;
}

export interface Decision {
  readonly at: Position;
  readonly construct: string;
  readonly staging: "staged" | "static" | "dynamic" | "unrolled";
  readonly reason: string;
}

export interface FunctionReport {
  readonly name: string;
  readonly form: "wrapper" | "decorator" | "comment" | "directive" | "function-decorator" | "reachable" | "eager";
  readonly start: Position;
  readonly end: Position;
  readonly decisions: readonly Decision[];
}

export interface TransformResult {
  /** TypeScript, with types intact; of a JavaScript file JavaScript. */
  readonly code: string;
  /** Source map version 3, hires, `sources: [fileName]`, with sourcesContent. */
  readonly map: {
    readonly version: 3;
    readonly sources: readonly string[];
    readonly sourcesContent: readonly (string | null)[];
    readonly names: readonly string[];
    readonly mappings: string;
    toString(): string;
  };
  /** Files whose types were consulted: transform again when one changes. */
  readonly dependencies: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly functions: readonly FunctionReport[];
  /** A JavaScript file that Node loads with `require`. */
  readonly isCommonJs: boolean;
}

export interface TransformerOptions {
  /** tsconfig.json to use; the nearest one above the file otherwise. */
  readonly tsconfig?: string;
  /** Project root; places in emitted metadata are relative to it. */
  readonly root?: string;
}

/** One per build: holds the type oracle of the project. */
export interface Transformer {
  /** null when the file has nothing to transform. Diagnostics with severity "error" mean: do not use `code`. */
  transform(fileName: string, text: string): TransformResult | null;
  /** Diagnostics of any file, also of one with nothing to transform: tensors in plain code, comments that nearly are marks. */
  lint(fileName: string, text: string): readonly Diagnostic[];
  /** A file changed on disk or in an editor. */
  invalidate(fileName: string): void;
  dispose(): void;
}
