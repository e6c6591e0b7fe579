import * as gf from "graphfn";
import { describe, expect, test } from "vitest";

const numbers = (t: gf.Tensor) => Array.from(t.dataSync());

/** Two steps from w = 1 with gradients 0.5 and −0.25, by the formulas on paper. */
const steps: [string, gf.Optimizer, (g: readonly number[]) => number][] = [
  ["sgd", gf.train.sgd(0.1), ([a, b]) => 1 - 0.1 * a! - 0.1 * b!],
  [
    "momentum",
    gf.train.momentum(0.1, 0.5),
    ([a, b]) => {
      const m1 = -0.1 * a!;
      return 1 + m1 + (0.5 * m1 - 0.1 * b!);
    },
  ],
  [
    "nesterov",
    gf.train.momentum(0.1, 0.5, true),
    ([a, b]) => {
      const m1 = -0.1 * a!;
      const m2 = 0.5 * m1 - 0.1 * b!;
      return 1 + (0.5 * m1 - 0.1 * a!) + (0.5 * m2 - 0.1 * b!);
    },
  ],
  [
    "adagrad",
    gf.train.adagrad(0.1, 0.5),
    ([a, b]) => {
      const s1 = 0.5 + a! * a!;
      return 1 - (0.1 * a!) / Math.sqrt(s1 + 1e-7) - (0.1 * b!) / Math.sqrt(s1 + b! * b! + 1e-7);
    },
  ],
  [
    "rmsprop",
    gf.train.rmsprop(0.1, 0.5),
    ([a, b]) => {
      const s1 = 0.5 * a! * a!;
      const s2 = 0.5 * s1 + 0.5 * b! * b!;
      return 1 - (0.1 * a!) / Math.sqrt(s1 + 1e-7) - (0.1 * b!) / Math.sqrt(s2 + 1e-7);
    },
  ],
  [
    "rmsprop, centered with momentum",
    gf.train.rmsprop(0.1, 0.5, 0.25, 1e-3, true),
    ([a, b]) => {
      const [s1, g1] = [0.5 * a! * a!, 0.5 * a!];
      const m1 = (0.1 * a!) / Math.sqrt(s1 - g1 * g1 + 1e-3);
      const [s2, g2] = [0.5 * s1 + 0.5 * b! * b!, 0.5 * g1 + 0.5 * b!];
      const m2 = 0.25 * m1 + (0.1 * b!) / Math.sqrt(s2 - g2 * g2 + 1e-3);
      return 1 - m1 - m2;
    },
  ],
  [
    "adam",
    gf.train.adam(0.1, 0.5, 0.75, 1e-4),
    ([a, b]) => {
      let [m, v, w] = [0, 0, 1];
      for (const [t, g] of [a!, b!].entries()) {
        m = 0.5 * m + 0.5 * g;
        v = 0.75 * v + 0.25 * g * g;
        const alpha = (0.1 * Math.sqrt(1 - 0.75 ** (t + 1))) / (1 - 0.5 ** (t + 1));
        w -= (alpha * m) / (Math.sqrt(v) + 1e-4);
      }
      return w;
    },
  ],
  [
    "adamax",
    gf.train.adamax(0.1, 0.5, 0.75),
    ([a, b]) => {
      let [m, u, w] = [0, 0, 1];
      for (const [t, g] of [a!, b!].entries()) {
        m = 0.5 * m + 0.5 * g;
        u = Math.max(0.75 * u, Math.abs(g));
        w -= ((0.1 / (1 - 0.5 ** (t + 1))) * m) / (u + 1e-7);
      }
      return w;
    },
  ],
  [
    "adadelta",
    gf.train.adadelta(2, 0.5, 1e-2),
    ([a, b]) => {
      let [s, d, w] = [0, 0, 1];
      for (const g of [a!, b!]) {
        s = 0.5 * s + 0.5 * g * g;
        const delta = (-Math.sqrt(d + 1e-2) / Math.sqrt(s + 1e-2)) * g;
        d = 0.5 * d + 0.5 * delta * delta;
        w += 2 * delta;
      }
      return w;
    },
  ],
  ["weight decay", gf.train.sgd(0.1, { weightDecay: 0.5 }), ([a, b]) => ((1 - 0.05) * 1 - 0.1 * a!) * (1 - 0.05) - 0.1 * b!],
  ["clipped", gf.train.sgd(0.1, { clipValue: 0.2 }), () => 1 - 0.02 + 0.02],
  ["clipped norm", gf.train.sgd(0.1, { clipNorm: 0.3 }), ([, b]) => 1 - 0.03 - 0.1 * b!],
];

