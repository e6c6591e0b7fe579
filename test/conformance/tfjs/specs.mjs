/** Runs bundled test files in this process: one line of JSON per case. Started by run.mjs. */
import { pathToFileURL } from "node:url";
import { GraphFnError } from "graphfn";
import jasmineCore from "jasmine-core";

jasmineCore.installGlobals();
const env = jasmineCore.jasmine.getEnv();
/** --count: names what there is and runs nothing. */
const paths = process.argv.slice(2).filter((arg) => arg !== "--count");
const isCounted = process.argv.includes("--count");
env.configure({ random: false, forbidDuplicateNames: false, ...(isCounted ? { specFilter: () => false } : {}) });

/** An expected error counts if it is one of ours, whatever its words: neither a bug nor a name that is not there. Two cases throw
 * errors of their own, which must come through. */
const isOurs = (error) => error instanceof GraphFnError || /^failed (forward|backward) pass$/.test(error?.message);
const throwing = () => ({
  compare(run) {
    try {
      run();
    } catch (error) {
      return { pass: isOurs(error), message: `It threw ${error?.name}: ${error?.message}` };
    }
    return { pass: false, message: "It did not throw." };
  },
});

const rejecting = () => ({
  async compare(promise) {
    try {
      await promise;
    } catch (error) {
      return { pass: isOurs(error), message: `It was rejected with ${error?.name}: ${error?.message}` };
    }
    return { pass: false, message: "It was not rejected." };
  },
});

let file = "";
env.beforeEach(() => {
  env.addMatchers({ toThrowError: throwing, toThrow: throwing });
  env.addAsyncMatchers({ toBeRejected: rejecting, toBeRejectedWithError: rejecting });
});
env.addReporter({
  specDone({ fullName, status, failedExpectations }) {
    const [first] = failedExpectations;
    process.stdout.write(`${JSON.stringify({ file, name: fullName, status, message: first?.message?.slice(0, 300) })}\n`);
  },
});
for (const path of paths) {
  file = path;
  await import(pathToFileURL(path).href);
}
await env.execute();
process.exit(0);
