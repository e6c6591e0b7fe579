/**
 * Letters as pen strokes on a small grid: in comes a text, out go lines to draw. The digits are also what digits.ts writes by hand.
 *
 * A stroke is a row of points, two characters each: x and y in base 36. Capitals stand between y = 0 and y = 12, small letters
 * begin at 4, and 16 is the lowest point of a g. A stroke touches its first and last point and bends smoothly at the others (a
 * quadratic B-spline); a point written twice is a corner.
 */

export type Point = readonly [x: number, y: number];
/** A bent line as short straight ones. */
export type Line = readonly Point[];

/** Height of a capital in units of the grid. */
export const CAPITAL = 12;
const SPACE = 5;
const BETWEEN = 4;

const GLYPHS: Readonly<Record<string, string>> = {
  "0": "0600707c0c06",
  "1": "134040404c",
  "2": "030070750c0c7c",
  "3": "020060663636767c0c0a",
  "4": "5c5050090979",
  "5": "6000000505747c0c0a",
  "6": "6001070c7c750508",
  "7": "0070702c",
  "8": "361610505636 36060c6c6636",
  "9": "1c7b757000077774",
  A: "0c40408c 1878",
  B: "000c 00606606 06767c0c",
  C: "7370000c7c79",
  D: "000c 002020808c2c2c0c",
  E: "6000000c0c6c 0656",
  F: "6000000c 0656",
  G: "7370000c7c777747",
  H: "000c 707c 0676",
  I: "000c",
  J: "50595c0c09",
  K: "000c 7007 357c",
  L: "000c0c6c",
  M: "0c0000484880808c",
  N: "0c00007c7c70",
  O: "0600808c0c06",
  P: "0c0000707707",
  Q: "0600808c0c06 598c",
  R: "0c0000707707 377c",
  S: "63600006666c0c09",
  T: "0080 404c",
  U: "00080c7c7870",
  V: "004c4c80",
  W: "003c3c52527c7ca0",
  X: "007c 700c",
  Y: "00464680 464c",
  Z: "0070700c0c7c",
  a: "646c 6864040c6c68",
  b: "000c 0804646c0c08",
  c: "6664040c6c6a",
  d: "606c 6864040c6c68",
  e: "08686864040c6c6a",
  f: "5020242c 0454",
  g: "646c6g0g0f 6864040c6c68",
  h: "000c 080464686c",
  i: "040c 0101",
  j: "242d2g0g 2121",
  k: "000c 5409 275c",
  l: "000c",
  m: "040c 070444474c 474484878c",
  n: "040c 080464686c",
  o: "0804646c0c08",
  p: "040g 0804646c0c08",
  q: "646g 6864040c6c68",
  r: "040c 080444",
  s: "56540408585c0c0a",
  t: "21282c5c 0454",
  u: "04080c6c68 646c",
  v: "043c3c64",
  w: "042c2c46466c6c84",
  x: "046c 640c",
  y: "043c 641g",
  z: "0454540c0c5c",
  ".": "0c0c",
  ",": "1b0e",
  ":": "0505 0c0c",
  "-": "0848",
  "+": "0868 353b",
  "=": "0666 0a6a",
  "%": "700c 020030340402 4a48787c4c4a",
  "(": "2003092c",
  ")": "0023290c",
  "/": "600c",
  "'": "0003",
  "!": "0008 0c0c",
  "→": "0888 5588885b",
  "×": "055b 550b",
};

/** Points on the curve that touches the first and last of `controls`. */
function bend(controls: Line, pieces: number): Line {
  if (controls.length < 3) return controls;
  const line: Point[] = [controls[0] as Point];
  let [fromX, fromY] = controls[0] as Point;
  for (let i = 1; i < controls.length - 1; i++) {
    const [x, y] = controls[i] as Point;
    const [nextX, nextY] = controls[i + 1] as Point;
    const last = i === controls.length - 2;
    const [toX, toY] = last ? [nextX, nextY] : [(x + nextX) / 2, (y + nextY) / 2];
    for (let p = 1; p <= pieces; p++) {
      const t = p / pieces;
      const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t * t];
      line.push([a * fromX + b * x + c * toX, a * fromY + b * y + c * toY]);
    }
    [fromX, fromY] = [toX, toY];
  }
  return line;
}

/** The lines of one letter; `move` may displace the points that the pen follows. */
export function letter(name: string, move: (point: Point) => Point = (p) => p, pieces = 6): Line[] {
  const glyph = GLYPHS[name];
  if (glyph === undefined) throw new Error(`There is no letter ${JSON.stringify(name)} in picture/letters.ts.`);
  return glyph.split(" ").map((stroke) => {
    const points: Point[] = [];
    for (let i = 0; i < stroke.length; i += 2) points.push(move([Number.parseInt(stroke[i]!, 36), Number.parseInt(stroke[i + 1]!, 36)]));
    return bend(points, pieces);
  });
}

/** The lines of a text that begins at x = 0, and its width. */
export function lettering(text: string): { readonly lines: Line[]; readonly width: number } {
  const lines: Line[] = [];
  let x = 0;
  for (const name of text) {
    if (name !== " ") {
      const strokes = letter(name);
      for (const stroke of strokes) lines.push(stroke.map(([px, py]): Point => [px + x, py]));
      x += Math.max(...strokes.flat().map(([px]) => px)) + BETWEEN;
    } else x += SPACE;
  }
  return { lines, width: Math.max(0, x - BETWEEN) };
}
