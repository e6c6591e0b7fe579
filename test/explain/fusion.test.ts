/** What explain says of elementwise ops: groups with bytes and tier, single ones with the planner's reason. */
import * as gf from "graphfn";
import { beforeEach, describe, expect, it } from "vitest";
import { fusionLines } from "../../runtime/src/explain/fusion.ts";

beforeEach(() => gf.setBackend("reference"));

const x = () => gf.fill([64], 0.5);

function fusionOf(f: (...args: gf.Tensor[]) => gf.Tensor | gf.Tensor[], ...args: gf.Tensor[]) {
  const g = gf.graphFunction(f as (...args: gf.Tensor[]) => gf.Tensor);
  return g.explain(...args);
}
/** The rows without places, which differ with the file. */
const rows = (explanation: gf.Explanation) =>
  fusionLines({
    groups: explanation.fusion.groups.map((group) => ({ ...group, at: null })),
    single: explanation.fusion.single.map((each) => ({ ...each, at: null })),
  });

describe("fused groups", () => {
  it("are named with their ops, what they read and write, and what computes them", () => {
    const explanation = fusionOf((a, b) => a!.mul(b!).add(a!).tanh(), x(), x());
    expect(rows(explanation)).toEqual(["g1  mul, add, tanh  f32[64]  512 B → 256 B, reference"]);
    const [group] = explanation.fusion.groups;
    expect(group?.at).toMatch(/^fusion\.test\.ts:\d+:\d+$/);
    expect(explanation.text()).toMatch(
      /─ elementwise ops: fused groups, and single ones ─+\ng1 {2}mul, add, tanh .* \/\/ fusion\.test\.ts:/,
    );
    expect(explanation.html()).toContain("Elementwise ops: fused groups, and single ones");
  });

  it("count what stays inside for nothing, and name the tier of the backend", () => {
    gf.setBackend("native");
    const explanation = fusionOf((a) => [a!.sin().cos(), a!.exp().mul(2)], gf.ones([4, 4]));
    const tier = gf.backendInfo().compiler.startsWith("LLVM") ? "llvm" : "tiles";
    expect(rows(explanation)).toEqual([`g1  sin, cos, exp, mul  f32[4,4]  68 B → 128 B, ${tier}`]);
  });

  it("have ops on rows, which are stored no more than other values inside", () => {
    const standardized = (a?: gf.Tensor): gf.Tensor => {
      const d = gf.sub(a!, gf.mean(a!, -1, true));
      return gf.mul(d, gf.rsqrt(gf.mean(gf.square(d), -1, true)));
    };
    const ops = "mean, sub, square, mean, rsqrt, mul";
    expect(rows(fusionOf(standardized, gf.ones([16, 32])))).toEqual([`g1  ${ops}  f32[16,32]  2 KiB → 2 KiB, reference`]);
    const distance = fusionOf((a, b) => gf.mean(gf.square(gf.sub(a!, b!))), gf.ones([16, 32]), gf.ones([16, 32]));
    expect(rows(distance)).toEqual(["g1  sub, square, mean  f32[16,32]  4 KiB → 4 B, reference"]);
  });

  it("name the product whose blocks they take, and what it needs no memory for", () => {
    const step = gf.graphFunction((w: gf.Tensor, x: gf.Tensor, d: gf.Tensor) => gf.sub(w, gf.mul(0.1, gf.matMul(x, d, true))));
    const explanation = step.explain(gf.ones([784, 256]), gf.ones([32, 784]), gf.ones([32, 256]));
    expect(rows(explanation)).toEqual(["g1  matMul → mul, sub  f32[784,256]  914 KiB → 784 KiB, reference, 784 KiB stay inside"]);
    expect(explanation.fusion.groups[0]?.head).toEqual({ op: "matMul", bytesInside: 784 * 256 * 4 });
  });

  it("are there once per shape", () => {
    const explanation = fusionOf((a, b) => [a!.mul(2).add(1), b!.mul(2).add(1)], x(), gf.ones([8]));
    expect(rows(explanation)).toEqual(["g1  mul, add  f32[64]  264 B → 256 B, reference", "g2  mul, add  f32[8]   40 B → 32 B, reference"]);
  });
});

