/**
 * Where models are kept: a handler takes or gives a model's artifacts (its topology as JSON, its weights as bytes), and knows nothing
 * of layers. The interface is TensorFlow.js's, so its handlers serve here and ours serve there.
 *
 *   folder/model.json             {format, generatedBy, convertedBy, modelTopology, weightsManifest: [{paths, weights: specs}], …}
 *   folder/group1-shard1of2.bin   bytes of the weights, in shards
 */
import path from "node:path";
import { ArgumentError } from "../core/errors.ts";
import { type NewFile, openBytes, pathOf, promised, readText, writeFiles } from "./files.ts";
import { formatError, isObject, type JsonObject, parseObject } from "./json.ts";
import { bytesOf, storedWeights, type WeightsManifestEntry } from "./weights.ts";

/** A model without its code. */
export interface ModelArtifacts {
  readonly modelTopology?: JsonObject;
  readonly format?: string;
  readonly generatedBy?: string;
  readonly convertedBy?: string | null;
  readonly trainingConfig?: JsonObject;
  readonly userDefinedMetadata?: JsonObject;
  readonly weightSpecs?: readonly WeightsManifestEntry[];
  readonly weightData?: ArrayBuffer | readonly ArrayBuffer[];
}

export interface SaveResult {
  readonly modelArtifactsInfo: {
    readonly dateSaved: Date;
    readonly modelTopologyType: "JSON";
    readonly modelTopologyBytes: number;
    readonly weightSpecsBytes: number;
    readonly weightDataBytes: number;
  };
}

export interface IOHandler {
  save?(artifacts: ModelArtifacts): Promise<SaveResult>;
  load?(): Promise<ModelArtifacts>;
}

/** Bytes of a shard unless the user says otherwise: TensorFlow.js's choice, so that browsers can cache it. */
const SHARD_BYTES = 4 * 2 ** 20;
const JSON_LIMIT = 2 ** 28;

export interface FileSystemOptions {
  /** Largest size of a file of weights in bytes; 4 MiB by default. */
  readonly shardBytes?: number;
}

/**
 * A handler for a folder. Saving makes the folder and replaces its files together; loading takes the folder or its model.json.
 *
 * Errors   E_FILE where files cannot be read or written; E_FILE_FORMAT where they are damaged.
 */
export function fileSystem(folder: string | URL, options: FileSystemOptions = {}): Required<IOHandler> {
  const place = pathOf(folder, "fileSystem");
  const { shardBytes = SHARD_BYTES } = options;
  if (!Number.isSafeInteger(shardBytes) || shardBytes < 1) {
    throw new ArgumentError(`fileSystem: shardBytes is ${String(shardBytes)}, but must be a whole number of at least 1.`);
  }
  return {
    save: (artifacts) => promised(() => saveArtifacts(place, artifacts, shardBytes)),
    load: () => loadArtifacts(place.endsWith(".json") ? place : path.join(place, "model.json")),
  };
}

/** A handler that hands the artifacts to a function. */
export function withSaveHandler(save: (artifacts: ModelArtifacts) => Promise<SaveResult>): IOHandler {
  return { save };
}

/** A handler that gives these artifacts. */
export function fromMemory(artifacts: ModelArtifacts): IOHandler {
  return { load: () => Promise.resolve(artifacts) };
}

/** The handler that a user names by itself or by the place of a folder. */
export function handlerOf(where: unknown, what: string): IOHandler {
  if (typeof where === "string" || where instanceof URL) return fileSystem(where);
  if (isObject(where)) return where as IOHandler;
  throw new ArgumentError(`${what}: expected "file://" and a path, or a handler, but got ${where === null ? "null" : typeof where}.`);
}

/** Sizes for a SaveResult. */
export function infoOf({ modelTopology, weightSpecs, weightData }: ModelArtifacts): SaveResult {
  const bytes = (value: unknown): number => (value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value)));
  return {
    modelArtifactsInfo: {
      dateSaved: new Date(),
      modelTopologyType: "JSON",
      modelTopologyBytes: bytes(modelTopology),
      weightSpecsBytes: bytes(weightSpecs),
      weightDataBytes: partsOf(weightData).reduce((n, part) => n + part.byteLength, 0),
    },
  };
}

