/** Where nodes come from that nobody wrote: those of gradients and of vmap, from the code that they follow. */
import * as gf from "graphfn";
import { expect, it } from "vitest";

const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
  let y = x * 2;
  while (y.sum() < 9) {
    if (y.max() > 1) y = y * y;
    else y = y.exp();
  }
  return y.sin().sum();
});
/** Lines of `f` above. */
const [FIRST, LAST] = [6, 11];

const gradient = gf.graphFunction((x: gf.Tensor): gf.Tensor => gf.grad((t: gf.Tensor) => f(t))(x));
const mapped = gf.graphFunction((x: gf.Tensor): gf.Tensor => gf.vmap((t: gf.Tensor) => f(t))(x));

/** Nodes as traced, by whether they have a place in `f`. */
function places(traced: string): { within: number; elsewhere: string[] } {
  let within = 0;
  const elsewhere: string[] = [];
  for (const line of traced.split("\n")) {
    const [, kind] = / = (\w+)/.exec(line) ?? /^\s*(push|pop) /.exec(line) ?? [];
    if (kind === undefined || kind === "const") continue;
    const at = Number(/\/\/ places\.test\.ts:(\d+):\d+$/.exec(line)?.[1] ?? 0);
    if (at >= FIRST && at <= LAST) within++;
    else elsewhere.push(line.trim());
  }
  return { within, elsewhere };
}

it("a gradient names the lines that it follows back", () => {
  const { within, elsewhere } = places(gradient.explain(gf.tensor([0.5, 1])).traced);
  expect(within).toBeGreaterThan(20);
  // The argument of the gradient; casts of numbers in `f` on the way there, and what that puts aside.
  expect(elsewhere.filter((line) => !/ = (cast|identity|pop) |^push /.test(line))).toEqual([]);
});

it("vmap names the lines of what it maps, in branches and loops too", () => {
  const { traced } = mapped.explain(gf.tensor([[0.5, 1], [0.1, 0.2]])); // biome-ignore format: one line
  expect(traced).toMatch(/while \(.*\/\/ places\.test\.ts:7:/);
  const { within, elsewhere } = places(traced);
  expect(within).toBeGreaterThan(10);
  // The way there, before it is mapped, has casts of numbers without one.
  expect(elsewhere.filter((line) => !line.includes(" = cast "))).toEqual([]);
});