describe("single ops say why", () => {
  it.each<[string, (...args: gf.Tensor[]) => gf.Tensor | gf.Tensor[], gf.Tensor[], string[]]>([
    ["an op without pieces reads it", (a) => a!.tanh().sum(), [x()], ["–  tanh  f32[64]  sum needs it as a whole"]],
    ["alone", (a) => a!.tanh(), [x()], ["–  tanh  f32[64]  no other elementwise op of its shape stands before it is handed on"]],
    [
      "shapes differ",
      (a, b) => a!.tanh().mul(b!),
      [gf.ones([4]), gf.ones([3, 4])],
      [
        "–  tanh  f32[4]    shapes differ: mul reads it for [3,4]",
        "–  mul   f32[3,4]  no other elementwise op of its shape stands before it is handed on",
      ],
    ],
    [
      "too much memory for pieces",
      (a) => a!.exp().add(a!),
      [gf.ones([2 ** 21])],
      ["–  exp, add  f32[2097152]  together they read and write 16 MiB, more than 12 MiB: one loop after the other is faster"],
    ],
    [
      "an operand in the middle",
      (a, b) => a!.mul(b!).tanh(),
      [gf.ones([2, 3, 4]), gf.ones([2, 1, 4])],
      [
        "–  mul   f32[2,3,4]  an operand of shape [2,1,4] broadcasts along inner and outer axes",
        "–  tanh  f32[2,3,4]  no other elementwise op of its shape stands before it is handed on",
      ],
    ],
    [
      "it may fail",
      (a) => a!.floorDiv(2).add(1),
      [gf.tensor([4, 6, 8], [3], "int32")],
      ["–  floorDiv  i32[3]  it may fail", "–  add       i32[3]  no other elementwise op of its shape stands before it is handed on"],
    ],
    ["no pieces for the dtype", (a) => a!.mul(a!), [gf.complex(gf.ones([3]), gf.ones([3]))], ["–  mul  c64[3]  complex64 has no pieces"]],
  ])("%s", (_title, f, args, expected) => {
    expect(rows(fusionOf(f, ...args))).toEqual(expected);
  });

  it("before a loop, on a stack, by a print", () => {
    const loops = gf.graphFunction((a: gf.Tensor, n: gf.Tensor): gf.Tensor => {
      let h: gf.Tensor = a * 2;
      console.log(n);
      for (let i: gf.Tensor = 0; i < n; i += 1) h = h.sin();
      const out = h.exp();
      console.log(out);
      return out.sum();
    });
    const gradient = gf.graphFunction((a: gf.Tensor, n: gf.Tensor) => gf.grad((y: gf.Tensor) => loops(y, n))(a));
    expect(rows(gradient.explain(x(), gf.scalar(3, "int32")))).toMatchInlineSnapshot(`
      [
        "g1  cos, mul  f32[64]  512 B → 256 B, reference",
        "–   mul       f32[64]  no other elementwise op of its shape stands before it is handed on",
        "–   sin       f32[64]  no other elementwise op of its shape stands before it is handed on",
        "–   exp       f32[64]  a print takes it",
        "–   mul       f32[64]  no other elementwise op of its shape stands before it is handed on",
      ]
    `);
  });

  it("a report of a whole function", async () => {
    const step = gf.graphFunction((a: gf.Tensor, w: gf.Tensor, b: gf.Tensor): gf.Tensor => {
      const h = gf.tanh(gf.matMul(a, w) + b);
      return (gf.softmax(h) * h - 0.5 * h).square().sum();
    });
    const text = step.explain(gf.ones([8, 4]), gf.ones([4, 4]), gf.ones([4])).text({ columns: 100 });
    const sections = text.slice(text.indexOf("── plan"));
    await expect(`${sections.replaceAll(/fusion\.test\.ts:\d+:\d+/g, "fusion.test.ts:…")}\n`).toMatchFileSnapshot("./fusion.golden.txt");
  });

  it("says nothing of scalars", () => {
    expect(fusionOf((a) => a!.mul(2).add(1), gf.scalar(1)).fusion).toEqual({ groups: [], single: [] });
  });
});
