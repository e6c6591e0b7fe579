/**
 * `switch`: tests in order, each run only if the ones before it failed; then the clauses from the one that was found.
 *
 *   no clause runs into the next   a chain of branches
 *   otherwise                      the number of the first clause to run, then clause after clause, each behind `entry <= i`
 *
 * Clauses without statements belong to the next one that has some. `break` of the switch is a normal end.
 */
import { absorb, afterwards, branch, or, select } from "./branch.ts";
import { endingOf, endsOf, tagOf } from "./completion.ts";
import type { Clause, Ends, Vars } from "./contract.ts";
import { eq, le } from "./operate.ts";

/** Clauses that share statements. `tests` are null where `default` is among them. */
interface Group {
  readonly tests: readonly (() => unknown)[];
  readonly isDefault: boolean;
  readonly body: () => Ends;
}

export function switchOf(at: string, vars: Vars, value: unknown, clauses: readonly Clause[], falls = false): Ends {
  const groups = groupsOf(clauses);
  const ends = falls ? blocks(at, vars, value, groups) : chain(at, vars, value, groups);
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
  const otherwise = groups.find((group) => group.isDefault)?.body ?? (() => undefined);
  const tested = groups.filter((group) => group.tests.length > 0 && !(group.isDefault && group === groups[groups.length - 1]));
  const from = (i: number): Ends => {
    const group = tested[i];
    return group === undefined ? otherwise() : branch(at, vars, matches(at, vars, value, group.tests), group.body, () => from(i + 1));
  };
  return from(0);
}

function blocks(at: string, vars: Vars, value: unknown, groups: readonly Group[]): Ends {
  const byDefault = groups.findIndex((group) => group.isDefault);
  const find = (i: number): unknown => {
    if (i === groups.length) return byDefault < 0 ? groups.length : byDefault;
    const { tests } = groups[i] as Group;
    if (tests.length === 0) return find(i + 1);
    return select(
      at,
      matches(at, vars, value, tests),
      () => i,
      () => find(i + 1),
      vars,
    );
  };
  const entry = find(0);
  // With a default, whatever clause is entered, the last one runs.
  const runs = (i: number): unknown => (byDefault >= 0 && i === groups.length - 1 ? true : le(entry, i));
  return groups.reduce<Ends>((ends, group, i) => afterwards(at, vars, ends, () => branch(at, vars, runs(i), group.body)), undefined);
}