describe("optimizers follow their formulas in float64", () => {
  for (const [name, optimizer, expected] of steps) {
    test(name, () => {
      const gradients = [0.5, -0.25];
      const w = gf.variable(gf.scalar(1, "float64"));
      for (const g of gradients) optimizer.applyGradients([gf.scalar(g, "float64")], [w]);
      expect(numbers(w)[0]).toBeCloseTo(expected(gradients), 12);
      expect(optimizer.iterations).toBe(2);
    });
  }

  test("globalClipNorm takes all gradients together", () => {
    const [a, b] = [gf.variable(gf.scalar(0, "float64")), gf.variable(gf.tensor([0, 0], [2], "float64"))];
    gf.train.sgd(1, { globalClipNorm: 2.5 }).applyGradients([gf.scalar(3, "float64"), gf.tensor([0, 4], [2], "float64")], [a, b]);
    expect([...numbers(a), ...numbers(b)]).toEqual([-1.5, 0, -2]);
  });
});

describe("the optimizer's interface", () => {
  test("minimize finds the variables, and returns the cost on request", () => {
    const w = gf.variable([3, -2]);
    const fixed = gf.variable([1, 1], false);
    const optimizer = gf.train.sgd(0.25);
    const before = gf.memory().numTensors;
    const cost = optimizer.minimize(() => w.add(fixed).square().sum(), true) as gf.Tensor;
    expect(numbers(cost)).toEqual([17]);
    expect(numbers(w)).toEqual([1, -1.5]);
    expect(optimizer.minimize(() => w.square().sum())).toBe(null);
    expect(gf.memory().numTensors).toBe(before + 1);
    optimizer.minimize(() => w.mul(fixed).sum(), false, [fixed]);
    expect(numbers(fixed)).toEqual([1 - 0.25 * 0.5, 1 + 0.25 * 0.75]);
  });

  test("gradients may be given by name, as list of names, as pairs", () => {
    const w = gf.variable([1, 1], true, "by.name");
    const g = gf.tensor([1, 2]);
    const optimizer = gf.train.sgd(1);
    const { grads } = optimizer.computeGradients(() => w.mul(g).sum());
    optimizer.applyGradients(grads);
    optimizer.applyGradients([{ name: w.name as string, tensor: g }]);
    optimizer.applyGradients([
      [g, w],
      [null, gf.variable([0])],
    ]);
    expect(numbers(w)).toEqual([-2, -5]);
    expect(() => optimizer.applyGradients({ nobody: g })).toThrow('there is no variable named "nobody"');
    expect(() => optimizer.applyGradients([g] as never)).toThrow("does not say what variable");
    expect(() => optimizer.applyGradients([g], [w, w])).toThrow("1 gradients for 2 variables");
    expect(() => optimizer.applyGradients([gf.tensor([1, 2, 3])], [w])).toThrow(/has shape \[2\], but its gradient \[3\]/);
    expect(() => optimizer.applyGradients([gf.tensor([1, 2], [2], "int32")], [w])).toThrow("E_DTYPE");
    expect(() => gf.train.sgd(Number.NaN)).toThrow("SGD: learningRate must be a finite number");
    expect(() => gf.train.sgd("fast" as never)).toThrow("must be a number or a schedule");
  });

  test("a marked train step with its optimizer is one graph, and the rate is not frozen in it", () => {
    const w = gf.variable([1, 2], true, "w", "float64");
    const twin = gf.variable([1, 2], true, "w", "float64");
    const [compiledOptimizer, plainOptimizer] = [gf.train.adam(0.1), gf.train.adam(0.1)];
    const step = gf.graphFunction((x: gf.Tensor) => compiledOptimizer.minimize(() => w.mul(x).square().sum(), true, [w]) as gf.Tensor);
    const x = gf.tensor([1, 3], [2], "float64");
    for (let i = 0; i < 4; i++) {
      if (i === 2) compiledOptimizer.learningRate = plainOptimizer.learningRate = 0.5;
      const plain = plainOptimizer.minimize(() => twin.mul(x).square().sum(), true, [twin]) as gf.Tensor;
      expect(numbers(step(x))[0]).toBeCloseTo(numbers(plain)[0] as number, 10);
    }
    expect(step.traces).toBe(1);
    expect(compiledOptimizer.iterations).toBe(4);
    numbers(w).forEach((v, i) => {
      expect(v).toBeCloseTo(numbers(twin)[i] as number, 10);
    });
  });

  test("schedules set the rate by the number of updates, in graphs too", () => {
    const w = gf.variable(gf.scalar(0, "float64"));
    const optimizer = gf.train.sgd((step) => gf.add(step, 1));
    const step = gf.graphFunction(() => optimizer.applyGradients([gf.scalar(1, "float64")], [w]));
    for (let i = 0; i < 3; i++) step();
    expect(numbers(w)).toEqual([-6]);
    expect(optimizer.learningRate).toBe(4);
    const halving = gf.train.exponentialDecay(1, 2, 0.5, true);
    expect([0, 1, 2, 5].map((s) => halving.value(s))).toEqual([1, 1, 0.5, 0.25]);
    expect(() => gf.train.exponentialDecay(1, 0, 0.5)).toThrow("decaySteps must be a positive number");
    expect(() => gf.train.piecewiseConstantDecay([2, 1], [1, 2, 3])).toThrow("boundaries must increase");
    expect(() => gf.train.piecewiseConstantDecay([1], [1])).toThrow("1 boundaries need 2 values");
  });

  test("state can be taken and put back", async () => {
    const make = () => ({ w: gf.variable([1, 2], true, "state"), optimizer: gf.train.adam(0.1) });
    const [a, b] = [make(), make()];
    const update = ({ w, optimizer }: ReturnType<typeof make>) => optimizer.minimize(() => w.square().sum(), false, [w]);
    update(a);
    const weights = await a.optimizer.getWeights();
    expect(weights.map((t) => t.name)).toEqual(["iter", `${a.w.name}/m`, `${a.w.name}/v`]);
    b.w.assign(a.w);
    await b.optimizer.setWeights(
      weights.map(({ name, tensor }) => ({ name: name.replace(a.w.name as string, b.w.name as string), tensor })),
    );
    update(a);
    update(b);
    expect(numbers(b.w)).toEqual(numbers(a.w));
    await expect(b.optimizer.setWeights([{ name: "gone/m", tensor: gf.tensor([1]) }])).rejects.toThrow(
      'no variable for the state "gone/m"',
    );
    expect(a.optimizer.getConfig()).toEqual({ learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 });
  });
});

