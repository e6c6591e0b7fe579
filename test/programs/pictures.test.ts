/** What the samples draw: letters, soft edges, PNG files that another decoder reads, drawings that a seed repeats. */
import { decode } from "fast-png";
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { SIZE, writeDigits } from "../../samples/src/handwriting.ts";
import { Canvas, type Colour } from "../../samples/src/picture/canvas.ts";
import { lineChart } from "../../samples/src/picture/chart.ts";
import { confusionPicture, contactSheet } from "../../samples/src/picture/confusion.ts";
import { decisionMap } from "../../samples/src/picture/decision-map.ts";
import { CAPITAL, letter, lettering } from "../../samples/src/picture/letters.ts";
import { plot } from "../../samples/src/picture/plot.ts";

const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];

function read(png: Uint8Array) {
  const { width, height, channels, data } = decode(png);
  expect(channels).toBe(3);
  return { width, height, at: (x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)] };
}

describe("letters", () => {
  it("touch the ends of their strokes, bend between them, and have corners at points written twice", () => {
    const [seven] = letter("7");
    expect(seven?.[0]).toEqual([0, 0]);
    expect(seven?.at(-1)).toEqual([2, 12]);
    expect(seven).toContainEqual([7, 0]);
    const [o] = letter("o");
    expect(o?.some(([x, y]) => x === 6 && y === 4)).toBe(false);
    expect(Math.min(...(o ?? []).map(([, y]) => y))).toBe(4);
  });

  it("stand on the line, small ones below capitals, and follow each other", () => {
    for (const name of "ABCXYZ0123456789") {
      const ys = letter(name)
        .flat()
        .map(([, y]) => y);
      expect(Math.min(...ys), name).toBe(0);
      expect(Math.max(...ys), name).toBeCloseTo(CAPITAL, 9);
    }
    expect(lettering("").width).toBe(0);
    expect(lettering("ll").width).toBeGreaterThan(lettering("l").width);
    expect(() => lettering("☃")).toThrow("no letter");
  });
});

describe("canvas", () => {
  it("covers what it draws, leaves the rest, and ignores what lies outside", () => {
    const canvas = new Canvas(20, 10, WHITE);
    canvas.area(-5, -5, 8, 8, BLACK);
    canvas.disc(15, 5, 3, [200, 0, 0]);
    canvas.text("off the picture", 400, 400, { size: 10, colour: BLACK });
    const { width, height, at } = read(canvas.png());
    expect([width, height]).toEqual([20, 10]);
    expect(at(2, 2)).toEqual([0, 0, 0]);
    expect(at(3, 3)).toEqual([255, 255, 255]);
    expect(at(15, 5)).toEqual([200, 0, 0]);
    expect(at(10, 5)).toEqual([255, 255, 255]);
  });

  it("has as much ink as a disc has area", () => {
    const canvas = new Canvas(40, 40, BLACK);
    canvas.disc(20.3, 19.8, 9, WHITE);
    const { at } = read(canvas.png());
    let sum = 0;
    for (let y = 0; y < 40; y++) for (let x = 0; x < 40; x++) sum += (at(x, y)[0] as number) / 255;
    expect(sum).toBeCloseTo(Math.PI * 81, -1);
  });
});

describe("drawings of digits", () => {
  it("repeat with their seed and differ otherwise", () => {
    const [a, b, c] = [writeDigits(30, 7), writeDigits(30, 7), writeDigits(30, 8)];
    expect(a.images.shape).toEqual([30, SIZE, SIZE, 1]);
    expect([a.images.dtype, a.labels.dtype]).toEqual(["float32", "int32"]);
    expect(a.images.dataSync()).toEqual(b.images.dataSync());
    expect(a.labels.dataSync()).toEqual(b.labels.dataSync());
    expect(a.images.dataSync()).not.toEqual(c.images.dataSync());
  });

  it("are ink on paper, every digit about as often as the others", () => {
    const { images, labels } = writeDigits(600, 1);
    expect([images.min().item(), images.max().item()]).toEqual([0, 1]);
    const inked = images.mean([1, 2, 3]).dataSync();
    expect(Math.min(...inked)).toBeGreaterThan(0.04);
    expect(Math.max(...inked)).toBeLessThan(0.5);
    const counts = Array(10).fill(0) as number[];
    for (const label of labels.dataSync()) (counts[label] as number)++;
    expect(Math.min(...counts)).toBeGreaterThan(35);
    expect(Math.max(...counts)).toBeLessThan(90);
  });
});

