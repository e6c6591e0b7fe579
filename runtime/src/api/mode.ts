/** What mode ops run in. */
import { isTracing } from "../dispatch/dispatch.ts";

/** False while a graph function is being traced: ops then add nodes instead of computing. */
export function executingEagerly(): boolean {
  return !isTracing();
}
