/** The plugin for TypeScript's server: types of virtual code and the transformer's diagnostics, at the user's places. */
import { describe, expect, it } from "vitest";
import { project } from "./fixture.ts";
import { EditorServer, type Place } from "./tsserver.ts";

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    strict: true,
    target: "es2023",
    module: "nodenext",
    types: [],
    noEmit: true,
    allowImportingTsExtensions: true,
    plugins: [{ name: "@graphfn/transformer/ts-plugin" }],
  },
  include: ["*.ts"],
});

const HELPER = `import type { Tensor } from "graphfn";

export function half(x: Tensor): Tensor {
  return x.div(2);
}
`;

const TEXT = `import * as gf from "graphfn";
import { half } from "./helper.ts";

/** @graphFunction */
export function f(x: gf.Tensor, n: number): gf.Tensor {
  let y = x ** 2 + 2 * x;
  while (y > 1) y = half(y) - 1;
  if (n > 3) y += -x;
  const wrong: string = x + y;
  let k = 0;
  k = y * Math.random();
  x.add(1);
  return y;
}

export const plain = (t: gf.Tensor): number => (t ? 1 : 2);
`;

/** A loop over an array, which JavaScript goes through while tracing. */
const ROWS = `import * as gf from "graphfn";

/** @graphFunction */
export function squares(rows: gf.Tensor[]): gf.Tensor {
  let sum: gf.Tensor = 0;
  for (const row of rows) {
    sum += row * row;
  }
  return sum > 0 ? sum.sqrt() : -sum;
}
`;

interface Span {
  readonly start: Place;
  readonly end: Place;
}
type Message = Span & { code: number; source?: string; text: string; relatedInformation?: { span: Span; message: string }[] };

/** The place of a part of the text. */
const placeOf = (part: string, skip = 0): Place => placeIn(TEXT, part, skip);

function placeIn(text: string, part: string, skip = 0): Place {
  const before = text.slice(0, text.indexOf(part) + skip).split("\n");
  return { line: before.length, offset: before[before.length - 1]!.length + 1 };
}
const at = ({ line, offset }: Place): string => `${line}:${offset}`;

