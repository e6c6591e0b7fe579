/**
 * What a public function computes on the way is gone when it returns, and when it throws: `gf.memory().numTensors` grows by the tensors of
 * the result and nothing else. Each function and method is called as its right calls say, with arrays and numbers where those have
 * tensors, and as chance wants; under a tape, too, which keeps what it needs until it ends.
 */
import * as gf from "graphfn";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Random } from "../support/random.ts";
import { rightCalls, type Target, targets } from "./hostile/calls.ts";
import { Arguments, isPlain } from "./hostile/values.ts";

const ROUNDS = Number(process.env["LEFT_ROUNDS"] ?? 60);

const random = new Random(5);
const values = new Arguments(random);
const corpus = rightCalls();

beforeAll(() => {
  vi.spyOn(process, "availableMemory").mockReturnValue(256 * 2 ** 20);
  // The generator of random numbers is made once, and stays.
  gf.randomUniform([1]).dispose();
  return () => {
    vi.restoreAllMocks();
  };
});

/** The newest tensor's number: what has a higher one was made later. */
function newestId(): number {
  const t = gf.scalar(0);
  t.dispose();
  return t.id;
}

/** Layers that were called. */
const applied = vi.spyOn(gf.layers.Layer.prototype, "apply");

/** Tensors in a result: in arrays, in objects of any class. */
function tensorsOf(result: unknown, madeAfter: number): Set<gf.Tensor> {
  const found = new Set<gf.Tensor>();
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value) || ArrayBuffer.isView(value)) return;
    seen.add(value);
    if (value instanceof gf.Tensor) {
      if (Object.hasOwn(value, "id") && value.id > madeAfter && !value.isDisposed) found.add(value);
    } else {
      for (const { value: inner } of Object.values(Object.getOwnPropertyDescriptors(value))) visit(inner);
    }
  };
  visit(result);
  return found;
}

interface Outcome {
  readonly went: boolean;
  /** Tensors that are there after the call and not in its result. */
  readonly left: number;
}

async function outcome(run: () => unknown): Promise<Outcome> {
  const mark = newestId();
  const before = gf.memory().numTensors;
  let result: unknown;
  let went = true;
  try {
    result = await run();
  } catch {
    went = false;
  }
  // What stays with an object that was made until it is disposed: variables.
  if (result instanceof gf.Optimizer) result.dispose();
  for (const layer of applied.mock.contexts as gf.Layer[]) layer.dispose();
  applied.mockClear();
  const made = tensorsOf(result, mark);
  const left = gf.memory().numTensors - before - made.size;
  for (const t of made) t.dispose();
  return { went, left };
}

/** The same call with values instead of tensors: the argument itself, and those in a list. */
function withValues(args: readonly unknown[], from: number): unknown[] {
  const unwrapped = (x: unknown): unknown =>
    x instanceof gf.Tensor ? (x.dtype === "complex64" || x.isDisposed ? x : x.arraySync()) : Array.isArray(x) ? x.map(unwrapped) : x;
  return args.map((x, i) => (i < from ? x : unwrapped(x)));
}

function* calls(target: Target): Generator<readonly unknown[]> {
  const from = target.method ? 1 : 0;
  const right = corpus[target.name] ?? [];
  for (const args of right) {
    yield args;
    yield withValues(args, from);
  }
  for (let round = 0; round < ROUNDS; round++) {
    if (right.length > 0 && random.chance(0.5)) yield values.changed(random.pick(right), from);
    else if (target.method) yield [random.pick(values.tensors), ...values.fresh()];
    else yield values.fresh();
  }
}

const watched = (dtype: string): boolean => dtype === "float32" || dtype === "float64" || dtype === "complex64";

