/** Lines drawn by a round pen: how much ink each pixel gets, 0 to 1, with soft edges. */
import type { Line } from "./letters.ts";

/** Lines as the numbers that distances need: per piece its beginning, its direction, and one over its squared length (0 for a dot). */
function piecesOf(lines: readonly Line[]): Float64Array {
  const numbers: number[] = [];
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) {
      const [ax, ay] = line[i - 1]!;
      const [bx, by] = line[i]!;
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      numbers.push(ax, ay, bx - ax, by - ay, length === 0 ? 0 : 1 / length);
    }
  }
  return Float64Array.from(numbers);
}

/** Distance from (x, y) to the nearest piece. */
function distance(pieces: Float64Array, x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let p = 0; p < pieces.length; p += 5) {
    const [px, py] = [x - pieces[p]!, y - pieces[p + 1]!];
    const [dx, dy] = [pieces[p + 2]!, pieces[p + 3]!];
    const t = Math.min(1, Math.max(0, (px * dx + py * dy) * pieces[p + 4]!));
    const [ox, oy] = [px - t * dx, py - t * dy];
    nearest = Math.min(nearest, ox * ox + oy * oy);
  }
  return Math.sqrt(nearest);
}

/** Calls `put(x, y, ink)` for the pixels, of a picture of width × height, that a pen of `thickness` pixels touches. */
export function ink(
  lines: readonly Line[],
  thickness: number,
  width: number,
  height: number,
  put: (x: number, y: number, ink: number) => void,
): void {
  const points = lines.flat();
  if (points.length === 0) return;
  const pieces = piecesOf(lines);
  const reach = thickness / 2 + 1;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const right = Math.min(width - 1, Math.ceil(Math.max(...xs) + reach));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(...ys) + reach));
  for (let y = Math.max(0, Math.floor(Math.min(...ys) - reach)); y <= bottom; y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs) - reach)); x <= right; x++) {
      const amount = Math.min(1, thickness / 2 + 0.5 - distance(pieces, x + 0.5, y + 0.5));
      if (amount > 0) put(x, y, amount);
    }
  }
}
