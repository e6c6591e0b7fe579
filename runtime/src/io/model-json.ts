/** `gf.models`: models from their description, without files. */
import { UnsupportedError } from "../core/errors.ts";
import type { LayersModel } from "../layers/functional.ts";
import type { CustomObjects } from "../layers/serialization.ts";
import { formatError, isObject, type JsonObject } from "./json.ts";
import { modelFrom } from "./models.ts";

/**
 * A model with new weights from what `toJSON` gives: the object, its text, or { modelTopology }.
 *
 * Errors   E_FILE_FORMAT for something else; E_ARGUMENT for layers that are not known; U_UNSUPPORTED for files of weights along with it.
 * Source   TensorFlow.js, tf.models.modelFromJSON.
 */
export function modelFromJSON(json: string | JsonObject, customObjects?: CustomObjects): Promise<LayersModel> {
  return new Promise((resolve) => resolve(fromJSON(json, customObjects)));
}

function fromJSON(json: string | JsonObject, customObjects: CustomObjects | undefined): LayersModel {
  const given: unknown = typeof json === "string" ? parsed(json) : json;
  if (isObject(given) && given["weightsManifest"] !== undefined && given["weightsManifest"] !== null) {
    throw new UnsupportedError("modelFromJSON: files of weights are not read.", { hint: "Use loadLayersModel() on model.json." });
  }
  const topology = isObject(given) && given["modelTopology"] !== undefined ? given["modelTopology"] : given;
  return modelFrom(topology, "modelFromJSON: the argument", customObjects);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw formatError("modelFromJSON: the argument", "is not JSON", undefined, cause);
  }
}
