/** A name for the emitted namespace that the file does not use: `$`, or `$gf`, `$gf2`, … Derived names start with it. */
export function freeNamespace(text: string): string {
  for (let i = 0; ; i++) {
    const name = i === 0 ? "$" : i === 1 ? "$gf" : `$gf${i}`;
    if (!isUsed(text, name)) return name;
  }
}

/** As an identifier of its own, or as the start of one that we would derive (`$v`, `$x`, `$meta_…`, `$n` for a variable `n`). */
function isUsed(text: string, name: string): boolean {
  const escaped = name.replace(/\$/g, "\\$");
  return new RegExp(`(?<![\\w$])${escaped}(?!\\{)`).test(text);
}

/** Names of meta functions: `$meta_step`, and `$meta_step_2` for the second `step`. */
export class MetaNames {
  private readonly namespace: string;
  private readonly used = new Map<string, number>();

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  next(name: string): string {
    const base = name.replace(/[^\w$]+/g, "_");
    const count = (this.used.get(base) ?? 0) + 1;
    this.used.set(base, count);
    return `${this.namespace}meta_${base}${count === 1 ? "" : `_${count}`}`;
  }
}
