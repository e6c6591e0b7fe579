/** `gf.io`: tensors, models and graph functions in files. */
export {
  type FileSystemOptions,
  fileSystem,
  fromMemory,
  type IOHandler,
  type ModelArtifacts,
  type SaveResult,
  withSaveHandler,
} from "./handlers.ts";
export { loadSafetensors, type NamedTensors, readSafetensorsHeader, type SafetensorsHeader, saveSafetensors } from "./safetensors.ts";
export { decodeWeights, type EncodedWeights, encodeWeights, type Quantization, type WeightsManifestEntry } from "./weights.ts";
