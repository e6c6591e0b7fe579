/** Names of functions that others make: stack traces, profiles and consoles show them. */
export function named<F extends (...args: never[]) => unknown>(name: string, f: F): F {
  return Object.defineProperty(f, "name", { value: name, configurable: true });
}
