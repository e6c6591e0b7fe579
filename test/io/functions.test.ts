/** Graph functions saved and loaded: the same results, the same effects on variables, what cannot be saved, damaged folders. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as gf from "graphfn";
import { beforeEach, describe, expect, it } from "vitest";
import { failure, folder } from "./files.ts";

/** @graphFunction */
export function collatz(n: gf.Tensor): gf.Tensor {
  let steps: gf.Tensor = 0;
  while (n > 1) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    steps += 1;
  }
  return steps;
}

const large = gf.linspace(0, 1, 100);
const small = gf.tensor([1, 2, 3]);

/** @graphFunction */
export function capturing(x: gf.Tensor): gf.Tensor {
  return x * large + small.sum();
}

const total = gf.variable(gf.scalar(0), false, "total");
const weights = gf.variable(gf.ones([80]), true, "model/weights");

/** @graphFunction */
export function training(x: gf.Tensor): gf.Tensor {
  for (let i = 0; i < 3; i++) {
    if (x > 0) total.assignAdd(x);
    else weights.assignSub(x);
  }
  return total + weights.sum();
}

interface Box {
  lo: gf.Tensor;
  hi: readonly [gf.Tensor, number];
}

/** @graphFunction */
export function structured({ lo, hi }: Box, mode: string, scale: number, flag?: boolean) {
  return { mode, sum: lo + hi[0] * hi[1] * scale, rest: [flag, null, -0, lo] };
}

/** @graphFunction */
export function optional(x: gf.Tensor): { root: gf.Tensor | null; half?: gf.Tensor } {
  let root: gf.Tensor | null = null;
  let half: gf.Tensor | undefined;
  if (x >= 0) root = gf.sqrt(x);
  if (x > 1) half = x / 2;
  return { root, half };
}

/** @graphFunction */
export function moving(x: gf.Tensor): gf.Tensor {
  const y = x
    .slice([1, 0], [2, 3])
    .matMul(x.reshape([3, 4]))
    .tile([2, 1]);
  const picked = y
    .gather(gf.tensor([3, 0, 1], [3], "int32"))
    .transpose()
    .pad([
      [1, 0],
      [0, 2],
    ]);
  return gf.concat([picked.cumsum(0), picked.reverse()], 1).max(0);
}

/** @graphFunction */
export function printing(x: gf.Tensor): void {
  console.log("x is", x, "twice:", x * 2);
}

/** @graphFunction */
export function halving(n: gf.Tensor): gf.Tensor {
  return n / gf.scalar(0, "int32");
}

const sharedPlace = { folder: "" };
beforeEach(() => {
  sharedPlace.folder = folder();
});

