/** `gf.io`: tensors, models and graph functions in files. */
import { setFunctionWriter } from "../staged/graph-function.ts";
import { saveFunction } from "./save-function.ts";

setFunctionWriter(saveFunction);

export {
  type FileSystemOptions,
  fileSystem,
  fromMemory,
  type IOHandler,
  type ModelArtifacts,
  type SaveResult,
  withSaveHandler,
} from "./handlers.ts";
export { loadFunction } from "./load-function.ts";
export { type LoadOptions, loadLayersModel, type SaveConfig } from "./models.ts";
export { loadSafetensors, type NamedTensors, readSafetensorsHeader, type SafetensorsHeader, saveSafetensors } from "./safetensors.ts";
export { decodeWeights, type EncodedWeights, encodeWeights, type Quantization, type WeightsManifestEntry } from "./weights.ts";
