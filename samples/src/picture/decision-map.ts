/** What a classifier of points in the plane says everywhere: probabilities as colours, the border as a white line, the points on top. */
import * as gf from "graphfn";
import { blend, Canvas, type Colour } from "./canvas.ts";

interface Points {
  readonly points: gf.Tensor;
  readonly labels: gf.Tensor;
}

export interface DecisionMap {
  readonly title: string;
  /** The map shows [-reach, reach] in both directions. */
  readonly reach: number;
  /** Points [n, 2] → probability of class 1, [n, 1]. */
  readonly probability: (points: gf.Tensor) => gf.Tensor;
  readonly seen: Points;
  readonly between: Points;
}

const SIZE = 560;
const MARGIN = 24;
const TOP = 56;
const BOTTOM = 52;

const PAPER: Colour = [251, 250, 247];
const INK: Colour = [35, 40, 59];
const WHITE: Colour = [255, 255, 255];
/** Ground and points of both classes. */
const AREAS: readonly [Colour, Colour] = [
  [58, 110, 165],
  [232, 145, 60],
];
const DOTS: readonly [Colour, Colour] = [
  [20, 52, 92],
  [150, 68, 10],
];

function grid(reach: number): gf.Tensor {
  const along = gf.linspace(-reach, reach, SIZE);
  const x = along.reshape([1, SIZE]).tile([SIZE, 1]);
  const y = along.reverse().reshape([SIZE, 1]).tile([1, SIZE]);
  return gf.stack([x.flatten(), y.flatten()], 1);
}

export function decisionMap({ title, reach, probability, seen, between }: DecisionMap): Uint8Array {
  const canvas = new Canvas(SIZE + 2 * MARGIN, TOP + SIZE + BOTTOM, PAPER);
  const p = gf.tidy(() => probability(grid(reach)).dataSync());
  const at = (row: number, column: number): number => p[Math.min(row, SIZE - 1) * SIZE + Math.min(column, SIZE - 1)]!;
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      const here = at(row, column);
      // Pale where the model is in doubt.
      const sure = Math.abs(2 * here - 1);
      const ground = blend(WHITE, AREAS[here > 0.5 ? 1 : 0], 0.25 + 0.5 * sure);
      const slope = Math.hypot(at(row + 1, column) - here, at(row, column + 1) - here);
      const toBorder = Math.abs(here - 0.5) / Math.max(slope, 1e-6);
      canvas.pixel(MARGIN + column, TOP + row, blend(ground, WHITE, Math.min(1, Math.max(0, 1.8 - toBorder))));
    }
  }
  const place = (x: number, y: number): [number, number] => [
    MARGIN + ((x + reach) / (2 * reach)) * (SIZE - 1) + 0.5,
    TOP + ((reach - y) / (2 * reach)) * (SIZE - 1) + 0.5,
  ];
  for (const [{ points, labels }, filled] of [
    [between, false],
    [seen, true],
  ] as const) {
    const xy = points.dataSync();
    for (const [i, label] of labels.dataSync().entries()) mark(canvas, ...place(xy[2 * i]!, xy[2 * i + 1]!), label === 1 ? 1 : 0, filled);
  }
  canvas.text(title, MARGIN, TOP - 22, { size: 15, colour: INK, bold: true });
  legend(canvas, TOP + SIZE + 32);
  return canvas.png();
}

/** A training point is a disc, a held-out one a small ring. */
function mark(canvas: Canvas, x: number, y: number, label: 0 | 1, filled: boolean): void {
  canvas.disc(x, y, filled ? 4.2 : 3, WHITE);
  canvas.disc(x, y, filled ? 3.2 : 2.2, DOTS[label]);
  if (!filled) canvas.disc(x, y, 1.1, WHITE);
}

function legend(canvas: Canvas, y: number): void {
  const style = { size: 10, colour: INK };
  const entry = (x: number, filled: boolean, text: string): void => {
    mark(canvas, x + 4, y - 5, 0, filled);
    mark(canvas, x + 16, y - 5, 1, filled);
    canvas.text(text, x + 28, y, style);
  };
  entry(MARGIN, true, "seen in training");
  entry(MARGIN + 190, false, "held out, between them");
  canvas.lines(
    [
      [
        [MARGIN + 432, y - 5],
        [MARGIN + 456, y - 5],
      ],
    ],
    7,
    blend(WHITE, AREAS[0], 0.6),
  );
  canvas.lines(
    [
      [
        [MARGIN + 432, y - 5],
        [MARGIN + 456, y - 5],
      ],
    ],
    2.5,
    WHITE,
  );
  canvas.text("border", MARGIN + 468, y, style);
}