describe("a loaded function", () => {
  it("loops and branches as the saved one, on the backend in force", async () => {
    await collatz.save(sharedPlace.folder, gf.tensorSpec([]));
    expect(readdirSync(sharedPlace.folder).sort()).toEqual(["function.json", "graph.txt", "weights.safetensors"]);
    const loaded = await gf.loadFunction<(n: gf.Tensor) => gf.Tensor>(`file://${sharedPlace.folder}`);
    for (const n of [1, 7, 27, 97]) expect(loaded(gf.scalar(n)).arraySync()).toBe(collatz(gf.scalar(n)).arraySync());
    expect([loaded.name, loaded.signature]).toEqual(["collatz", "collatz(n: f32) → i32*"]);
    const before = gf.activeBackend().name;
    try {
      gf.setBackend("reference");
      expect(loaded(gf.scalar(27)).arraySync()).toBe(111);
    } finally {
      gf.setBackend(before);
    }
  });

  it("has the tensors that were captured, large and small", async () => {
    await capturing.save(sharedPlace.folder, gf.ones([100]));
    const loaded = await gf.loadFunction(sharedPlace.folder);
    const x = gf.linspace(-1, 1, 100);
    expect(loaded(x).dataSync()).toEqual(capturing(x).dataSync());
  });

  it("has variables of its own: by name, assignable, written by calls", async () => {
    total.assign(5);
    weights.assign(gf.fill([80], 2));
    await training.save(sharedPlace.folder, gf.tensorSpec([]));
    const loaded = await gf.loadFunction<(x: gf.Tensor) => gf.Tensor>(sharedPlace.folder);
    expect(loaded.variables.map((v) => [v.name, v.trainable, v.shape])).toEqual([
      ["total", false, []],
      ["model/weights", true, [80]],
    ]);
    const [count, w] = loaded.variables as [gf.Variable, gf.Variable];
    expect(loaded(gf.scalar(1)).arraySync()).toBe(8 + 160);
    expect(loaded(gf.scalar(-1)).arraySync()).toBe(8 + 160 + 240);
    expect([count.arraySync(), w.sum().arraySync()]).toEqual([8, 400]);
    expect([total.arraySync(), weights.sum().arraySync()]).toEqual([5, 160]);
    count.assign(-8);
    expect(loaded(gf.scalar(0)).arraySync()).toBe(392);
    const again = folder();
    await loaded.save(again);
    expect((await gf.loadFunction(again)).variables.map((v) => v.sum().arraySync())).toEqual([-8, 400]);
  });

  it("takes and gives structures with values that are no tensors", async () => {
    const args = (): Parameters<typeof structured> => [{ lo: gf.scalar(1), hi: [gf.scalar(2), 10] }, "a", Infinity];
    await structured.save(sharedPlace.folder, ...args());
    const loaded = await gf.loadFunction<typeof structured>(sharedPlace.folder);
    const { mode, sum, rest } = loaded(...args());
    expect([mode, sum.arraySync(), rest.slice(0, 3), (rest[3] as gf.Tensor).arraySync()]).toEqual([
      "a",
      Infinity,
      [undefined, null, -0],
      1,
    ]);
    expect(() => loaded({ lo: gf.scalar(1), hi: [gf.scalar(2), 11] }, "a", Infinity)).toThrow(
      /^E_SIGNATURE: structured was saved for other arguments: `argument 1\.hi\[1\]` is 11 instead of 10\. It is structured\(/,
    );
  });

  it("gives null and undefined where the graph has no value", async () => {
    await optional.save(sharedPlace.folder, gf.scalar(1));
    const loaded = await gf.loadFunction<typeof optional>(sharedPlace.folder);
    for (const x of [4, 1, -1]) {
      const { root, half } = loaded(gf.scalar(x));
      expect([root?.arraySync() ?? root, half?.arraySync()]).toEqual([x < 0 ? null : Math.sqrt(x), x > 1 ? x / 2 : undefined]);
    }
  });

  it("prints, and fails, as the saved one", async () => {
    const shown: unknown[][] = [];
    const log = console.log;
    console.log = (...parts: unknown[]) => void shown.push(parts.map(String));
    try {
      await printing.save(sharedPlace.folder, gf.scalar(1));
      (await gf.loadFunction(sharedPlace.folder))(gf.scalar(21));
    } finally {
      console.log = log;
    }
    expect(shown).toEqual([["x is", expect.stringContaining("21"), "twice:", expect.stringContaining("42")]]);
    const other = folder();
    await halving.save(other, gf.scalar(1, "int32"));
    const loaded = await gf.loadFunction(other);
    expect(loaded(gf.scalar(1, "int32")).arraySync()).toEqual(halving(gf.scalar(1, "int32")).arraySync());
  });

  it("becomes part of a graph function that calls it", async () => {
    total.assign(0);
    weights.assign(gf.ones([80]));
    await training.save(sharedPlace.folder, gf.tensorSpec([]));
    const loaded = await gf.loadFunction<(x: gf.Tensor) => gf.Tensor>(sharedPlace.folder);
    const twice = gf.graphFunction((x: gf.Tensor) => loaded(x).add(loaded(x.mul(2))));
    expect(twice(gf.scalar(1)).arraySync()).toBe(3 + 80 + (9 + 80));
    expect(loaded.variables[0]!.arraySync()).toBe(9);
    const looped = gf.graphFunction((n: gf.Tensor) => {
      let x = gf.scalar(1);
      for (let i: gf.Tensor = 0; i < n; i += 1) x = x + loaded(gf.scalar(1)) * 0;
      return x;
    });
    expect(looped(gf.scalar(4, "int32")).arraySync()).toBe(1);
    expect(loaded.variables[0]!.arraySync()).toBe(9 + 12);
  });

  it("has gradients, outside of graph functions and inside", async () => {
    const cube = gf.graphFunction((x: gf.Tensor) => x.mul(x).mul(x).mul(large.sum()).div(50));
    await cube.save(sharedPlace.folder, gf.tensorSpec([]));
    const loaded = await gf.loadFunction<(x: gf.Tensor) => gf.Tensor>(sharedPlace.folder);
    expect(
      gf
        .grad((x: gf.Tensor) => loaded(x))(gf.scalar(2))
        .arraySync(),
    ).toBeCloseTo(12, 4);
    const inside = gf.graphFunction((x: gf.Tensor) => gf.grad((y: gf.Tensor) => loaded(y))(x));
    expect(inside(gf.scalar(3)).arraySync()).toBeCloseTo(27, 4);
  });

  it("leaves nothing behind when it is disposed", async () => {
    await capturing.save(sharedPlace.folder, gf.ones([100]));
    const before = gf.memory().numTensors;
    const loaded = await gf.loadFunction(sharedPlace.folder);
    expect(gf.memory().numTensors).toBe(before + 1);
    loaded.dispose();
    expect(gf.memory().numTensors).toBe(before);
  });

  it.each<[string, unknown[], RegExp]>([
    ["another shape", [gf.ones([99])], /^E_SIGNATURE: capturing was saved for other arguments: `x` is f32\[99\] instead of f32\[100\]\./],
    ["another dtype", [gf.ones([100], "int32")], /`x` is i32\[100\] instead of f32\[100\]/],
    ["no argument", [], /0 arguments instead of 1/],
    ["a number", [3], /`x` is 3 instead of f32\[100\]/],
    [
      "a spec",
      [gf.tensorSpec([100])],
      /^E_ARGUMENT: A graph function was called with tensorSpec\(\[100\], "float32"\), which has no elements/,
    ],
  ])("refuses %s", async (_, args, message) => {
    await capturing.save(sharedPlace.folder, gf.ones([100]));
    const loaded = await gf.loadFunction(sharedPlace.folder);
    expect(() => loaded(...args)).toThrow(message);
  });
});

describe("what cannot be saved", () => {
  const identity = gf.graphFunction((x: gf.Tensor, _other: unknown) => x);
  const result = gf.graphFunction((x: gf.Tensor) => [x, new Map()]);
  it.each<[string, () => Promise<void>, RegExp]>([
    [
      "a function as argument",
      () => identity.save("f", gf.scalar(1), () => 1),
      /^E_SAVE: The function cannot be saved: argument _other is a function, which has no place in a file\. Save a function that captures it/,
    ],
    ["an object of a class", () => identity.save("f", gf.scalar(1), new Map()), /argument _other is an object of class Map/],
    ["a result of a class", () => result.save("f", gf.scalar(1)), /its result is an object of class Map/],
    ["an unused variable", () => identity.save("f", gf.scalar(1), total), /its argument total is a variable that it does not use/],
    ["another scheme", () => identity.save("http://x", gf.scalar(1), 2), /^E_ARGUMENT: save: http:\/\/x names the scheme http/],
  ])("%s", async (_, call, message) => {
    expect(await failure(call())).toMatch(message);
  });

  it("is a spec without a length", () => {
    expect(() => gf.tensorSpec([null as never, 3])).toThrow(/^U_UNSUPPORTED: tensorSpec: a length of the shape is not known/);
    expect(() => gf.tensorSpec([2.5])).toThrow(/^E_SHAPE/);
    expect(() => gf.tensorSpec([2], "text" as never)).toThrow(/^E_DTYPE/);
    expect(() => gf.tensorSpec([2], "bool", 3 as never)).toThrow(/^E_ARGUMENT/);
  });
});

describe("a variable as an argument", () => {
  const add = gf.graphFunction((v: gf.Variable, x: gf.Tensor) => v.assignAdd(x));
  it("is that of the loaded function", async () => {
    total.assign(1);
    await add.save(sharedPlace.folder, total, gf.scalar(1));
    const loaded = await gf.loadFunction<(v: gf.Variable, x: gf.Tensor) => gf.Tensor>(sharedPlace.folder);
    const own = loaded.variables[0]!;
    expect(loaded(own, gf.scalar(2)).arraySync()).toBe(3);
    expect(() => loaded(total, gf.scalar(2))).toThrow(/^E_SIGNATURE/);
  });
});

describe("a damaged folder", () => {
  async function damaged(name: string, edit: (text: string, json: Record<string, any>) => unknown): Promise<string> {
    await training.save(sharedPlace.folder, gf.tensorSpec([]));
    const file = join(sharedPlace.folder, name);
    const text = readFileSync(file, "utf8");
    const json = name.endsWith(".json") ? (JSON.parse(text) as Record<string, unknown>) : {};
    const edited = edit(text, json);
    writeFileSync(file, typeof edited === "string" ? edited : JSON.stringify(json));
    const before = gf.memory().numTensors;
    const message = await failure(gf.loadFunction(sharedPlace.folder));
    expect(gf.memory().numTensors).toBe(before);
    return message;
  }
  const json = "function.json";
  const graph = "graph.txt";
  it.each<[string, string, Parameters<typeof damaged>[1], RegExp]>([
    ["no JSON", json, () => "nope", /^E_FILE_FORMAT: function.json is not readable: it is not JSON/],
    [
      "another format",
      json,
      (_, j) => void (j["format"] = "layers-model"),
      /function.json is not a saved graph function: its format is "layers-model"/,
    ],
    ["no version", json, (_, j) => void delete j["version"], /function.json is damaged: its version is undefined/],
    [
      "a later version",
      json,
      (_, j) => void (j["version"] = 2),
      /^E_FILE_VERSION: function.json has version 2 of its format, but this release reads up to version 1\. Load it with the release/,
    ],
    ["no variables", json, (_, j) => void delete j["variables"], /function.json is damaged: variables is not what it must be/],
    [
      "a variable less",
      json,
      (_, j) => void j["variables"].pop(),
      /graph.txt does not belong to function.json: it has 3 parameters with 2 variables, not 2 with 1/,
    ],
    [
      "another argument",
      json,
      (_, j) => void (j["arguments"][0].value = { tensor: "f32[2]" }),
      /graph.txt does not belong to function.json: argument 0 is f32\[2\], but the graph takes f32 there/,
    ],
    [
      "an argument that is none",
      json,
      (_, j) => void (j["arguments"][0].value = { tensor: "q7" }),
      /function.json is damaged: \{"tensor":"q7"\} is no argument or result/,
    ],
    [
      "two in one",
      json,
      (_, j) => void (j["arguments"][0].value = { plain: 1, array: [] }),
      /function.json is damaged: .* is no argument or result/,
    ],
    [
      "another result",
      json,
      (_, j) => void (j["result"] = { tensor: "f32[2]" }),
      /graph.txt does not belong to function.json: result 0 is f32\[2\], but the graph returns f32/,
    ],
    [
      "a result that may be missing, of a kind that there is not",
      json,
      (_, j) => void (j["result"] = { maybe: ["0", { tensor: "bool" }, { tensor: "f32" }] }),
      /function.json is damaged: .* is no argument or result/,
    ],
    [
      "a result less",
      json,
      (_, j) => void (j["result"] = { plain: 1 }),
      /graph.txt does not belong to function.json: it returns 3 values, not 0 and those of 2 variables/,
    ],
    [
      "a result more",
      json,
      (_, j) => void (j["result"] = { array: Array(9).fill({ tensor: "f32" }) }),
      /but the graph returns f32\[80\]|but the graph returns nothing/,
    ],
    [
      "another weight",
      json,
      (_, j) => void (j["variables"][0].weight = "gone"),
      /weights.safetensors does not belong to function.json: it has no "gone"/,
    ],
    [
      "one weight for two",
      json,
      (_, j) => void (j["variables"][1].weight = j["variables"][0].weight),
      /function.json is damaged: it uses the weight "total" twice/,
    ],
    [
      "weights swapped",
      json,
      (_, j) => void ([j["variables"][0].weight, j["variables"][1].weight] = ["model/weights", "total"]),
      /weight "model\/weights" is f32\[80\], but the graph takes f32 there/,
    ],
    ["no text", graph, () => "", /^E_FILE_FORMAT: graph.txt is damaged: .*the end stands in place of `graph`/],
    ["an unknown op", graph, (t) => t.replace("= sum", "= launch"), /graph.txt is damaged: .*launch/],
    ["an axis that is none", graph, (t) => t.replace("axes=[0]", "axes=[7]"), /graph.txt is damaged: .*E_AXIS/],
    ["attributes missing", graph, (t) => t.replace(/\{axes=.*\}/, ""), /graph.txt is damaged/],
    ["another type", graph, (t) => t.replace(/: bool/g, ": f32"), /graph.txt is damaged/],
    [
      "a use before its definition",
      graph,
      (t) => t.replace(/return %[\w.]+/, "return %9999"),
      /graph.txt is damaged: .*a value that is defined above/,
    ],
    [
      "a deep nest",
      graph,
      (t) => t.replace("return", `${"%9000: f32 = cond %9 {\n".repeat(20_000)} return`),
      /^E_FILE_FORMAT: graph.txt is damaged/,
    ],
    ["weights cut short", "weights.safetensors", () => "short", /^E_FILE_FORMAT: weights.safetensors is not a safetensors file/],
  ])("with %s is refused", async (_, file, edit, message) => {
    expect(await damaged(file, edit)).toMatch(message);
  });

  it("is refused or runs, whatever characters of the graph are changed", async () => {
    await moving.save(sharedPlace.folder, gf.tensorSpec([4, 3]));
    const file = join(sharedPlace.folder, "graph.txt");
    const text = readFileSync(file, "utf8");
    const x = gf.linspace(0, 1, 12).reshape([4, 3]);
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    const outcomes = { refused: 0, failed: 0, ran: 0 };
    for (let round = 0; round < 600; round++) {
      // Every second time a digit becomes another, so that some graphs stay legal.
      const digits = [...text.matchAll(/\d/g)].map((match) => match.index);
      const at = round % 2 === 0 ? digits[random(digits.length)]! : random(text.length);
      const from = random(text.length);
      const piece = round % 2 === 0 ? String(random(10)) : text.slice(from, from + 1 + random(12));
      writeFileSync(file, text.slice(0, at) + piece + text.slice(at + (round % 2 === 0 ? 1 : random(4))));
      let loaded: Awaited<ReturnType<typeof gf.loadFunction>> | undefined;
      try {
        loaded = await gf.loadFunction(sharedPlace.folder);
        loaded(x);
        outcomes.ran++;
      } catch (error) {
        expect(error).toBeInstanceOf(gf.GraphFnError);
        outcomes[loaded === undefined ? "refused" : "failed"]++;
      }
      loaded?.dispose();
    }
    expect(outcomes.refused).toBeGreaterThan(100);
    expect(outcomes.ran).toBeGreaterThan(10);
  });
});
