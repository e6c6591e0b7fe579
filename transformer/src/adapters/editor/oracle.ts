/**
 * TypeOracle on the program of an editor. There a file with marked functions is the user's lines, blank, and then its virtual
 * text, so that lines keep their numbers; offsets here are those of the virtual text.
 */
import type ts from "typescript";
import type { TS } from "../../ast/typescript.ts";
import type { CalleeFact, Span, TypeFact, TypeMessage, TypeOracle } from "../../types/oracle.ts";
import { ownGraphfn, type ProgramSource } from "../../types/programs.ts";
import { TypeScript6Oracle } from "../../types/typescript6.ts";

export class EditorOracle implements TypeOracle {
  readonly takesTexts = false;
  private readonly answers: TypeScript6Oracle;
  private readonly program: () => ts.Program;
  private readonly virtualLength: (fileName: string) => number | undefined;

  constructor(ts: TS, program: () => ts.Program, virtualLength: (fileName: string) => number | undefined) {
    this.answers = new TypeScript6Oracle(ts, editorPrograms(program));
    this.program = program;
    this.virtualLength = virtualLength;
  }

  /** The editor has all texts. */
  update(): void {}

  include(): void {}

  typesAt(fileName: string, spans: readonly Span[]): readonly TypeFact[] {
    return this.answers.typesAt(fileName, this.inProgram(fileName, spans));
  }

  expectedAt(fileName: string, spans: readonly Span[]): readonly TypeFact[] {
    return this.answers.expectedAt(fileName, this.inProgram(fileName, spans));
  }

  describe(fileName: string, span: Span): string {
    return this.answers.describe(fileName, this.inProgram(fileName, [span])[0] as Span);
  }

  calleesAt(fileName: string, spans: readonly Span[]): readonly CalleeFact[] {
    return this.answers.calleesAt(fileName, this.inProgram(fileName, spans)).map((callee) => this.inVirtualText(callee));
  }

  private inVirtualText(callee: CalleeFact): CalleeFact {
    const { parameters, fileName, overrides } = callee;
    return {
      ...callee,
      ...(parameters >= 0 && { parameters: parameters - this.blank(fileName) }),
      ...(overrides && { overrides: overrides.map((one) => this.inVirtualText(one)) }),
    };
  }

  diagnostics(fileName: string): readonly TypeMessage[] {
    const blank = this.blank(fileName);
    const messages = this.answers.diagnostics(fileName);
    return messages.map((message) => ({ ...message, start: message.start - blank, end: message.end - blank }));
  }

  /** An editor does not tell what has changed. */
  environment(): undefined {
    return undefined;
  }

  settle(): void {}

  /** An editor asks about one file at a time, and what is kept is quick to find again. */
  uses(): boolean {
    return true;
  }

  dependencies(fileName: string): readonly string[] {
    return this.answers.dependencies(fileName);
  }

  dispose(): void {
    this.answers.dispose();
  }

  /** Length of the blank lines before the virtual text. */
  private blank(fileName: string): number {
    const virtual = this.virtualLength(fileName);
    const whole = this.program().getSourceFile(fileName)?.text.length;
    return virtual === undefined || whole === undefined ? 0 : whole - virtual;
  }

  private inProgram(fileName: string, spans: readonly Span[]): Span[] {
    const blank = this.blank(fileName);
    return spans.map(({ start, end }) => ({ start: start + blank, end: end + blank }));
  }
}

/** The editor has all texts, and is told of no updates. */
function editorPrograms(program: () => ts.Program): ProgramSource {
  return {
    graphfn: ownGraphfn(),
    program,
    update: () => {},
    include: () => {},
    settle: () => {},
    served: () => [],
    closure: () =>
      new Set(
        program()
          .getSourceFiles()
          .map(({ fileName }) => fileName),
      ),
    dispose: () => {},
  };
}