function partsOf(data: ModelArtifacts["weightData"]): readonly ArrayBuffer[] {
  if (data === undefined) return [];
  return Array.isArray(data) ? (data as readonly ArrayBuffer[]) : [data as ArrayBuffer];
}

// ── saving ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function saveArtifacts(folder: string, artifacts: ModelArtifacts, shardBytes: number): SaveResult {
  const { weightSpecs, weightData, ...rest } = artifacts;
  const parts = partsOf(weightData);
  const data = parts.length === 1 ? new Uint8Array(parts[0] as ArrayBuffer) : Buffer.concat(parts.map((part) => new Uint8Array(part)));
  const count = Math.ceil(data.length / shardBytes);
  const files = Array.from({ length: count }, (_, i): NewFile => {
    const file = path.join(folder, `group1-shard${i + 1}of${count}.bin`);
    return { file, pieces: [data.subarray(i * shardBytes, (i + 1) * shardBytes)] };
  });
  const paths = files.map(({ file }) => path.basename(file));
  const weightsManifest = weightSpecs === undefined ? [] : [{ paths, weights: weightSpecs }];
  writeFiles([...files, { file: path.join(folder, "model.json"), pieces: [JSON.stringify({ ...rest, weightsManifest })] }]);
  return infoOf(artifacts);
}

// ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const TEXTS = ["format", "generatedBy", "convertedBy"] as const;
const OBJECTS = ["modelTopology", "trainingConfig", "userDefinedMetadata"] as const;

async function loadArtifacts(file: string): Promise<ModelArtifacts> {
  const json = parseObject(await readText(file, JSON_LIMIT), file, "it");
  const artifacts: Record<string, unknown> = {};
  for (const key of TEXTS) {
    const value = json[key];
    if (value !== undefined && value !== null && typeof value !== "string") throw formatError(file, `is damaged: ${key} is not a text`);
    artifacts[key] = value;
  }
  for (const key of OBJECTS) {
    const value = json[key];
    if (value === undefined || value === null) continue;
    if (!isObject(value)) throw formatError(file, `is damaged: ${key} is not an object`);
    artifacts[key] = value;
  }
  const { weightsManifest: groups } = json;
  if (groups === undefined || groups === null) return artifacts;
  if (!Array.isArray(groups)) throw formatError(file, "is damaged: weightsManifest is not an array");
  const weightSpecs: WeightsManifestEntry[] = [];
  const weightData: ArrayBuffer[] = [];
  for (const group of groups as unknown[]) {
    const { paths, weights } = isObject(group) ? group : {};
    if (!Array.isArray(paths)) throw formatError(file, "is damaged: a group of weightsManifest has no paths");
    const shards = paths.map((name: unknown) => shardPath(file, name));
    weightData.push(await readGroup(file, shards, bytesOf(storedWeights(weights, file))));
    weightSpecs.push(...(weights as WeightsManifestEntry[]));
  }
  return { ...artifacts, weightSpecs, weightData };
}

/** A shard lies beside model.json or below it: a model cannot name other files of the machine. */
function shardPath(file: string, name: unknown): string {
  const parts = typeof name === "string" && name !== "" ? name.split(/[\\/]/) : [".."];
  if (parts.includes("..") || path.isAbsolute(name as string) || path.win32.isAbsolute(name as string)) {
    throw formatError(file, `names ${JSON.stringify(name)} as a file of weights, which is not a path below its folder`);
  }
  return path.join(path.dirname(file), name as string);
}

async function readGroup(file: string, shards: readonly string[], needed: number): Promise<ArrayBuffer> {
  const source = await openBytes(shards);
  try {
    if (source.size !== needed) {
      throw formatError(file, `does not fit its weights: they take ${needed} bytes, but ${source.name || "no file"} has ${source.size}`);
    }
    const bytes = new Uint8Array(needed);
    await source.read(0, bytes);
    return bytes.buffer;
  } finally {
    await source.close();
  }
}
