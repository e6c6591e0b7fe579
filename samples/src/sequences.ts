/**
 * A recurrent network over sequences of different lengths, which end at a mark: a `for` over the rows of a batch, one over the numbers
 * of a row, a `break` at the mark, and the gradient back through as many steps as were taken. It learns whether the ones so far are
 * odd in number, and then reads sequences longer than those it has seen.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as gf from "graphfn";
import { lineChart } from "./picture/chart.ts";
import type { Program } from "./sample.ts";

const UNITS = 12;
/** Stands behind the last bit of a sequence; what follows it is not read. */
const END = 2;

/** `count` rows of `room` bits, each with its end somewhere. */
export function sequences(count: number, room: number, seed: number): gf.Tensor {
  const bits = gf.randomUniformInt([count, room], 0, 2, seed);
  const length = gf.randomUniformInt([count, 1], 1, room + 1, seed + 1);
  return gf.where(gf.range(0, room, 1, "int32").less(length), bits, END);
}

export class Network {
  readonly input = gf.variable(gf.randomNormal([2, UNITS], 0, 1));
  readonly recurrent = gf.variable(gf.randomNormal([UNITS, UNITS], 0, 0.3));
  readonly bias = gf.variable(gf.zeros([UNITS]));
  readonly output = gf.variable(gf.randomNormal([UNITS], 0, 0.3));
  readonly weights = [this.input, this.recurrent, this.bias, this.output];
  readonly #optimizer = gf.train.adam(0.01);

  /** The state after one more bit. */
  next(state: gf.Tensor, bit: gf.Tensor): gf.Tensor {
    return gf.tanh(gf.gather(this.input, bit).add(gf.dot(state, this.recurrent)).add(this.bias));
  }

  /** Mean cross entropy of what the network says after each bit: is the number of ones so far odd? */
  /** @graphFunction */
  loss(batch: gf.Tensor): gf.Tensor {
    let sum: gf.Tensor = 0;
    let read: gf.Tensor = 0;
    for (const sequence of batch) {
      let state: gf.Tensor = gf.zeros([UNITS]);
      let odd: gf.Tensor = 0;
      for (const bit of sequence) {
        if (bit === END) break;
        state = this.next(state, bit);
        odd = (odd + bit) % 2;
        sum += gf.losses.sigmoidCrossEntropy(odd, gf.dot(state, this.output));
        read++;
      }
    }
    return sum / read;
  }

  /** @graphFunction */
  trainStep(batch: gf.Tensor): gf.Tensor {
    const tape = gf.gradientTape();
    const loss = this.loss(batch);
    this.#optimizer.applyGradients(tape.gradient(loss, this.weights), this.weights);
    return loss;
  }

  /** Share of sequences at whose end the network is right. */
  /** @graphFunction */
  accuracy(batch: gf.Tensor): gf.Tensor {
    let right: gf.Tensor = 0;
    for (const sequence of batch) {
      let state: gf.Tensor = gf.zeros([UNITS]);
      let odd: gf.Tensor = 0;
      for (const bit of sequence) {
        if (bit === END) break;
        state = this.next(state, bit);
        odd = (odd + bit) % 2;
      }
      if (gf.dot(state, this.output) > 0 === (odd === 1)) right++;
    }
    return right / batch.shape[0];
  }
}

export function main(folder = "."): { short: number; long: number } {
  gf.setSeed(2);
  const network = new Network();
  const losses: number[] = [];
  const steps = 400;
  for (let step = 1; step <= steps; step++) {
    losses.push(network.trainStep(sequences(32, 8, 2 * step)).item() as number);
    const line = `step ${String(step).padStart(3)}/${steps} - loss: ${losses.at(-1)?.toFixed(4)}`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}${step === steps ? "\n" : ""}`);
    else if (step % 50 === 0) console.log(line);
  }
  const right = (room: number): number => network.accuracy(sequences(500, room, 1)).item() as number;
  const result = { short: right(8), long: right(40) };
  console.log(`right: ${100 * result.short} % of sequences up to 8 bits, ${100 * result.long} % of those up to 40`);
  const file = path.join(folder, "sequences.svg");
  writeFileSync(file, lineChart({ title: "Odd or even, read bit by bit", across: "step", up: "mean cross entropy", values: losses }));
  console.log(`wrote ${file}`);
  return result;
}

export const sample: Program = {
  title: "Sequences of different lengths, read by a recurrent network",
  async check() {
    gf.setSeed(2);
    const network = new Network();
    const losses = [1, 3, 5].map((seed) => network.trainStep(sequences(4, 6, seed)).item() as number);
    return [...losses, network.loss(sequences(8, 10, 7)).item() as number, network.accuracy(sequences(8, 10, 7)).item() as number];
  },
  tolerance: 1e-4,
};
