/**
 * Random programs: functions over tensors with nested control flow of every supported kind, from a seed.
 *
 * A program is a tree of statements, so that a failing one can be shrunk by leaving statements out. Values stay small whole
 * numbers (every product is reduced modulo 13), so that plain numbers, int32 and float64 tensors agree exactly; loops are
 * bounded by their own counters.
 */
export interface Statement {
  readonly head: string;
  readonly body?: readonly Statement[];
  readonly tail?: string;
  /** A loop would not end without it. */
  readonly keep?: boolean;
}

export interface Program {
  readonly name: string;
  readonly body: readonly Statement[];
}

export function print(program: Program): string {
  const lines: string[] = [];
  const walk = (statements: readonly Statement[], indent: string): void => {
    for (const { head, body, tail } of statements) {
      lines.push(indent + head);
      if (body === undefined) continue;
      walk(body, `${indent}  `);
      lines.push(indent + (tail ?? "}"));
    }
  };
  lines.push("/** @graphFunction */", `export function ${program.name}(a: Tensor, b: Tensor, k: number, flag: boolean): Tensor {`);
  walk(program.body, "  ");
  lines.push("}");
  return lines.join("\n");
}

export function printModule(programs: readonly Program[]): string {
  return ['import type { Tensor } from "graphfn";', ...programs.map(print)].join("\n\n");
}

/** Mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Scope {
  /** Tensor variables that may be read. */
  readonly tensors: readonly string[];
  /** Those that may be assigned. */
  readonly writable: readonly string[];
  readonly numbers: readonly string[];
  /** Functions of one tensor. */
  readonly functions: readonly string[];
  /** Labels of the loops and blocks around, innermost last. */
  readonly loops: readonly string[];
  readonly blocks: readonly string[];
  readonly depth: number;
}

