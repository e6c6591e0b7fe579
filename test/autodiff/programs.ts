/**
 * Random programs that have gradients: functions of a vector x, a scalar s and a matrix m, all float64, with nested control flow
 * that depends on their values, variables (w: a vector, u: a scalar), helpers, gathers, stores. Values are kept near one by tanh,
 * so that differences can judge gradients; loops are bounded by their own counters.
 *
 * Trees of statements, as in test/transform/programs/program.ts, which prints and shrinks them.
 */
import { type Program, print, random, type Statement } from "../transform/programs/program.ts";

export interface GradientProgram extends Program {
  /** Differences say the same as gradients: nothing is assigned to variables, nothing stopped. */
  readonly smooth: boolean;
}

const HEADER = `import * as gf from "graphfn";
import type { Tensor } from "graphfn";

export const w = gf.variable(gf.tensor([0.3, -0.7, 0.9], [3], "float64"), true, "w");
export const u = gf.variable(gf.scalar(0.4, "float64"), true, "u");

/** @graphFunction */
function bend(a: Tensor): Tensor {
  if (a > 0.2) return a * a;
  let b = a;
  while (b < 0.3) b = b + 0.21 - a * 0.05;
  return b.sin();
}

/** @graphFunction */
function mix(a: Tensor, b: Tensor): Tensor {
  let h = a;
  for (const each of a) {
    if (each < -0.6) continue;
    h = (h * each + b).tanh();
    if (h.sum() > 1.6) break;
  }
  return h;
}

/** @graphFunction */
function fall(a: Tensor, n: Tensor): Tensor {
  if (n <= 0) return (a * u).tanh();
  if (a > 0.1) return fall(a - w.sum() * 0.17, n - 1) * 0.8 + a;
  const left = fall(a * 0.5 + 0.2, n - 2);
  return left * 0.6 - fall(left, n - 1) * 0.3;
}

/** @graphFunction */
function fold(a: Tensor, n: Tensor): Tensor {
  let h = a;
  for (const each of a) {
    if (each > 0.7) break;
    h = (h + each * w).tanh();
  }
  if (n <= 0 || h.sum() > 1.2) return h;
  return fold(h * 0.9 - 0.1, n - 1) * 0.7 + h;
}

/** @graphFunction */
function listed(a: Tensor): Tensor {
  const parts: Tensor[] = [a[0] * u];
  for (const each of a) {
    if (each > -0.2) parts.push((each + parts[parts.length - 1]).tanh());
    else if (parts.length > 1) parts.pop();
    if (each < 0.5) parts[0] = parts[0] * 0.9 + each;
  }
  let sum: Tensor = parts[0];
  for (const part of parts) sum = sum * 0.7 + part;
  return sum;
}

type Body = (x: Tensor, s: Tensor, m: Tensor) => Tensor[];
export const inGraph = (body: Body): Body => gf.graphFunction((x: Tensor, s: Tensor, m: Tensor): Tensor[] => body(x, s, m));
`;

export function printModule(programs: readonly Program[]): string {
  const texts = programs.map((program) => print(program).replace(/\(a: .*\): Tensor/, "(x: Tensor, s: Tensor, m: Tensor): Tensor"));
  return [HEADER, ...texts].join("\n\n");
}

interface Scope {
  readonly scalars: readonly string[];
  readonly vectors: readonly string[];
  readonly matrices: readonly string[];
  /** Whole numbers that loops count. */
  readonly counters: readonly string[];
  readonly functions: readonly string[];
  readonly loops: readonly string[];
  /** Of the enclosing function's variables, those that may be assigned: not counters. */
  readonly depth: number;
}