describe("pictures", () => {
  it("a confusion matrix marks right answers and mistakes differently", () => {
    const counts = Array.from({ length: 10 }, (_, i) => Array.from({ length: 10 }, (_, j) => (i === j ? 9 : 0)));
    const clean = read(confusionPicture(counts));
    (counts[2] as number[])[5] = 1;
    const marked = read(confusionPicture(counts));
    const corner = (row: number, column: number): [number, number] => [84 + column * 46 + 3, 96 + row * 46 + 3];
    expect(marked.at(...corner(2, 5))).not.toEqual(clean.at(...corner(2, 5)));
    expect(marked.at(...corner(2, 5))).not.toEqual(marked.at(...corner(2, 2)));
    expect(marked.at(...corner(3, 5))).toEqual(clean.at(...corner(2, 5)));
  });

  it("a contact sheet has a row per eight drawings", () => {
    const drawing = { pixels: new Float32Array(SIZE * SIZE), text: "1 → 7" };
    const heightOf = (n: number): number => read(contactSheet(Array(n).fill(drawing), SIZE)).height;
    expect(heightOf(8)).toBe(heightOf(1));
    expect(heightOf(9)).toBeGreaterThan(heightOf(8));
  });

  it("a decision map shows both classes and the border between them", () => {
    const points = gf.tensor([
      [-1, 0],
      [1, 0],
    ]);
    const set = { points, labels: gf.tensor([[0], [1]]) };
    const half = (xy: gf.Tensor): gf.Tensor => xy.slice([0, 0], [-1, 1]).mul(8).sigmoid();
    const { width, at } = read(decisionMap({ title: "Halves", reach: 2, probability: half, seen: set, between: set }));
    const row = 100;
    const [left, middle, right] = [at(60, row), at(Math.round(width / 2), row), at(width - 60, row)] as number[][];
    expect(left?.[2]).toBeGreaterThan(left?.[0] as number);
    expect(right?.[0]).toBeGreaterThan(right?.[2] as number);
    expect(Math.min(...(middle ?? []))).toBeGreaterThan(240);
  });

  it("a chart has a mark per decade and a point per value", () => {
    const svg = lineChart({ title: "a < b & c", across: "epoch", up: "loss", values: [1.5, 0.4, 0.02] });
    expect(svg).toContain("a &lt; b &amp; c");
    for (const mark of ["10", "1", "0.1", "0.01"]) expect(svg).toContain(`>${mark}</text>`);
    expect(/points="([^"]*)"/.exec(svg)?.[1]?.split(" ")).toHaveLength(3);
    expect(lineChart({ title: "", across: "", up: "", values: [0.5] })).not.toMatch(/NaN|Infinity/);
  });

  it("a chart of two lines has both, their names, and room for all values", () => {
    const beside = { label: "held out", values: [30, 20] };
    const svg = lineChart({ title: "", across: "", up: "", values: [0.5, 0.2, 0.1], label: "seen", beside });
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    for (const text of [">seen<", ">held out<", ">100</text>", ">0.1</text>"]) expect(svg).toContain(text);
    expect(lineChart({ title: "", across: "", up: "", values: [0.5], label: "seen" })).not.toContain("seen");
  });

  it("a plot has its dots and lines where the numbers say, and the later ones in front", () => {
    const [red, green]: [Colour, Colour] = [
      [200, 0, 0],
      [0, 200, 0],
    ];
    const corners: [number, number][] = [
      [-3, 10],
      [5, 20],
    ];
    const line = { points: corners, kind: "line", size: 3, colour: red, label: "line" } as const;
    const middle = { points: [[1, 15]] as [number, number][], kind: "dots", size: 12, colour: green } as const;
    const { width, height, at } = read(plot({ title: "t", across: "x", up: "y", layers: [line, middle] }));
    // Values lie as far from the frame as a 27th of its sides: 76 to 692 across, 60 to 456 up.
    const place = (x: number, y: number): [number, number] => [
      Math.round(76 + (616 * (0.04 + (x + 3) / 8)) / 1.08),
      Math.round(456 - (396 * (0.04 + (y - 10) / 10)) / 1.08),
    ];
    expect([width, height]).toEqual([720, 520]);
    expect(at(...place(1, 15))).toEqual(green);
    expect(at(...place(-1, 12.5))).toEqual(red);
    expect(at(...place(3, 17.5))).toEqual(red);
    expect(at(...place(3, 12.5))).not.toEqual(red);
  });

  it("a plot of one point, or of a level line, has finite axes", () => {
    const flat = { points: [[2, 7]] as [number, number][], kind: "dots", size: 8, colour: BLACK } as const;
    const { at } = read(plot({ title: "", across: "", up: "", layers: [flat] }));
    expect(at(384, 258)).toEqual(BLACK);
  });
});
