/**
 * Answers about a file that stay true from one text of it to the next, so that an edit in one function does not make the
 * checker go through all of them.
 *
 *   export function f(x: Tensor): Tensor { … }     edited: asked about anew
 *   export function g(x: Tensor): Tensor { … }     as before: its answers are kept
 *
 * What TypeScript knows of a statement depends on its text, on other files, and on the *outline* of its own file: the text
 * without the bodies of *closed* functions. Those are function declarations of the file's top level that declare their
 * result, so that nothing is inferred from what stands in them; what they assign may matter to narrowing elsewhere, and is
 * part of the outline. If the outline or another file changes, nothing is kept.
 *
 * Places are kept relative to the statement that they stand in.
 */
import type ts from "typescript";
import { isAssignmentOperator } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { CalleeFact, Span, TypeFact, TypeMessage } from "./oracle.ts";

/** A callee, and the statement of the same file that its place is relative to. */
interface KeptCallee {
  readonly fact: CalleeFact;
  readonly statement: number | undefined;
}

interface Answers {
  readonly types: Map<number, TypeFact>;
  readonly callees: Map<number, KeptCallee>;
  messages: readonly TypeMessage[] | undefined;
}

/** A statement of the file's top level. */
interface Part {
  readonly node: ts.Statement;
  readonly start: number;
  readonly end: number;
  /** Of closed functions. */
  readonly body: ts.Block | undefined;
  readonly answers: Answers;
}

export class KeptAnswers {
  readonly sourceFile: ts.SourceFile;
  private readonly parts: readonly Part[];
  private readonly outline: string;
  private all: readonly TypeMessage[] | undefined;
  readonly environment: number;

  /** `environment` differs from that of `before` if any other file has changed. */
  constructor(ts: TS, sourceFile: ts.SourceFile, environment: number, before: KeptAnswers | undefined) {
    this.sourceFile = sourceFile;
    this.environment = environment;
    const { text } = sourceFile;
    const bodies = sourceFile.statements.map((node) => closedBody(ts, sourceFile, node));
    this.outline = outlineOf(ts, sourceFile, bodies);
    const still = before?.environment === environment && before.outline === this.outline ? before : undefined;
    this.parts = sourceFile.statements.map((node, i) => {
      const known = still?.parts[i];
      const same = known !== undefined && still?.sourceFile.text.slice(known.start, known.end) === text.slice(node.pos, node.end);
      const answers = same ? known.answers : { types: new Map(), callees: new Map(), messages: undefined };
      return { node, start: node.pos, end: node.end, body: bodies[i], answers };
    });
  }

  types(spans: readonly Span[], ask: (spans: readonly Span[]) => readonly TypeFact[]): readonly TypeFact[] {
    return this.answer(
      spans,
      ask,
      ({ answers }, key) => answers.types.get(key),
      ({ answers }, key, fact) => void answers.types.set(key, fact),
    );
  }

  callees(spans: readonly Span[], ask: (spans: readonly Span[]) => readonly CalleeFact[]): readonly CalleeFact[] {
    return this.answer(
      spans,
      ask,
      ({ answers }, key) => this.placed(answers.callees.get(key)),
      (part, key, fact) => this.keepCallee(part, key, fact),
    );
  }

  /** `ask` is given the statements to check. */
  messages(ask: (statements: readonly ts.Statement[]) => readonly TypeMessage[]): readonly TypeMessage[] {
    this.all ??= this.collectMessages(ask);
    return this.all;
  }

  private collectMessages(ask: (statements: readonly ts.Statement[]) => readonly TypeMessage[]): readonly TypeMessage[] {
    const open = this.parts.filter(({ answers }) => answers.messages === undefined);
    const found = open.length === 0 ? [] : ask(open.map(({ node }) => node));
    for (const { answers, start, end } of open)
      answers.messages = found.filter((message) => isInside(start, end, message.start)).map((message) => moved(message, -start));
    return this.parts.flatMap(({ answers, start }) => (answers.messages ?? []).map((message) => moved(message, start)));
  }

