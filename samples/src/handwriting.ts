/**
 * Digits as if written by many hands: the pen's path bends a little differently each time, the digit leans, turns, shrinks and
 * stands off the middle, the pen is thin or thick, and the paper has grain. A seed gives the same drawings every time.
 */
import * as gf from "graphfn";
import { ink } from "./picture/ink.ts";
import { CAPITAL, letter, type Point } from "./picture/letters.ts";

/** Pixels along each side of a drawing. */
export const SIZE = 20;

/** Random numbers of one drawing: eight for its posture, the rest for the points that the pen follows. */
const POSTURE = 8;
const RANDOM = POSTURE + 40;

/** Moves a point of the letters' grid to where this hand puts it, in pixels. `random` holds numbers between -1 and 1. */
function hand(random: Float32Array): (point: Point) => Point {
  const [turn, slant, width, height, right, down] = random as unknown as number[];
  const [sin, cos] = [Math.sin(0.22 * turn!), Math.cos(0.22 * turn!)];
  const scale: Point = [1.02 + 0.18 * width!, 1.05 + 0.15 * height!];
  const shaken = new Map<string, Point>();
  return ([gridX, gridY]) => {
    // A corner is one point written twice: it moves once.
    const key = `${gridX},${gridY}`;
    let point = shaken.get(key);
    if (point === undefined) {
      const at = POSTURE + 2 * shaken.size;
      const x = (gridX - 3.5 + 0.75 * random[at]!) * scale[0];
      const y = (gridY - CAPITAL / 2 + 0.75 * random[at + 1]!) * scale[1];
      const leaning = x - 0.25 * slant! * y;
      point = [SIZE / 2 + 2 * right! + cos * leaning - sin * y, SIZE / 2 + 2 * down! + sin * leaning + cos * y];
      shaken.set(key, point);
    }
    return point;
  };
}

/** Drawings [count, 20, 20, 1], float32 from 0 (paper) to 1 (ink), and what they show, int32 [count]. */
export function writeDigits(count: number, seed: number): { images: gf.Tensor; labels: gf.Tensor } {
  return gf.tidy(() => {
    const labels = gf.randomUniformInt([count], 0, 10, seed);
    const digits = labels.dataSync();
    const random = gf.randomUniform([count, RANDOM], -1, 1, "float32", seed + 1).dataSync() as Float32Array;
    const pixels = new Float32Array(count * SIZE * SIZE);
    for (let i = 0; i < count; i++) {
      const own = random.subarray(i * RANDOM, (i + 1) * RANDOM);
      const image = pixels.subarray(i * SIZE * SIZE, (i + 1) * SIZE * SIZE);
      const [thickness, strength] = [1.8 + 0.7 * own[6]!, 0.85 + 0.15 * own[7]!];
      ink(letter(String(digits[i]), hand(own), 3), thickness, SIZE, SIZE, (x, y, amount) => {
        image[y * SIZE + x] = strength * amount;
      });
    }
    const grain = gf.randomNormal([count, SIZE, SIZE, 1], 0, 0.08, "float32", seed + 2);
    return { images: gf.tensor(pixels, [count, SIZE, SIZE, 1]).add(grain).clipByValue(0, 1), labels };
  });
}
