/**
 * Loops over large arrays that compiled code runs block by block, against the machine (no compiler) and the reference backend: random loops
 * of all kinds that may be swept or not, and what each rule is about. Ops round once, so that all three have the same bits.
 */
import * as gf from "graphfn";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Backend } from "../../runtime/src/backends/backend.ts";
import { referenceBackend } from "../../runtime/src/backends/reference.ts";
import { type DType, newElements, type TypedArray } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import { sizeOf } from "../../runtime/src/core/shape.ts";
import type { Graph } from "../../runtime/src/ir/graph.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { verifyGraph } from "../../runtime/src/ir/verify.ts";
import { optimize } from "../../runtime/src/passes/pipeline.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import type { Plan } from "../../runtime/src/plan/plan.ts";
import { showPlan } from "../../runtime/src/plan/show.ts";
import { Random } from "../support/random.ts";
import { addon, COMPILING, native, results } from "./support.ts";

const COUNT = Number(process.env.GRAPHFN_FUZZ ?? 300);
const ROUNDS = 60;

function show(data: TypedArray): string {
  return Array.from(data, (x) => (Object.is(x, -0) ? "-0" : String(x))).join(",");
}

/** Results of each run, or the code of the error. */
function outcome(backend: Backend, plan: Plan, inputs: readonly TypedArray[], runs: number): string {
  const executable = backend.compile(plan, () => {});
  let text = "";
  for (let k = 0; k < runs; k++) {
    const outputs = results(plan);
    const given = inputs.map((data) => data.slice() as TypedArray);
    try {
      executable.run(given, outputs);
      text += `${outputs.map(show).join(" | ")}\n`;
    } catch (error) {
      if (!(error instanceof GraphFnError)) throw error;
      text += `${error.code}\n`;
    }
  }
  executable.dispose();
  return text;
}

interface Swept {
  /** Loops that ran by blocks, and that were set back. */
  readonly swept: number;
  readonly setBack: number;
}

/** Runs a graph in all ways, expects one result, and says what the compiled one did. `isExact`: the reference has the same bits. */
function judge(graph: Graph, inputs: readonly TypedArray[], what: string, isExact: boolean): Swept {
  verifyGraph(graph);
  const plan = buildPlan(optimize(graph).graph);
  const runs = 2;
  const reference = isExact ? outcome(referenceBackend, plan, inputs, runs) : null;
  addon?.setCompiler("off", "");
  const machine = outcome(native, plan, inputs, runs);
  addon?.setCompiler("wait", "");
  const before = addon!.compiler();
  const swept = outcome(native, plan, inputs, runs);
  const after = addon!.compiler();
  addon?.setCompiler("background", "");
  for (const [name, other] of [
    ["machine", machine],
    ["reference", reference ?? machine],
  ] as const) {
    if (other !== swept) {
      expect.fail(`${what} differs from the ${name}\n${swept.slice(0, 3000)}\n${other.slice(0, 3000)}\n${showPlan(plan)}`);
    }
  }
  expect(after.failed - before.failed, after.failure).toBe(0);
  return { swept: after.swept - before.swept, setBack: after.setBack - before.setBack };
}

type Kind = "fixed" | "masked" | "wild" | "counter";

/** A while over arrays of one size, as text. Inputs: arrays a, b (f32), c (i32), d (f64), e (u8), m (bool), a row, and a number of rounds. */
class RandomLoop {
  readonly #r: Random;
  readonly #shape: readonly number[];
  readonly #kind: Kind;
  readonly #exp: boolean;
  #next = 100;
  #lines: string[] = [];

  constructor(seed: number, exp = false) {
    this.#r = new Random(seed);
    const n = this.#r.pick([65, 80, 127, 128, 130, 200, 257, 1000]);
    this.#shape = this.#r.next() < 0.3 ? [this.#r.pick([5, 16, 20]), this.#r.pick([16, 33, 64])] : [n];
    this.#kind = this.#r.pick<Kind>(["fixed", "fixed", "masked", "masked", "masked", "wild", "counter"]);
    this.#exp = exp;
  }

