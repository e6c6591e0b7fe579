/** Stacks of plans on both executors: order, sizes, what is left after runs and failures, limits. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { nativeInfo } from "@graphfn/native";
import * as esbuild from "esbuild";
import { describe, expect, it } from "vitest";
import type { Executable } from "../../runtime/src/backends/backend.ts";
import { ByteStack } from "../../runtime/src/backends/byte-stack.ts";
import { DTYPES, type DType, newElements } from "../../runtime/src/core/dtype.ts";
import type { GraphFnError } from "../../runtime/src/core/errors.ts";
import type { Plan } from "../../runtime/src/plan/plan.ts";
import { root } from "../hosts/fixture.ts";
import { addon, BACKENDS, PlanWriter, results, runOnce } from "./support.ts";

/** Pushes x, x+1, … n times in a loop, then pops as often and says how: result[i] is the i-th value popped. */
function reversed(dtype: DType, shape: readonly number[], rounds: number): Plan {
  const p = new PlanWriter();
  const [x, value, top] = [p.input(dtype, shape), p.arena(dtype, shape), p.arena(dtype, shape)];
  const size = shape.reduce((a, b) => a * b, 1);
  const [one, zero, step, limit] = [
    p.constant(dtype, [1]),
    p.constant("int32", [0]),
    p.constant("int32", [1]),
    p.constant("int32", [rounds]),
  ];
  const [i, pred] = [p.arena("int32"), p.arena("bool")];
  const out = p.output(dtype, [rounds, ...shape]);
  const stack = p.stack(size * DTYPES[dtype].bytes);
  const counted = (body: () => void): void => {
    p.copy(zero, i);
    p.loop(
      () => {
        body();
        p.op("add", [i, step], i);
      },
      () => {
        p.op("less", [i, limit], pred);
        return pred;
      },
    );
  };
  p.copy(x, value);
  counted(() => {
    p.push(stack, value);
    if (dtype === "bool") p.op("logicalNot", [value], value);
    else p.op("add", [value, one], value);
  });
  counted(() => {
    p.pop(stack, top);
    p.op("setIndex", [out, i, top], out);
  });
  return p.done();
}

function thrown(run: () => unknown): GraphFnError {
  try {
    run();
  } catch (error) {
    return error as GraphFnError;
  }
  throw new Error("nothing was thrown");
}

describe.each(BACKENDS.filter(([name]) => name === "reference" || addon !== null))("%s executor", (_, backend) => {
  it.each([[], [1], [3], [5, 7], [40, 50]])("values of shape %j come back in reverse order", (...shape: number[]) => {
    for (const dtype of ["int32", "float32", "float64", "bool"] as const) {
      const plan = reversed(dtype, shape, 9);
      const size = shape.reduce((a, b) => a * b, 1);
      const input = newElements(dtype, size);
      for (let k = 0; k < size; k++) input[k] = dtype === "bool" ? k % 2 : k;
      const [out] = runOnce(backend, plan, [input]);
      const wanted = Array.from({ length: 9 * size }, (_, at) => {
        const [round, k] = [8 - Math.floor(at / size), at % size];
        return dtype === "bool" ? (k + round) % 2 : k + round;
      });
      expect([...out!]).toEqual(wanted);
    }
  });

  it("many values grow a stack, which a second run finds empty", () => {
    const plan = reversed("int32", [], 10_000);
    const executable = backend.compile(plan, () => {});
    for (const first of [0, 7]) {
      const outputs = results(plan);
      executable.run([Int32Array.of(first)], outputs);
      expect([outputs[0]![0], outputs[0]![9999]]).toEqual([first + 9999, first]);
    }
    executable.dispose();
  });

  /** Pushes, then fails for an index out of range, then pops twice: the second pop finds what an earlier run left, if it left any. */
  function failing(): { readonly plan: Plan; readonly run: (executable: Executable, index: number) => number } {
    const p = new PlanWriter();
    const [x, i] = [p.input("float32", [3]), p.input("int32")];
    const [a, stack] = [p.arena("float32"), p.stack(4)];
    p.op("index", [x, p.constant("int32", [0])], a).push(stack, a);
    p.op("index", [x, i], a).pop(stack, a).copy(a, p.output("float32"));
    const plan = p.done();
    return {
      plan,
      run: (executable, index) => {
        const outputs = results(plan);
        executable.run([Float32Array.of(1, 2, 3), Int32Array.of(index)], outputs);
        return outputs[0]![0]!;
      },
    };
  }

  it("a run that failed leaves nothing behind", () => {
    const { plan, run } = failing();
    const executable = backend.compile(plan, () => {});
    for (let n = 0; n < 3; n++) expect(thrown(() => run(executable, 3)).code).toBe("E_INDEX");
    expect(run(executable, 2)).toBe(1);
    executable.dispose();
  });

  it("runs within a run have stacks of their own", () => {
    const p = new PlanWriter();
    const [x, a, stack] = [p.input("float32"), p.arena("float32"), p.stack(4)];
    p.copy(x, a).push(stack, a).print([a]).pop(stack, a).copy(a, p.output("float32"));
    const plan = p.done();
    const seen: number[] = [];
    const executable: Executable = backend.compile(plan, (_, [value]) => {
      const n = value!.data[0]!;
      if (n > 0) call(n - 1);
    });
    const call = (n: number): void => {
      const outputs = results(plan);
      executable.run([Float32Array.of(n)], outputs);
      seen.push(outputs[0]![0]!);
    };
    call(3);
    expect(seen).toEqual([0, 1, 2, 3]);
    executable.dispose();
  });

  it("a pop without a push is a fault of ours", () => {
    const p = new PlanWriter();
    p.pop(p.stack(40), p.output("float32", [10]));
    expect(thrown(() => runOnce(backend, p.done(), []))).toMatchObject({
      code: "I_INTERNAL",
      message: expect.stringContaining("empty stack"),
    });
  });
});

