/** A small convolutional network reads digits that the program writes itself (handwriting.ts), and shows where it errs. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as gf from "graphfn";
import { SIZE, writeDigits } from "./handwriting.ts";
import { confusionPicture, contactSheet } from "./picture/confusion.ts";
import type { Program } from "./sample.ts";

export function build(): gf.Sequential {
  const model = gf.sequential({
    layers: [
      gf.layers.conv2d({ filters: 8, kernelSize: 5, activation: "relu", inputShape: [SIZE, SIZE, 1] }),
      gf.layers.maxPooling2d({ poolSize: 2 }),
      gf.layers.conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
      gf.layers.maxPooling2d({ poolSize: 2 }),
      gf.layers.flatten(),
      gf.layers.dense({ units: 64, activation: "relu" }),
      gf.layers.dropout({ rate: 0.25 }),
      gf.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: gf.train.adam(0.002), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

/** counts[digit][answer] */
function confusion(labels: ArrayLike<number>, answers: ArrayLike<number>): number[][] {
  const counts = Array.from({ length: 10 }, () => Array<number>(10).fill(0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]![answers[i]!]!++;
  return counts;
}

/** Trains, and returns the share of unseen drawings that it reads right. */
export async function main(folder = "."): Promise<number> {
  gf.setSeed(1);
  const training = writeDigits(4000, 10);
  const unseen = writeDigits(1000, 20);
  const model = build();
  await model.fit(training.images, training.labels, {
    epochs: 12,
    batchSize: 64,
    validationData: [unseen.images, unseen.labels],
  });

  const answers = (model.predict(unseen.images, { batchSize: 250 }) as gf.Tensor).argMax(1).dataSync();
  const labels = unseen.labels.dataSync();
  const counts = confusion(labels, answers);
  const right = counts.reduce((sum, row, digit) => sum + row[digit]!, 0);
  console.log(`${right} of ${labels.length} unseen drawings read right`);

  const matrix = path.join(folder, "digits-confusion.png");
  writeFileSync(matrix, confusionPicture(counts));
  console.log(`wrote ${matrix}`);
  const wrong = Array.from(labels.keys()).filter((i) => labels[i] !== answers[i]);
  if (wrong.length > 0) {
    const sheet = path.join(folder, "digits-wrong.png");
    const drawings = wrong.slice(0, 24).map((i) => ({
      pixels: unseen.images.slice(i, 1).dataSync(),
      text: `${labels[i]} → ${answers[i]}`,
    }));
    writeFileSync(sheet, contactSheet(drawings, SIZE));
    console.log(`wrote ${sheet}`);
  }
  return right / labels.length;
}

export const sample: Program = {
  title: "A convolutional network on digits that the program writes itself",
  async check() {
    gf.setSeed(1);
    const { images, labels } = writeDigits(32, 10);
    const model = build();
    const history = await model.fit(images, labels, { epochs: 2, batchSize: 16, verbose: 0 });
    return [...(history.history["loss"] as number[]), ...(model.predict(images.slice(0, 2)) as gf.Tensor).dataSync()];
  },
  tolerance: 1e-3,
};
