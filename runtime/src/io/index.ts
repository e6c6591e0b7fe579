/** `gf.io`: tensors, models and graph functions in files. */
export { loadSafetensors, type NamedTensors, readSafetensorsHeader, type SafetensorsHeader, saveSafetensors } from "./safetensors.ts";
