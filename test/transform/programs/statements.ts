/** Random statements, nested: control flow of every kind, functions inside, objects, exceptions. Loops are bounded by their own counters. */
import { Expressions, type Scope } from "./expressions.ts";
import type { Program, Statement } from "./program.ts";

class Statements extends Expressions {
  readonly #size: number;
  /** How deep statements nest. */
  readonly #depth: number;

  constructor(seed: number, size: number) {
    super(seed, size);
    this.#size = size;
    this.#depth = size < 0.5 ? 1 : 2;
  }

  #jump(scope: Scope): Statement {
    const jumps = [scope.callback ? "return;" : `return ${this.tensor(scope)};`, `throw new Error("${this.pick(["one", "other"])}");`];
    if (scope.loops.length > 0) {
      const innermost = scope.loops[scope.loops.length - 1] as string;
      const label = this.pick(scope.loops);
      jumps.push("break;", "continue;", `break ${label};`, `continue ${label};`, innermost === label ? "break;" : `continue ${label};`);
    }
    if (scope.blocks.length > 0) jumps.push(`break ${this.pick(scope.blocks)};`);
    return { head: this.pick(jumps) };
  }

  #list(scope: Scope, length: number): Statement[] {
    const statements: Statement[] = [];
    let current = scope;
    for (let i = 0; i < length; i++) {
      const [made, after] = this.#statement(current);
      statements.push(...made);
      current = after;
    }
    return statements;
  }

  /** `case 1:` with statements, that run on into the next one or not, and perhaps a default among them. */
  #clauses(scope: Scope): Statement[] {
    const count = 1 + this.below(4);
    const otherwise = this.chance(0.6) ? this.below(count) : -1;
    return Array.from({ length: count }, (_, i) => {
      const test = this.chance(0.7) ? String(this.below(6) - 1) : this.tensor(scope, 1);
      const head = i === otherwise ? "default:" : `case ${test}:`;
      const body = this.chance(0.2) ? [] : this.#inner(scope);
      if (this.chance(0.5)) body.push({ head: "break;" });
      return { head: `${head} {`, body };
    });
  }

  #inner(scope: Scope): Statement[] {
    return this.#list({ ...scope, depth: scope.depth + 1 }, 1 + this.below(3));
  }

  /** Statements that belong together, and what is in scope after them. */
  #statement(scope: Scope): [Statement[], Scope] {
    return this.chance(0.35) ? this.#recent(scope) : this.#basic(scope);
  }

  #basic(scope: Scope): [Statement[], Scope] {
    const stay = (...statements: Statement[]): [Statement[], Scope] => [statements, scope];
    const target = (): string => this.pick(scope.writable);
    const deep = scope.depth > this.#depth;
    switch (this.below(deep ? 6 : 18)) {
      case 0: {
        const name = this.fresh("v");
        const withName = withVariables(scope, [name]);
        return [[{ head: `let ${name}: Tensor = ${this.chance(0.3) ? String(this.below(5)) : this.tensor(scope)};` }], withName];
      }
      case 1:
        return stay({ head: `${target()} = ${this.tensor(scope)};` });
      case 2: {
        const name = target();
        return stay({ head: `${name} ${this.pick(["+=", "-=", "*="])} ${this.expression(scope)};` }, { head: `${name} %= 13;` });
      }
      case 3:
        return stay({ head: `${target()}${this.pick(["++", "--"])};` });
      case 4:
        return stay({ head: `if (${this.condition(scope)}) {`, body: [this.#jump(scope)] });
      case 5:
        return scope.functions.length > 0
          ? stay({ head: `${this.pick(scope.functions)}(${this.pick(scope.tensors)});` })
          : stay({ head: `${target()} = ${target()};` });
      case 6:
      case 7:
        return stay({ head: `if (${this.condition(scope)}) {`, body: this.#inner(scope) });
      case 8: {
        const test = this.condition(scope);
        return stay({ head: `if (${test}) {`, body: this.#inner(scope), tail: "} else {" }, { head: "// else", body: this.#inner(scope) });
      }
      case 9: {
        const name = this.fresh("i");
        const label = this.fresh("L");
        const body = { ...scope, tensors: [...scope.tensors, name], loops: [...scope.loops, label] };
        return stay({
          head: `${label}: for (let ${name}: Tensor = 0; ${name} < ${2 + this.below(3)}; ${name}++) {`,
          body: this.#inner(body),
        });
      }
      case 10: {
        const name = this.fresh("n");
        const label = this.fresh("L");
        const body = { ...scope, numbers: [...scope.numbers, name], loops: [...scope.loops, label] };
        return stay({ head: `${label}: for (let ${name} = 0; ${name} < ${1 + this.below(3)}; ${name}++) {`, body: this.#inner(body) });
      }
      case 11: {
        const name = this.fresh("c");
        const label = this.fresh("L");
        const body = { ...scope, tensors: [...scope.tensors, name], loops: [...scope.loops, label] };
        const head = this.chance(0.6) ? `while (${name} < ${1 + this.below(4)} && ${this.condition(scope)}) {` : "while (true) {";
        const stop: Statement[] = head.endsWith("(true) {") ? [{ head: `if (${name} > ${1 + this.below(3)}) break;`, keep: true }] : [];
        return stay(
          { head: `let ${name}: Tensor = 0;` },
          { head: `${label}: ${head}`, body: [{ head: `${name} += 1;`, keep: true }, ...stop, ...this.#inner(body)] },
        );
      }
      case 12: {
        const name = this.fresh("c");
        const label = this.fresh("L");
        const body = { ...scope, tensors: [...scope.tensors, name], loops: [...scope.loops, label] };
        const tail = `} while (${name} < ${1 + this.below(3)} && ${this.condition(scope)});`;
        return stay(
          { head: `let ${name}: Tensor = 0;` },
          { head: `${label}: do {`, body: [{ head: `${name}++;`, keep: true }, ...this.#inner(body)], tail },
        );
      }
      case 13: {
        const label = this.fresh("B");
        return stay({ head: `${label}: {`, body: this.#inner({ ...scope, blocks: [...scope.blocks, label] }) });
      }
      case 15: {
        const label = this.fresh("S");
        const labelled = { ...scope, blocks: [...scope.blocks, label] };
        return stay({
          head: `${label}: switch (${this.chance(0.8) ? this.tensor(scope) : this.number(scope)}) {`,
          body: this.#clauses(labelled),
        });
      }
      case 16: {
        const name = this.fresh("w");
        const before = `var ${name}: Tensor = ${this.tensor(scope)};`;
        const hoisted = withVariables(scope, [name]);
        return [
          [{ head: before }, { head: `if (${this.condition(scope)}) {`, body: [{ head: before }, ...this.#inner(hoisted)] }],
          hoisted,
        ];
      }
      case 14: {
        const name = this.fresh("x");
        const label = this.fresh("L");
        const body = { ...scope, numbers: [...scope.numbers, name], loops: [...scope.loops, label] };
        return stay({
          head: `${label}: for (const ${name} of [${this.below(5)}, ${this.below(5)}, ${this.below(5)}]) {`,
          body: this.#inner(body),
        });
      }
      default: {
        const name = this.fresh("f");
        const parameter = this.fresh("p");
        const body = this.#function({ ...scope, callback: false }, parameter);
        const fn = { head: `const ${name} = (${parameter}: Tensor): Tensor => {`, body, tail: "};" };
        return [[fn], { ...scope, functions: [...scope.functions, name] }];
      }
    }
  }

  /** Objects, values that may be missing, exceptions, destructuring, calls that call back. */
  #recent(scope: Scope): [Statement[], Scope] {
    const deep = scope.depth > this.#depth;
    return this.#compound(this.below(deep ? 12 : 18), scope);
  }

  #compound(form: number, scope: Scope): [Statement[], Scope] {
    const stay = (...statements: Statement[]): [Statement[], Scope] => [statements, scope];
    const guarded = (statement: string): Statement => ({ head: `if (${this.condition(scope)}) {`, body: [{ head: statement }] });
    switch (form) {
      case 0: {
        const name = this.fresh("o");
        const fields = [`${name}.u`, `${name}.v`];
        const head = `const ${name}: { u: Tensor; v: Tensor } = { u: ${this.tensor(scope, 1)}, v: ${this.tensor(scope, 1)} };`;
        return [[{ head }], { ...withVariables(scope, fields), pairs: [...scope.pairs, name] }];
      }
      case 1: {
        const name = this.fresh("b");
        const inScope = { ...withVariables(scope, [`${name}.value`]), boxes: [...scope.boxes, name] };
        return [
          [{ head: `const ${name} = new Box(${this.tensor(scope, 1)});` }],
          { ...inScope, tensors: [...inScope.tensors, `${name}.count`] },
        ];
      }
      case 2: {
        if (scope.pairs.length === 0) return this.#basic(scope);
        const name = this.fresh("o");
        const from = this.pick(scope.pairs);
        const aliased = { ...withVariables(scope, [`${name}.u`, `${name}.v`]), pairs: [...scope.pairs, name] };
        return [[{ head: `const ${name} = ${from};` }], aliased];
      }
      case 3:
        if (scope.pairs.length > 0) return stay({ head: `bump(${this.pick(scope.pairs)}, ${this.tensor(scope, 1)});` });
        if (scope.boxes.length > 0) return stay({ head: `${this.pick(scope.boxes)}.total = ${this.tensor(scope, 1)};` });
        return this.#basic(scope);
      case 4: {
        const name = this.fresh("m");
        const head = `let ${name}: Tensor | null = flag ? null : ${this.pick(scope.tensors)};`;
        return [[{ head }, guarded(`${name} = ${this.tensor(scope, 1)};`)], { ...scope, nullable: [...scope.nullable, name] }];
      }
      case 5: {
        if (scope.nullable.length === 0) return this.#basic(scope);
        const name = this.pick(scope.nullable);
        return stay(
          this.pick([
            guarded(`${name} = null;`),
            guarded(`${name} = ${this.tensor(scope, 1)};`),
            guarded(`${name} ??= ${this.tensor(scope, 1)};`),
          ]),
        );
      }
      case 6: {
        const name = this.fresh("h");
        const head = `let ${name}: { u: Tensor } | null = flag ? null : { u: ${this.pick(scope.tensors)} };`;
        const set = guarded(`${name} = { u: ${this.tensor(scope, 1)} };`);
        return [[{ head }, set], { ...scope, nullablePairs: [...scope.nullablePairs, name] }];
      }
      case 7: {
        const names = [this.fresh("d"), this.fresh("d")];
        const from = this.chance(0.5) && scope.pairs.length > 0 ? this.pick(scope.pairs) : null;
        const head =
          from === null
            ? `let [${names.join(", ")}]: [Tensor, Tensor] = [${this.tensor(scope, 1)}, ${this.pick(scope.tensors)}];`
            : `let { u: ${names[0]}, v: ${names[1]} } = ${from};`;
        return [[{ head }], withVariables(scope, names)];
      }
      case 8: {
        const [x, y] = [this.pick(scope.writable), this.pick(scope.writable)];
        return stay({ head: `[${x}, ${y}] = [${this.tensor(scope, 1)}, ${this.tensor(scope, 1)}];` });
      }
      case 9: {
        const name = this.fresh("l");
        const head = `const ${name}: Tensor[] = [${this.tensor(scope, 1)}${this.chance(0.3) ? `, ${this.pick(scope.tensors)}` : ""}];`;
        return [[{ head }], { ...scope, lists: [...scope.lists, name] }];
      }
      case 10: {
        if (scope.lists.length === 0) return this.#basic(scope);
        return stay(this.#onList(scope, this.pick(scope.lists)));
      }
      case 11: {
        if (scope.pairs.length === 0) return this.#basic(scope);
        const name = this.fresh("o");
        const field = this.pick(["u", "v"]);
        const head = `const ${name}: { u: Tensor; v: Tensor } = { ...${this.pick(scope.pairs)}, ${field}: ${this.tensor(scope, 1)} };`;
        return [[{ head }], { ...withVariables(scope, [`${name}.u`, `${name}.v`]), pairs: [...scope.pairs, name] }];
      }
      case 16: {
        const name = this.fresh("y");
        const label = this.fresh("L");
        const generated = this.chance(0.4)
          ? `around(${this.pick(scope.tensors)})`
          : `until((${this.tensor(scope, 1)}) % 5, ${this.tensor(scope, 1)})`;
        const iterated = scope.lists.length > 0 && this.chance(0.4) ? this.pick(scope.lists) : generated;
        const body = { ...scope, tensors: [...scope.tensors, name], loops: [...scope.loops, label], lists: [] };
        return stay({ head: `${label}: for (const ${name} of ${iterated}) {`, body: this.#inner(body) });
      }
      case 17: {
        const name = this.fresh("f");
        const parameter = this.fresh("p");
        const inner: Scope = { ...scope, callback: false, tensors: [...scope.tensors], functions: [] };
        const body = this.#function(inner, parameter);
        const stop: Statement = { head: `if (${parameter} < 1) return ${this.pick(knownInside(scope))};`, keep: true };
        const last = body.pop() as Statement;
        const again: Statement = { head: `${last.head.slice(0, -1)} + ${name}$(${parameter}$0 % 5 - 1);`, keep: true };
        const head = `function ${name}$(${parameter}: Tensor): Tensor {`;
        const keep: Statement = { head: `const ${parameter}$0 = ${parameter};`, keep: true };
        return [[{ head, body: [stop, keep, ...body, again] }], { ...scope, functions: [...scope.functions, `${name}$`] }];
      }
      case 14:
      case 15: {
        const caught: Statement[] = this.chance(0.3) ? [{ head: `if ((e as Error).message === "one") throw e;` }] : [];
        const parts: Statement[] = [];
        const finals = this.chance(0.4);
        const handled = !finals || this.chance(0.7);
        parts.push({
          head: "try {",
          body: [...this.#inner(scope), ...this.#mayThrow(scope)],
          tail: handled ? "} catch (e) {" : "} finally {",
        });
        if (handled) parts.push({ head: "// caught", body: [...this.#inner(scope), ...caught], tail: finals ? "} finally {" : "}" });
        if (finals) parts.push({ head: "// finally", body: this.#inner(scope) });
        return stay(...parts);
      }
      case 13: {
        if (scope.nullable.length === 0) return this.#basic(scope);
        const name = this.pick(scope.nullable);
        const there: Scope = { ...scope, tensors: [...scope.tensors, name], nullable: scope.nullable.filter((n) => n !== name) };
        return stay({ head: `if (${name} !== null) {`, body: this.#inner(there) });
      }
      case 12: {
        const name = this.fresh("i");
        const body = this.#function({ ...scope, callback: true }, name);
        return stay({ head: `times((${this.tensor(scope, 1)}) % 4, (${name}: Tensor): void => {`, body, tail: "});" });
      }
      default: {
        const name = this.fresh("r");
        const head = `const ${name}: [Tensor, Tensor] = [${this.tensor(scope, 1)}, ${this.tensor(scope, 1)}];`;
        return [[{ head }], withVariables(scope, [`${name}[0]`, `${name}[1]`])];
      }
    }
  }

  #onList(scope: Scope, name: string): Statement {
    const statement = this.pick([
      `${name}.push(${this.tensor(scope, 1)});`,
      `collect(${name}, ${this.tensor(scope, 1)});`,
      `${name}[0] = ${this.tensor(scope, 1)};`,
      `if (${name}.length > 1) ${name}.pop();`,
      `[${name}[0], ${this.pick(scope.writable)}] = [${this.tensor(scope, 1)}, ${name}[0]];`,
    ]);
    return this.chance(0.5) ? { head: statement } : { head: `if (${this.condition(scope)}) {`, body: [{ head: statement }] };
  }

  #mayThrow(scope: Scope): Statement[] {
    if (this.chance(0.4)) return [];
    return [{ head: `${this.pick(scope.writable)} = positive(${this.tensor(scope, 1)});` }];
  }

  /** The body of a function inside: narrowed variables are not known in it, and jumps do not leave it. */
  #function(scope: Scope, parameter: string): Statement[] {
    const body: Scope = {
      ...withVariables({ ...scope, tensors: knownInside(scope) }, [parameter]),
      loops: [],
      blocks: [],
      functions: [],
      nullable: [],
      nullablePairs: [],
      depth: 2,
    };
    const statements = this.#list(body, 1 + this.below(2));
    return scope.callback ? statements : [...statements, { head: `return ${this.tensor(body)};` }];
  }

  generate(name: string): Program {
    const start: Scope = {
      tensors: ["a", "b"],
      writable: ["a", "b"],
      numbers: ["k"],
      functions: [],
      pairs: [],
      boxes: [],
      lists: [],
      nullable: [],
      nullablePairs: [],
      loops: [],
      blocks: [],
      callback: false,
      depth: 0,
    };
    // Something to work on: an object, one of a class, a value that may be null, a list.
    const [first, scope] = this.#compound(this.pick([0, 1, 4, 6, 9, 9]), start);
    const length = 2 + this.below(2 + Math.round(3 * this.#size));
    return { name, body: [...first, ...this.#list(scope, length), { head: "return a * 100 + b;" }] };
  }
}

/** Tensors that a function inside knows: not those that are none before they were compared with null. */
function knownInside(scope: Scope): string[] {
  return scope.tensors.filter((t) => !t.startsWith("m"));
}

function withVariables(scope: Scope, names: readonly string[]): Scope {
  return { ...scope, tensors: [...scope.tensors, ...names], writable: [...scope.writable, ...names] };
}

/** Most programs are small, so that many can be tried; each tenth is large. */
export function generate(seed: number): Program {
  const size = seed % 10 === 0 ? 1 : seed % 10 < 4 ? 0.5 : 0.2;
  return new Statements(seed, size).generate(`p${seed}`);
}
