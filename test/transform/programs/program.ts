/**
 * A random program: a tree of statements, so that a failing one can be shrunk by leaving statements out.
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

/**
 * What programs call: helpers and methods that change objects and arrays, call back in a loop, throw, yield. Unmarked, so with methods for
 * operators; functions that call themselves are marked.
 */
const PRELUDE = `import type { Tensor } from "graphfn";

class Box {
  value: Tensor;
  #count: Tensor;
  constructor(value: Tensor) {
    this.value = value;
    this.#count = value.mul(0);
  }
  add(x: Tensor): Tensor {
    if (x.greater(2)) this.#count = this.#count.add(1);
    this.value = x.sub(this.value);
    return this.value;
  }
  get count(): Tensor {
    return this.#count;
  }
  set total(x: Tensor) {
    if (x.greater(this.value)) this.value = x;
  }
}

function bump(o: { u: Tensor; v: Tensor }, x: Tensor): void {
  if (x.less(o.u)) o.v = x;
  else o.u = o.u.add(1);
}

function times(n: Tensor, run: (i: Tensor) => void): void {
  let i: Tensor = n.mul(0);
  while (i.less(n)) {
    run(i);
    i = i.add(1);
  }
}

function positive(x: Tensor): Tensor {
  if (x.less(0)) throw new RangeError("negative");
  return x;
}

function collect(list: Tensor[], x: Tensor): void {
  if (x.greater(1)) list.push(x.sub(1));
}

function* around(x: Tensor): Generator<Tensor> {
  yield x.sub(1);
  yield x.mul(x);
  yield x.add(1);
}

function* until(n: Tensor, x: Tensor): Generator<Tensor> {
  let i: Tensor = n.mul(0);
  try {
    while (i.less(n)) {
      if (i.less(x)) yield i;
      i = i.add(1);
    }
    if (x.greater(2)) return;
    yield x;
    yield i;
  } finally {
    i = i.add(x);
  }
}

/** @graphFunction */
function steps(n: Tensor, x: Tensor): Tensor {
  return n < 1 ? x : steps(n - 1, (x * 2 + n) % 11) + 1;
}

/** @graphFunction */
function climb(x: Tensor): Tensor {
  if (x > 6) return x;
  const higher = climb(x + 2 + (x % 3 === 0 ? 1 : 0));
  return x % 2 === 0 ? higher - 1 : higher;
}`;

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
  return [PRELUDE, ...programs.map(print)].join("\n\n");
}

/** Numbers from 0 to 1 from a seed: Mulberry32. */
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

/** Every program that is one step smaller: a statement left out, or a block replaced by its body. */
export function* smaller(program: Program): Generator<Program> {
  function* lists(statements: readonly Statement[]): Generator<readonly Statement[]> {
    for (let i = 0; i < statements.length; i++) {
      const node = statements[i] as Statement;
      const before = statements.slice(0, i);
      const after = statements.slice(i + 1);
      if (!node.keep) yield [...before, ...after];
      // Parts of one statement: if and else, try and what follows.
      if (node.tail?.startsWith("} ")) for (const parts of [2, 3]) yield [...before, ...statements.slice(i + parts)];
      if (node.body === undefined) continue;
      yield [...before, ...node.body, ...after];
      for (const body of lists(node.body)) yield [...before, { ...node, body }, ...after];
    }
  }
  for (const body of lists(program.body)) yield { ...program, body };
}
