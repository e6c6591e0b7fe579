/** Every op record is complete: `npm run ops` prints what each has. */
import { expect, it } from "vitest";
import { gaps, hasAddon, matrix } from "./matrix.ts";

const rows = matrix();

it.skipIf(!hasAddon())("no record lacks a sample, a kernel, an error sample, a gradient or its documentation", () => {
  expect(gaps(rows)).toEqual([]);
});

it("a reason is given only where there is no kernel", () => {
  const idle = rows.filter(({ reason, dtypes }) => reason !== undefined && Object.values(dtypes).includes("native"));
  expect(idle.map(({ op }) => op.name)).toEqual([]);
});
