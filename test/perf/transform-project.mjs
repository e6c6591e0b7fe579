/**
 * A project to time the transformer with, written to a folder as a user has one: 200 modules, of which 20 have marked
 * functions and reach all others by imports, about 13,700 lines; one more of 435 lines; graphfn's packages as npm installs them.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PLAIN = 180;
const MARKED = 20;
const PER_MARKED = PLAIN / MARKED;

/** Writes the project and says where its files are. */
export function writeProject(folder, root) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "src"), { recursive: true });
  install(folder, root);
  const write = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  write("package.json", '{ "private": true, "type": "module" }\n');
  const options = { target: "es2023", module: "nodenext", strict: true, noEmit: true, skipLibCheck: true, types: ["node"] };
  const imports = { allowImportingTsExtensions: true, rewriteRelativeImportExtensions: true };
  write("tsconfig.json", JSON.stringify({ compilerOptions: { ...options, ...imports }, include: ["src"] }));

  const plain = Array.from({ length: PLAIN }, (_, i) => write(`src/plain${i}.ts`, plainModule(i)));
  const marked = Array.from({ length: MARKED }, (_, i) => write(`src/marked${i}.ts`, markedModule(i)));
  const large = write("src/large.ts", largeModule(435));
  const calls = marked.map((_, i) => `console.log(\`\${step${i}_0(gf.tensor([1, 2, 3]), 3)}\`);`);
  const app = write(
    "src/app.ts",
    [`import * as gf from "graphfn";`, ...marked.map((_, i) => `import { step${i}_0 } from "./marked${i}.ts";`), ...calls, ""].join("\n"),
  );
  const small = write(
    "src/small.ts",
    `import * as gf from "graphfn";\n\n${stepFunction("small", 0)}\n\nconsole.log(\`\${small(gf.tensor([1, 2]), 2)}\`);\n`,
  );
  return { folder, plain, marked, large, app, small };
}

/** Packages without their sources, so that their declarations are read, and everything that they depend on. */
function install(folder, root) {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@graphfn"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "graphfn" && name !== "@graphfn" && name !== ".bin" && name !== ".package-lock.json") {
      symlinkSync(join(root, "node_modules", name), join(modules, name), "junction");
    }
  }
  const packages = { graphfn: "runtime", "@graphfn/transformer": "transformer", "@graphfn/plugin-esbuild": "plugin-esbuild" };
  for (const [name, source] of Object.entries(packages)) {
    for (const part of readdirSync(join(root, source))) {
      if (["package.json", "dist", "bin"].includes(part)) cpSync(join(root, source, part), join(modules, name, part), { recursive: true });
    }
  }
  symlinkSync(join(root, "native"), join(modules, "@graphfn", "native"), "junction");
}

/** 68 lines of ordinary TypeScript that import their neighbour. */
function plainModule(i) {
  const before = i % PER_MARKED === 0 ? undefined : i - 1;
  const head = before === undefined ? "" : `import { Store${before}, total${before} } from "./plain${before}.ts";\n`;
  const inherited = before === undefined ? "rows.length" : `total${before}(rows.map((row) => ({ ...row, tags: [] })))`;
  return `import type { Tensor } from "graphfn";
${head}
export interface Row${i} {
  readonly id: string;
  readonly value: number;
  readonly tags: readonly string[];
  readonly parent?: Row${i} | undefined;
}

export type Event${i} =
  | { readonly kind: "added"; readonly row: Row${i} }
  | { readonly kind: "removed"; readonly id: string }
  | { readonly kind: "cleared" };

export class Store${i} {
  readonly rows = new Map<string, Row${i}>();
  private readonly listeners = new Set<(event: Event${i}) => void>();
${before === undefined ? "" : `  readonly inner = new Store${before}();\n`}
  add(row: Row${i}): this {
    this.rows.set(row.id, row);
    for (const listener of this.listeners) listener({ kind: "added", row });
    return this;
  }

  remove(id: string): boolean {
    const known = this.rows.delete(id);
    if (known) for (const listener of this.listeners) listener({ kind: "removed", id });
    return known;
  }

  listen(listener: (event: Event${i}) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  byTag(): ReadonlyMap<string, readonly Row${i}[]> {
    const found = new Map<string, Row${i}[]>();
    for (const row of this.rows.values()) {
      for (const tag of row.tags) found.set(tag, [...(found.get(tag) ?? []), row]);
    }
    return found;
  }
}

export function total${i}(rows: readonly Row${i}[]): number {
  const own = rows.reduce((sum, row) => sum + row.value, 0);
  return own > 0 ? own : ${inherited};
}

export function describe${i}(event: Event${i}): string {
  switch (event.kind) {
    case "added":
      return \`\${event.row.id} of \${event.row.tags.join(", ")}\`;
    case "removed":
      return event.id;
    default:
      return "cleared";
  }
}

/** Called from marked functions, in methods. */
export function blend${i}(a: Tensor, b: Tensor): Tensor {
  return a.mul(0.25).add(b.mul(0.75));
}
`;
}

/** A marked function of 17 lines with the usual constructs. */
function stepFunction(name, variant, helper = "") {
  const inner = helper === "" ? "y * 0.5 + x" : `${helper}(y, x)`;
  return `/** @graphFunction */
export function ${name}(x: gf.Tensor, n: number): gf.Tensor {
  let y = x * ${variant + 1} + 1;
  let best = y.sum();
  for (let i = 0; i < n; i++) {
    const next = ${inner};
    if (next.sum() > best) {
      best = next.sum();
      y = next - x ** 2 / (i + 1);
    } else {
      y += next * 0.1;
    }
  }
  while (y.sum() > 100 && best < 1000) {
    y = y / 2;
  }
  if (best < 0) return -y;
  return best > 10 ? y.relu() : y + best;
}`;
}

function markedModule(i) {
  const used = Array.from({ length: PER_MARKED }, (_, k) => i * PER_MARKED + k);
  const helpers = used.slice(0, 3).map((k) => `blend${k}`);
  const last = used[used.length - 1];
  const functions = [0, 1, 2].map((k) => stepFunction(`step${i}_${k}`, k, helpers[k]));
  return `import * as gf from "graphfn";
${helpers.map((name, k) => `import { ${name} } from "./plain${used[k]}.ts";`).join("\n")}
import { Store${last}, total${last} } from "./plain${last}.ts";

${functions.join("\n\n")}

const store = new Store${last}();

export function report(): number {
  return total${last}([...store.rows.values()]);
}
`;
}

/** Marked functions up to so many lines. */
function largeModule(lines) {
  const parts = [`import * as gf from "graphfn";`, ""];
  for (let k = 0; parts.length + 18 <= lines; k++) parts.push(...stepFunction(`large${k}`, k).split("\n"), "");
  while (parts.length < lines) parts.push(`export const constant${parts.length} = ${parts.length};`);
  return parts.join("\n");
}
