/** A picture of pixels: areas, discs, lines and text with soft edges, and the bytes of its PNG file. */
import { encode } from "fast-png";
import { ink } from "./ink.ts";
import { CAPITAL, type Line, lettering, type Point } from "./letters.ts";

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

export interface TextStyle {
  /** Height of a capital in pixels. */
  readonly size: number;
  readonly colour: Colour;
  /** Which part of the text stands at x. */
  readonly at?: "left" | "middle" | "right";
  readonly bold?: boolean;
}

/** A colour between two others. */
export function blend([r, g, b]: Colour, [red, green, blue]: Colour, part: number): Colour {
  return [r + (red - r) * part, g + (green - g) * part, b + (blue - b) * part];
}

export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #data: Uint8ClampedArray;

  constructor(width: number, height: number, ground: Colour) {
    this.width = width;
    this.height = height;
    this.#data = new Uint8ClampedArray(width * height * 3);
    this.area(0, 0, width, height, ground);
  }

  /** Covers a pixel with a part, 0 to 1, of a colour. */
  pixel(x: number, y: number, colour: Colour, part = 1): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const at = (y * this.width + x) * 3;
    const data = this.#data;
    for (let c = 0; c < 3; c++) data[at + c] = data[at + c]! * (1 - part) + colour[c]! * part;
  }

  area(left: number, top: number, width: number, height: number, colour: Colour): void {
    for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) this.pixel(x, y, colour);
  }

  lines(lines: readonly Line[], thickness: number, colour: Colour): void {
    ink(lines, thickness, this.width, this.height, (x, y, amount) => this.pixel(x, y, colour, amount));
  }

  disc(x: number, y: number, radius: number, colour: Colour): void {
    const place: Point = [x, y];
    this.lines([[place, place]], 2 * radius, colour);
  }

  /** A text whose capitals stand on y. */
  text(text: string, x: number, y: number, { size, colour, at = "left", bold = false }: TextStyle): void {
    const { lines, width } = lettering(text);
    const unit = size / CAPITAL;
    const left = at === "left" ? x : at === "right" ? x - width * unit : x - (width * unit) / 2;
    const placed = lines.map((line) => line.map(([px, py]): Point => [left + px * unit, y + (py - CAPITAL) * unit]));
    for (const line of placed) this.lines([line], size * (bold ? 0.17 : 0.12), colour);
  }

  png(): Uint8Array {
    return encode({ width: this.width, height: this.height, data: new Uint8Array(this.#data), channels: 3, depth: 8 });
  }
}
