/** The promotion rule: strong dtypes by the table, JavaScript numbers weak. */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";

const strong = (dtype: gf.DType): gf.Tensor => gf.scalar(1, dtype);

describe("two tensors", () => {
  const table: [gf.DType, gf.DType, gf.DType][] = [
    ["bool", "bool", "int32"],
    ["bool", "int32", "int32"],
    ["bool", "float32", "float32"],
    ["int32", "int32", "int32"],
    ["int32", "float32", "float32"],
    ["int32", "float64", "float64"],
    ["float32", "float64", "float64"],
    ["float64", "bool", "float64"],
  ];
  it.each(table)("%s + %s is %s", (a, b, result) => {
    expect(strong(a).add(strong(b)).dtype).toBe(result);
    expect(strong(b).add(strong(a)).dtype).toBe(result);
    expect(gf.concat([strong(a).reshape([1]), strong(b).reshape([1])]).dtype).toBe(a === "bool" && b === "bool" ? "bool" : result);
    expect(strong(a).less(strong(b)).dtype).toBe("bool");
  });
});

describe("a tensor and a number", () => {
  const table: [gf.DType, number, gf.DType][] = [
    ["bool", 2, "int32"],
    ["bool", 0.5, "float32"],
    ["int32", 2, "int32"],
    ["int32", 0.5, "float32"],
    ["int32", 3e9, "float32"],
    ["float32", 2, "float32"],
    ["float32", 0.1, "float32"],
    ["float64", 0.1, "float64"],
  ];
  it.each(table)("%s and %d give %s", (dtype, number, result) => {
    for (const size of [1, 5, 100]) {
      const t = gf.ones([size], dtype);
      expect(t.mul(number).dtype).toBe(result);
      expect(gf.mul(number, t).dtype).toBe(result);
    }
  });

  it("rounds the number to the tensor's precision", () => {
    expect(gf.zeros([3]).add(0.1).dataSync()[0]).toBe(Math.fround(0.1));
    expect(gf.zeros([100]).add(0.1).dataSync()[0]).toBe(Math.fround(0.1));
    expect(gf.zeros([3], "float64").add(0.1).dataSync()[0]).toBe(0.1);
  });

  it("compares at the tensor's precision, like the graph", () => {
    expect(gf.tensor([0.1]).equal(0.1).item()).toBe(true);
    expect(gf.tensor([0.1], [1], "float64").equal(0.1).item()).toBe(true);
  });
});

describe("numbers alone", () => {
  it("stay weak: the result takes the dtype of what it meets", () => {
    const third = gf.div(1, 3);
    expect(third.weak).toBe(true);
    expect(gf.ones([2], "float32").mul(third).dtype).toBe("float32");
    expect(gf.ones([2], "float64").mul(third).dataSync()[0]).toBe(1 / 3);
    expect(gf.ones([2], "int32").add(gf.add(1, 2)).dtype).toBe("int32");
  });
  it("whole ones are int32, fractions float64", () => {
    expect(gf.add(1, 2).dtype).toBe("int32");
    expect(gf.add(1, 2.5).dtype).toBe("float64");
    expect(gf.sqrt(2).dataSync()[0]).toBe(Math.SQRT2);
  });
  it("never wrap: beyond int32 is an error, where a tensor of int32 wraps", () => {
    const large = gf.add(2 ** 30, 2 ** 29);
    expect(() => large.add(large)).toThrow(expect.objectContaining({ code: "E_OVERFLOW" }));
    expect(() => gf.mul(65536, 65536)).toThrow(expect.objectContaining({ code: "E_OVERFLOW" }));
    expect(
      gf
        .scalar(2 ** 30, "int32")
        .mul(4)
        .item(),
    ).toBe(0);
  });
  it("cast makes them strong", () => {
    const t = gf.cast(3, "int32");
    expect([t.weak, t.dtype]).toEqual([false, "int32"]);
  });
});

