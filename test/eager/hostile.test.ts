/**
 * Every eager function and method of the public API with hostile arguments, chosen at random by a seed: calls that went well are
 * changed in one place and tried again. A call gives tensors that are whole, the same on both backends, or an error of ours; never an
 * error of V8, a crash, more memory than there is, or a call that goes on and on. HOSTILE_ROUNDS and HOSTILE_SEED try more; HOSTILE_SWEEP=1
 * puts each hostile value in each place of each right call.
 */
import * as gf from "graphfn";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Random } from "../support/random.ts";
import { rightCalls, type Target, targets } from "./hostile/calls.ts";
import { Arguments, isPlain, Trap } from "./hostile/values.ts";

const ROUNDS = Number(process.env["HOSTILE_ROUNDS"] ?? 20);
const SEED = Number(process.env["HOSTILE_SEED"] ?? 1);
const SWEEP = process.env["HOSTILE_SWEEP"] === "1";
/** Far above what a loaded machine needs for one call on small tensors. */
const SLOW_MS = 20_000;
const MEMORY = 256 * 2 ** 20;
/** Each call draws (weights of layers, too), or shows what it is given: not comparable. */
const DRAWS = /layers\.|rand|multinomial|dropout|truncatedNormal/i;

const random = new Random(SEED);
const values = new Arguments(random);
const corpus = rightCalls();
const native = gf.getBackend();

beforeAll(() => {
  vi.spyOn(process, "availableMemory").mockReturnValue(MEMORY);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await gf.setBackend(native as "native");
});

/** What a call gave: an error's code, or the values found in the result. */
interface Outcome {
  readonly code: string | null;
  readonly found: unknown[];
}

async function attempt({ run }: Target, args: readonly unknown[]): Promise<Outcome> {
  const found: unknown[] = [];
  try {
    const result = await run(...args);
    collect(result, found, args, 0);
    return { code: null, found };
  } catch (error) {
    if (error instanceof Trap) return { code: "the caller's", found: [] };
    if (!(error instanceof gf.GraphFnError)) throw error;
    expect(error.code, error.message).not.toMatch(/^I_/);
    return { code: error.code, found: [] };
  }
}

/** Tensors are read, checked and disposed. */
function collect(value: unknown, found: unknown[], args: readonly unknown[], depth: number): void {
  if (value instanceof gf.Tensor) {
    const data = value.dataSync();
    expect(data.length).toBe(gf.util.sizeFromShape(value.shape) * (value.dtype === "complex64" ? 2 : 1));
    found.push(value.dtype, value.shape.join(), data);
    if (!value.kept) value.dispose();
  } else if (value instanceof gf.TensorBuffer) {
    found.push(value.dtype, value.shape.join(), value.values);
  } else if (!args.includes(value) && depth < 3 && (Array.isArray(value) || isPlain(value))) {
    for (const inner of Object.values(value).slice(0, 50)) collect(inner, found, args, depth + 1);
  } else {
    found.push(typeof value === "object" ? "an object" : value);
  }
}

function same(a: unknown, b: unknown): boolean {
  if (ArrayBuffer.isView(a)) return (a as Float32Array).every((x, i) => close(x, (b as Float32Array)[i] as number));
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => same(x, b[i]));
  return typeof a === "number" ? close(a, b as number) : Object.is(a, b) || typeof a === "function";
}

function close(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(a), Math.abs(b));
}

/** Elements never change: no call writes into an operand, or gives back memory that a tensor still has. */
const before = values.tensors.map((t) => t.dataSync());

function expectUnchanged(): void {
  const changed = values.tensors.find((t, i) => t.isDisposed || !t.dataSync().every((x, k) => Object.is(x, before[i]?.[k])));
  expect(changed, "a tensor that changed").toBeUndefined();
}

const rightNow = new Set<string>();

async function one(target: Target, args: readonly unknown[]): Promise<boolean> {
  const start = performance.now();
  const first = await attempt(target, args);
  expect(performance.now() - start).toBeLessThan(SLOW_MS);
  if (!DRAWS.test(target.name)) {
    await gf.setBackend("reference");
    const second = await attempt(target, args);
    await gf.setBackend(native as "native");
    // Kernels of the two backends need different scratch memory.
    if (first.code === "E_MEMORY" || second.code === "E_MEMORY") return false;
    expect(first.code).toBe(second.code);
    expect(first.found.length === second.found.length && first.found.every((x, i) => same(x, second.found[i]))).toBe(true);
  }
  return first.code === null;
}

it.each(targets().map((target) => [target.name, target] as const))(
  "%s",
  async (name, target) => {
    const right = corpus[name] ?? [];
    const good: (readonly unknown[])[] = [...right];
    const sweep = SWEEP ? [...values.swept(right, target.method ? 1 : 0)] : [...values.withHoles(right)];
    for (let round = 0; round < ROUNDS + sweep.length; round++) {
      const args =
        round >= ROUNDS
          ? (sweep[round - ROUNDS] as readonly unknown[])
          : round < right.length
            ? (right[round] as readonly unknown[])
            : good.length > 0 && random.chance(0.6)
              ? values.changed(random.pick(good), target.method ? 1 : 0)
              : target.method
                ? [random.pick(values.tensors), ...values.fresh()]
                : values.fresh();
      const went = await one(target, args).catch((error: unknown) => {
        throw new Error(`seed ${SEED}, round ${round}: ${name}(${args.map(show).join(", ")})`, { cause: error });
      });
      if (round < right.length) expect(went, `the right call ${round}`).toBe(true);
      if (went) {
        rightNow.add(name);
        if (good.length < 40) good.push(args);
      }
    }
    expectUnchanged();
  },
  600_000,
);

it("after all that a call is right, memory was not used up, and most functions were called rightly", () => {
  expect(gf.add([1, 2], [3, 4]).arraySync()).toEqual([4, 6]);
  expect(process.resourceUsage().maxRSS).toBeLessThan(2 * 2 ** 20);
  expect(rightNow.size).toBeGreaterThan(targets().length * 0.6);
});

function show(value: unknown): string {
  if (value instanceof gf.Tensor)
    return Object.hasOwn(value, "dtype") ? `${value.dtype}[${value.shape.join()}]` : "an object with its prototype";
  if (Array.isArray(value))
    return value.constructor === Array && Object.getOwnPropertyDescriptor(value, "length")?.value < 9
      ? `[${Array.from(Object.values(Object.getOwnPropertyDescriptors(value)).slice(0, -1), (d) => show(d.value as unknown)).join(", ")}]`
      : "an array";
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);
}
