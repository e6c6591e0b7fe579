/** A variable that a called function reads, in whatever file, is never stale in a trace of its caller. */
import * as gf from "graphfn";
import { beforeEach, expect, it } from "vitest";
import { viaArrow, viaHelper, viaMarked, viaWrapper } from "./captured/model.ts";
import { setRate, settings } from "./captured/rates.ts";

const of = (f: (x: gf.Tensor) => gf.Tensor): unknown => f(gf.scalar(10)).item();

beforeEach(() => {
  setRate(2);
  settings.offset = 1;
});

it("of a marked function", () => {
  expect(of(viaMarked)).toBe(21);
  setRate(7);
  expect(of(viaMarked)).toBe(71);
});

it("of a wrapped function", () => {
  expect(of(viaWrapper)).toBe(110);
  settings.offset = 5;
  expect(of(viaWrapper)).toBe(150);
});

it("of a function that is reached", () => {
  expect(of(viaHelper)).toBe(21);
  setRate(3);
  settings.offset = 4;
  expect(of(viaHelper)).toBe(34);
});

it("of an arrow called in a loop of the graph", () => {
  expect(of(viaArrow)).toBe(2);
  setRate(7);
  expect(of(viaArrow)).toBe(3);
});

it("makes no further trace while nothing changes", () => {
  const { traces } = viaMarked as unknown as { traces: number };
  of(viaMarked);
  of(viaMarked);
  expect((viaMarked as unknown as { traces: number }).traces).toBeLessThanOrEqual(traces + 1);
});
