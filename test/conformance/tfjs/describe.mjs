/** What TensorFlow.js's tests are declared with: here there is one environment, in which tensors can be read at once. */
import { startCase } from "./tensorflow.mjs";

export const ALL_ENVS = {};
export const SYNC_BACKEND_ENVS = {};
export const NODE_ENVS = {};
export const HAS_NODE_WORKER = {};
/** Not here: cases declared for them alone are left out. */
export const CHROME_ENVS = { absent: "a browser" };
export const BROWSER_ENVS = { absent: "a browser" };
export const HAS_WORKER = { absent: "a browser's workers" };

const environment = { name: "graphfn", backendName: "graphfn", isDataSync: true, flags: {} };

export function describeWithFlags(name, constraints, tests) {
  const { absent, flags } = constraints ?? {};
  if (absent === undefined && flags === undefined) {
    describe(name, () => {
      beforeEach(startCase);
      tests(environment);
    });
  }
}

/** Names that files import which are counted and not run. */
export class TestKernelBackend {}
export const envSatisfiesConstraints = undefined;
export const parseTestEnvFromKarmaFlags = undefined;