describe("results of ops", () => {
  const x = gf.tensor([1, 2, 3], [3], "int32");
  const table: [string, gf.Tensor, gf.DType][] = [
    ["exp of int32", x.exp(), "float32"],
    ["exp of float64", x.cast("float64").exp(), "float64"],
    ["abs of int32", x.abs(), "int32"],
    ["floor of int32", x.floor(), "int32"],
    ["abs of bool", x.cast("bool").abs(), "int32"],
    ["sum of bool", x.cast("bool").sum(), "int32"],
    ["mean of int32", x.mean(), "float32"],
    ["argMax", x.argMax(), "int32"],
    ["matMul of int32", gf.matMul(x.reshape([1, 3]), x.reshape([3, 1])), "int32"],
    ["div of two int32 tensors is floorDiv", x.div(gf.scalar(2, "int32")), "int32"],
    ["div of an int32 tensor and a number", x.div(2), "float32"],
    ["realDiv of int32", gf.realDiv(x, x), "float32"],
    ["softmax of int32", x.softmax(), "float32"],
    ["oneHot as TensorFlow.js", gf.oneHot([0], 2), "int32"],
    ["where promotes its branches", gf.where(x.greater(1), x, 0.5), "float32"],
    ["where of numbers is weak", gf.where(x.greater(1), 1, 0), "int32"],
  ];
  it.each(table)("%s", (_, t, dtype) => expect(t.dtype).toBe(dtype));

  it("div of int32 rounds down only between tensors", () => {
    expect(gf.tensor([-7, 7], [2], "int32").div(gf.scalar(2, "int32")).arraySync()).toEqual([-4, 3]);
    expect(gf.tensor([-7, 7], [2], "int32").div(2).arraySync()).toEqual([-3.5, 3.5]);
  });
});

describe("creation", () => {
  const table: [string, gf.Tensor, gf.DType, number[]][] = [
    ["numbers", gf.tensor([1, 2.5]), "float32", [1, 2.5]],
    ["booleans", gf.tensor([true, false]), "bool", [1, 0]],
    ["Float64Array", gf.tensor(new Float64Array([0.1])), "float64", [0.1]],
    ["Int32Array", gf.tensor(new Int32Array([-5])), "int32", [-5]],
    ["Uint8Array counts as int32, as in TensorFlow.js", gf.tensor(new Uint8Array([255])), "int32", [255]],
    ["Uint16Array", gf.tensor(new Uint16Array([65535])), "int32", [65535]],
    ["rows of typed arrays", gf.tensor([new Float32Array([1, 2]), new Float32Array([3, 4])]), "float32", [1, 2, 3, 4]],
    ["fractions to int32 are truncated", gf.tensor([1.9, -1.9], [2], "int32"), "int32", [1, -1]],
    ["Float64Array to int32", gf.tensor(new Float64Array([1e20, NaN]), [2], "int32"), "int32", [2147483647, 0]],
    ["numbers to bool", gf.tensor([0, 0.5, -1], [3], "bool"), "bool", [0, 1, 1]],
    ["booleans to float32", gf.tensor([true, false], [2], "float32"), "float32", [1, 0]],
    ["fill with a boolean", gf.fill([2], true), "bool", [1, 1]],
    ["zerosLike keeps the dtype", gf.zerosLike(gf.ones([2], "int32")), "int32", [0, 0]],
    ["eye", gf.eye(2, 3), "float32", [1, 0, 0, 0, 1, 0]],
    ["eye in a batch", gf.eye(1, 2, [2]), "float32", [1, 0, 1, 0]],
    ["range down", gf.range(3, 0), "float32", [3, 2, 1]],
    ["range away from its end is empty", gf.range(0, 3, -1), "float32", []],
    ["range of int32", gf.range(0, 6, 2, "int32"), "int32", [0, 2, 4]],
    ["linspace", gf.linspace(0, 1, 5), "float32", [0, 0.25, 0.5, 0.75, 1]],
    ["linspace of one", gf.linspace(4, 9, 1), "float32", [4]],
  ];
  it.each(table)("%s", (_, t, dtype, values) => {
    expect(t.dtype).toBe(dtype);
    expect([...t.dataSync()]).toEqual(values);
  });
});
