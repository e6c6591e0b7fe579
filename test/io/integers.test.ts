/** uint8 and int64 in files: U8 and I64 of safetensors, to the bit. */
import { join } from "node:path";
import * as gf from "graphfn";
import { expect, it } from "vitest";
import { folder } from "./files.ts";

it("are U8 and I64 in safetensors", async () => {
  const file = join(folder(), "n.safetensors");
  const ends = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n];
  await gf.io.saveSafetensors(file, {
    long: gf.tensor(ends),
    byte: gf.tensor([0, 255], [2], "uint8"),
    none: gf.zeros([0, 2], "int64"),
    scalar: gf.scalar(-1n),
    large: gf.range(0, 5000, 1, "int64").sub(2n ** 40n),
  });
  const { tensors } = await gf.io.readSafetensorsHeader(file);
  expect([tensors["long"], tensors["byte"]]).toEqual([
    { dtype: "I64", shape: [3] },
    { dtype: "U8", shape: [2] },
  ]);
  const read = (await gf.io.loadSafetensors(file)) as Record<"long" | "byte" | "none" | "scalar" | "large", gf.Tensor>;
  expect([read.long.dtype, read.long.arraySync()]).toEqual(["int64", ends]);
  expect([read.byte.dtype, read.byte.arraySync()]).toEqual(["uint8", [0, 255]]);
  expect([read.none.dtype, read.none.shape, read.scalar.item()]).toEqual(["int64", [0, 2], -1n]);
  expect(read.large.sum().item()).toBe((4999n * 5000n) / 2n - 5000n * 2n ** 40n);
});
