/** How tensors look as text. */
import { inspect } from "node:util";
import * as gf from "graphfn";
import { describe, expect, it, vi } from "vitest";

describe("toString", () => {
  const cases: [string, gf.Tensor, string][] = [
    ["scalar", gf.scalar(34), "Tensor\n    34"],
    ["bool", gf.tensor([true, false]), "Tensor\n    [true, false]"],
    ["vector", gf.tensor([1, 2.5, -3]), "Tensor\n    [1, 2.5, -3]"],
    ["float32 without its noise", gf.tensor([0.1, 1e-10, 1e10, 1 / 3]), "Tensor\n    [0.1, 1e-10, 10000000000, 0.3333333]"],
    ["float64 with its digits", gf.tensor([0.1, 1 / 3], [2], "float64"), "Tensor\n    [0.1, 0.333333333333333]"],
    ["special", gf.tensor([NaN, Infinity, -Infinity, -0]), "Tensor\n    [NaN, Infinity, -Infinity, -0]"],
    ["int32", gf.tensor([1, -2147483648], [2], "int32"), "Tensor\n    [1, -2147483648]"],
    [
      "columns aligned",
      gf.tensor([
        [1, 2.5],
        [10, 3],
      ]),
      "Tensor\n    [[1 , 2.5],\n     [10, 3  ]]",
    ],
    ["rank 3", gf.tensor([[[1, 2]], [[3, 4]]]), "Tensor\n    [[[1, 2]],\n\n     [[3, 4]]]"],
    ["empty", gf.zeros([0]), "Tensor\n    []"],
    ["empty rows", gf.zeros([2, 0]), "Tensor\n    [[],\n     []]"],
    ["no rows", gf.zeros([0, 2]), "Tensor\n    []"],
    ["1000 elements in full", gf.zeros([1000]), `Tensor\n    [${Array(1000).fill("0").join(", ")}]`],
    ["more than 1000 abbreviated", gf.range(0, 1001), "Tensor\n    [0, 1, 2, ..., 998, 999, 1000]"],
    [
      "abbreviated along long axes only",
      gf.range(0, 2000).reshape([2, 1000]),
      "Tensor\n    [[0   , 1   , 2   , ..., 997 , 998 , 999 ],\n     [1000, 1001, 1002, ..., 1997, 1998, 1999]]",
    ],
    [
      "abbreviated rows",
      gf.range(0, 2000).reshape([1000, 2]),
      "Tensor\n    [[0   , 1   ],\n     [2   , 3   ],\n     [4   , 5   ],\n     ...,\n     [1994, 1995],\n     [1996, 1997],\n     [1998, 1999]]",
    ],
  ];
  it.each(cases)("%s", (_, t, text) => expect(t.toString()).toBe(text));

  it("verbose adds dtype, rank and shape", () => {
    expect(gf.tensor([[1, 2]]).toString(true)).toBe("Tensor\n  dtype: float32\n  rank: 2\n  shape: [1,2]\n  values:\n    [[1, 2]]");
  });

  it("works in template literals", () => expect(`${gf.scalar(3)}`).toBe("Tensor\n    3"));

  it("says so when a tensor is disposed", () => {
    const t = gf.tensor([1, 2]);
    t.dispose();
    expect(t.toString()).toBe("Tensor(float32[2], disposed)");
    expect(inspect(t)).toBe("Tensor(float32[2], disposed)");
  });
});

describe("console", () => {
  it("console.log shows type and values", () => {
    expect(
      inspect(
        gf.tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toBe("Tensor float32[2,2]\n[[1, 2],\n [3, 4]]");
    expect(inspect(gf.scalar(true))).toBe("Tensor bool[] true");
  });

  it("print writes what toString gives, and refuses a disposed tensor", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    gf.print([1, 2]);
    gf.scalar(5).print(true);
    expect(log.mock.calls).toEqual([["Tensor\n    [1, 2]"], ["Tensor\n  dtype: float32\n  rank: 0\n  shape: []\n  values:\n    5"]]);
    log.mockRestore();
    const t = gf.scalar(1);
    t.dispose();
    expect(() => t.print()).toThrow(/print: tensor #\d+ \(float32\[\]\) was disposed/);
  });
});

describe("JavaScript operators on tensors", () => {
  it("are refused with a way out", () => {
    // What untransformed code would do.
    const [a, b] = [gf.scalar(1), gf.scalar(2)] as any[];
    for (const use of [() => a + b, () => a * 2, () => a < b, () => -a, () => Math.max(a, b), () => Number(a)]) {
      expect(use).toThrow(expect.objectContaining({ code: "E_OPERATOR" }));
    }
  });
});
