/** Points and lines in a plane with axes, as a PNG file: what a simulation, a sampler or a fit gives. */
import { Canvas, type Colour } from "./canvas.ts";
import { CAPITAL, lettering, type Point } from "./letters.ts";

export interface Layer {
  readonly points: readonly Point[];
  readonly kind: "dots" | "line";
  /** Thickness of the line, diameter of a dot. */
  readonly size: number;
  readonly colour: Colour;
  /** What the legend calls it; without one it has no entry. */
  readonly label?: string;
}

export interface Plot {
  readonly title: string;
  readonly across: string;
  readonly up: string;
  /** From the back to the front. */
  readonly layers: readonly Layer[];
}

/** Colours that stand apart also for those who do not tell red from green. */
export const BLUE: Colour = [38, 98, 168];
export const ORANGE: Colour = [226, 124, 38];
export const GREY: Colour = [150, 154, 165];

const WIDTH = 720;
const HEIGHT = 520;
const BOX = { left: 76, top: 60, right: WIDTH - 28, bottom: HEIGHT - 64 };
const TEXT = 9;
const PAPER: Colour = [251, 250, 247];
const GRID: Colour = [226, 223, 214];
const INK: Colour = [35, 40, 59];

interface Axis {
  readonly low: number;
  readonly high: number;
  readonly marks: readonly number[];
}

/** A little more than all values, with about six round numbers on it. */
function axis(values: readonly number[]): Axis {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const room = (high - low || 1) * 0.04;
  [low, high] = [low - room, high + room];
  const rough = (high - low) / 6;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * size).find((n) => n >= rough) as number;
  const first = Math.ceil(low / step);
  const marks = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(6)));
  return { low, high, marks };
}

export function plot({ title, across, up, layers }: Plot): Uint8Array {
  const canvas = new Canvas(WIDTH, HEIGHT, PAPER);
  const all = layers.flatMap(({ points }) => points);
  const horizontal = axis(all.map(([x]) => x));
  const vertical = axis(all.map(([, y]) => y));
  const x = (value: number): number => BOX.left + ((BOX.right - BOX.left) * (value - horizontal.low)) / (horizontal.high - horizontal.low);
  const y = (value: number): number => BOX.bottom - ((BOX.bottom - BOX.top) * (value - vertical.low)) / (vertical.high - vertical.low);
  const text = { size: TEXT, colour: INK };
  for (const mark of horizontal.marks) {
    canvas.area(Math.round(x(mark)), BOX.top, 1, BOX.bottom - BOX.top, GRID);
    canvas.text(String(mark), x(mark), BOX.bottom + 20, { ...text, at: "middle" });
  }
  for (const mark of vertical.marks) {
    canvas.area(BOX.left, Math.round(y(mark)), BOX.right - BOX.left, 1, GRID);
    canvas.text(String(mark), BOX.left - 10, y(mark) + 4, { ...text, at: "right" });
  }
  for (const { points, kind, size, colour } of layers) {
    const places = points.map(([px, py]): Point => [x(px), y(py)]);
    places.forEach((place, i) => {
      if (kind === "dots") canvas.disc(...place, size / 2, colour);
      // Piece by piece: the pen looks at each pixel around the line that it is given.
      else if (i > 0) canvas.lines([[places[i - 1] as Point, place]], size, colour);
    });
  }
  canvas.text(title, BOX.left, 30, { size: 14, colour: INK, bold: true });
  canvas.text(across, (BOX.left + BOX.right) / 2, HEIGHT - 20, { ...text, at: "middle" });
  canvas.text(up, BOX.left, BOX.top - 8, text);
  legend(
    canvas,
    layers.filter(({ label }) => label !== undefined),
  );
  return canvas.png();
}

/** On the right of the line above the picture. */
function legend(canvas: Canvas, layers: readonly Layer[]): void {
  const y = BOX.top - 8;
  let right = BOX.right;
  for (const { label = "", kind, size, colour } of [...layers].reverse()) {
    canvas.text(label, right, y, { size: TEXT, colour: INK, at: "right" });
    const mark = right - (lettering(label).width * TEXT) / CAPITAL - 10;
    const line: [Point, Point] = [
      [mark - 20, y - 4],
      [mark, y - 4],
    ];
    if (kind === "dots") canvas.disc(mark - 4, y - 4, Math.max(3, size / 2), colour);
    else canvas.lines([line], size, colour);
    right = mark - 40;
  }
}
