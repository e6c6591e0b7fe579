/** Names in a static graph: unique, inside of the scopes that are open. `add`, `add_1`, `layer/add`, `layer_1/add`. */
import { ArgumentError } from "../core/errors.ts";

const LEGAL = /^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$/;

export class Names {
  readonly #used = new Map<string, number>();
  #scope = "";

  /** Prefix of new names: empty, or ends with a slash. */
  get scope(): string {
    return this.#scope;
  }

  /** A name that nothing has yet, in the open scope. */
  unique(base: string): string {
    return this.#unique(this.#scope + base);
  }

  /** A name that nothing has yet, in no scope but its own. */
  complete(full: string): string {
    return this.#unique(full);
  }

  #unique(full: string): string {
    const count = this.#used.get(full);
    this.#used.set(full, (count ?? 0) + 1);
    return count === undefined ? full : this.#unique(`${full}_${count}`);
  }

  /** Runs `body` in a scope of this name inside the open one; `exact`: in one that may have been open before. */
  within<T>(name: string, body: () => T, exact = false): T {
    const before = this.#scope;
    const full = before + checkName(name, "A scope");
    this.#scope = `${exact ? full : this.#unique(full)}/`;
    try {
      return body();
    } finally {
      this.#scope = before;
    }
  }
}

/** E_ARGUMENT for what cannot be a name. */
export function checkName(name: unknown, what: string): string {
  if (typeof name === "string" && LEGAL.test(name)) return name;
  throw new ArgumentError(`${what} cannot have the name ${typeof name === "string" ? JSON.stringify(name) : String(name)}.`, {
    hint: "Names are letters, digits, and . _ - / behind the first character.",
  });
}
