/**
 * Programs in every form of text and syntax that a file may have. Each exports `run`, which gives a value and what it must be, and
 * `where`, which fails at the place behind `/*here*\/`.
 */
export const cases: Record<string, string> = {};
const head = `import * as gf from "graphfn";\nimport type { Tensor } from "graphfn";\n`;
const fail = `export function fail(x?: unknown): never { throw new Error("boom"); }\n`;
const std = (body: string, call = "f", extra = ""): string =>
  head + fail + body + `\nexport const run = () => [${call}(gf.scalar(5)).arraySync(), EXPECT];\n` + extra;
const add = (name: string, text: string, expect: number): void => {
  cases[name] = text.replaceAll("EXPECT", String(expect));
};
// names
add(
  "names.ts",
  std(`
/** @graphFunction */
export function f($: Tensor): Tensor {
  let $v: Tensor = 0; let _ = $; let größe: Tensor = 1; let ñandú: Tensor = 2; let $meta_f: Tensor = 3; let 变量: Tensor = 4; let \\u0061b: Tensor = 5; let __gf$: Tensor = 6;
  while (_ > 0) { $v += 1; größe *= 2; _ -= 1; 变量 = 变量 + ñandú + $meta_f; \\u0061b++; __gf$++ }
  return $v + größe + 变量 + ab + __gf$;
}
/** @graphFunction */
export function g(x: Tensor): Tensor { const größe = x; let y = größe; if (größe > 0) y = /*here*/fail(größe); return y; }
export const where = () => g(gf.scalar(1));
`),
  5 + 32 + (4 + 25) + 10 + 11,
);
const simple = `
/** @graphFunction */
export function f(x: Tensor): Tensor {
  let n: Tensor = 0;
  while (x > 1) {
    x = x / 2;
    n += 1;
  }
  return n;
}
/** @graphFunction */
export function g(x: Tensor): Tensor {
	let y = x;
	if (x > 0) { y = x + 1; 	y = y * /*here*/fail(y); }
	return y;
}
export const where = () => g(gf.scalar(1));
`;
add("crlf.ts", std(simple, "f").replaceAll("\n", "\r\n"), 3);
add("cr.ts", std(simple, "f").replaceAll("\n", "\r"), 3);
add("bom.ts", "\ufeff" + std(simple, "f"), 3);
add("ls.ts", std(simple.replace("let n", "/*\u2028*/ let n"), "f"), 3);
add("tabs.ts", std(simple.replaceAll("  ", "\t"), "f"), 3);
add(
  "emoji.ts",
  std(simple.replace("y = x + 1;", 'const s = "😀😀"; y = x + 1; /* 😀 */').replace("let n", 'const label = "é😀"; let n'), "f"),
  3,
);
add("mts.mts", std(simple, "f"), 3);
add(
  "comments.ts",
  std(`
/** @graphFunction */
export function f(x: Tensor /* the x */): Tensor /* out */ {
  let n: Tensor /* n */ = /* zero */ 0; // start
  while /* a */ ( /* b */ x /* c */ > /* d */ 1 /* e */ ) /* f */ { // g
    x /* h */ = /* i */ x /* j */ / /* k */ 2 /* l */; // m
    n /* n */ += /* o */ ( /* p */ 1 /* q */ ) /* r */; /* s */
    // if (x) { }
    if /* t */ (x /* u */ === // v
      3) /* w */ continue /* x */; /* y */ else /* z */ ; // " ' \`
  } // }
  return /* ret */ n /* end */;
}
/** @graphFunction */
export function g(x: Tensor): Tensor {
  let y = x /* } */; if (x > 0) /* { */ y = x * // fail
    /* , */ /*here*/fail(y); return y; }
export const where = () => g(gf.scalar(1));
`),
  3,
);
add(
  "asi.ts",
  std(`
/** @graphFunction */
export function f(x: Tensor): Tensor {
  let n: Tensor = 0
  let xs: Tensor[] = [x]
  ;[n, x] = [x, n + 8]
  ;(n = n * 1)
  while (x > 1) {
    x = x / 2
    n++
    ;[n] = [n]
  }
  do n--
  while (n > 6)
  if (n > 3)
    n = n * 2
  else
    n = n + 1
  for (;;)
    if (n > 20) break
    else n += 5
  const t = n
  ++n
  ;\`\${1}\`
  return (
    n
  )
}
/** @graphFunction */
export function g(x: Tensor): Tensor {
  let y = x
  if (x > 0)
    y = x
      * /*here*/fail(y)
  return y
}
export const where = () => g(gf.scalar(1))
`),
  23,
);
add("shebang.ts", "#!/usr/bin/env node\n" + std(simple, "f"), 3);
add("strict.ts", `"use strict";\n` + std(simple.replace("let n", `"use strict"; let n`), "f"), 3);
add(
  "long.ts",
  std(`
/** @graphFunction */
export function f(x: Tensor): Tensor { let n: Tensor = 0; ${"n = n + 1; ".repeat(3000)} if (x > 100) n = 0; return n; }
/** @graphFunction */
export function g(x: Tensor): Tensor { let y = x; ${"y = y + 1; ".repeat(500)} if (x > 0) y = y * /*here*/fail(y); return y; }
export const where = () => g(gf.scalar(1));
`),
  3000,
);
add(
  "deep.ts",
  std(`
/** @graphFunction */
export function f(x: Tensor): Tensor { return ${"(".repeat(200)}x${" + 1)".repeat(200)}; }
/** @graphFunction */
export function g(x: Tensor): Tensor { ${"if (x > 0) { ".repeat(60)} return x * /*here*/fail(x); ${"}".repeat(60)} return x; }
export const where = () => g(gf.scalar(1));
`),
  205,
);
add(
  "3000.ts",
  std(`
/** @graphFunction */
export function f(x: Tensor): Tensor {
  let n: Tensor = 0;
${Array.from({ length: 1000 }, (_, i) => `  if (x > ${i}) {\n    n += ${i % 3};\n  }`).join("\n")}
  return n;
}
/** @graphFunction */
export function g(x: Tensor): Tensor {
${"  x = x + 1;\n".repeat(3000)}
  return x > 0 ? x * /*here*/fail(x) : x;
}
export const where = () => g(gf.scalar(1));
`),
  0 + 1 + 2 + 0 + 1,
);
const forms = (name: string, decl: string, call: string, expect: number): void =>
  add(name, head + fail + decl + `\nexport const run = async () => [(await ${call}(gf.scalar(8))).arraySync(), ${expect}];\n`, expect);
