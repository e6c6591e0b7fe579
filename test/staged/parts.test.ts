/** Graphs that no plan can hold: parts of them become plans, and change nothing. */
import type { Tensor } from "graphfn";
import * as gf from "graphfn";
import { afterEach, describe, expect, it } from "vitest";
import { countCrossings, describeNative } from "../native/support.ts";
import { thrown } from "./emitted.ts";

afterEach(() => gf.runFunctionsEagerly(false));

const decode = gf.graphFunction((embed: Tensor, recur: Tensor, out: Tensor, limit: Tensor): Tensor => {
  let h = gf.zeros([1, 8]);
  let token: Tensor = gf.scalar(1, "int32");
  const tokens: Tensor[] = [];
  while (tokens.length < limit && token !== 30) {
    h = gf.tanh(embed[token] + gf.matMul(h, recur));
    token = gf.argMax(gf.matMul(h, out), 1)[0];
    tokens.push(token);
  }
  return gf.stack(tokens);
});

/** Lists around a loop that a plan can hold. */
const powers = gf.graphFunction((x: Tensor, rounds: Tensor): Tensor => {
  const found: Tensor[] = [];
  for (let i: Tensor = 0; i < rounds; i++) {
    let y = x;
    let k: Tensor = 0;
    while (k < i) {
      y = y * x + 0.5;
      k += 1;
    }
    found.push(y);
  }
  return gf.stack(found);
});

/** The part fails in a late round, in one of its own branches. */
const failing = gf.graphFunction((x: Tensor, rows: Tensor, rounds: Tensor): Tensor => {
  const found: Tensor[] = [];
  for (let i: Tensor = 0; i < rounds; i++) {
    const y = (x * 2 + 1).exp().sin();
    found.push(gf.gather(rows, i) * y);
  }
  return gf.stack(found);
});
const throwing = gf.graphFunction((x: Tensor, rounds: Tensor): Tensor => {
  const found: Tensor[] = [];
  for (let i: Tensor = 0; i < rounds; i++) {
    const y = (x * 2 + 1).exp().sin();
    if (i > 11) throw new RangeError("too far");
    found.push(y * i);
  }
  return gf.stack(found);
});

/** Two parts read the same large constant. */
const table = gf.graphFunction((x: Tensor, rounds: Tensor): Tensor => {
  const weights = gf.tensor(Array.from({ length: 100 }, (_, i) => i / 100));
  const found: Tensor[] = [];
  for (let i: Tensor = 0; i < rounds; i++) {
    const y = (x * weights + i).sin();
    found.push(y.sum());
    const z = (y * weights).exp();
    found.push(z.mean());
  }
  return gf.stack(found);
});

/** Calls itself; the part is in its body. */
const tree = gf.graphFunction((x: Tensor, n: Tensor): Tensor => {
  if (n <= 0) return x;
  const y = gf.tanh(x * 0.5 + 0.1).mul(x + 0.3);
  return tree(y, n - 1) + tree(y.neg(), n - 2);
});

function both(run: () => Tensor): [unknown, unknown] {
  gf.runFunctionsEagerly(true);
  const eager = run().arraySync();
  gf.runFunctionsEagerly(false);
  return [run().arraySync(), eager];
}

describe("parts of graphs that have no plan", () => {
  const uniform = (shape: number[], seed: number) => gf.randomUniform(shape, -1, 1, "float32", seed);
  const [embed, recur, out] = [uniform([31, 8], 1), uniform([8, 8], 2), uniform([8, 31], 3)];

  it("give what they give node by node, and explain shows them", () => {
    for (const limit of [1, 5, 40]) {
      const [got, wanted] = both(() => decode(embed, recur, out, gf.scalar(limit, "int32")));
      expect(got).toEqual(wanted);
    }
    const { plan } = decode.explain(embed, recur, out, gf.scalar(4, "int32"));
    expect(plan).toContain("`tokens` holds as many tensors as the data decides; a part of it becomes a plan");
    expect(plan).toMatch(/plan \w+, part 1: \d+ steps[\s\S]*matMul[\s\S]*fused[\s\S]*argMax/);
  });

  it("are loops, too, from the first time on", () => {
    const [got, wanted] = both(() => powers(gf.tensor([0.5, -0.25]), gf.scalar(9, "int32")));
    expect(got).toEqual(wanted);
    expect(powers.explain(gf.tensor([0.5, -0.25]), gf.scalar(1, "int32")).plan).toMatch(/part 1: .*\n[\s\S]*jump/);
  });

  it("take large constants where they are", () => {
    const x = gf.linspace(0, 1, 100);
    const [got, wanted] = both(() => table(x, gf.scalar(9, "int32")));
    expect(got).toEqual(wanted);
    const { plan } = table.explain(x, gf.scalar(9, "int32"));
    expect(plan).toMatch(/part 1: [\s\S]*part 2: /);
    expect(plan).not.toMatch(/const\d*:f32\[100\]/);
    expect(plan.match(/input\d:f32\[100\]/g)?.length).toBe(3);
  });

  it("of functions that call themselves", () => {
    const [got, wanted] = both(() => tree(gf.tensor([0.5, -0.25, 1]), gf.scalar(8, "int32")));
    expect(got).toEqual(wanted);
    expect(tree.explain(gf.tensor([0.5, -0.25, 1]), gf.scalar(8, "int32")).plan).toContain("part 1");
  });

  it("fail where the op stands, and leave nothing behind", () => {
    const [x, rows] = [gf.tensor([0.5, 1]), gf.ones([12, 2])];
    const call = (rounds: number) => gf.tidy(() => failing(x, rows, gf.scalar(rounds, "int32")).arraySync());
    call(12);
    const before = gf.memory();
    expect(thrown(() => call(13))).toMatchObject({ code: "E_INDEX", message: expect.stringMatching(/parts\.test\.ts:42:34\)/) });
    expect(gf.memory()).toMatchObject({ numTensors: before.numTensors, numDataBuffers: before.numDataBuffers });
    const far = (rounds: number) => gf.tidy(() => throwing(x, gf.scalar(rounds, "int32")).arraySync());
    far(12);
    expect(() => far(13)).toThrow(new RangeError("too far"));
    expect(gf.memory()).toMatchObject({ numTensors: before.numTensors, numDataBuffers: before.numDataBuffers });
  });

  it("are there on the reference backend", () => {
    gf.setBackend("reference");
    try {
      const [got, wanted] = both(() => decode(embed, recur, out, gf.scalar(20, "int32")));
      expect(got).toEqual(wanted);
    } finally {
      gf.setBackend("native");
    }
  });

  describeNative("on the native backend", () => {
    const counts = countCrossings();

    it("are one call a round", () => {
      const limit = gf.scalar(30, "int32");
      const tokens = decode(embed, recur, out, limit).shape[0] as number;
      expect(tokens).toBeGreaterThan(9);
      counts.runOp = counts.runPlan = 0;
      decode(embed, recur, out, limit);
      expect(counts.runPlan).toBe(tokens);
      expect(counts.runOp).toBeLessThan(3);
    });
  });
});
