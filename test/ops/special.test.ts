/** erfc, lgamma, digamma and polygamma at the hard places: values of mpmath with 40 digits; few elements (JavaScript) and many (native). */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";

type Row = readonly [x: number, value: number];

const ERFC: readonly Row[] = [
  [-3, 1.9999779095030015],
  [-0.5, 1.5204998778130465],
  [0.25, 0.7236736098317631],
  [0.5, 0.4795001221869535],
  [0.75, 0.28884436634648486],
  [1, 0.15729920705028513],
  [2.5, 0.0004069520174449589],
  [6, 2.1519736712498913e-17],
  [10, 2.088487583762545e-45],
  [20, 5.395865611607901e-176],
  [26, 5.663192408856143e-296],
];
const LGAMMA: readonly Row[] = [
  [1e-300, 690.7755278982137],
  [0.5, 0.5723649429247001],
  [1, 0.0],
  [1.0000001, -5.772155829918507e-8],
  [1.5, -0.12078223763524522],
  [2, 0.0],
  [3.25, 0.9358019311087253],
  [11.5, 16.292000476567242],
  [100, 359.1342053695754],
  [10000000000.0, 220258509288.81058],
  [1e300, 6.897755278982137e302],
  [-0.5, 1.2655121234846454],
  [-1.5, 0.860047015376481],
  [-10.5, -15.147270590717842],
  [-100.25, -363.4009232278215],
];
const DIGAMMA: readonly Row[] = [
  [1e-8, -100000000.57721564],
  [0.5, -1.9635100260214235],
  [1, -0.5772156649015329],
  [2, 0.42278433509846713],
  [9.75, 2.225109535044576],
  [10000000000.0, 23.025850929890456],
  [-0.5, 0.03648997397857652],
  [-2.5, 1.103156640645243],
  [-10.25, 5.516858419886273],
];
const POLYGAMMA: readonly (readonly [order: number, x: number, value: number])[] = [
  [1, 0.5, 4.934802200544679],
  [1, -1.5, 9.379246644989124],
  [1, 30, 0.033895060357739946],
  [2, 0.25, -129.32773993753693],
  [2, -3.5, -0.061556821321027695],
  [3, 7.5, 0.005772436656578694],
  [10, 1.5, -42108.85876897549],
];

/** What limits are. */
const ENDS: Readonly<Record<string, readonly Row[]>> = {
  erfc: [
    [Infinity, 0],
    [-Infinity, 2],
    [NaN, NaN],
    [30, 0],
  ],
  lgamma: [
    [0, Infinity],
    [-0, Infinity],
    [-3, Infinity],
    [Infinity, Infinity],
    [-Infinity, Infinity],
    [1e308, Infinity],
    [NaN, NaN],
  ],
  digamma: [
    [0, -Infinity],
    [-0, Infinity],
    [-3, NaN],
    [Infinity, Infinity],
    [-Infinity, NaN],
    [NaN, NaN],
  ],
};

/** Once alone, once among copies, so that both backends compute it. */
function values(f: (x: gf.Tensor) => gf.Tensor, x: number, dtype: "float32" | "float64"): number[] {
  return [1, 100].map((n) => gf.tidy(() => f(gf.fill([n], x, dtype)).dataSync()[n - 1] as number));
}

function close(got: number, want: number, ulps: number, dtype: "float32" | "float64", scale = 0): void {
  // Where terms cancel (below 0, at the zero of digamma) they set the error, not the result.
  const unit = dtype === "float32" ? 2 ** -23 : 2 ** -52;
  expect(Math.abs(got - want), `${got}, not ${want}`).toBeLessThanOrEqual(ulps * unit * Math.max(Math.abs(want), scale));
}

describe.each([
  ["erfc", gf.erfc, ERFC],
  ["lgamma", gf.lgamma, LGAMMA],
  ["digamma", gf.digamma, DIGAMMA],
] as const)("%s", (name, f, rows) => {
  it.each(rows)("of %f in float64", (x, want) => {
    for (const got of values(f, x, "float64")) close(got, want, 4, "float64", x < 0 ? 1 : 0);
  });
  it.each(rows.filter(([x]) => Math.fround(x) === x))("of %f in float32", (x, want) => {
    for (const got of values(f, x, "float32")) close(got, Math.fround(want), 1, "float32");
  });
  it.each(ENDS[name] as Row[])("of %f", (x, want) => {
    for (const got of values(f, x, "float64")) expect(got).toBe(want);
  });
});

describe("polygamma", () => {
  it.each(POLYGAMMA)("of order %i at %f", (order, x, want) => {
    for (const got of values((t) => gf.polygamma(order, t), x, "float64")) close(got, want, 12, "float64");
  });
  it("has poles, limits and orders that are refused", () => {
    const x = gf.tensor([0, -0, -2, Infinity, -Infinity, NaN], [6], "float64");
    expect([...gf.polygamma(1, x).dataSync()]).toEqual([Infinity, Infinity, Infinity, 0, NaN, NaN]);
    expect([...gf.polygamma(2, x).dataSync()]).toEqual([-Infinity, Infinity, NaN, -0, NaN, NaN]);
    expect(gf.polygamma(0, [1.5]).dataSync()).toEqual(gf.digamma([1.5]).dataSync());
    for (const order of [-1, 0.5, 101, NaN]) expect(() => gf.polygamma(order, x)).toThrow(gf.ArgumentError);
  });
});