export function generate(seed: number): GradientProgram {
  const next = random(seed);
  const state = next() < 0.4;
  let names = 0;
  const fresh = (prefix: string): string => `${prefix}${names++}`;
  const below = (n: number): number => Math.floor(next() * n);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const chance = (p: number): boolean => next() < p;
  const literal = (): string => (below(19) / 10 - 0.9).toFixed(1);

  function scalar(scope: Scope, d = 0): string {
    if (d > 2 || chance(0.2)) return pick(scope.scalars);
    const [S, V, M] = [() => scalar(scope, d + 1), () => vector(scope, d + 1), () => matrix(scope, d + 1)];
    const choices: (() => string)[] = [
      () => `(${S()} + ${S()})`,
      () => `(${S()} * ${S()})`,
      () => `(${S()} - ${chance(0.5) ? literal() : S()})`,
      () => `(${S()} / (1.5 + ${pick(scope.scalars)} * ${pick(scope.scalars)}))`,
      () => `(${S()}).${pick(["sin", "tanh", "sigmoid", "square", "cos"])}()`,
      () => `(${V()}).${pick(["sum", "mean", "max"])}()`,
      () => `(${V()}).mul(${V()}).sum()`,
      () => `(${M()}).${pick(["sum", "mean"])}()`,
      () => `(${pick(scope.vectors)})[${index(scope)}]`,
      () => `(${test(scope, 1)} ? ${S()} : ${S()})`,
      () => `gf.where(${S()} < ${S()}, ${S()}, ${S()})`,
      () => `bend(${S()})`,
      () => `listed(${V()})`,
      () => `fall(${S()}, gf.scalar(${1 + Math.floor(next() * 3)}, "int32"))`,
      () => `(${S()} * ${literal()})`,
      () => `gf.sqrt(${S()} ** 2 + 0.5)`,
    ];
    if (scope.functions.length > 0) choices.push(() => `${pick(scope.functions)}(${S()})`);
    if (state) choices.push(() => `gf.stopGradient(${S()})`);
    return pick(choices)();
  }

  function index(scope: Scope): string {
    return scope.counters.length > 0 && chance(0.6) ? `${pick(scope.counters)} % 3` : String(below(3));
  }

  function vector(scope: Scope, d = 0): string {
    if (d > 2 || chance(0.2)) return pick(scope.vectors);
    const [S, V, M] = [() => scalar(scope, d + 1), () => vector(scope, d + 1), () => matrix(scope, d + 1)];
    const choices: (() => string)[] = [
      () => `(${V()} + ${chance(0.5) ? V() : S()})`,
      () => `(${V()} * ${chance(0.5) ? V() : S()})`,
      () => `(${V()}).${pick(["sin", "tanh", "sigmoid", "softmax", "cumsum", "relu", "abs", "reverse"])}()`,
      () => `(${M()}).matMul((${V()}).reshape([3, 1])).reshape([3])`,
      () => `gf.gather(${V()}, gf.tensor1d([${below(3)}, ${below(3)}, ${below(3)}], "int32"))`,
      () => `gf.stack([${S()}, ${S()}, ${S()}])`,
      () => `gf.concat([(${V()}).slice([1], [2]), (${V()}).slice([0], [1])])`,
      () => `(${pick(scope.matrices)})[${index(scope)}]`,
      () => `(${M()}).sum(${below(2)})`,
      () => `gf.where((${V()}).greater(${V()}), ${V()}, ${V()})`,
      () => `mix(${V()}, ${S()})`,
      () => `fold(${V()}, gf.scalar(${Math.floor(next() * 3)}, "int32"))`,
      () => `(${test(scope, 1)} ? ${V()} : ${V()})`,
    ];
    return pick(choices)();
  }

  function matrix(scope: Scope, d = 0): string {
    if (d > 1 || chance(0.4)) return pick(scope.matrices);
    const [S, V, M] = [() => scalar(scope, d + 1), () => vector(scope, d + 1), () => matrix(scope, d + 1)];
    return pick([
      () => `(${M()} + ${chance(0.5) ? M() : V()})`,
      () => `(${M()}).matMul(${M()})`,
      () => `(${M()}).transpose()`,
      () => `gf.stack([${V()}, ${V()}, ${V()}])`,
      () => `(${V()}).reshape([3, 1]).mul(${V()})`,
      () => `(${M()} * ${S()})`,
    ])();
  }

  function test(scope: Scope, d = 0): string {
    const comparison = (): string => {
      if (scope.counters.length > 0 && chance(0.3)) return `${pick(scope.counters)} % 2 === ${below(2)}`;
      const sides = [scalar(scope, 2), chance(0.6) ? literal() : scalar(scope, 2)];
      // Only `<`: TypeScript reads `a < b > (c)` as a call with type arguments.
      return (chance(0.5) ? sides : sides.reverse()).join(" < ");
    };
    if (d > 1) return comparison();
    switch (below(7)) {
      case 0:
        return `(${test(scope, d + 1)} && ${test(scope, d + 1)})`;
      case 1:
        return `(${test(scope, d + 1)} || ${test(scope, d + 1)})`;
      case 2:
        return `!(${test(scope, d + 1)})`;
      default:
        return comparison();
    }
  }

  function jump(scope: Scope): Statement {
    const jumps = [`return ${scalar(scope, 1)};`];
    if (scope.loops.length > 0) jumps.push("break;", "continue;", `break ${pick(scope.loops)};`, `continue ${pick(scope.loops)};`);
    return { head: pick(jumps) };
  }

  function list(scope: Scope, length: number): [Statement[], Scope] {
    const statements: Statement[] = [];
    let current = scope;
    for (let i = 0; i < length; i++) {
      const [made, after] = statement(current);
      statements.push(...made);
      current = after;
    }
    return [statements, current];
  }

  function inner(scope: Scope): Statement[] {
    return list({ ...scope, depth: scope.depth + 1 }, 1 + below(3))[0];
  }

  const local = (names: readonly string[]): string[] => names.filter((name) => name !== "w" && name !== "u");

  function assignment(scope: Scope): Statement {
    switch (below(8)) {
      case 0:
        return { head: `${pick(local(scope.matrices))} = (${matrix(scope)}).tanh();` };
      case 1:
      case 2:
      case 3:
        return { head: `${pick(local(scope.vectors))} = (${vector(scope)}).tanh();` };
      case 4: {
        return { head: `${pick(local(scope.vectors))}[${index(scope)}] = (${scalar(scope)}).tanh();` };
      }
      default:
        return { head: `${pick(local(scope.scalars))} = (${scalar(scope)}).tanh();` };
    }
  }

  function statement(scope: Scope): [Statement[], Scope] {
    const stay = (...statements: Statement[]): [Statement[], Scope] => [statements, scope];
    switch (below(scope.depth > 2 ? 7 : 14)) {
      case 0: {
        const name = fresh("a");
        return [
          [{ head: `let ${name}: Tensor = ${chance(0.2) ? literal() : `(${scalar(scope)}).tanh()`};` }],
          { ...scope, scalars: [...scope.scalars, name] },
        ];
      }
      case 1: {
        const name = fresh("v");
        return [[{ head: `let ${name}: Tensor = (${vector(scope)}).tanh();` }], { ...scope, vectors: [...scope.vectors, name] }];
      }
      case 2:
        if (!state) return stay(assignment(scope));
        return stay({
          head: pick([
            `u.assign((${scalar(scope)}).tanh());`,
            `w.assign((${vector(scope)}).tanh());`,
            `u.assignAdd((${scalar(scope)}).mul(0.1).tanh());`,
            `w.assignSub((${vector(scope)}).mul(0.1).tanh());`,
          ]),
        });
      case 3:
        return stay({ head: `if (${test(scope)}) {`, body: [jump(scope)] });
      case 4:
      case 5:
      case 6:
        return stay(assignment(scope));
      case 7:
        return stay({ head: `if (${test(scope)}) {`, body: inner(scope) });
      case 8:
        return stay({ head: `if (${test(scope)}) {`, body: inner(scope), tail: "} else {" }, { head: "// else", body: inner(scope) });
      case 9: {
        const [name, label] = [fresh("i"), fresh("L")];
        const body = { ...scope, counters: [...scope.counters, name], loops: [...scope.loops, label] };
        return stay({ head: `${label}: for (let ${name}: Tensor = 0; ${name} < ${below(5)}; ${name}++) {`, body: inner(body) });
      }
      case 10: {
        const [name, label] = [fresh("c"), fresh("L")];
        const body = { ...scope, counters: [...scope.counters, name], loops: [...scope.loops, label] };
        return stay(
          { head: `let ${name}: Tensor = 0;` },
          {
            head: `${label}: while (${name} < ${2 + below(4)} && ${test(scope)}) {`,
            body: [{ head: `${name} += 1;`, keep: true }, ...inner(body)],
          },
        );
      }
      case 11: {
        const [name, label] = [fresh("c"), fresh("L")];
        const body = { ...scope, counters: [...scope.counters, name], loops: [...scope.loops, label] };
        return stay(
          { head: `let ${name}: Tensor = 0;` },
          {
            head: `${label}: do {`,
            body: [{ head: `${name}++;`, keep: true }, ...inner(body)],
            tail: `} while (${name} < ${1 + below(4)} && ${test(scope)});`,
          },
        );
      }
      case 12: {
        const [name, label] = [fresh("e"), fresh("L")];
        const loops = [...scope.loops, label];
        return chance(0.5)
          ? stay({
              head: `${label}: for (const ${name} of ${pick(scope.vectors)}) {`,
              body: inner({ ...scope, loops }).map((s) => ({ ...s, head: s.head })),
            })
          : stay({
              head: `${label}: for (const ${name} of ${pick(scope.matrices)}) {`,
              body: [
                { head: `${pick(local(scope.vectors))} = (${name} * ${pick(scope.scalars)} + ${pick(scope.vectors)}).tanh();` },
                ...inner({ ...scope, loops }),
              ],
            });
      }
      default: {
        const [name, parameter] = [fresh("f"), fresh("p")];
        const [body, after] = list({ ...scope, scalars: [...scope.scalars, parameter], loops: [], functions: [], depth: 2 }, 1 + below(2));
        const fn = {
          head: `const ${name} = (${parameter}: Tensor): Tensor => {`,
          body: [...body, { head: `return (${scalar(after)}).tanh();` }],
          tail: "};",
        };
        return [[fn], { ...scope, functions: [...scope.functions, name] }];
      }
    }
  }

  const start: Scope = {
    scalars: ["s", "s", "u"],
    vectors: ["x", "x", "w"],
    matrices: ["m"],
    counters: [],
    functions: [],
    loops: [],
    depth: 0,
  };
  const [body, scope] = list(start, 3 + below(5));
  const result = [
    "(x * w).sum()",
    "s",
    "u * m.mean()",
    scalar(scope, 1),
    ...scope.scalars.slice(3),
    ...scope.vectors.slice(3).map((v) => `${v}.sum()`),
  ];
  return { name: `p${seed}`, body: [...body, { head: `return ${result.join(" + ")};` }], smooth: !state };
}
