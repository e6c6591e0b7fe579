/** data.csv: headers, names, column configs, quotes, and errors that name file, row and column. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as gf from "graphfn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const { csv } = gf.data;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "graphfn-csv-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Rows of a text; checked to be those of a file with that text. */
async function rows(text: string, config?: gf.data.CSVConfig): Promise<unknown[]> {
  const found = [...csv({ string: text }, config)];
  const path = join(folder, "rows.csv");
  writeFileSync(path, text);
  expect(await csv(path, config).toArray()).toEqual(found);
  return found;
}

describe("csv", () => {
  it("gives numbers and texts by column name", async () => {
    expect(await rows("age,name,score\n31,Ada,1.5\n-2,Bob,1e3\n")).toEqual([
      { age: 31, name: "Ada", score: 1.5 },
      { age: -2, name: "Bob", score: 1000 },
    ]);
    expect(await rows("a,b\r\n1,2\r\n\r\n3,4")).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
    expect(await rows("﻿a\n1")).toEqual([{ a: 1 }]);
    expect(await rows("a,b")).toEqual([]);
  });

  it("reads quotes: delimiters, quotes and line ends inside", async () => {
    expect(await rows('a,b\n"x,y","say ""hi"""\n"two\nlines",3\n')).toEqual([
      { a: "x,y", b: 'say "hi"' },
      { a: "two\nlines", b: 3 },
    ]);
  });

  it("takes names from the config", async () => {
    expect(await rows("1,2\n3,4", { hasHeader: false, columnNames: ["x", "y"] })).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ]);
    expect(await rows("a,b\n1,2", { columnNames: ["x", "y"] })).toEqual([{ x: 1, y: 2 }]);
    expect(await csv({ string: "a,b\n1,2" }).columnNames()).toEqual(["a", "b"]);
    expect(await csv({ string: "a,b\n1,2" }, { columnNames: ["x", "y"] }).columnNames()).toEqual(["x", "y"]);
    const chosen = { columnConfigs: { b: { dtype: "int32" } }, configuredColumnsOnly: true } as const;
    expect(await csv({ string: "a,b\n1,2" }, chosen).columnNames()).toEqual(["b"]);
    expect(await rows("a,b\n1,2.9", chosen)).toEqual([{ b: 2 }]);
  });

  it("gives { xs, ys } where a column is a label", async () => {
    expect(await rows("a,b,y\n1,2,0\n3,4,1", { columnConfigs: { y: { isLabel: true } } })).toEqual([
      { xs: { a: 1, b: 2 }, ys: { y: 0 } },
      { xs: { a: 3, b: 4 }, ys: { y: 1 } },
    ]);
  });

  it("fills empty cells from defaults", async () => {
    const columnConfigs = { a: { default: -1 }, b: { default: 0, required: true }, c: { dtype: "string", default: "?" } } as const;
    expect(await rows('a,b,c,d\n,,,\n5, ,x y,""', { columnConfigs })).toEqual([
      { a: -1, b: 0, c: "?", d: undefined },
      { a: 5, b: 0, c: "x y", d: undefined },
    ]);
  });

  it("reads dtypes", async () => {
    const columnConfigs = { i: { dtype: "int32" }, f: { dtype: "float32" }, b: { dtype: "bool" }, s: { dtype: "string" } } as const;
    expect(await rows("i,f,b,s\n-1.5,nan,TRUE,007\n 7 ,-inf,0, x ", { columnConfigs })).toEqual([
      { i: -2, f: Number.NaN, b: 1, s: "007" },
      { i: 7, f: -Infinity, b: 0, s: " x " },
    ]);
  });

  it("splits by other delimiters", async () => {
    expect(await rows("a;b\n1,5;2", { delimiter: ";" })).toEqual([{ a: "1,5", b: 2 }]);
    expect(await rows("  a   b\n1 \t 2  \n", { delimWhitespace: true })).toEqual([{ a: 1, b: 2 }]);
    expect(() => csv({ string: "" }, { delimiter: ";", delimWhitespace: true })).toThrow(/exclude each other/);
  });

  it.each<[string, string, gf.data.CSVConfig | undefined, RegExp]>([
    [
      "a number that is none",
      "a,b\n1,2\n3,x",
      { columnConfigs: { b: { dtype: "float32" } } },
      /E_FILE_VALUE.*row 2 \(line 3\), column "b" is "x", which is not a number/,
    ],
    [
      "a boolean that is none",
      "a\nyes",
      { columnConfigs: { a: { dtype: "bool" } } },
      /E_FILE_VALUE.*row 1.*column "a" is "yes", which is not a boolean/,
    ],
    ["an int32 that is too large", "a\n3000000000", { columnConfigs: { a: { dtype: "int32" } } }, /E_FILE_VALUE.*no int32/],
    ["an empty required cell", "a,b\n1,", { columnConfigs: { b: { required: true } } }, /E_FILE_VALUE.*column "b" is empty, but required/],
    ["an empty label", "a,b\n1,", { columnConfigs: { b: { isLabel: true } } }, /E_FILE_VALUE.*column "b" is empty, but a label/],
    ["a short row", "a,b\n1,2\n3", undefined, /E_FILE_FORMAT.*row 2 \(line 3\) has 1 cells, but there are 2 columns/],
    ["a long row", "a,b\n1,2,3", undefined, /E_FILE_FORMAT.*has 3 cells/],
    ["an open quote", 'a,b\n1,"2', undefined, /E_FILE_FORMAT.*cannot be read: Quote Not Closed/],
    ["no header", "", undefined, /E_FILE_FORMAT.*is empty/],
    ["two columns of one name", "a,a\n1,2", undefined, /E_FILE_FORMAT.*two columns named "a"/],
    ["another number of names", "a,b\n1,2", { columnNames: ["x"] }, /columnNames has 1 names, but the header of .* has 2/],
    ["a config without a column", "a\n1", { columnConfigs: { z: {} } }, /E_ARGUMENT.*columnConfigs names "z"/],
  ])("names the place of %s", async (_, text, config, message) => {
    expect(() => [...csv({ string: text }, config)]).toThrow(message);
    const path = join(folder, "bad.csv");
    writeFileSync(path, text);
    await expect(csv(path, config).toArray()).rejects.toThrow(message);
    await expect(csv(path, config).toArray()).rejects.toThrow(/bad\.csv/);
  });

  it("refuses bad configs and sources at once", async () => {
    expect(() => csv({ string: "1" }, { hasHeader: false })).toThrow(/Give columnNames/);
    expect(() => csv({ string: "1" }, { columnConfigs: { a: { dtype: "int" as never } } })).toThrow(/columnConfigs\.a\.dtype is "int"/);
    expect(() => csv({ string: "1" }, { columnNames: "a" as never })).toThrow(/array of texts/);
    expect(() => csv({ string: "1" }, { delimiter: "" })).toThrow(/delimiter/);
    expect(() => csv(3 as never)).toThrow(/source must be a path/);
    expect(() => csv({ text: "a" } as never)).toThrow(/source must be a path/);
    expect(() => csv("https://example.com/a.csv")).toThrow(/U_UNSUPPORTED.*fetch/);
    await expect(csv(join(folder, "none.csv")).toArray()).rejects.toThrow(
      /E_FILE: data.csv: none.csv cannot be read: there is no such file/,
    );
    await expect(csv(join(folder, "none.csv")).columnNames()).rejects.toThrow(/no such file/);
    expect(() => [...csv(join(folder, "none.csv"))]).toThrow(/E_ASYNC.*of a file/);
  });

  it("takes file URLs, and closes the file on break", async () => {
    const path = join(folder, "a b.csv");
    writeFileSync(path, `n\n${Array.from({ length: 50000 }, (_, i) => i).join("\n")}\n`);
    for (const source of [path, pathToFileURL(path), pathToFileURL(path).href, `file://${path}`]) {
      const seen: number[] = [];
      for await (const { n } of csv<{ n: number }>(source)) if (seen.push(n) === 3) break;
      expect(seen).toEqual([0, 1, 2]);
    }
    expect((await csv<{ n: number }>(path).toArray()).length).toBe(50000);
  });

  it("feeds batches", async () => {
    const text = "x1,x2,y\n1,2,0\n3,4,1\n5,6,1\n";
    const ds = csv<{ xs: { x1: number; x2: number }; ys: { y: number } }>({ string: text }, { columnConfigs: { y: { isLabel: true } } })
      .map(({ xs, ys }) => ({ xs: Object.values(xs), ys: ys.y }))
      .batch(2);
    const batches = [...ds].map(({ xs, ys }) => [xs.arraySync(), ys.arraySync()]);
    expect(batches).toEqual([
      [
        [
          [1, 2],
          [3, 4],
        ],
        [0, 1],
      ],
      [[[5, 6]], [1]],
    ]);
    expect(() => [...csv({ string: "a,b\n1,red" }).batch(1)]).toThrow(/element 0, b, is the string "red"/);
  });
});
