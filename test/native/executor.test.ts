/** Plans written by hand, on both executors: control flow, prints, errors, runs within runs, values of every size. */
import { describe, expect, it } from "vitest";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import type { Block } from "../../runtime/src/ops/op.ts";
import type { Step } from "../../runtime/src/plan/plan.ts";
import { addon, BACKENDS, PlanWriter, results, runOnce } from "./support.ts";

function thrown(run: () => unknown): GraphFnError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(GraphFnError);
    return error as GraphFnError;
  }
  throw new Error("nothing was thrown");
}

/** Σ over i < n, j ≤ i of i·j, with an arm for odd sums. */
function nested(): PlanWriter {
  const p = new PlanWriter();
  const n = p.input("int32");
  const [zero, one, two] = [p.constant("int32", [0]), p.constant("int32", [1]), p.constant("int32", [2])];
  const [i, j, sum, odd] = [p.arena("int32"), p.arena("int32"), p.arena("int32"), p.arena("int32")];
  const [product, rest, pred] = [p.arena("int32"), p.arena("int32"), p.arena("bool")];
  const [out, odds] = [p.output("int32"), p.output("int32")];
  p.copy(zero, i).copy(zero, sum).copy(zero, odd);
  p.loop(
    () => {
      p.copy(zero, j);
      p.loop(
        () => {
          p.op("mul", [i, j], product).op("add", [sum, product], sum).op("mod", [sum, two], rest).op("equal", [rest, one], pred);
          const skip = p.jump("unless", pred);
          p.op("add", [odd, one], odd);
          p.land(skip);
          p.op("add", [j, one], j);
        },
        () => {
          p.op("lessEqual", [j, i], pred);
          return pred;
        },
      );
      p.op("add", [i, one], i);
    },
    () => {
      p.op("less", [i, n], pred);
      return pred;
    },
  );
  p.copy(sum, out).copy(odd, odds);
  return p;
}