describe.each(["typescript", "typescript-5.9"])("the editor plugin with %s", (typescript) => {
  it("knows marked functions", async () => {
    const app = project({ "tsconfig.json": TSCONFIG, "helper.ts": HELPER, "model.ts": TEXT });
    const file = app.path("model.ts");
    const server = new EditorServer(app.folder, typescript);
    server.tell("open", { file });

    // Errors of the checker on virtual code, then the transformer's own.
    const messages = await server.ask<Message[]>("semanticDiagnosticsSync", { file });
    expect(messages.map(({ start, code, source }) => [at(start), code, source])).toEqual([
      ["9:9", 2322, undefined],
      ["11:3", 2322, undefined],
      ["9:9", 971001, "graphfn"],
      ["11:3", 971001, "graphfn"],
      ["11:11", 971005, "graphfn"],
      ["12:3", 971030, "graphfn"],
      ["16:49", 971008, "graphfn"],
    ]);
    expect(messages[3]?.text).toMatch(/^GF1001: `k` is a number, but a Tensor is assigned to it\. \(Declare/);
    expect(messages[3]?.relatedInformation).toMatchObject([{ span: { start: { line: 10, offset: 7 } }, message: "`k` is declared here." }]);

    const hover = await server.ask<{ displayString: string }>("quickinfo", { file, ...placeOf("** 2") });
    expect(hover.displayString).toMatch(/^function pow<.*\): gf\.Tensor/);
    const variable = await server.ask<{ displayString: string }>("quickinfo", { file, ...placeOf("y = x") });
    expect(variable.displayString).toMatch(/^let y: gf\.Tensor/);

    const { entries } = await server.ask<{ entries: { name: string }[] }>("completionInfo", { file, ...placeOf("x.add", 2) });
    expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(["add", "relu", "matMul"]));

    const [definition] = await server.ask<(Span & { file: string })[]>("definition", { file, ...placeOf("half(y)") });
    expect(definition).toMatchObject({ file: app.path("helper.ts"), start: { line: 3, offset: 17 } });
    const { refs } = await server.ask<{ refs: (Span & { file: string })[] }>("references", { file, ...placeOf("half(y)") });
    expect(refs.map(({ start }) => at(start)).sort()).toEqual(["2:10", "3:17", "7:21"]);
    const { locs } = await server.ask<{ locs: { locs: Span[] }[] }>("rename", { file, ...placeOf("y = x") });
    const places = [...TEXT.matchAll(/\by\b/g)].map(({ index }) => at(placeOf(TEXT.slice(index))));
    expect(new Set(locs[0]?.locs.map(({ start }) => at(start)))).toEqual(new Set(places));

    const hints = await server.ask<{ text: string; position: Place }[]>("provideInlayHints", { file, start: 0, length: TEXT.length });
    expect(hints.map(({ text, position }) => `${at(position)} ${text}`)).toEqual(["7:3 ⟳ graph", "8:3 static"]);
  });

  it("answers inside of marked functions, over operators", async () => {
    const app = project({ "tsconfig.json": TSCONFIG, "rows.ts": ROWS });
    const file = app.path("rows.ts");
    const server = new EditorServer(app.folder, typescript);
    server.tell("open", { file });
    const place = (part: string, skip = 0): Place => placeIn(ROWS, part, skip);
    expect(await server.ask<Message[]>("semanticDiagnosticsSync", { file })).toEqual([]);

    const shown = async (part: string, skip = 0): Promise<string> =>
      (await server.ask<{ displayString: string }>("quickinfo", { file, ...place(part, skip) })).displayString;
    expect(await shown("* row")).toMatch(/^function mul<.*\): gf\.Tensor/);
    expect(await shown("+= row")).toMatch(/^function add<.*\): gf\.Tensor/);
    expect(await shown("> 0")).toMatch(/^function gt<.*\): gf\.Tensor/);
    // Directly behind `-`: that is told of, too.
    expect(await shown("-sum", 1)).toMatch(/^let sum: gf\.Tensor/m);
    expect(await shown("row * row")).toMatch(/^const row: gf\.Tensor/);

    const { entries } = await server.ask<{ entries: { name: string }[] }>("completionInfo", { file, ...place("sum.sq", 4) });
    expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(["square", "relu"]));

    const [declared] = await server.ask<Span[]>("definition", { file, ...place("row * row", 6) });
    expect(declared?.start).toEqual(place("row of rows"));
    const { locs } = await server.ask<{ locs: { locs: Span[] }[] }>("rename", { file, ...place("sum += ") });
    const all = [...ROWS.matchAll(/\bsum\b/g)].map(({ index }) => at(placeIn(ROWS, ROWS.slice(index))));
    expect(new Set(locs[0]?.locs.map(({ start }) => at(start)))).toEqual(new Set(all));

    const hints = await server.ask<{ text: string; position: Place }[]>("provideInlayHints", { file, start: 0, length: ROWS.length });
    expect(hints.map(({ text, position }) => `${at(position)} ${text}`)).toEqual([
      `${at(place("for"))} ∥ unrolled`,
      `${at(place("return sum > 0", 7))} ⟳ graph`,
    ]);
  });

  it("offers fixes, and follows edits", async () => {
    const app = project({ "tsconfig.json": TSCONFIG, "helper.ts": HELPER, "model.ts": TEXT });
    const file = app.path("model.ts");
    const server = new EditorServer(app.folder, typescript);
    server.tell("open", { file });
    const codes = async () => {
      const messages = await server.ask<Message[]>("semanticDiagnosticsSync", { file });
      return messages.flatMap(({ code, source, start }) => (source === "graphfn" ? [`${at(start)} ${code}`] : []));
    };
    expect(await codes()).toContain("12:3 971030");
    expect(await server.ask<string[]>("getSupportedCodeFixes", { file })).toContain("971030");
    const range = { startLine: 12, startOffset: 3, endLine: 12, endOffset: 11 };
    const [fix] = await server.ask<{ description: string; changes: { textChanges: (Span & { newText: string })[] }[] }[]>("getCodeFixes", {
      file,
      ...range,
      errorCodes: [971030],
    });
    expect(fix?.description).toBe("Assign it to `x`.");
    const change = fix!.changes[0]!.textChanges[0]!;
    expect(change).toMatchObject({ start: { line: 12, offset: 3 }, end: { line: 12, offset: 3 }, newText: "x = " });
    server.tell("change", { file, line: 12, offset: 3, endLine: 12, endOffset: 3, insertString: change.newText });
    expect(await codes()).toEqual(["9:9 971001", "11:3 971001", "11:11 971005", "16:49 971008"]);
    // A file that is reached: what it does counts where it stands.
    const helper = app.path("helper.ts");
    server.tell("open", { file: helper });
    server.tell("change", { file: helper, line: 4, offset: 10, endLine: 4, endOffset: 18, insertString: "x.div(2 * Math.random())" });
    const reached = await server.ask<Message[]>("semanticDiagnosticsSync", { file: helper });
    expect(reached.map(({ code, start }) => `${at(start)} ${code}`)).toEqual(["4:20 971005"]);
  });
});