/** The call under a tape that watches all its tensors, and a gradient of what came out: whatever the tape held is gone after it. */
function taped(target: Target, args: readonly unknown[]): void {
  const mark = newestId();
  const tape = gf.gradientTape();
  try {
    const tensors = args.flat(2).filter((x) => x instanceof gf.Tensor && !x.isDisposed && watched(x.dtype)) as gf.Tensor[];
    tape.watch(tensors);
    const result = target.run(...args);
    if (result instanceof gf.Optimizer) result.dispose();
    const made = [...tensorsOf(result, mark)];
    const values = made.filter((t) => watched(t.dtype));
    try {
      if (values.length > 0 && tensors.length > 0) gf.dispose(tape.gradient(values, tensors));
    } finally {
      gf.dispose(made);
    }
  } finally {
    tape.dispose();
  }
}

it.each(targets().map((target) => [target.name, target] as const))(
  "%s",
  async (name, target) => {
    for (const args of calls(target)) {
      const { left, went } = await outcome(() => target.run(...args));
      expect(left, `${went ? "left by" : "left by the failing"} ${name}(${args.map(show).join(", ")})`).toBe(0);
      if (!went || /Async$/.test(name)) continue;
      const { left: after } = await outcome(() => taped(target, args));
      expect(after, `left under a tape by ${name}(${args.map(show).join(", ")})`).toBe(0);
    }
  },
  120_000,
);

const x = gf.keep(gf.tensor([1, 2, 3]));
const rows = [gf.keep(gf.tidy(() => x.reshape([1, 3]))), gf.keep(gf.tidy(() => x.reshape([3, 1])))] as const;
/** Too large to be a constant of a graph. */
const large = gf.keep(gf.ones([100]));
const square = (t: gf.Tensor): gf.Tensor => t.mul(t).add(1).sum();
const custom = gf.customGrad((t: gf.Tensor, save: gf.GradSaveFunc) => {
  save([t]);
  return { value: t.square().mul(2), gradFunc: (dy: gf.Tensor, saved: gf.Tensor[]) => dy.mul(saved[0] as gf.Tensor).mul(4) };
});

