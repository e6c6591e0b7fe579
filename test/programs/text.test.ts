import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { prose, sideBySide, table, time, wrap } from "../../samples/text.mjs";

const lines = (text: string) => stripVTControlCharacters(text).split("\n");
const long = '  $.while("8:3", $.vars(() => ({ n, steps }), ($v) => { ({ n, steps } = $v); }), () => $.gt(n, 1), () => {';

describe("text for the terminal", () => {
  it("wraps code below its own beginning and loses nothing", () => {
    const wrapped = wrap(long, 40);
    expect(wrapped.every((line: string) => line.length <= 40)).toBe(true);
    expect(wrapped.slice(1).every((line: string) => line.startsWith("      "))).toBe(true);
    expect(wrapped.join(" ").replace(/\s+/g, " ")).toBe(long.replace(/\s+/g, " "));
    expect(wrap("short", 40)).toEqual(["short"]);
    expect(wrap("x".repeat(25), 10).join("").replaceAll(" ", "")).toBe("x".repeat(25));
  });

  it("puts texts next to each other where there is room, below each other where there is none", () => {
    const parts: [string, string][] = [
      ["source", "a\nb"],
      ["emitted", long],
    ];
    const wide = lines(sideBySide(parts, 140));
    expect(wide[0]).toMatch(/^── source ─+┬─── emitted ─+$/u);
    expect(wide[0]?.length).toBe(140);
    expect(wide[1]).toContain("$.while");
    expect(wide.every((line) => line.length <= 140)).toBe(true);
    const narrow = lines(sideBySide(parts, 70));
    expect(narrow.some((line) => line.includes("│"))).toBe(false);
    expect(narrow.every((line) => line.length <= 70)).toBe(true);
  });

  it("aligns tables; a note does not widen them", () => {
    const text = table([
      ["sample", "results", "plain"],
      ["gcd", "equal", "65 ns"],
      ["a note that is longer than all the columns together"],
    ]);
    expect(lines(text)).toEqual([
      "  sample  results  plain",
      "  gcd     equal    65 ns",
      "  a note that is longer than all the columns together",
    ]);
  });

  it("breaks prose at words", () => {
    expect(lines(prose("one two three", 9))).toEqual(["  one two", "  three"]);
  });

  it("shows times", () => {
    expect([12.3, 999, 1500, 15_000, 2e6, 3.4e9].map(time)).toEqual(["12 ns", "999 ns", "1.5 µs", "15 µs", "2.0 ms", "3.4 s"]);
  });
});
