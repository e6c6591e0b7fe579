/** Every row of the constructs 37 to 72 and of the traps has samples, and they exist. */
import { expect, it } from "vitest";
import { faultOf } from "./row.ts";
import { ROWS_37_72 } from "./rows-37-72.ts";
import { TRAPS } from "./traps.ts";

const rows = [...ROWS_37_72, ...TRAPS];

it("has every row", () => {
  expect(ROWS_37_72.map(({ row }) => row)).toEqual(Array.from({ length: 36 }, (_, i) => `A${i + 37}`));
  expect(new Set(TRAPS.map(({ row }) => row)).size).toBe(TRAPS.length);
});

it("has samples for every row", () => {
  const faults = rows.flatMap(({ row, samples }) =>
    samples.flatMap((sample) => faultOf(sample) && [`${row}: ${sample}: ${faultOf(sample)}`]),
  );
  expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  expect(rows.filter(({ samples }) => samples.length === 0)).toEqual([]);
});