export function generate(seed: number): Program {
  const next = random(seed);
  let names = 0;
  const fresh = (prefix: string): string => `${prefix}${names++}`;
  const below = (n: number): number => Math.floor(next() * n);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const chance = (p: number): boolean => next() < p;

  function number(scope: Scope): string {
    return chance(0.4) && scope.numbers.length > 0 ? pick(scope.numbers) : String(below(7));
  }

  function expression(scope: Scope, depth = 0): string {
    const atom = (): string => (chance(0.75) ? pick(scope.tensors) : number(scope));
    if (depth > 2) return pick(scope.tensors);
    switch (below(11)) {
      case 0:
        return `${pick(scope.tensors)} + ${atom()}`;
      case 1:
        return `(${expression(scope, depth + 1)}) - ${atom()}`;
      case 2:
        return `(${pick(scope.tensors)} * (${expression(scope, depth + 1)})) % 13`;
      case 3:
        return `(${condition(scope, depth + 1)} ? ${expression(scope, depth + 1)} : ${expression(scope, depth + 1)})`;
      case 4:
        return `-(${expression(scope, depth + 1)}) % 13`;
      case 5:
        return scope.functions.length > 0 && depth === 0 ? `${pick(scope.functions)}(${pick(scope.tensors)})` : pick(scope.tensors);
      case 6:
        return chance(0.5) ? String(below(9)) : `-${below(9)}`;
      case 7:
        return `(${pick(scope.writable)} = ${tensor(scope, depth + 1)})`;
      case 8:
        return `(${target(scope)}, ${pick(scope.tensors)})`;
      default:
        return pick(scope.tensors);
    }
  }

  /** An expression with a tensor in it for certain: its type is Tensor. */
  function tensor(scope: Scope, depth = 0): string {
    return `(${expression(scope, depth)}) % 13 + ${pick(scope.tensors)} * 0`;
  }

  /** An assignment as an expression, also where it may not be evaluated. */
  function target(scope: Scope): string {
    const name = pick(scope.writable);
    const assignment = `(${name} = ${tensor(scope, 2)})`;
    const test = `${pick(scope.tensors)} < ${number(scope)}`;
    return pick([assignment, `${test} && ${assignment} > 0`, `${test} || ${assignment} > 0`, `(${test} ? ${assignment} : ${name}++)`]);
  }

  function condition(scope: Scope, depth = 0): string {
    const comparison = (): string =>
      `${pick(scope.tensors)} ${pick(["<", "<=", ">", ">=", "===", "!=="])} ${chance(0.5) ? pick(scope.tensors) : number(scope)}`;
    if (depth > 1) return comparison();
    switch (below(9)) {
      case 0:
        return `(${condition(scope, depth + 1)} && ${condition(scope, depth + 1)})`;
      case 1:
        return `(${condition(scope, depth + 1)} || ${condition(scope, depth + 1)})`;
      case 2:
        return `!(${condition(scope, depth + 1)})`;
      case 4:
        return `(${pick(scope.writable)} = ${tensor(scope, 2)}) > ${number(scope)}`;
      case 3:
        return chance(0.5) ? "flag" : `${number(scope)} < 3`;
      default:
        return comparison();
    }
  }

  function jump(scope: Scope): Statement {
    const jumps = [`return ${tensor(scope)};`];
    if (scope.loops.length > 0) {
      const innermost = scope.loops[scope.loops.length - 1] as string;
      const label = pick(scope.loops);
      jumps.push("break;", "continue;", `break ${label};`, `continue ${label};`, innermost === label ? "break;" : `continue ${label};`);
    }
    if (scope.blocks.length > 0) jumps.push(`break ${pick(scope.blocks)};`);
    return { head: pick(jumps) };
  }

  function list(scope: Scope, length: number): Statement[] {
    const statements: Statement[] = [];
    let current = scope;
    for (let i = 0; i < length; i++) {
      const [made, after] = statement(current);
      statements.push(...made);
      current = after;
    }
    return statements;
  }

  /** `case 1:` with statements, that run on into the next one or not, and perhaps a default among them. */
  function clauses(scope: Scope): Statement[] {
    const count = 1 + below(4);
    const otherwise = chance(0.6) ? below(count) : -1;
    return Array.from({ length: count }, (_, i) => {
      const test = chance(0.7) ? String(below(6) - 1) : tensor(scope, 1);
      const head = i === otherwise ? "default:" : `case ${test}:`;
      const body = chance(0.2) ? [] : inner(scope);
      if (chance(0.5)) body.push({ head: "break;" });
      return { head: `${head} {`, body };
    });
  }

  function inner(scope: Scope): Statement[] {
    return list({ ...scope, depth: scope.depth + 1 }, 1 + below(3));
  }

  function statement(scope: Scope): [Statement[], Scope] {
    const stay = (...statements: Statement[]): [Statement[], Scope] => [statements, scope];
    const target = (): string => pick(scope.writable);
    const deep = scope.depth > 2;
    switch (below(deep ? 6 : 18)) {
      case 0: {
        const name = fresh("v");
        const withName = { ...scope, tensors: [...scope.tensors, name], writable: [...scope.writable, name] };
        return [[{ head: `let ${name}: Tensor = ${chance(0.3) ? String(below(5)) : tensor(scope)};` }], withName];
      }
      case 1:
        return stay({ head: `${target()} = ${tensor(scope)};` });
      case 2: {
        const name = target();
        return stay({ head: `${name} ${pick(["+=", "-=", "*="])} ${expression(scope)};` }, { head: `${name} %= 13;` });
      }
      case 3:
        return stay({ head: `${target()}${pick(["++", "--"])};` });
      case 4:
        return stay({ head: `if (${condition(scope)}) {`, body: [jump(scope)] });
      case 5:
        return scope.functions.length > 0
          ? stay({ head: `${pick(scope.functions)}(${pick(scope.tensors)});` })
          : stay({ head: `${target()} = ${target()};` });
      case 6:
      case 7:
        return stay({ head: `if (${condition(scope)}) {`, body: inner(scope) });
      case 8: {
        const test = condition(scope);
        return stay({ head: `if (${test}) {`, body: inner(scope), tail: "} else {" }, { head: "// else", body: inner(scope) });
      }
      case 9: {
        const name = fresh("i");
        const label = fresh("L");
        const body = { ...scope, tensors: [...scope.tensors, name], loops: [...scope.loops, label] };
        return stay({ head: `${label}: for (let ${name}: Tensor = 0; ${name} < ${2 + below(3)}; ${name}++) {`, body: inner(body) });
      }
      case 10: {
        const name = fresh("n");
        const label = fresh("L");
        const body = { ...scope, numbers: [...scope.numbers, name], loops: [...scope.loops, label] };
        return stay({ head: `${label}: for (let ${name} = 0; ${name} < ${1 + below(3)}; ${name}++) {`, body: inner(body) });
      }
      case 11: {
        const name = fresh("c");
        const label = fresh("L");
        const body = { ...scope, tensors: [...scope.tensors, name], loops: [...scope.loops, label] };
        const head = chance(0.6) ? `while (${name} < ${1 + below(4)} && ${condition(scope)}) {` : "while (true) {";
        const stop: Statement[] = head.endsWith("(true) {") ? [{ head: `if (${name} > ${1 + below(3)}) break;`, keep: true }] : [];
        return stay(
          { head: `let ${name}: Tensor = 0;` },
          { head: `${label}: ${head}`, body: [{ head: `${name} += 1;`, keep: true }, ...stop, ...inner(body)] },
        );
      }
      case 12: {
        const name = fresh("c");
        const label = fresh("L");
        const body = { ...scope, tensors: [...scope.tensors, name], loops: [...scope.loops, label] };
        const tail = `} while (${name} < ${1 + below(3)} && ${condition(scope)});`;
        return stay(
          { head: `let ${name}: Tensor = 0;` },
          { head: `${label}: do {`, body: [{ head: `${name}++;`, keep: true }, ...inner(body)], tail },
        );
      }
      case 13: {
        const label = fresh("B");
        return stay({ head: `${label}: {`, body: inner({ ...scope, blocks: [...scope.blocks, label] }) });
      }
      case 15: {
        const label = fresh("S");
        const labelled = { ...scope, blocks: [...scope.blocks, label] };
        return stay({ head: `${label}: switch (${chance(0.8) ? tensor(scope) : number(scope)}) {`, body: clauses(labelled) });
      }
      case 16: {
        const name = fresh("w");
        const before = `var ${name}: Tensor = ${tensor(scope)};`;
        const hoisted = { ...scope, tensors: [...scope.tensors, name], writable: [...scope.writable, name] };
        return [[{ head: before }, { head: `if (${condition(scope)}) {`, body: [{ head: before }, ...inner(hoisted)] }], hoisted];
      }
      case 14: {
        const name = fresh("x");
        const label = fresh("L");
        const body = { ...scope, numbers: [...scope.numbers, name], loops: [...scope.loops, label] };
        return stay({ head: `${label}: for (const ${name} of [${below(5)}, ${below(5)}, ${below(5)}]) {`, body: inner(body) });
      }
      default: {
        const name = fresh("f");
        const parameter = fresh("p");
        const body: Scope = {
          ...scope,
          tensors: [...scope.tensors, parameter],
          writable: [...scope.writable, parameter],
          loops: [],
          blocks: [],
          functions: [],
          depth: 2,
        };
        const fn = {
          head: `const ${name} = (${parameter}: Tensor): Tensor => {`,
          body: [...list(body, 1 + below(2)), { head: `return ${tensor(body)};` }],
          tail: "};",
        };
        return [[fn], { ...scope, functions: [...scope.functions, name] }];
      }
    }
  }

  const start: Scope = { tensors: ["a", "b"], writable: ["a", "b"], numbers: ["k"], functions: [], loops: [], blocks: [], depth: 0 };
  const body = list(start, 3 + below(4));
  return { name: `p${seed}`, body: [...body, { head: "return a * 100 + b;" }] };
}

/** Every program that is one step smaller: a statement left out, or a block replaced by its body. */
export function* smaller(program: Program): Generator<Program> {
  function* lists(statements: readonly Statement[]): Generator<readonly Statement[]> {
    for (let i = 0; i < statements.length; i++) {
      const node = statements[i] as Statement;
      const before = statements.slice(0, i);
      const after = statements.slice(i + 1);
      if (!node.keep) yield [...before, ...after];
      if (node.body === undefined) continue;
      yield [...before, ...node.body, ...after];
      for (const body of lists(node.body)) yield [...before, { ...node, body }, ...after];
    }
  }
  for (const body of lists(program.body)) yield { ...program, body };
}
