/** The table that model.summary() prints: layers, shapes of their outputs, numbers of parameters; where each layer gets its inputs. */
import { sizeOf } from "../core/shape.ts";
import type { Variable } from "../core/variable.ts";
import { notBuilt } from "./in-layer.ts";
import type { Layer } from "./layer.ts";
import type { Model } from "./model.ts";
import { type LayerShape, showLayerShape } from "./shapes.ts";
import type { LayerCall } from "./symbolic.ts";

const WIDTH = 65;
const COLUMNS = [0.45, 0.85, 1];

/** A model of symbolic tensors knows the calls of its layers. */
function callsOf(model: Model): readonly LayerCall[] {
  return (model as { calls?: readonly LayerCall[] }).calls ?? [];
}

function outputOf(layer: Layer): string {
  const shapes = layer.inboundNodes.flatMap((call) => call.outputs.map((x) => showLayerShape(x.shape as LayerShape)));
  if (shapes.length === 0) return "?";
  return new Set(shapes).size === 1 ? (shapes[0] as string) : "multiple";
}

function parameters(weights: readonly Variable[]): number {
  return weights.reduce((n, w) => n + sizeOf(w.shape), 0);
}

/** Cells cut to their columns, the last with a blank before the next. */
function row(cells: readonly string[], ends: readonly number[]): string {
  let line = "";
  cells.forEach((cell, i) => {
    line = `${line}${cell}`.slice(0, ends[i] - 1).padEnd(ends[i]);
  });
  return line.trimEnd();
}

/**
 * Lines of the table. `positions`: ends of the columns, as shares of the line or in characters.
 * Errors   E_NOT_BUILT for a model without weights yet.
 */
export function summaryLines(model: Model, lineLength?: number, positions?: readonly number[]): string[] {
  if (!model.built) throw notBuilt(model.name, "summary");
  const calls = callsOf(model);
  const simple = calls.every((call, i) => call.inputs.length === 1 && (i === 0 || call.inputs[0]?.call === calls[i - 1]));
  const shares = positions ?? (simple ? COLUMNS : [0.35, 0.6, 0.72, 1]);
  const width = lineLength ?? (simple ? WIDTH : 98);
  const ends = shares[shares.length - 1] <= 1 ? shares.map((p) => Math.floor(width * p)) : [...shares];
  const head = ["Layer (type)", "Output shape", "Param #", ...(simple ? [] : ["Receives inputs"])];
  const lines = ["_".repeat(width), row(head, ends), "=".repeat(width)];
  const { layers } = model;
  for (const [i, layer] of layers.entries()) {
    const cells = [`${layer.name} (${layer.getClassName()})`, outputOf(layer), String(layer.built ? parameters(layer.weights) : 0)];
    const from = simple
      ? []
      : calls
          .filter((call) => call.layer === layer)
          .flatMap((call) => call.inputs.map((x) => `${x.call.layer.name}[${x.call.index}][${x.index}]`));
    lines.push(row([...cells, ...(simple ? [] : [from[0] ?? ""])], ends));
    for (const other of from.slice(1)) lines.push(row(["", "", "", other], ends));
    lines.push((i === layers.length - 1 ? "=" : "_").repeat(width));
  }
  const [trainable, fixed] = [parameters(model.trainableWeights), parameters(model.nonTrainableWeights)];
  lines.push(`Total params: ${trainable + fixed}`, `Trainable params: ${trainable}`, `Non-trainable params: ${fixed}`, "_".repeat(width));
  return lines;
}