describe("averages of gradients that have become zero", () => {
  const optimizers: [string, gf.Optimizer][] = [
    ["momentum", gf.train.momentum(0.1, 0.5)],
    ["adadelta", gf.train.adadelta(0.1, 0.5)],
    ["rmsprop", gf.train.rmsprop(0.1, 0.5, 0.5, 1e-7, true)],
    ["adam", gf.train.adam(0.1, 0.5, 0.5)],
    ["adamax", gf.train.adamax(0.1, 0.5, 0.5)],
    ["nadam", gf.train.nadam(0.1, 0.5, 0.5)],
    ["lion", gf.train.lion(0.1, 0.5, 0.5)],
  ];
  for (const [name, optimizer] of optimizers) {
    test(`${name}: end at zero instead of among subnormal numbers`, async () => {
      const w = gf.variable([1, -2], true, "fading");
      optimizer.applyGradients([[gf.tensor([0.5, -0.25]), w]]);
      const zero = gf.tensor([0, 0]);
      const seen = new Set<number>();
      for (let step = 0; step < 120; step++) {
        optimizer.applyGradients([[zero, w]]);
        for (const slot of (await optimizer.getWeights()).slice(1)) for (const v of numbers(slot.tensor)) seen.add(v);
      }
      const slots = (await optimizer.getWeights()).slice(1).filter((slot) => slot.name.startsWith(`${w.name}/`));
      expect(slots.length).toBeGreaterThan(0);
      for (const slot of slots) expect(numbers(slot.tensor), slot.name).toEqual([0, 0]);
      expect([...seen].filter((v) => v !== 0 && Math.abs(v) < 2 ** -100)).toEqual([]);
      w.dispose();
    });
  }
});
