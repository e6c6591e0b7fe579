/** What a classifier of digits took for what: a matrix of counts, and the drawings that it read wrong. */
import { blend, Canvas, type Colour } from "./canvas.ts";

const PAPER: Colour = [251, 250, 247];
const INK: Colour = [35, 40, 59];
const SOFT: Colour = [110, 116, 134];
const RIGHT: Colour = [28, 112, 140];
const WRONG: Colour = [214, 72, 66];
const WHITE: Colour = [255, 255, 255];

const CELL = 46;
const LEFT = 84;
const TOP = 96;

/** counts[digit][answer]; cells on the diagonal are right. */
export function confusionPicture(counts: readonly (readonly number[])[]): Uint8Array {
  const n = counts.length;
  const canvas = new Canvas(LEFT + n * CELL + 28, TOP + n * CELL + 28, PAPER);
  const total = counts.flat().reduce((a, b) => a + b, 0);
  const right = counts.reduce((sum, row, i) => sum + row[i]!, 0);
  const most = Math.max(1, ...counts.map((row, i) => row[i]!));
  counts.forEach((row, digit) => {
    row.forEach((count, answer) => {
      const [x, y] = [LEFT + answer * CELL, TOP + digit * CELL];
      const correct = digit === answer;
      // One mistake is to be seen as well as hundred right answers.
      const strength = count === 0 ? 0 : correct ? 0.35 + 0.65 * (count / most) : Math.min(1, 0.35 + 0.1 * count);
      canvas.area(x, y, CELL - 2, CELL - 2, count === 0 ? [241, 239, 233] : blend(PAPER, correct ? RIGHT : WRONG, strength));
      if (count === 0) return;
      const colour = strength > 0.55 ? WHITE : INK;
      canvas.text(String(count), x + CELL / 2 - 1, y + CELL / 2 + 4, { size: 11, colour, at: "middle", bold: correct });
    });
    const middle = CELL / 2 - 1;
    canvas.text(String(digit), LEFT - 14, TOP + digit * CELL + middle + 5, { size: 12, colour: INK, at: "right" });
    canvas.text(String(digit), LEFT + digit * CELL + middle, TOP - 14, { size: 12, colour: INK, at: "middle" });
  });
  canvas.text(`${right} of ${total} unseen drawings read right`, LEFT, 34, { size: 14, colour: INK, bold: true });
  canvas.text("read as", LEFT + (n * CELL) / 2, TOP - 40, { size: 10, colour: SOFT, at: "middle" });
  canvas.text("drawn", 20, TOP + (n * CELL) / 2 + 4, { size: 10, colour: SOFT });
  return canvas.png();
}

export interface Drawing {
  /** size × size values from 0 (paper) to 1 (ink). */
  readonly pixels: ArrayLike<number>;
  /** Stands below the drawing. */
  readonly text: string;
}

const ZOOM = 4;
const COLUMNS = 8;

export function contactSheet(drawings: readonly Drawing[], size: number): Uint8Array {
  const [width, height] = [size * ZOOM + 14, size * ZOOM + 34];
  const columns = Math.min(COLUMNS, drawings.length);
  const rows = Math.ceil(drawings.length / COLUMNS);
  const canvas = new Canvas(Math.max(300, columns * width + 14), 50 + rows * height + 6, PAPER);
  canvas.text("read wrong: drawn → read as", 14, 30, { size: 12, colour: INK, bold: true });
  drawings.forEach(({ pixels, text }, i) => {
    const [left, top] = [14 + (i % COLUMNS) * width, 50 + Math.floor(i / COLUMNS) * height];
    for (let p = 0; p < size * size; p++) {
      const [x, y] = [left + (p % size) * ZOOM, top + Math.floor(p / size) * ZOOM];
      canvas.area(x, y, ZOOM, ZOOM, blend(WHITE, INK, pixels[p]!));
    }
    canvas.text(text, left + (size * ZOOM) / 2, top + size * ZOOM + 18, { size: 10, colour: INK, at: "middle" });
  });
  return canvas.png();
}
