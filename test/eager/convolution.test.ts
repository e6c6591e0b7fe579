/**
 * conv1d, conv2d, conv2dTranspose and pools as users call them: values against sums written again here over index tuples, shapes
 * by TensorFlow.js's formulas, and bad arguments.
 */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { Random } from "../support/random.ts";

function images(random: Random, shape: readonly number[], dtype: gf.DType = "float64"): gf.Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: n }, () => random.int(-20, 20) / 4);
  return gf.tensor(values, [...shape], dtype);
}

/** Element of a tensor, or `outside` where an index is out of range. */
function reader(t: gf.Tensor, outside: number): (...index: number[]) => number {
  const data = t.dataSync();
  return (...index) => {
    let at = 0;
    for (const [axis, i] of index.entries()) {
      const length = t.shape[axis] as number;
      if (i < 0 || i >= length) return outside;
      at = at * length + i;
    }
    return data[at] as number;
  };
}

/** Places and padding in front, by TensorFlow's definition of its two paddings. */
function placed(pad: "valid" | "same" | number, length: number, size: number, stride: number, dilation = 1): [number, number] {
  const span = (size - 1) * dilation + 1;
  if (pad === "same") {
    const places = Math.ceil(length / stride);
    return [places, Math.floor(Math.max(0, (places - 1) * stride + span - length) / 2)];
  }
  const around = pad === "valid" ? 0 : pad;
  return [Math.floor((length + 2 * around - span) / stride) + 1, around];
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof gf.GraphFnError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "nothing thrown";
}

const pads = ["valid", "same", 1, 2] as const;

