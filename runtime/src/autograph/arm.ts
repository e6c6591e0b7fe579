/** One arm of a branch: traced from the state before it, which stays as it was. */
import type { GraphTracer } from "../trace/tracer.ts";
import type { Ending } from "./completion.ts";
import type { Vars } from "./contract.ts";
import type { Arm } from "./merge.ts";
import { framed, returnedSnapshot, snapshots } from "./throwing.ts";

export function traceArm(t: GraphTracer, vars: Vars, body: () => Ending): Arm {
  const before = vars.get();
  const state = t.state.snapshot();
  const { region, result } = t.within(() =>
    t.journal.within(
      () => framed(t, vars, body),
      (ending) => ({ ending, returned: returnedSnapshot(ending), variables: snapshots(vars.get()), assigned: t.state.snapshot() }),
    ),
  );
  vars.set(before);
  t.state.restore(state);
  return { region, writes: result.writes, ...result.result };
}
