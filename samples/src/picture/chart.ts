/** A line chart as SVG text: positive values, numbered from 1, on a logarithmic axis; one line, or two with their names. */

export interface Chart {
  readonly title: string;
  readonly across: string;
  readonly up: string;
  readonly values: readonly number[];
  /** What the values are called, where others stand beside them. */
  readonly label?: string;
  readonly beside?: { readonly label: string; readonly values: readonly number[] };
}

const WIDTH = 720;
const HEIGHT = 400;
const [FIRST, SECOND] = ["#d1495b", "#2f6690"] as const;
const BOX = { left: 78, top: 56, right: WIDTH - 24, bottom: HEIGHT - 56 };

/** Powers of ten around the values; the curve of a loss is read in factors. */
function decades(values: readonly number[]): number[] {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** About six round numbers from 1 to `count`. */
function marks(count: number): number[] {
  const rough = count / 6;
  const size = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = [1, 2, 5, 10].map((n) => n * size).find((n) => n >= rough) as number;
  return Array.from({ length: Math.floor(count / step) }, (_, i) => (i + 1) * step);
}

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

export function lineChart({ title, across, up, values, label = "", beside }: Chart): string {
  const powers = decades([...values, ...(beside?.values ?? [])]);
  const [low, high] = [powers[0]!, powers[powers.length - 1]!];
  const x = (i: number): string => (BOX.left + ((BOX.right - BOX.left) * (i - 1)) / Math.max(1, values.length - 1)).toFixed(1);
  const y = (log: number): string => (BOX.bottom - ((BOX.bottom - BOX.top) * (log - low)) / (high - low)).toFixed(1);
  const middle = (BOX.top + BOX.bottom) / 2;
  const curve = (of: readonly number[], colour: string): string => {
    const points = of.map((value, i) => `${x(i + 1)},${y(Math.log10(value))}`);
    const last = points[points.length - 1]!.split(",");
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2.5" stroke-linejoin="round"/>
<circle cx="${last[0]}" cy="${last[1]}" r="4" fill="${colour}"/>`;
  };
  const name = (text: string, colour: string, below: number): string =>
    `<text x="${BOX.right}" y="${below}" text-anchor="end" font-weight="600" fill="${colour}">${escaped(text)}</text>\n`;
  const names = beside === undefined ? "" : name(label, FIRST, 24) + name(beside.label, SECOND, 42);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, Helvetica, Arial, sans-serif" font-size="13" fill="#4a5164">
<rect width="100%" height="100%" fill="#fbfaf7"/>
<text x="${BOX.left}" y="32" font-size="17" font-weight="600" fill="#23283b">${escaped(title)}</text>
${powers
  .map(
    (power) => `<line x1="${BOX.left}" x2="${BOX.right}" y1="${y(power)}" y2="${y(power)}" stroke="#dedbd2"/>
<text x="${BOX.left - 10}" y="${(Number(y(power)) + 4).toFixed(1)}" text-anchor="end">${10 ** power >= 1e-3 ? Number((10 ** power).toPrecision(1)) : `1e${power}`}</text>`,
  )
  .join("\n")}
${marks(values.length)
  .map((i) => `<text x="${x(i)}" y="${BOX.bottom + 22}" text-anchor="middle">${i}</text>`)
  .join("\n")}
<text x="${(BOX.left + BOX.right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(across)}</text>
<text transform="translate(20 ${middle}) rotate(-90)" text-anchor="middle">${escaped(up)}</text>
${names}${beside === undefined ? "" : `${curve(beside.values, SECOND)}\n`}${curve(values, FIRST)}
</svg>
`;
}
