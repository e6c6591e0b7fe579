/** A graph function saved by one process and run by another that has neither its source nor the transform. */
import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { NODES, project, run } from "./fixture.ts";

const STEP = `
import * as gf from "graphfn";
const weights = gf.variable(gf.linspace(0, 1, 100), true, "weights");
export const count = gf.variable(gf.scalar(0, "int32"), false, "count");
/** @graphFunction */
export function step(x: gf.Tensor, times: gf.Tensor): gf.Tensor {
  let y = x;
  for (let i: gf.Tensor = 0; i < times; i += 1) {
    if (y.sum() > 60) break;
    y = y + weights;
    count.assignAdd(1);
  }
  console.log("sum", y.sum());
  return y.mean();
}
`;

const SAVES = `
import * as gf from "graphfn";
import { count, step } from "./step.ts";
const x = gf.zeros([100]);
await step.save("saved", gf.tensorSpec([100]), gf.tensorSpec([], "int32"));
console.log(step(x, gf.scalar(1, "int32")).arraySync(), step(x, gf.scalar(9, "int32")).arraySync(), count.arraySync());
`;

const LOADS = `
import * as gf from "graphfn";
const step = await gf.loadFunction("saved");
const x = gf.zeros([100]);
console.log(step(x, gf.scalar(1, "int32")).arraySync(), step(x, gf.scalar(9, "int32")).arraySync(), step.variables[1].arraySync());
step.variables[0].assign(gf.ones([100]));
console.log(step(x, gf.scalar(9, "int32")).arraySync(), step.variables.map((v) => v.name).join(" "));
try { step(x); } catch (error) { console.log(error.code); }
`;

const TRAINS = `
import * as gf from "graphfn";
const model = gf.sequential({
  layers: [
    gf.layers.conv2d({ filters: 3, kernelSize: 3, activation: "relu", inputShape: [8, 8, 1] }),
    gf.layers.batchNormalization(),
    gf.layers.flatten(),
    gf.layers.dense({ units: 2 }),
  ],
});
model.compile({ optimizer: "adam", loss: "meanSquaredError" });
const x = gf.linspace(-1, 1, 4 * 64).reshape([4, 8, 8, 1]);
await model.fit(x, gf.ones([4, 2]), { epochs: 2, verbose: 0 });
await model.save("file://model");
console.log(JSON.stringify(model.predict(x).arraySync()));
`;

const PREDICTS = `
import * as gf from "graphfn";
const model = await gf.loadLayersModel("file://model/model.json");
const x = gf.linspace(-1, 1, 4 * 64).reshape([4, 8, 8, 1]);
console.log(JSON.stringify(model.predict(x).arraySync()));
`;

it("a saved model predicts the same in another process", async () => {
  const app = project({ "train.mjs": TRAINS, "predict.mjs": PREDICTS });
  const trained = await run(process.execPath, ["train.mjs"], app.folder);
  expect(trained).toEqual({ code: 0, stderr: "", stdout: expect.stringMatching(/^\[\[.*\]\]\n$/) });
  expect(await run(process.execPath, ["predict.mjs"], app.folder)).toEqual(trained);
});

describe.each(NODES)("a saved function on $title", ({ binary, present }) => {
  it.skipIf(!present)("runs in a process without its source and the transform", async () => {
    const app = project({ "step.ts": STEP, "app.ts": SAVES });
    const saved = await run(binary, ["--import", "@graphfn/transformer/register", "app.ts"], app.folder);
    expect(saved).toEqual({ code: 0, stderr: "", stdout: expect.stringMatching(/^sum .*50.*\nsum .*100.*\n0\.5 1 3\n$/) });
    for (const source of ["step.ts", "app.ts"]) rmSync(app.path(source));
    app.write("main.mjs", LOADS);
    const loaded = await run(binary, ["main.mjs"], app.folder);
    const same = saved.stdout.split("\n").slice(0, 3).join("\n");
    expect(loaded).toEqual({ code: 0, stderr: "", stdout: expect.stringContaining(same) });
    expect(loaded.stdout.split("\n").slice(4)).toEqual(["1 weights count", "E_SIGNATURE", ""]);
  });
});