  #emit(type: string, text: string): string {
    const id = `%${this.#next++}`;
    this.#lines.push(`      ${id}: ${type} = ${text}`);
    return id;
  }

  /** A value of an array type from those at hand. */
  #op(pools: Record<string, string[]>, suffix: string): void {
    const r = this.#r;
    const of = (type: string) => r.pick(pools[type] as string[]);
    const floats = r.pick(["f32", "f32", "f32", "f64"]);
    const choice = r.next();
    const add = (type: string, text: string) => (pools[type] as string[]).push(this.#emit(`${type}${suffix}`, text));
    if (choice < 0.35) add(floats, `${r.pick(["add", "sub", "mul", "maximum", "minimum"])} ${of(floats)}, ${of(floats)}`);
    else if (choice < 0.45) add(floats, `${r.pick(["neg", "abs", "floor", "sqrt", "relu"])} ${of(floats)}`);
    else if (choice < 0.55) add(floats, `where ${of("bool")}, ${of(floats)}, ${of(floats)}`);
    else if (choice < 0.65) add("bool", `${r.pick(["less", "lessEqual", "greater", "notEqual"])} ${of(floats)}, ${of(floats)}`);
    else if (choice < 0.72) add("bool", `${r.pick(["logicalAnd", "logicalOr", "logicalXor"])} ${of("bool")}, ${of("bool")}`);
    else if (choice < 0.8) add("i32", `cast ${of("bool")} {dtype="int32"}`);
    else if (choice < 0.88) add("i32", `${r.pick(["add", "sub", "bitwiseXor", "addExact", "minimum"])} ${of("i32")}, ${of("i32")}`);
    else if (choice < 0.92) add("u8", `${r.pick(["add", "mul", "maximum"])} ${of("u8")}, ${of("u8")}`);
    else if (choice < 0.96)
      add("f32", this.#exp ? `${r.pick(["exp", "tanh", "sin"])} ${of("f32")}` : `cast ${of("i32")} {dtype="float32"}`);
    else add("f64", `cast ${of("f32")} {dtype="float64"}`);
  }

  graph(): Graph {
    const r = this.#r;
    const suffix = `[${this.#shape.join(",")}]`;
    const columns = this.#shape.at(-1) as number;
    const carried = [
      ["a", "f32"],
      ["c", "i32"],
      ["d", "f64"],
      ["e", "u8"],
      ["m", "bool"],
    ].filter(([name]) => name === "m" || name === "a" || r.next() < 0.6) as [string, string][];
    const inputs = `%0: f32${suffix}, %1: f32${suffix}, %2: i32${suffix}, %3: f64${suffix}, %4: u8${suffix}, %5: bool${suffix}, %6: f32[${columns}], %7: i32`;
    const start: Record<string, string> = { a: "%0", c: "%2", d: "%3", e: "%4", m: "%5" };
    const head = carried.map(([, type], i) => `%${20 + i}: ${type}${suffix} = ${start[carried[i]?.[0] as string]}`);
    const axes = `axes=[${this.#shape.map((_, i) => i).join(",")}], keepDims=false`;
    // What ends it.
    const test: string[] = [`      %40: bool = less %30, %7`];
    const maskAt = carried.findIndex(([name]) => name === "m");
    let pred = "%40";
    if (this.#kind !== "fixed") {
      test.push(`      %41: bool = any %${20 + maskAt} {${axes}}`);
      if (r.next() < 0.2) {
        test[1] = `      %47: bool${suffix} = logicalNot %${20 + maskAt}`;
        test.push(`      %48: bool = all %47 {${axes}}`, `      %41: bool = logicalNot %48`);
      }
      const form = r.next();
      if (form < 0.4) test.push("      %42: bool = logicalAnd %41, %40");
      else if (form < 0.6) test.push("      %42: bool = logicalAnd %40, %41");
      else {
        test.length = 1;
        const [not, again] = r.next() < 0.5 ? ["%44", "%45"] : ["", `%${20 + maskAt}`];
        const twice =
          not === "" ? "" : `        %44: bool${suffix} = logicalNot %${20 + maskAt}\n        %45: bool${suffix} = logicalNot %44\n`;
        test.push(
          `      %42: bool = cond %40 {\n${twice}        %43: bool = any ${again} {${axes}}\n        yield %43\n      } else {\n        yield %9\n      }`,
        );
      }
      pred = "%42";
    }
    // A round.
    const body = carried.map(([, type], i) => `%${50 + i}: ${type}${suffix}`);
    const pools: Record<string, string[]> = { f32: ["%1", "%0"], f64: ["%3"], i32: ["%2"], u8: ["%4"], bool: ["%5"] };
    for (const [i, [, type]] of carried.entries()) pools[type]?.push(`%${50 + i}`, `%${50 + i}`, `%${50 + i}`);
    const one = this.#emit("i32", "addExact %60, %8");
    if (r.next() < 0.4) {
      pools["f32"]?.push(this.#emit(`f32${suffix}`, `add %${50}, %6`));
    }
    if (this.#kind === "fixed" && r.next() < 0.6) {
      const f = this.#emit("f32", 'cast %60 {dtype="float32"}');
      pools["f32"]?.push(this.#emit(`f32${suffix}`, `mul %50, ${f}`));
    }
    if (this.#kind === "fixed" && r.next() < 0.3) {
      const even = this.#emit("bool", `less %60, %10`);
      const old = "%50";
      const id = `%${this.#next++}`;
      const inner = `%${this.#next++}`;
      this.#lines.push(
        `      ${id}: f32${suffix} = cond ${even} {\n        ${inner}: f32${suffix} = sub ${old}, %1\n        yield ${inner}\n      } else {\n        yield ${old}\n      }`,
      );
      pools["f32"]?.push(id);
    }
    const ops = 2 + Math.floor(r.next() * 12);
    for (let i = 0; i < ops; i++) this.#op(pools, suffix);
    const mask = `%${50 + maskAt}`;
    const last = (type: string) => (pools[type] as string[]).at(-1) as string;
    const kept = this.#kind === "masked" || this.#kind === "counter";
    const yields = carried.map(([name, type]) => {
      const i = carried.findIndex(([other]) => other === name);
      const old = `%${50 + i}`;
      if (name === "m") return "";
      if (this.#kind === "counter" && type === "i32") {
        const alive = this.#emit(`i32${suffix}`, `cast ${mask} {dtype="int32"}`);
        return this.#emit(`i32${suffix}`, `addExact ${old}, ${alive}`);
      }
      if (!kept) return r.pick([last(type), last(type), old]);
      return this.#emit(`${type}${suffix}`, `where ${mask}, ${last(type)}, ${old}`);
    });
    if (maskAt >= 0) {
      const test = last("bool");
      const own = r.next();
      // One in ten comes back to life.
      yields[maskAt] =
        this.#kind === "fixed" || own < 0.1
          ? test
          : own < 0.2
            ? this.#emit(`bool${suffix}`, `logicalOr ${mask}, ${test}`)
            : this.#emit(`bool${suffix}`, `logicalAnd ${mask}, ${test}`);
    }
    const text = `graph random(${inputs}) {
  %8: i32 = const 1
  %9: bool = const false
  %10: i32 = const 3
  %11: i32 = const 0
  ${[...carried.map(([, type], i) => `%${80 + i}: ${type}${suffix}`), "%90: i32"].join(", ")} = while (${[...head, "%30: i32 = %11"].join(", ")}) {
${test.join("\n")}
      yield ${pred}
  } do (${[...body, "%60: i32"].join(", ")}) {
${this.#lines.join("\n")}
      yield ${[...yields, one].join(", ")}
  }
  return ${[...carried.map((_, i) => `%${80 + i}`), "%90"].join(", ")}
}`;
    return parseGraph(text);
  }

  inputs(seed: number): TypedArray[] {
    const r = new Random(seed);
    const n = sizeOf(this.#shape);
    const fill = (dtype: DType, size: number, f: () => number) => (newElements(dtype, size) as Float32Array).map(f) as TypedArray;
    const odd = () => r.pick([0, -0, 1, Number.NaN, Infinity, -1e30]);
    const float = () => (r.next() < 0.03 ? odd() : 4 * r.next() - 2);
    const large = r.next() < 0.1;
    const density = r.pick([0, 0.02, 0.5, 1]);
    return [
      fill("float32", n, float),
      fill("float32", n, float),
      fill("int32", n, () => (large ? 2147483600 + Math.floor(47 * r.next()) : Math.floor(10 * r.next()))),
      fill("float64", n, float),
      fill("uint8", n, () => Math.floor(256 * r.next())),
      fill("bool", n, () => (r.next() < density ? 1 : 0)),
      fill("float32", this.#shape.at(-1) as number, float),
      fill("int32", 1, () => r.pick([0, 1, 2, 7, ROUNDS])),
    ];
  }
}

const isThere = COMPILING.includes("wait");

describe.runIf(isThere)("random loops by blocks", () => {
  it.each([
    [COUNT, "by ops that round once", false],
    [Math.ceil(COUNT / 3), "with exponentials", true],
  ])("%i %s", { timeout: 3_600_000 }, (count, _, exp) => {
    let [swept, setBack] = [0, 0];
    for (let seed = 1; seed <= count; seed++) {
      const loop = new RandomLoop(seed, exp);
      const graph = loop.graph();
      for (const data of [seed, seed + 1e6]) {
        const did = judge(graph, loop.inputs(data), `seed ${seed}`, !exp);
        swept += did.swept;
        setBack += did.setBack;
      }
    }
    expect(swept).toBeGreaterThan(count / 2);
    expect(setBack).toBeGreaterThan(count / 50);
  });
});

type Fn = (...args: gf.Tensor[]) => gf.Tensor | gf.Tensor[];

describe.runIf(isThere)("loops by blocks", () => {
  beforeEach(() => {
    gf.setBackend("native");
  });
  afterEach(() => {
    addon?.setCompiler("background", "");
  });

  const all = (result: gf.Tensor | gf.Tensor[]): string[] => [result].flat().map((t) => show(t.dataSync() as TypedArray));

  /** The same as without a compiler; and what it did. `make` gives a function that has no plan yet. */
  function run(make: () => Fn, ...args: gf.Tensor[]): Swept & { readonly result: gf.Tensor[]; readonly loops: readonly string[] } {
    addon?.setCompiler("off", "");
    const machine = all(make()(...args));
    addon?.setCompiler("wait", "");
    const before = addon!.compiler();
    const f = make();
    const result = [f(...args)].flat();
    const after = addon!.compiler();
    expect(all(result)).toEqual(machine);
    // What vmap gives explains nothing.
    const loops = "explain" in f ? (f as unknown as { explain(...args: gf.Tensor[]): gf.Explanation }).explain(...args).loops : [];
    return { swept: after.swept - before.swept, setBack: after.setBack - before.setBack, result, loops };
  }

  const halves = () =>
    gf.graphFunction((a: gf.Tensor, n: gf.Tensor): [gf.Tensor, gf.Tensor] => {
      let i: gf.Tensor = 0;
      while (i < n) {
        a = 0.5 * a + i;
        i += 1;
      }
      return [a, i];
    }) as unknown as Fn;
  const int = (n: number) => gf.scalar(n, "int32");

  it.each([65, 66, 127, 128, 129, 191, 1000, 4099])("%i elements: whole blocks and the rest", (n) => {
    for (const dtype of ["float32", "float64"] as const) {
      const { swept, result } = run(halves, gf.range(0, n).cast(dtype), int(9));
      expect(swept).toBe(1);
      expect(result[1]?.item()).toBe(9);
    }
  });

  it("no rounds at all, and one", () => {
    expect(run(halves, gf.range(0, 100), int(0))).toMatchObject({ swept: 0, setBack: 0 });
    expect(run(halves, gf.range(0, 100), int(1))).toMatchObject({ swept: 1, setBack: 0 });
  });

  const collatz = () =>
    gf.graphFunction((x: gf.Tensor, limit: gf.Tensor): gf.Tensor[] => {
      let steps = gf.zeros(x.shape, "int32");
      let open = x > 1;
      let i: gf.Tensor = 0;
      while (gf.any(open) && i < limit) {
        const half = x * 0.5;
        x = gf.where(open, gf.where(gf.floor(half) === half, half, 3 * x + 1), x);
        steps += gf.cast(open, "int32");
        open = x > 1;
        i += 1;
      }
      return [x, steps, i];
    }) as unknown as Fn;

  it("a mask ends it: rounds are those of the last block", () => {
    const x = gf.range(1, 2000).cast("float64");
    const { swept, setBack, result } = run(collatz, x, int(1000));
    expect([swept, setBack]).toEqual([1, 0]);
    expect(result[2]?.item()).toBe(181);
    expect(Math.max(...(result[1] as gf.Tensor).dataSync())).toBe(181);
    // The limit ends some blocks, and the mask others.
    expect(run(collatz, x, int(60))).toMatchObject({ swept: 1, setBack: 0 });
    expect(run(collatz, gf.ones([100], "float64"), int(60))).toMatchObject({ swept: 0, setBack: 0 });
  });

  it("a mask whose elements come back is set back, once and for all", () => {
    const f = () =>
      gf.graphFunction((x: gf.Tensor): gf.Tensor[] => {
        let open = x >= 0;
        let i: gf.Tensor = 0;
        while (gf.any(open) && i < 40) {
          x = x + 1;
          // In some blocks the mask is empty now and then.
          const half = gf.floor(x / 100) * 0.5;
          open = gf.floor(half) === half;
          i += 1;
        }
        return [x, i];
      }) as unknown as Fn;
    const { swept, setBack, loops } = run(f, gf.range(0, 640));
    expect([swept, setBack]).toEqual([0, 1]);
    expect(loops[0]).toContain("not by blocks: blocks did not stay as they were");
  });

  it.each(["a scalar", "an array"])("an overflow of %s", (what) => {
    const scalar = () =>
      gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor[] => {
        let k: gf.Tensor = 0;
        let sum: gf.Tensor = 0;
        while (k < n) {
          x = 0.5 * x;
          sum += 1 << 24;
          k += 1;
        }
        return [x, sum];
      }) as unknown as Fn;
    const array = () => {
      const one = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
        let sum: gf.Tensor = 0;
        let k: gf.Tensor = 0;
        while (k < n && x < 100) {
          x = x + 1;
          sum += 1 << 24;
          k += 1;
        }
        return sum;
      });
      return gf.vmap(one, { inAxes: [0, null] }) as unknown as Fn;
    };
    const f = what === "a scalar" ? scalar : array;
    const x = gf.range(-150, 50);
    expect(run(f, x, int(100)).swept).toBe(1);
    addon?.setCompiler("wait", "");
    const g = f();
    const before = addon!.compiler();
    expect(() => g(x, int(200))).toThrow(/2147483648/);
    expect(addon!.compiler().setBack).toBe(before.setBack + 1);
    // The next call is one by blocks again.
    g(x, int(3));
    expect(addon!.compiler().swept).toBe(before.swept + 1);
  });

  it("arrays that are variables, and a scalar that is one", () => {
    const plain = Float32Array.from({ length: 150 }, (_, k) => k);
    for (let k = 0; k < 12; k++) plain.forEach((v, i) => void (plain[i] = Math.fround(v * 0.75) + i));
    const v = gf.variable(gf.range(0, 150));
    const rate = gf.variable(gf.scalar(0.75));
    const step = gf.range(0, 150);
    addon?.setCompiler("wait", "");
    const f = gf.graphFunction((n: gf.Tensor): void => {
      for (let i: gf.Tensor = 0; i < n; i++) v.assign(v.value() * rate.value() + step);
    });
    const before = addon!.compiler().swept;
    f(int(5));
    f(int(7));
    expect(addon!.compiler().swept).toBe(before + 2);
    expect(v.value().dataSync()).toEqual(plain);
  });

  it("rows, columns and branches on scalars; a loop inside of another", () => {
    const f = () =>
      gf.graphFunction((x: gf.Tensor, row: gf.Tensor, column: gf.Tensor, n: gf.Tensor): gf.Tensor => {
        for (let k: gf.Tensor = 0; k < 3; k++) {
          for (let i: gf.Tensor = 0; i < n; i++) {
            if (i < 4) x = x * 0.5 + row;
            else x = gf.maximum(x - column, 0.25 * x);
          }
          x = x - gf.mean(x);
        }
        return x;
      }) as unknown as Fn;
    const { swept, loops } = run(f, gf.range(0, 19 * 33).reshape([19, 33]), gf.range(0, 33), gf.range(0, 19).reshape([19, 1]), int(9));
    expect(swept).toBe(3);
    expect(loops.map((line) => line.split("  // ")[0])).toEqual([
      expect.stringMatching(/^L\d {2}runs step by step: a loop inside of it runs by blocks; not by blocks: /),
      expect.stringMatching(/^L\d {2}runs by blocks, a block of elements through all rounds before the next one$/),
    ]);
  });

  it("a mask that is computed where it is asked", () => {
    const f = () =>
      gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor[] => {
        let i: gf.Tensor = 0;
        while (i < n && gf.any(gf.abs(x) > 3)) {
          x = gf.where(gf.abs(x) > 3, 0.9 * x, x);
          i += 1;
        }
        return [x, i];
      }) as unknown as Fn;
    expect(run(f, gf.range(0, 300), int(100))).toMatchObject({ swept: 1, setBack: 0 });
    expect(run(f, gf.range(0, 300), int(20))).toMatchObject({ swept: 1, setBack: 0 });
  });

  it("threads have no say in it", () => {
    const x = gf.range(1, 100_001).cast("float64");
    const threads = addon!.threads();
    const results = [1, 2, 3].map((count) => {
      addon!.setThreads(count);
      addon?.setCompiler("wait", "");
      const before = addon!.compiler().swept;
      const result = all(collatz()(x, int(1000)));
      expect(addon!.compiler().swept).toBe(before + 1);
      return result;
    });
    addon!.setThreads(threads);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    expect(results[0]?.[2]).toBe("350");
  });

  it("examples of vmap over a loop whose rounds differ", () => {
    const f = () => {
      const one = gf.graphFunction((x: gf.Tensor, limit: gf.Tensor): gf.Tensor => {
        let count: gf.Tensor = 0;
        while (count < limit && x * x <= 4) {
          x = x * x + x;
          count += 1;
        }
        return count;
      });
      return gf.vmap(one, { inAxes: [0, null] }) as unknown as Fn;
    };
    expect(run(f, gf.range(0, 300).div(100).sub(1.5), int(100))).toMatchObject({ swept: 1, setBack: 0 });
  });

  const refused: readonly [string, () => Fn, string][] = [
    [
      "a sum inside",
      () =>
        gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
          for (let i: gf.Tensor = 0; i < n; i++) x = x - gf.sum(x);
          return x;
        }) as unknown as Fn,
      "a scalar is computed from an array, and not only to end it",
    ],
    [
      "a scalar that changes, where a mask ends it",
      () =>
        gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
          let i: gf.Tensor = 0;
          while (gf.any(x < 3) && i < n) {
            x = x + i;
            i += 1;
          }
          return x;
        }) as unknown as Fn,
      "arrays are computed from a scalar that changes, and a mask ends it",
    ],
    [
      "all where any would do",
      () =>
        gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
          let i: gf.Tensor = 0;
          while (gf.all(x < 300) && i < n) {
            x = x + 1;
            i += 1;
          }
          return x;
        }) as unknown as Fn,
      "what ends it is not whether a mask has elements",
    ],
    [
      "an op that is not elementwise",
      () =>
        gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
          for (let i: gf.Tensor = 0; i < n; i++) x = gf.cumsum(x * 0.5);
          return x;
        }) as unknown as Fn,
      "an op in it is not elementwise",
    ],
  ];
  it.each(refused)("%s: no", (_, f, why) => {
    const { swept, loops } = run(f, gf.range(0, 100), int(5));
    expect(swept).toBe(0);
    expect(loops.join("\n")).toContain(`; not by blocks: ${why}`);
  });
});
