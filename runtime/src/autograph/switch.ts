/**
 * `switch`: a chain of branches. Tests in order, each run only if the ones before it failed; then the clauses from the one that was
 * found. A clause that another runs into is traced once for each way in, so what it may read is known as exactly as in a branch.
 *
 * Clauses without statements belong to the next one that has some. `break` of the switch is a normal end.
 */
import { absorb, afterwards, branch, or } from "./branch.ts";
import { endingOf, endsOf, tagOf } from "./completion.ts";
import type { Clause, Ends, Vars } from "./contract.ts";
import { eq } from "./operate.ts";

/** Clauses that share statements. `tests` are null where `default` is among them. */
interface Group {
  readonly tests: readonly (() => unknown)[];
  readonly isDefault: boolean;
  readonly body: () => Ends;
}

export function switchOf(at: string, vars: Vars, value: unknown, clauses: readonly Clause[]): Ends {
  const ends = chain(at, vars, value, groupsOf(clauses));
  return endsOf(absorb(endingOf(ends), tagOf({ kind: "break" })));
}

function groupsOf(clauses: readonly Clause[]): Group[] {
  const groups: Group[] = [];
  let pending: Clause[] = [];
  clauses.forEach((clause, i) => {
    pending.push(clause);
    const body = clause[1] ?? (i === clauses.length - 1 ? () => undefined : undefined);
    if (body === undefined) return;
    const tests = pending.flatMap(([test]) => (test === null ? [] : [test]));
    groups.push({ tests, isDefault: pending.some(([test]) => test === null), body });
    pending = [];
  });
  return groups;
}

/** Whether one of a group's tests equals the value. */
function matches(at: string, vars: Vars, value: unknown, tests: readonly (() => unknown)[]): unknown {
  return tests.slice(1).reduce((found, test) => or(at, found, () => eq(value, test()), vars), eq(value, tests[0]?.()));
}

function chain(at: string, vars: Vars, value: unknown, groups: readonly Group[]): Ends {
  const last = groups.length - 1;
  const runFrom = (i: number): Ends => {
    const ends = groups[i]?.body();
    return i < last ? afterwards(at, vars, ends, () => runFrom(i + 1)) : ends;
  };
  const byDefault = groups.findIndex((group) => group.isDefault);
  const tested = groups.flatMap(({ tests, isDefault }, i) => (tests.length > 0 && !(isDefault && i === last) ? [i] : []));
  const testFrom = (k: number): Ends => {
    const i = tested[k];
    if (i === undefined) return byDefault < 0 ? undefined : runFrom(byDefault);
    return branch(
      at,
      vars,
      matches(at, vars, value, (groups[i] as Group).tests),
      () => runFrom(i),
      () => testFrom(k + 1),
    );
  };
  return testFrom(0);
}