/** What the list above leaves out. */
const MORE: Readonly<Record<string, () => unknown>> = {
  grad: () => gf.grad(square)([1, 2, 3]),
  "grad of grad": () => gf.grad((t) => gf.grad(square)(t).sum())(x),
  grads: () => gf.grads((a, b) => a.mul(b).div(2))([x, [1, 2, 3]], [1, 1, 1]),
  valueAndGrad: () => gf.valueAndGrad(square)(x),
  valueAndGrads: () => gf.valueAndGrads((a, b) => a.matMul(b.add(1)).sum())([rows[0], rows[1]]),
  customGrad: () => custom(x),
  vmap: () =>
    gf.vmap((t) => t.mul(x).sum())([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  "vmap with what it captures": () => gf.tidy(() => [large.square()].map((own) => gf.vmap((t: gf.Tensor) => t.mul(own).sum())(x))),
  "grad of vmap": () =>
    gf.grad((t) =>
      gf
        .vmap((u: gf.Tensor) => u.mul(large).sum())(t)
        .sum(),
    )(x),
  "vmap of grad": () => gf.vmap(gf.grad((t: gf.Tensor) => t.mul(large).sum()))(x),
  "vmap that fails": () => {
    expect(() => gf.vmap((t: gf.Tensor) => t.mul(large).matMul(t))(x)).toThrow("rank 2");
  },
  jvp: () => gf.jvp((a, b) => a.mul(b).exp().sum(), [x, [1, 2, 3]], [[1, 1, 1], x]),
  jacobian: () => gf.jacobian((t) => t.square().cumsum())(x),
  hessian: () => gf.hessian((t) => t.square().prod())([1, 2, 3]),
  vjp: () => {
    const { value, vjp, dispose } = gf.vjp((a, b) => a.mul(b).exp(), [x, [1, 2, 3]]);
    const found = vjp([1, 0, 1]);
    dispose();
    return [value, found];
  },
  "a tape that was stopped": () => {
    using tape = gf.gradientTape({ persistent: true });
    tape.watch(x);
    const y = gf.tidy(() => x.add(1).square());
    tape.stop();
    return [y, tape.gradient(y, x), tape.jacobian(y, x)];
  },
  "grad of customGrad": () => gf.grad((t) => custom(t).sum())(x),
  "a tape that forgets": () => {
    const tape = gf.gradientTape();
    tape.watch(x);
    const y = gf.tidy(() => x.add(1).mul(2));
    tape.dispose();
    return y;
  },
};

it.each(Object.entries(MORE))("%s", async (_name, run) => {
  const { went, left } = await outcome(run);
  expect(went).toBe(true);
  expect(left).toBe(0);
});

const ASSIGNED: readonly gf.TensorLike[] = [x, [4, 5, 6], 2, new Float32Array(3), true];

it.each(["assign", "assignAdd", "assignSub"] as const)("Variable#%s", async (method) => {
  const v = gf.variable([1, 2, 3]);
  for (const value of ASSIGNED) {
    if (method === "assign" && !Array.isArray(value) && typeof value !== "object") continue;
    expect((await outcome(() => void v[method](value))).left).toBe(0);
  }
  expect((await outcome(() => v.read())).left).toBe(0);
  expect((await outcome(() => v.assign([1, 2]))).left).toBe(0);
  v.dispose();
});

describe("optimizers", () => {
  it.each(["sgd", "momentum", "adam", "nadam", "rmsprop", "adagrad", "adadelta", "lion", "ftrl", "adamax"] as const)("%s", (name) => {
    const before = gf.memory().numTensors;
    const v = gf.variable([1, 2, 3]);
    const optimizer = name === "momentum" ? gf.train.momentum(0.1, 0.9) : gf.train[name](0.1);
    const loss = (): gf.Tensor => v.square().mul(2).sum();
    optimizer.minimize(loss);
    const between = gf.memory().numTensors;
    for (let i = 0; i < 3; i++) expect(optimizer.minimize(loss, i === 1)?.dispose()).toBeUndefined();
    expect(optimizer.iterations).toBe(4);
    expect(optimizer.learningRate).toBe(0.1);
    expect(gf.memory().numTensors).toBe(between);
    optimizer.dispose();
    v.dispose();
    expect(gf.memory().numTensors).toBe(before);
  });
});

it("models: what calls, fit, evaluate and predict compute on the way", async () => {
  const before = gf.memory().numTensors;
  const [xs, ys] = [gf.ones([8, 3]), gf.ones([8, 1])];
  const model = gf.sequential({
    layers: [gf.layers.dense({ units: 4, inputShape: [3], activation: "tanh" }), gf.layers.dense({ units: 1 })],
  });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["mae"] });
  const use = async (): Promise<void> => {
    gf.dispose([model.predict(xs), model.apply(xs), model.evaluate(xs, ys)] as gf.Tensor[]);
    await model.fit(xs, ys, { epochs: 2, batchSize: 3, verbose: 0 });
    model.calculateLosses();
  };
  await use();
  const between = gf.memory().numTensors;
  for (let i = 0; i < 3; i++) await use();
  expect(gf.memory().numTensors).toBe(between);
  model.dispose();
  gf.dispose([xs, ys]);
  // The state of the optimizer: learning rate and number of updates.
  expect(gf.memory().numTensors - before).toBeLessThanOrEqual(2);
});

function show(value: unknown): string {
  if (value instanceof gf.Tensor) return Object.hasOwn(value, "dtype") ? `${value.dtype}[${value.shape.join()}]` : "no tensor";
  if (typeof value === "object" && value !== null) {
    try {
      return isPlain(value) ? `{ ${Object.keys(value).join()} }` : JSON.stringify(value).slice(0, 60);
    } catch {
      return "an object";
    }
  }
  return String(value);
}
