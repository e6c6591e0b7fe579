/**
 * TensorFlow.js from npm, on its plain JavaScript backend, with a handler that keeps models in folders: written here with Node's
 * own functions, so that files are judged by code that is not ours.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";

export * as tfl from "@tensorflow/tfjs-layers";
export { tf };

await tf.setBackend("cpu");

/** Saves like tfjs-node: one file of weights. Loads what a manifest names. */
export function tfFolder(folder: string): tf.io.IOHandler {
  return {
    async save(artifacts) {
      mkdirSync(folder, { recursive: true });
      const { weightData, weightSpecs, ...rest } = artifacts;
      writeFileSync(join(folder, "weights.bin"), new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
      const manifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      writeFileSync(join(folder, "model.json"), JSON.stringify({ ...rest, weightsManifest: manifest }));
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    },
    async load() {
      const file = join(folder, "model.json");
      const json = JSON.parse(readFileSync(file, "utf8")) as tf.io.ModelJSON;
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const paths = manifest.flatMap((group) => group.paths);
        const bytes = Buffer.concat(paths.map((path) => readFileSync(join(dirname(file), path))));
        return [manifest.flatMap((group) => group.weights), new Uint8Array(bytes).buffer];
      });
    },
  };
}
