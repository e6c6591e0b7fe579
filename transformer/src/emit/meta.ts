/**
 * What the runtime is told of a marked function: one hoisted function per marked function, at the end of the file.
 *
 *   function $meta_f() { return { version: 1, name: "f", file: "src/a.ts", at: "3:8", params: ["x"], decisions: [
 *     ["5:3", "while", "staged", "`n > 1` is a Tensor"],
 *   ] }; }
 */
import type { NumberPath } from "../analyze/numbers.ts";
import type { Decision } from "../types.ts";

/** Version of the emitted form: that of runtime/src/autograph/contract.ts, compared by a test. */
export const CONTRACT_VERSION = 1;

export interface Meta {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly at: string;
  readonly params: readonly string[];
  /** Names and places of the captures, in their order. */
  readonly captures: readonly string[];
  /** Numbers that one trace serves all of. */
  readonly lifted: readonly NumberPath[];
  /** Source text of the options of a decorator. */
  readonly options: string | undefined;
  readonly decisions: readonly Decision[];
}

export function metaText(meta: Meta): string {
  const fields = [
    `version: ${CONTRACT_VERSION}`,
    `name: ${JSON.stringify(meta.name)}`,
    `file: ${JSON.stringify(meta.file)}`,
    `at: "${meta.at}"`,
    `params: ${JSON.stringify(meta.params)}`,
  ];
  if (meta.captures.length > 0) fields.push(`captures: ${JSON.stringify(meta.captures)}`);
  if (meta.lifted.length > 0) fields.push(`lifted: ${JSON.stringify(meta.lifted)}`);
  if (meta.options !== undefined) fields.push(`options: ${meta.options}`);
  const rows = meta.decisions.map(
    ({ at, construct, staging, reason }) =>
      `  ["${at.line}:${at.column}", ${JSON.stringify(construct)}, "${staging}", ${JSON.stringify(reason)}],\n`,
  );
  fields.push(rows.length === 0 ? "decisions: []" : `decisions: [\n${rows.join("")}]`);
  return `function ${meta.id}() { return { ${fields.join(", ")} }; }`;
}