const body = `{ let n: Tensor = 0; while (x > 1) { x = x / 2; n++; } return n; }`;
const thrown = `{ let y = x; if (x > 0) y = x * /*here*/fail(x); return y; }`;
const M = "/** @graphFunction */ ";
forms(
  "fnexpr.ts",
  `export const f = ${M}function (x: Tensor): Tensor ${body};\nexport const g = ${M}function named(x: Tensor): Tensor ${thrown};\nexport const where = () => g(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "arrow.ts",
  `${M}\nexport const f = (x: Tensor): Tensor => ${body}, h = 3;\nexport const g = gf.graphFunction((x: Tensor): Tensor => x > 0 ? x * /*here*/fail(x) : x);\nexport const where = () => g(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "method.ts",
  `class A { #k = 1; ${M}m(x: Tensor): Tensor ${body}\n ${M}static s(x: Tensor): Tensor ${thrown}\n ${M}#p(x: Tensor): Tensor { return this.m(x) * this.#k; }\n p(x: Tensor): Tensor { return this.#p(x); }\n ${M}static #q(x: Tensor): Tensor { return x > 0 ? x : -x; }\n static q(x: Tensor): Tensor { return A.#q(x); } }\nconst a = new A(); export const f = (x: Tensor) => A.q(a.p(x)); export const where = () => A.s(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "object.ts",
  `const o = { k: 2, ${M}m(x: Tensor): Tensor ${body}, ${M}a: (x: Tensor): Tensor => ${thrown}, ${M}["comp" + 1](x: Tensor): Tensor { return x > 0 ? x * this.k : x; }, ${M}"str"(x: Tensor): Tensor { return -x; }, ${M}7(x: Tensor): Tensor { return x; } };\nexport const f = (x: Tensor) => o[7](o.str(o.comp1(o.m(x)))); export const where = () => o.a(gf.scalar(1));`,
  "f",
  -6,
);
forms(
  "default.ts",
  `export default ${M}function (x: Tensor): Tensor ${thrown}\n${M}function f(x: Tensor): Tensor ${body}\nimport * as self from "./default.ts";\nexport const where = () => self.default(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "default2.ts",
  `${M}\nexport default (x: Tensor): Tensor => ${thrown};\n${M}function f(x: Tensor): Tensor ${body}\nimport * as self from "./default2.ts";\nexport const where = () => self.default(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "async.ts",
  `${M}\nexport const f = async (x: Tensor): Promise<Tensor> => { const k = await Promise.resolve(1); let n: Tensor = 0; while (x > k) { x = x / 2; n++; } return n; };\n${M}\nexport async function g(x: Tensor): Promise<Tensor> { await null; let y = x; if (x > 0) y = x * /*here*/fail(x); return y; }\nexport const where = () => g(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "nested.ts",
  `${M}function f(x: Tensor): Tensor {\n  ${M}const inner = (x: Tensor): Tensor => { let m: Tensor = 0; while (x > 2) { x = x / 2; m++; } return m; };\n  ${M}function other(y: Tensor): Tensor { return y > 100 ? y : y + 1; }\n  return other(inner(x)); }\n${M}function g(x: Tensor): Tensor { ${M}const h = (y: Tensor): Tensor => y > 0 ? /*here*/fail(y) : y; return h(x); }\nexport const where = () => g(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "decor.ts",
  `import { graphFunction } from "graphfn";\nfunction log<T>(target: T, context: ClassMethodDecoratorContext): T { return target; }\nclass A { @log @graphFunction m(x: Tensor): Tensor ${body}\n @graphFunction({}) @log static s(x: Tensor): Tensor ${thrown} }\nconst a = new A(); export const f = (x: Tensor) => a.m(x); export const where = () => A.s(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "fndecor.ts",
  `import { graphFunction } from "graphfn";\n@graphFunction\nexport function f(x: Tensor): Tensor ${body}\n@graphFunction\nfunction g(x: Tensor): Tensor ${thrown}\nexport const where = () => g(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "overload.ts",
  `export function f(x: Tensor): Tensor;\nexport function f(x: number): Tensor;\n${M}\nexport function f(x: Tensor | number): Tensor { if (typeof x === "number") return gf.scalar(x); return x > 1 ? x / 2 - 1 : x; }\ndeclare function outer(x: Tensor): Tensor;\n${M}\nexport function g(x: Tensor): Tensor;\nexport function g(x: Tensor): Tensor ${thrown}\nexport const where = () => g(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "misc.ts",
  `enum E { A = 2, B = A << 1 } const enum C { X = 1 } namespace N { export const k = 3; ${M}export function twice(x: Tensor): Tensor { return x * E.A; } export namespace Deep { export const q = 1 } }\n${M}\nfunction f(x: Tensor): Tensor { using d = { [Symbol.dispose]() {} }; const o = { v: x } satisfies { v: Tensor }; const y = <Tensor>(o.v as Tensor)!; type L = number; interface I { a: L } const i: I = { a: N.k }; let z = y; while (z > E.B) { z = z - i.a + C.X - N.Deep.q; } return N.twice(z) + (d ? 0 : 1); }\n${M}function g<const T extends Tensor>(this: void, x: T, ...rest: readonly number[]): Tensor ${thrown}\nexport const where = () => g(gf.scalar(1));`,
  "f",
  4,
);
forms(
  "jsx.tsx",
  `declare namespace JSX { interface Element {} interface IntrinsicElements { [n: string]: any } }\nconst React = { createElement: (...a: unknown[]) => a };\nexport const view = <div className="a">{1}</div>;\nconst id = <T,>(x: T): T => x;\n${M}\nexport function f(x: Tensor): Tensor { const v = <b>{"n"}</b>; let n: Tensor = 0; while (x > 1) { x = x / 2; n++; } return id(n); }\n${M}function g(x: Tensor): Tensor ${thrown}\nexport const where = () => g(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "directive.ts",
  `export function f(x: Tensor): Tensor { "use graph"; let n: Tensor = 0; while (x > 1) { x = x / 2; n++; } return n; }\nconst g = (x: Tensor): Tensor => { "use strict"; "use graph"; let y = x; if (x > 0) y = x * /*here*/fail(x); return y; };\nexport const where = () => g(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "class.ts",
  `const B = class { static { this.k = 1; } static k: number; declare z: number; accessor w = 2; get v() { return 3; } ${M}run = (x: Tensor): Tensor => ${body}; ${M}async *gen() { yield 1; } };`.replace(
    `${M}async *gen() { yield 1; }`,
    "async *gen() { yield 1; }",
  ) +
    `\nconst b = new B(); export const f = (x: Tensor) => b.run(x);\nclass P { constructor(readonly k: number) {} ${M}m(x: Tensor): Tensor ${thrown} }\nexport const where = () => new P(1).m(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "regex.ts",
  `${M}function f(x: Tensor): Tensor { const r = /[/{}"'\`]/g; const t = \`a\${"}"}b\${\`n\${1}\`}\`; let n: Tensor = 0; while (x > 1) { x = x / r.source.length * 8 / 2; n++; if (t.length > 50) break; } return n; }\n${M}function g(x: Tensor): Tensor { const t = \`\n\n\${1}\n\`; let y = x; if (x > 0) y = t.length > 0 ? x * /*here*/fail(x) : x; return y; }\nexport const where = () => g(gf.scalar(1));`,
  "f",
  3,
);
forms(
  "keywords.ts",
  `${M}function f(async: Tensor): Tensor { let of: Tensor = 0; let get = async, type = 1, from = 2; let let_: Tensor = 0; while (get > type) { get = get / from; of++; } const o = { async, of, get, if: of, class: 1 }; return o.if; }\n${M}function g(x: Tensor): Tensor ${thrown}\nexport const where = () => g(gf.scalar(1));`,
  "f",
  3,
);
