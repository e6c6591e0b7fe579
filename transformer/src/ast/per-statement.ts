/**
 * What was found out about one statement of a file's top level, kept for as long as the statement is the same node.
 *
 *   const trees = new PerStatement<StatementTree>();
 *   trees.of(statement, [], () => walk(statement))            walked once, however often the file is edited elsewhere
 *
 * From one text of a file to the next TypeScript's parser hands on the nodes of statements in which nothing was edited, comments before
 * them included (parse/source-file.ts); where their text has moved, the offsets of the nodes are moved. So whoever keeps something here
 *
 *   - keeps nodes, and offsets relative to the statement, never offsets of the file;
 *   - finds it out from the statement alone, and names everything else that it depends on in the key.
 */
import type ts from "typescript";

/** Compared one by one with `===`. */
export type Key = readonly unknown[];

interface Kept<T> {
  readonly key: Key;
  readonly value: T;
}

export class PerStatement<T> {
  private readonly known = new WeakMap<ts.Statement, Kept<T>>();

  /** `holds` is asked where the key alone does not tell whether what is known still is so. */
  of(statement: ts.Statement, key: Key, make: () => T, holds: (value: T) => boolean = () => true): T {
    const kept = this.known.get(statement);
    if (kept !== undefined && isSame(kept.key, key) && holds(kept.value)) return kept.value;
    const value = make();
    this.known.set(statement, { key, value });
    return value;
  }
}

function isSame(a: Key, b: Key): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

/** The index of the statement around an offset; of the one before, between statements. */
export function statementAt(statements: readonly ts.Statement[], offset: number): number {
  let low = 0;
  let high = statements.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((statements[middle] as ts.Statement).pos <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What belongs to each statement of a file, and whose node it is: nodes are mostly asked about one after the other. */
export class ByStatement<T> {
  readonly parts: readonly T[];
  private readonly statements: readonly ts.Statement[];
  private last = 0;

  constructor(statements: readonly ts.Statement[], partOf: (statement: ts.Statement, i: number) => T) {
    this.statements = statements;
    this.parts = statements.map(partOf);
  }

  /** The index of the statement around an offset. */
  indexAt(offset: number): number {
    const { statements } = this;
    const last = statements[this.last];
    if (last === undefined || offset < last.pos || offset >= last.end) this.last = statementAt(statements, offset);
    return this.last;
  }

  at(offset: number): T | undefined {
    return this.parts[this.indexAt(offset)];
  }
}

/** Items by the statement that they stand in. */
export function groupByStatement<T>(statements: readonly ts.Statement[], items: readonly T[], nodeOf: (item: T) => ts.Node): T[][] {
  const groups = statements.map((): T[] => []);
  for (const item of items) groups[statementAt(statements, nodeOf(item).pos)]?.push(item);
  return groups;
}
