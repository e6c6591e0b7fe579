/**
 * Random programs mean the same as plain JavaScript on numbers, with eager dispatch, and staged. `node test/perf/programs.mjs`
 * tries as many as wanted, faster.
 */
import { afterAll, expect, it } from "vitest";
import { attempt, dispose, shrink } from "./attempt.ts";
import { printModule } from "./program.ts";
import { generate } from "./statements.ts";

afterAll(dispose);

it("mean the same in every mode", { timeout: 120_000 }, () => {
  const programs = Array.from({ length: 18 }, (_, i) => generate(i + 3));
  const { refused, failures } = attempt(programs);
  const failing = programs.find(({ name }) => failures.has(name));
  if (failing !== undefined) {
    const { program, failure } = shrink(failing, failures.get(failing.name) as string, 60);
    expect.fail(`${printModule([program])}\n\n${failure}`);
  }
  expect([...refused]).toHaveLength(0);
});
