/**
 * The training step that libraries are measured at: 784-256-10 with relu, softmax cross-entropy over one-hot labels, averaged. Inputs and
 * first weights come from formulas that `train_peer.py` repeats, so that all take the same path: the loss of step 5 tells.
 */
export const SIZES = [784, 256, 10];

/** @type {readonly { name: string, optimizer: "sgd" | "adam", batch: number, rate: number }[]} */
export const CASES = [
  { name: "SGD, batch 32", optimizer: "sgd", batch: 32, rate: 0.1 },
  { name: "SGD, batch 128", optimizer: "sgd", batch: 128, rate: 0.1 },
  { name: "Adam, batch 32", optimizer: "adam", batch: 32, rate: 1e-3 },
  { name: "Adam, batch 128", optimizer: "adam", batch: 128, rate: 1e-3 },
];

export function inputs(batch) {
  const x = Float32Array.from({ length: batch * SIZES[0] }, (_, i) => ((i * 37) % 101) / 50 - 1);
  const y = new Float32Array(batch * SIZES[2]);
  for (let i = 0; i < batch; i++) y[i * SIZES[2] + ((i * 7) % SIZES[2])] = 1;
  return { x, y };
}

/** Matrix, bias, matrix, bias: [values, shape]. */
export function weights() {
  return [0, 1].flatMap((layer) => {
    const [rows, columns] = [SIZES[layer], SIZES[layer + 1]];
    const scale = Math.sqrt(6 / (rows + columns));
    const matrix = Float32Array.from({ length: rows * columns }, (_, i) => (((i * 53) % 97) / 48 - 1) * scale);
    return [
      [matrix, [rows, columns]],
      [new Float32Array(columns), [columns]],
    ];
  });
}
