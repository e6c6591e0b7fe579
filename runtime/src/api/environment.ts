/** What programs for TensorFlow.js ask of their surroundings: the backend by name, a pause for the event loop. */
import { activeBackend, type BackendName, setBackend as choose } from "../backends/select.ts";

/** Name of the backend that runs: "native", or "reference" where the addon is missing. */
export function getBackend(): BackendName {
  return activeBackend().name;
}

/**
 * Chooses the backend from now on: "native" or "reference" (TypeScript kernels). It takes effect at once; the promise is there for
 * programs that wait, as TensorFlow.js's. Throws E_BACKEND where native cannot be loaded, E_ARGUMENT for another name.
 */
export function setBackend(name: BackendName): Promise<boolean> {
  choose(name);
  return Promise.resolve(true);
}

/** Resolves at once: backends need no time to start. */
export function ready(): Promise<void> {
  activeBackend();
  return Promise.resolve();
}

/** Resolves in the next turn of the event loop, so that a long loop lets timers and servers run: `await gf.nextFrame()`. */
export function nextFrame(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