describe("conv2d", () => {
  it("is the sum over the window, for any stride, padding and dilation", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed);
      const [n, h, w, c, m] = [random.int(1, 2), random.int(5, 9), random.int(5, 9), random.int(1, 3), random.int(1, 3)];
      const [kh, kw] = [random.int(1, 3), random.int(1, 3)];
      const [sh, sw, dh, dw] = [random.int(1, 3), random.int(1, 3), random.int(1, 2), random.int(1, 2)];
      const pad = random.pick(pads);
      const [x, f] = [images(random, [n, h, w, c]), images(random, [kh, kw, c, m])];
      const [rows, top] = placed(pad, h, kh, sh, dh);
      const [columns, left] = placed(pad, w, kw, sw, dw);
      const y = gf.conv2d(x, f, [sh, sw], pad, "NHWC", [dh, dw]);
      expect(y.shape, `seed ${seed}`).toEqual([n, rows, columns, m]);
      const [at, xs, fs] = [reader(y, NaN), reader(x, 0), reader(f, NaN)];
      for (let i = 0; i < n * rows * columns * m; i++) {
        const [b, o, p, k] = [
          Math.floor(i / (rows * columns * m)),
          Math.floor(i / (columns * m)) % rows,
          Math.floor(i / m) % columns,
          i % m,
        ];
        let total = 0;
        for (let ky = 0; ky < kh; ky++)
          for (let kx = 0; kx < kw; kx++)
            for (let q = 0; q < c; q++) total += xs(b, o * sh + ky * dh - top, p * sw + kx * dw - left, q) * fs(ky, kx, q, k);
        expect(at(b, o, p, k), `seed ${seed} [${b},${o},${p},${k}]`).toBeCloseTo(total, 9);
      }
      // The same image with channels first.
      const turned = gf.conv2d(gf.transpose(x, [0, 3, 1, 2]), f, [sh, sw], pad, "NCHW", [dh, dw]);
      expect(gf.transpose(turned, [0, 2, 3, 1]).arraySync()).toEqual(y.arraySync());
    }
  });

  it("takes a single image, numbers for pairs, explicit padding and other dtypes", () => {
    const random = new Random(7);
    const [x, f] = [images(random, [5, 6, 2]), images(random, [3, 3, 2, 4])];
    const y = gf.conv2d(x, f, 1, "same");
    expect(y.shape).toEqual([5, 6, 4]);
    const around = [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ] as const;
    expect(gf.conv2d(x, f, [1, 1], around).arraySync()).toEqual(y.arraySync());
    expect(x.conv2d(f, 1, 1).arraySync()).toEqual(y.arraySync());
    expect(gf.conv2d(gf.ones([1, 2, 2, 1], "int32"), gf.ones([2, 2, 1, 1], "int32"), 1, "valid").dtype).toBe("float32");
  });

  it("rounds the number of places as asked", () => {
    const [x, f] = [gf.ones([1, 6, 6, 1]), gf.ones([2, 2, 1, 1])];
    const size = (mode?: "floor" | "round" | "ceil") => gf.conv2d(x, f, 3, 0, "NHWC", 1, mode).shape[1];
    // (6 − 2) / 3 + 1 = 2⅓
    expect([size(), size("floor"), size("round"), size("ceil")]).toEqual([2, 2, 2, 3]);
    // The window beyond the edge holds zeros there.
    expect(gf.conv2d(x, f, 3, 0, "NHWC", 1, "ceil").dataSync()[8]).toBe(0);
  });

  it("says what is wrong", () => {
    const [x, f] = [gf.ones([1, 4, 4, 3]), gf.ones([3, 3, 2, 8])];
    expect(codeOf(() => gf.conv2d(x, f, 1, "same"))).toMatch(/E_SHAPE.*\[1,4,4,3\] has 3 channels.*\[3,3,2,8\] takes 2/);
    const fine = gf.ones([3, 3, 3, 8]);
    expect(codeOf(() => gf.conv2d(x, gf.ones([5, 3, 3, 8]), 1, "valid"))).toMatch(/E_SHAPE.*5 rows.*4 rows/);
    expect(codeOf(() => gf.conv2d(x, fine, 0, "same"))).toMatch(/E_ARGUMENT.*strides/);
    expect(codeOf(() => gf.conv2d(x, fine, [1, 1.5], "same"))).toMatch(/E_ARGUMENT.*strides\[1\]/);
    expect(codeOf(() => gf.conv2d(x, fine, [1, 1, 1] as never, "same"))).toMatch(/E_ARGUMENT.*strides/);
    expect(codeOf(() => gf.conv2d(x, fine, 1, "SAME" as never))).toMatch(/E_ARGUMENT.*pad.*"SAME"/);
    expect(codeOf(() => gf.conv2d(x, fine, 1, -1))).toMatch(/E_ARGUMENT.*pad/);
    expect(codeOf(() => gf.conv2d(x, fine, 1, [[0, 0]] as never))).toMatch(/E_ARGUMENT.*pad/);
    const channels = [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 1],
    ] as const;
    expect(codeOf(() => gf.conv2d(x, fine, 1, channels))).toMatch(/E_ARGUMENT.*batch or channels/);
    expect(codeOf(() => gf.conv2d(x, fine, 1, "same", "NHCW" as never))).toMatch(/E_ARGUMENT.*dataFormat/);
    expect(codeOf(() => gf.conv2d(x, fine, 1, "same", "NHWC", 0))).toMatch(/E_ARGUMENT.*dilations/);
    expect(codeOf(() => gf.conv2d(x, fine, 1, "same", "NHWC", 1, "ceil"))).toMatch(/E_ARGUMENT.*dimRoundingMode/);
    expect(codeOf(() => gf.conv2d(x, fine, 1, 0, "NHWC", 1, "up" as never))).toMatch(/E_ARGUMENT.*dimRoundingMode/);
    expect(codeOf(() => gf.conv2d(gf.ones([4, 4]), fine, 1, "same"))).toMatch(/E_SHAPE.*rank 4/);
    expect(codeOf(() => gf.conv2d(x, gf.ones([3, 3, 3]), 1, "same"))).toMatch(/E_SHAPE.*filter/);
    expect(codeOf(() => gf.conv2d(gf.ones([1, 4, 4, 0]), gf.ones([3, 3, 0, 1]), 1, "same"))).toMatch(/E_SHAPE/);
  });
});

describe("conv1d", () => {
  it("is conv2d of one row", () => {
    for (const pad of ["valid", "same", 2] as const) {
      const random = new Random(3);
      const [x, f] = [images(random, [2, 9, 2]), images(random, [3, 2, 4])];
      const y = gf.conv1d(x, f, 2, pad, "NWC", 2);
      const rows =
        typeof pad === "number"
          ? ([
              [0, 0],
              [0, 0],
              [pad, pad],
              [0, 0],
            ] as const)
          : pad;
      const same = gf.conv2d(gf.expandDims(x, 1), gf.expandDims(f, 0), [1, 2], rows, "NHWC", [1, 2]);
      expect(y.arraySync()).toEqual(gf.squeeze(same, 1).arraySync());
      expect(gf.conv1d(gf.transpose(x, [0, 2, 1]), f, 2, pad, "NCW", 2).arraySync()).toEqual(gf.transpose(y, [0, 2, 1]).arraySync());
    }
    expect(gf.conv1d(gf.ones([5, 1]), gf.ones([2, 1, 1]), 1, "valid").arraySync()).toEqual([[2], [2], [2], [2]]);
    expect(codeOf(() => gf.conv1d(gf.ones([1, 2, 3, 1]), gf.ones([2, 1, 1]), 1, "same"))).toMatch(/E_SHAPE.*rank 3/);
    expect(codeOf(() => gf.conv1d(gf.ones([2, 3, 1]), gf.ones([1, 2, 1, 1]), 1, "same"))).toMatch(/E_SHAPE.*rank 3/);
  });
});

