/** complex64 in files: safetensors as C64, and saved graph functions with complex constants and arguments. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { folder } from "./files.ts";

const z = (): gf.Tensor => gf.complex([1, Number.NaN, 0], [2, Infinity, -0]);

describe("complex64 in files", () => {
  it("is C64 in safetensors, to the bit", async () => {
    const file = join(folder(), "z.safetensors");
    await gf.io.saveSafetensors(file, { z: z(), none: gf.zeros([0], "complex64") });
    expect((await gf.io.readSafetensorsHeader(file)).tensors["z"]).toEqual({ dtype: "C64", shape: [3] });
    const read = await gf.io.loadSafetensors(file);
    expect([read["z"]?.dtype, read["none"]?.shape]).toEqual(["complex64", [0]]);
    expect([...(read["z"] as gf.Tensor).dataSync()]).toEqual([1, 2, Number.NaN, Infinity, 0, -0]);
    expect(readFileSync(file).length % 8).toBe(0);
  });

  it("keeps its place in saved graph functions", async () => {
    const file = join(folder(), "f");
    const f = gf.graphFunction((x: gf.Tensor) => gf.spectral.ifft(gf.mul(gf.spectral.fft(x), gf.complex([1, 0, 2], [0, 1, 0]))));
    const x = gf.complex([1, 2, 3], [0, -1, 0.5]);
    const want = [...f(x).dataSync()];
    await f.save(file, x);
    const loaded = await gf.loadFunction(file);
    expect([...(loaded as (t: gf.Tensor) => gf.Tensor)(x).dataSync()]).toEqual(want);
  });
});
