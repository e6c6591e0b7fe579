/** Marked async functions: awaits first, then one graph for all calls. */
import * as gf from "graphfn";
import { afterEach, expect, it } from "vitest";

const f64 = (x: number) => gf.scalar(x, "float64");
const load = async (key: string): Promise<gf.Tensor> => {
  await Promise.resolve();
  return f64(key.length);
};
let offset = 1;
afterEach(() => gf.runFunctionsEagerly(false));

/** @graphFunction */
async function grow(x: gf.Tensor, key: string, factor = 2): Promise<gf.Tensor> {
  const limit = await load(key);
  if (key === "") return f64(-1);
  for await (const step of [Promise.resolve(f64(0.5))]) x = x + step;
  const started = Date.now();
  await Promise.resolve(started);
  let y: gf.Tensor = x;
  while (y < limit) {
    y = y * factor + offset;
    if (y > 100) return limit;
  }
  return y;
}

/** @graphFunction */
const plain = async (x: gf.Tensor): Promise<gf.Tensor> => {
  let y: gf.Tensor = x;
  while (y > 1) y = y / 2;
  return y;
};

class Model {
  w = f64(3);
  /** @graphFunction */
  async apply(x: gf.Tensor): Promise<gf.Tensor> {
    const bias = await load("xy");
    if (x > bias) return x * this.w;
    return bias;
  }
}

const item = async (t: Promise<gf.Tensor>): Promise<number> => (await t).item() as number;

it.each([false, true])("await, then compute; eagerly: %s", async (eagerly) => {
  gf.runFunctionsEagerly(eagerly);
  offset = 1;
  expect(await item(grow(f64(1), "12345678"))).toBe(9);
  expect(await item(grow(f64(1), "1234"))).toBe(4);
  expect(await item(grow(f64(1), ""))).toBe(-1);
  expect(await item(grow(f64(1), "12345678", 3))).toBe(17.5);
  offset = 2;
  expect(await item(grow(f64(1), "12345678"))).toBe(12);
  expect(await item(plain(f64(5)))).toBe(0.625);
  expect(await item(new Model().apply(f64(4)))).toBe(12);
  expect(await item(new Model().apply(f64(1)))).toBe(2);
});

it("calls that wait at the same time do not disturb each other", async () => {
  offset = 1;
  const results = await Promise.all([grow(f64(1), "12345678"), grow(f64(2), "1234"), plain(f64(5)), grow(f64(0), "123456")].map(item));
  expect(results).toEqual([9, 6, 0.625, 11]);
});