describe.each(BACKENDS.filter(([name]) => name === "reference" || addon !== null))("%s executor", (name, backend) => {
  it("runs loops within loops and branches within them", () => {
    const plan = nested().done();
    let [sum, odd] = [0, 0];
    for (let i = 0; i < 37; i++) {
      for (let j = 0; j <= i; j++) {
        sum += i * j;
        if (sum % 2 === 1) odd++;
      }
    }
    const executable = backend.compile(plan, () => {});
    for (let round = 0; round < 3; round++) {
      const outputs = results(plan);
      executable.run([Int32Array.of(37)], outputs);
      expect(outputs.map((o) => o[0])).toEqual([sum, odd]);
    }
    const outputs = results(plan);
    executable.run([Int32Array.of(0)], outputs);
    expect(outputs.map((o) => o[0])).toEqual([0, 0]);
    executable.dispose();
  });

  it.each([0, 1, 2, 8, 63, 64, 65, 256, 1000, 100_000])("passes arrays of %i elements in and out", (n) => {
    for (const dtype of ["bool", "int32", "float32", "float64"] as const) {
      const p = new PlanWriter();
      const x = p.input(dtype, [n]);
      p.copy(x, p.output(dtype, [n]));
      const plan = p.done();
      const [given] = results(plan);
      given!.forEach((_, i) => {
        given![i] = dtype === "bool" ? i % 2 : i;
      });
      expect(runOnce(backend, plan, [given!])[0]).toEqual(given);
    }
  });

  it("small and large values of one call do not mix", () => {
    const p = new PlanWriter();
    const shapes = [[], [500], [3], [64], [65], [2, 40]];
    const inputs = shapes.map((shape) => p.input("float32", shape));
    const outputs = shapes.map((shape) => p.output("float32", shape));
    for (const [i, x] of inputs.entries()) p.op("add", [x, x], outputs[i]!);
    const given = shapes.map((shape, k) => new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => i + 1000 * k));
    expect(runOnce(backend, p.done(), given)).toEqual(given.map((g) => g.map((v) => 2 * v)));
  });

  it.each([
    [300, 32],
    [150, 100],
  ])("%i values of %i elements: more than the mailbox holds, more than a call usually has", (count, n) => {
    const p = new PlanWriter();
    const inputs = Array.from({ length: count }, () => p.input("float64", [n]));
    for (const x of inputs) p.op("neg", [x], p.output("float64", [n]));
    const given = inputs.map((_, k) => new Float64Array(n).fill(k + 1));
    expect(runOnce(backend, p.done(), given)).toEqual(given.map((g) => g.map((v) => -v)));
  });

  it("prints in order, with copies of the values at that moment", () => {
    const p = new PlanWriter();
    const n = p.input("int32");
    const [i, zero, one, pred, row] = [
      p.arena("int32"),
      p.constant("int32", [0]),
      p.constant("int32", [1]),
      p.arena("bool"),
      p.arena("int32", [2]),
    ];
    p.copy(zero, i);
    p.loop(
      () => {
        p.op("broadcastTo", [i], row, { shape: [2] })
          .print([i, row])
          .op("add", [i, one], i);
      },
      () => {
        p.op("less", [i, n], pred);
        return pred;
      },
    );
    const kept: Block[][] = [];
    const executable = backend.compile(p.done(), (site, values) => {
      expect(site).toBe(0);
      kept.push([...values]);
    });
    executable.run([Int32Array.of(3)], []);
    expect(kept.map(([a, b]) => [a!.data[0], [...b!.data], b!.shape])).toEqual([0, 1, 2].map((k) => [k, [k, k], [2]]));
  });

  it("runs itself from a print step", () => {
    const p = new PlanWriter();
    const x = p.input("float32");
    const wide = p.arena("float32", [100]);
    const doubled = p.arena("float32");
    const out = p.output("float32");
    p.op("add", [x, x], doubled)
      .op("broadcastTo", [doubled], wide, { shape: [100] })
      .print([doubled])
      .op("max", [wide], out, { axes: [0], keepDims: false });
    const plan = p.done();
    const inner: number[] = [];
    const executable = backend.compile(plan, (_site, values) => {
      const value = values[0]!.data[0] as number;
      if (value > 16) return;
      const outputs = results(plan);
      executable.run([Float32Array.of(value)], outputs);
      inner.push(outputs[0]![0] as number);
    });
    const outputs = results(plan);
    executable.run([Float32Array.of(1)], outputs);
    expect(outputs[0]![0]).toBe(2);
    expect(inner).toEqual([32, 16, 8, 4]);
  });

  it("an exception in a print step ends the run; the next run is whole", () => {
    const p = new PlanWriter();
    const x = p.input("float32");
    p.print([x]).op("neg", [x], p.output("float32"));
    const plan = p.done();
    let angry = true;
    const executable = backend.compile(plan, () => {
      if (angry) throw new RangeError("no paper");
    });
    const outputs = results(plan);
    expect(() => executable.run([Float32Array.of(1)], outputs)).toThrow(new RangeError("no paper"));
    angry = false;
    executable.run([Float32Array.of(1)], outputs);
    expect(outputs[0]![0]).toBe(-1);
  });

  it.each([
    ["floorDiv", [7, 0], "E_DIVIDE"],
    ["truncMod", [7, 0], "E_DIVIDE"],
    ["pow", [2, -1], "E_POWER"],
    ["addExact", [2147483647, 1], "E_OVERFLOW"],
  ] as const)("%s of scalars and of arrays fails with %s → %s, at its step", (op, [a, b], code) => {
    for (const shape of [[], [40]]) {
      const p = new PlanWriter();
      const [x, y, out] = [p.input("int32", shape), p.input("int32", shape), p.output("int32", shape)];
      p.op("neg", [x], p.arena("int32", shape)).op(op, [x, y], out);
      const plan = p.done();
      const span = { place: () => ({ file: "a.ts", line: 3, column: 7 }) };
      (plan.steps as Step[])[1] = { ...(plan.steps[1] as Step & { kind: "op" }), span };
      const n = shape[0] ?? 1;
      const error = thrown(() => runOnce(backend, plan, [new Int32Array(n).fill(a), new Int32Array(n).fill(b)]));
      expect(error.code).toBe(code);
      expect(error.at).toEqual({ file: "a.ts", line: 3, column: 7 });
      expect(error.message).toContain("a.ts:3:7");
    }
  });

  it("an index out of range says which, and of what", () => {
    const p = new PlanWriter();
    const [x, i] = [p.input("float32", [5, 2]), p.input("int32", [3])];
    p.op("gather", [x, i], p.output("float32", [3, 2]), { axis: 0, batchDims: 0 });
    const plan = p.done();
    const error = thrown(() => runOnce(backend, plan, [new Float32Array(10), Int32Array.of(1, 5, 9)]));
    expect(error.code).toBe("E_INDEX");
    expect(error.message).toContain("index 5");
    expect(error.message).toContain("length 5");
  });

  it("is refused after dispose, and may be disposed twice", () => {
    const p = new PlanWriter();
    p.copy(p.constant("float32", [1]), p.output("float32"));
    const plan = p.done();
    const executable = backend.compile(plan, () => {});
    executable.dispose();
    executable.dispose();
    expect(thrown(() => executable.run([], results(plan))).code).toBe("I_INTERNAL");
  });

  it("an array that a print step detaches ends the run, and nothing is touched", () => {
    if (name !== "native") return;
    const p = new PlanWriter();
    const x = p.input("float32", [1000]);
    const seen = p.arena("float32");
    p.op("max", [x], seen, { axes: [0], keepDims: false })
      .print([seen])
      .op("neg", [x], p.output("float32", [1000]));
    const input = new Float32Array(1000).fill(2);
    const executable = backend.compile(p.done(), () => structuredClone(input.buffer, { transfer: [input.buffer] }));
    expect(() => executable.run([input], [new Float32Array(1000)])).toThrow(/detached/);
  });

  it("may be disposed by its own print step", () => {
    const p = new PlanWriter();
    const x = p.input("float32");
    p.print([x]).op("neg", [x], p.output("float32"));
    const plan = p.done();
    const executable = backend.compile(plan, () => executable.dispose());
    const outputs = results(plan);
    executable.run([Float32Array.of(4)], outputs);
    expect(outputs[0]![0]).toBe(-4);
    expect(() => executable.run([Float32Array.of(4)], outputs)).toThrow();
  });

  it("returns an input, a constant and one value twice", () => {
    const p = new PlanWriter();
    const [x, big, c] = [p.input("float32"), p.input("float32", [200]), p.constant("int32", [7])];
    const plan = p.done();
    const outputs = [
      [x, "float32", []],
      [c, "int32", []],
      [x, "float32", []],
      [big, "float32", [200]],
    ] as const;
    for (const [from, dtype, shape] of outputs) p.copy(from, p.output(dtype, [...shape]));
    const whole = p.done();
    const [a, b, again, large] = runOnce(backend, whole, [Float32Array.of(3), new Float32Array(200).fill(5)]);
    expect([a![0], b![0], again![0], large![199]]).toEqual([3, 7, 3, 5]);
    expect(plan.steps).toBe(whole.steps);
  });

  it("writes in place: an op's output over either operand, for each size", () => {
    for (const n of [1, 3, 64, 1000]) {
      for (const which of [0, 1]) {
        const p = new PlanWriter();
        const [x, y] = [p.input("float32", [n]), p.input("float32", [n])];
        const [a, b] = [p.arena("float32", [n]), p.arena("float32", [n])];
        p.copy(x, a).copy(y, b);
        p.op("sub", [a, b], which === 0 ? a : b).copy(which === 0 ? a : b, p.output("float32", [n]));
        const [got] = runOnce(backend, p.done(), [new Float32Array(n).fill(5), new Float32Array(n).fill(3)]);
        expect([...got!].every((v) => v === 2)).toBe(true);
      }
    }
  });
});