describe("conv2dTranspose", () => {
  it("is the transpose of conv2d: ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      const shape = [random.int(1, 2), random.int(4, 8), random.int(4, 8), random.int(1, 3)];
      const stride = [random.int(1, 3), random.int(1, 3)] as const;
      const pad = random.pick(pads.slice(0, 3));
      const f = images(random, [random.int(1, 4), random.int(2, 3), shape[3] as number, 2]);
      const x = images(random, shape);
      const y = gf.conv2d(x, f, stride, pad);
      const back = images(random, y.shape);
      const left = gf.sum(gf.mul(y, back)).item() as number;
      const right = gf.sum(gf.mul(x, gf.conv2dTranspose(back, f, shape, stride, pad))).item() as number;
      expect(right, `seed ${seed}`).toBeCloseTo(left, 8);
    }
    expect(codeOf(() => gf.conv2dTranspose(gf.ones([1, 2, 2, 1]), gf.ones([2, 2, 3, 1]), [1, 4, 4, 2], 2, "same"))).toMatch(/E_SHAPE/);
    expect(codeOf(() => gf.conv2dTranspose(gf.ones([1, 2, 2, 1]), gf.ones([2, 2, 3, 1]), [1, 9, 4, 3], 2, "same"))).toMatch(/E_SHAPE/);
  });
});

describe("pools", () => {
  it.each([
    ["maxPool", gf.maxPool],
    ["avgPool", gf.avgPool],
  ] as const)("%s looks at the cells of the image only", (name, pool) => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed);
      const [n, h, w, c] = [random.int(1, 2), random.int(3, 9), random.int(3, 9), random.int(1, 3)];
      const [kh, kw, sh, sw] = [random.int(2, 3), random.int(2, 3), random.int(1, 4), random.int(1, 4)];
      const pad = random.pick(pads.slice(0, 3));
      const x = images(random, [n, h, w, c]);
      const y = pool(x, [kh, kw], [sh, sw], pad);
      const [rows, top] = placed(pad, h, kh, sh);
      const [columns, left] = placed(pad, w, kw, sw);
      expect(y.shape, `seed ${seed}`).toEqual([n, rows, columns, c]);
      const [at, xs] = [reader(y, NaN), reader(x, NaN)];
      for (let i = 0; i < n * rows * columns * c; i++) {
        const [b, o, p, k] = [
          Math.floor(i / (rows * columns * c)),
          Math.floor(i / (columns * c)) % rows,
          Math.floor(i / c) % columns,
          i % c,
        ];
        const cells: number[] = [];
        for (let q = 0; q < kh * kw; q++) cells.push(xs(b, o * sh + Math.floor(q / kw) - top, p * sw + (q % kw) - left, k));
        const real = cells.filter((v) => !Number.isNaN(v));
        const want = name === "maxPool" ? Math.max(...real) : real.reduce((s, v) => s + v, 0) / real.length;
        expect(at(b, o, p, k), `seed ${seed} [${b},${o},${p},${k}]`).toBeCloseTo(want, 12);
      }
    }
  });

  it("take a single image and methods; maxPool keeps int32", () => {
    const x = gf.tensor([1, 2, 3, 4], [2, 2, 1], "int32");
    expect(x.maxPool(2, 2, "valid").arraySync()).toEqual([[[4]]]);
    expect(x.maxPool(2, 2, "valid").dtype).toBe("int32");
    expect(x.avgPool(2, 2, "valid").arraySync()).toEqual([[[2.5]]]);
  });

  it("say what is wrong", () => {
    const x = gf.ones([1, 4, 4, 1]);
    expect(codeOf(() => gf.maxPool(x, 0, 1, "valid"))).toMatch(/E_ARGUMENT.*filterSize/);
    expect(codeOf(() => gf.avgPool(x, 2, 0, "valid"))).toMatch(/E_ARGUMENT.*strides/);
    expect(codeOf(() => gf.maxPool(x, 9, 1, "valid"))).toMatch(/E_SHAPE.*9 rows.*4 rows/);
    expect(codeOf(() => gf.maxPool(x, 2, 1, 2))).toMatch(/E_ARGUMENT.*pads/);
    expect(codeOf(() => gf.avgPool(gf.ones([4, 4]), 2, 2, "valid"))).toMatch(/E_SHAPE.*rank 4/);
    expect(codeOf(() => gf.avgPool(gf.ones([1, 0, 4, 1]), 2, 2, "same"))).toMatch(/E_SHAPE/);
  });
});
