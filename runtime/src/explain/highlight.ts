/**
 * Text → lines of coloured pieces, by small tokenizers: enough to read code, not to judge it. Joined, the pieces of a line
 * are exactly that line; text that fits no rule stays plain, so no input is an error.
 *
 *   highlight("x = 1 // one", "code")[0]   →   plain "x = ", number "1", plain " ", comment "// one"
 *
 * "code" is TypeScript and JavaScript, "graph" the text of ir/print.ts, "plan" that of plan/show.ts.
 */
export type Language = "code" | "graph" | "plan";

export type PieceKind = "plain" | "comment" | "string" | "number" | "keyword" | "operator" | "type" | "value" | "label";

export interface Piece {
  readonly kind: PieceKind;
  readonly text: string;
}

type Rules = readonly (readonly [PieceKind, RegExp])[];

const KEYWORDS =
  "as async await break case catch class const continue debugger default delete do else enum export extends false finally for from function " +
  "get if implements import in instanceof interface let new null of return satisfies set static super switch this throw true try type typeof " +
  "undefined using var void while with yield";

const TYPES = "(?:f16|f32|f64|bf16|i8|i16|i32|i64|u8|u16|u32|u64|bool|c64|c128|str)";

/** A quoted text on one line; an open end stops at the end of the line. */
const QUOTED = /"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?/y;
const NUMBER = /-?(?:\b|(?=\.))(?:0[xob][\da-f_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:e[+-]?\d+)?)n?\b|-?\b(?:Infinity|NaN)\b/iy;

/** First rule that matches wins. Templates are one piece, also where they hold code. */
const RULES: Readonly<Record<Language, Rules>> = {
  code: [
    ["comment", /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
    ["string", /`(?:[^`\\]|\\[\s\S])*`?/y],
    ["string", QUOTED],
    ["number", /\b(?:0[xob][\da-f_]+|\d[\d_]*\.?\d*(?:e[+-]?\d+)?)n?\b|\b(?:Infinity|NaN)\b/iy],
    ["operator", /\$\d*\.[\w$]+/y],
    ["plain", /\.\s*[\p{L}_$][\p{L}\p{N}_$]*/uy],
    ["keyword", new RegExp(`\\b(?:${KEYWORDS.replaceAll(" ", "|")})\\b`, "y")],
    ["plain", /[\p{L}\p{N}_$]+/uy],
  ],
  graph: [
    ["comment", /\s\/\/[^\n]*/y],
    ["value", /%(?:"(?:[^"\\\n]|\\.)*"\.\d+|[\p{L}\p{N}_$[\].]+)/uy],
    ["string", QUOTED],
    ["type", new RegExp(`\\b${TYPES}\\b\\*?(?:\\[[^\\]\\n]*\\])?\\*?`, "y")],
    ["keyword", /\b(?:graph|return|yield|cond|else|while|do|for|to|step|print|const)\b/y],
    ["number", NUMBER],
    ["plain", /[\p{L}\p{N}_$]+=/uy],
    ["operator", /\b[a-z]\w*/iy],
  ],
  plan: [
    ["label", /\bL\d+\b:?/y],
    ["comment", /\bin place\b|\/\/[^\n]*/y],
    ["type", new RegExp(`(?<=:)${TYPES}(?:\\[[^\\]\\n]*\\])?`, "y")],
    ["keyword", /\b(?:jump|unless|when|print|end)\b|←/y],
    ["string", QUOTED],
    ["operator", /(?<== )[a-z]\w*/iy],
    ["comment", /@\d+/y],
    ["number", NUMBER],
    ["plain", /[\p{L}\p{N}_$]+/uy],
  ],
};

export function highlight(text: string, language: Language): Piece[][] {
  const rules = RULES[language];
  const lines: Piece[][] = [[]];
  const add = (kind: PieceKind, piece: string): void => {
    piece.split("\n").forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part === "") return;
      const line = lines[lines.length - 1] as Piece[];
      const last = line[line.length - 1];
      if (last?.kind === kind && kind === "plain") line[line.length - 1] = { kind, text: last.text + part };
      else line.push({ kind, text: part });
    });
  };
  let at = 0;
  while (at < text.length) {
    const [kind, piece] = match(rules, text, at) ?? ["plain", text[at] as string];
    add(kind, piece);
    at += piece.length;
  }
  return lines;
}

function match(rules: Rules, text: string, at: number): [PieceKind, string] | undefined {
  for (const [kind, rule] of rules) {
    rule.lastIndex = at;
    const piece = rule.exec(text)?.[0];
    if (piece !== undefined && piece !== "") return [kind, piece];
  }
  return undefined;
}
