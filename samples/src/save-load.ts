/** A model is trained and saved; another process, which has only the files, loads it and predicts the same. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as gf from "graphfn";
import type { Program } from "./sample.ts";

/** What the other process runs: plain JavaScript, without this file, the transform or the classes of the model. */
const READER = `
import * as gf from "graphfn";
const [model, fn, rows] = process.argv.slice(1);
const x = gf.tensor(JSON.parse(rows));
const loaded = await gf.loadLayersModel(model);
const compiled = await gf.loadFunction(fn);
console.log(JSON.stringify({ model: loaded.predict(x).arraySync(), function: compiled(x).arraySync() }));
`;

interface Predictions {
  readonly here: number[][];
  readonly model: number[][];
  readonly function: number[][];
}

/** Trains, saves in `folder`, and predicts here and in another process. */
export async function predictTwice(folder: string): Promise<Predictions> {
  gf.setSeed(2);
  const x = gf.randomNormal([64, 3]);
  const y = x.square().sum(1, true);
  const model = gf.sequential({
    layers: [gf.layers.dense({ units: 8, activation: "relu", inputShape: [3] }), gf.layers.dense({ units: 1 })],
  });
  model.compile({ optimizer: gf.train.adam(0.03), loss: "meanSquaredError" });
  await model.fit(x, y, { epochs: 20, verbose: 0 });

  const modelPlace = pathToFileURL(path.join(folder, "model")).href;
  await model.save(modelPlace); // model.json and weights, as TensorFlow.js writes them

  const atMostOne = gf.graphFunction((rows: gf.Tensor): gf.Tensor => {
    const predicted = model.apply(rows) as gf.Tensor;
    const largest = predicted.max();
    return largest > 1 ? predicted / largest : predicted;
  });
  const functionPlace = path.join(folder, "function");
  await atMostOne.save(functionPlace, gf.tensorSpec([4, 3])); // its graph, with the variables that it reads

  const rows = x.slice(0, 4);
  const args = ["--input-type=module", "--eval", READER, modelPlace, functionPlace, JSON.stringify(rows.arraySync())];
  const cwd = path.dirname(fileURLToPath(import.meta.url)); // from where graphfn is found
  const there = JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: "utf8" })) as Omit<Predictions, "here">;
  return { here: (model.predict(rows) as gf.Tensor).arraySync() as number[][], ...there };
}

async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "graphfn-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function main(): Promise<void> {
  const {
    here,
    model,
    function: fn,
  } = await inTemporaryFolder(async (folder) => {
    const predictions = await predictTwice(folder);
    for (const name of ["model", "function"]) console.log(`saved in ${name}/: ${readdirSync(path.join(folder, name)).join(", ")}`);
    return predictions;
  });
  console.log("the model here:      ", here.flat().join(" "));
  console.log("in another process:  ", model.flat().join(" "));
  console.log("the function there:  ", fn.flat().join(" "));
  console.log(JSON.stringify(here) === JSON.stringify(model) ? "equal" : "different");
}

export const sample: Program = {
  title: "Saving a model and a graph function, loading both in another process",
  async check() {
    const { here, model, function: fn } = await inTemporaryFolder(predictTwice);
    return [...here, ...model, ...fn].flat();
  },
  tolerance: 1e-4,
};