  private answer<Fact>(
    spans: readonly Span[],
    ask: (spans: readonly Span[]) => readonly Fact[],
    get: (part: Part, key: number) => Fact | undefined,
    keep: (part: Part, key: number, fact: Fact) => void,
  ): readonly Fact[] {
    const places = spans.map((span) => this.placeOf(span));
    const found = places.map((place) => place && get(place.part, place.key));
    const open = spans.filter((_, i) => found[i] === undefined);
    const answers = open.length === 0 ? [] : ask(open);
    let next = 0;
    return found.map((fact, i) => {
      if (fact !== undefined) return fact;
      const answer = answers[next++] as Fact;
      const place = places[i];
      if (place !== undefined) keep(place.part, place.key, answer);
      return answer;
    });
  }

  /** The statement that a span stands in. */
  private placeOf({ start, end }: Span): { part: Part; key: number } | undefined {
    const part = this.partAt(start);
    if (part === undefined || end > part.end) return undefined;
    const size = part.end - part.start + 1;
    return { part, key: (start - part.start) * size + (end - start) };
  }

  private partAt(offset: number): Part | undefined {
    const { parts } = this;
    let low = 0;
    let high = parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((parts[middle] as Part).start <= offset) low = middle;
      else high = middle - 1;
    }
    const part = parts[low];
    return part !== undefined && isInside(part.start, part.end, offset) ? part : undefined;
  }

  private placed(callee: KeptCallee | undefined): CalleeFact | undefined {
    if (callee?.statement === undefined) return callee?.fact;
    const { start } = this.parts[callee.statement] as Part;
    return { ...callee.fact, parameters: callee.fact.parameters + start };
  }

  private keepCallee(part: Part, key: number, fact: CalleeFact): void {
    const { callees } = part.answers;
    if (fact.overrides !== undefined) return;
    if (fact.fileName !== this.sourceFile.fileName || fact.parameters < 0) return void callees.set(key, { fact, statement: undefined });
    const target = this.partAt(fact.parameters);
    if (target === undefined) return;
    const { body } = target;
    // What stands in the body of another function may move.
    if (target !== part && body !== undefined && isInside(body.pos, body.end, fact.parameters)) return;
    const relative = { ...fact, parameters: fact.parameters - target.start };
    callees.set(key, { fact: relative, statement: this.parts.indexOf(target) });
  }
}

/** The body of a function from which nothing is inferred. JavaScript infers members of functions and modules from any code. */
export function closedBody(ts: TS, sourceFile: ts.SourceFile, node: ts.Statement): ts.Block | undefined {
  if (!/\.[cm]?tsx?$/.test(sourceFile.fileName)) return undefined;
  if (!ts.isFunctionDeclaration(node) || node.type === undefined || node.body === undefined) return undefined;
  // An import may bring in files with declarations for everything, a class may override methods that others call.
  return /\b(?:import|require|class)\b/.test(sourceFile.text.slice(node.body.pos, node.body.end)) ? undefined : node.body;
}

/** The text around closed bodies, and the names that each of them assigns. */
function outlineOf(ts: TS, { text }: ts.SourceFile, bodies: readonly (ts.Block | undefined)[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const body of bodies) {
    if (body === undefined) continue;
    parts.push(text.slice(at, body.pos), `{ ${[...assignedNames(ts, body)].sort().join(" ")} }`);
    at = body.end;
  }
  return parts.join("") + text.slice(at);
}

/** Names of variables that a body assigns, own ones included. */
function assignedNames(ts: TS, body: ts.Block): Set<string> {
  const names = new Set<string>();
  const target = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    else if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) ts.forEachChild(node, target);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    if (ts.isBinaryExpression(node) && isAssignmentOperator(ts, node.operatorToken.kind)) target(node.left);
    else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) target(node.operand);
    else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) target(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return names;
}

function isInside(start: number, end: number, offset: number): boolean {
  return offset >= start && offset < end;
}

function moved(message: TypeMessage, by: number): TypeMessage {
  return { ...message, start: message.start + by, end: message.end + by };
}