/** Pushes 1 MB at a time, without end; then runs another plan with a stack. */
const PROGRAM = `
  import { createNativeBackend } from "./runtime/src/backends/native.ts";
  import "./runtime/src/ops/index.ts";
  const buffer = (shape, place) => ({ dtype: "float32", shape, size: shape.reduce((a, b) => a * b, 1), place });
  const plan = (steps, n, rest) => ({ name: "full", inputs: [], prints: [], variables: [], stacks: [{ bytes: 4 * n }], steps, ...rest });
  const backend = createNativeBackend();
  const n = 1 << 18;
  const endless = plan([{ kind: "push", stack: 0, from: 0 }, { kind: "jump", target: 0 }], n, {
    buffers: [buffer([n], { kind: "arena", offset: 0 })], outputs: [], arenaBytes: 4 * n,
  });
  let said = "nothing was thrown";
  try {
    backend.compile(endless, () => {}).run([], []);
  } catch (error) {
    said = error.code + " " + error.message.replace(/^E_MEMORY: /, "");
  }
  const small = plan([{ kind: "push", stack: 0, from: 0 }, { kind: "pop", stack: 0, to: 1 }], 1, {
    buffers: [buffer([], { kind: "const", data: Float32Array.of(3) }), buffer([], { kind: "output", index: 0 })], outputs: [1], arenaBytes: 0,
  });
  const out = new Float32Array(1);
  backend.compile(small, () => {}).run([], [out]);
  console.log(said + " then " + out[0]);
`;

describe("more than there is room for", () => {
  it("is E_MEMORY on the reference executor, and the stack goes on", () => {
    const stack = new ByteStack(2 ** 52);
    expect(thrown(() => stack.push(new Float32Array(1))).code).toBe("E_MEMORY");
    stack.clear();
    expect(thrown(() => stack.pop(new Float32Array(1))).code).toBe("I_INTERNAL");
  });

  // A process whose memory ends at half a gigabyte, which a sanitizer could not live in.
  it.skipIf(addon === null || process.platform !== "linux" || process.env["LD_PRELOAD"]?.includes("asan"))(
    "is E_MEMORY on the native executor, and the process goes on",
    async () => {
      mkdirSync(join(root, "out"), { recursive: true });
      const folder = mkdtempSync(join(root, "out", "stack-"));
      const file = join(folder, "program.mjs");
      await esbuild.build({
        stdin: { contents: PROGRAM, resolveDir: root, loader: "ts" },
        outfile: file,
        bundle: true,
        platform: "node",
        format: "esm",
        external: ["vitest"],
        alias: { "@graphfn/native": join(root, "native/src/index.ts") },
      });
      const env = { ...process.env, GRAPHFN_ADDON: nativeInfo().file as string };
      const { stdout, stderr } = spawnSync("bash", ["-c", 'ulimit -d 524288 && exec "$0" "$1"', process.execPath, file], {
        encoding: "utf8",
        env,
      });
      rmSync(folder, { recursive: true, force: true });
      expect(stderr).toBe("");
      expect(stdout).toMatch(/^E_MEMORY What a loop keeps for its gradient needs \d+ bytes of memory.* then 3\n$/);
    },
  );
});
