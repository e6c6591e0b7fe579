/** How near numbers must be to those from elsewhere. */
import { expect } from "vitest";

/** Equal to `relative`, or to that part of the largest of the numbers. */
export function expectNear(actual: readonly number[], expected: readonly number[], relative: number): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...actual.map((x, i) => Math.abs(x - expected[i]!)));
  expect(worst, `${actual.join(", ")} and ${expected.join(", ")}`).toBeLessThanOrEqual(relative * scale);
}

/** Not further from the truth than chance explains. */
export function expectWithin(actual: readonly number[], truth: readonly number[], errors: readonly number[], times: number): void {
  for (const [i, x] of actual.entries()) expect(Math.abs(x - truth[i]!), `value ${i}`).toBeLessThan(times * errors[i]!);
}
