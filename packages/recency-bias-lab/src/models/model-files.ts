/** Reads TensorFlow.js LayersModels from disk: model.json and the weight files that it names. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { io } from '@tensorflow/tfjs';
import { z } from 'zod';
import { FileProblem, readRegularFile } from '../data/regular-file.js';
import { ModelError } from './model-error.js';

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** A LayersModel as it lies in files. */
export interface ModelFiles {
  /** How to name it in messages. */
  readonly title: string;
  /** `class_name` and `config`, as Keras writes them. */
  readonly topology: Json;
  readonly weightSpecs: readonly io.WeightsManifestEntry[];
  readonly weightData: ArrayBuffer;
  /** Metadata of its maker. */
  readonly metadata?: Json | undefined;
  /** SHA-256 of topology, generated names aside, and weights, in hexadecimal digits. */
  readonly checksum: string;
}

/** More than any topology has. */
const MAX_JSON_BYTES = 2 ** 28;

const json = z.record(z.string(), z.unknown());
const DTYPE_BYTES = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2, complex64: 8 } as const;

const specSchema = z.looseObject({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  dtype: z.enum(['float32', 'int32', 'bool', 'complex64']),
  quantization: z.looseObject({ dtype: z.enum(['uint8', 'uint16', 'float16']) }).optional(),
});

const modelSchema = z.looseObject({
  format: z.string().optional(),
  modelTopology: json,
  weightsManifest: z.array(z.looseObject({ paths: z.array(z.string()), weights: z.array(z.unknown()) })),
  userDefinedMetadata: json.optional(),
});

function isManifestEntry(value: unknown): value is io.WeightsManifestEntry & z.infer<typeof specSchema> {
  return specSchema.safeParse(value).success;
}

function bytesOf({ shape, dtype, quantization }: z.infer<typeof specSchema>): number {
  return shape.reduce((product, size) => product * size, 1) * DTYPE_BYTES[quantization?.dtype ?? dtype];
}

/** A hint for files of other kinds that people have lying about. */
function otherFormat(path: string): string | undefined {
  if (/\.(h5|hdf5|keras)$/i.test(path))
    return 'is a Keras file; convert it with `tensorflowjs_converter --input_format=keras`';
  if (/\.(pt|pth|onnx|safetensors|tflite|pb)$/i.test(path))
    return 'is no TensorFlow.js model; a LayersModel is needed (a model.json beside its weight files)';
  return undefined;
}

async function readModelJson(path: string): Promise<z.infer<typeof modelSchema>> {
  const other = otherFormat(path);
  if (other !== undefined) throw new ModelError(`${path}: ${other}`);
  let text: string;
  try {
    text = (await readRegularFile(path, MAX_JSON_BYTES)).toString('utf8');
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new ModelError(`${path}: ${error.message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ModelError(
      `${path}: is not valid JSON; expected the model.json of a TensorFlow.js LayersModel`,
    );
  }
  const parsed = modelSchema.safeParse(value);
  if (parsed.success && isGraph(parsed.data)) {
    throw new ModelError(
      `${path}: is a GraphModel, whose weights are frozen into its graph, so it cannot be trained; look for a LayersModel of it (tensorflowjs_converter --output_format=tfjs_layers_model; "format": "layers-model" in model.json)`,
    );
  }
  if (!parsed.success) {
    throw new ModelError(
      `${path}: is not the model.json of a TensorFlow.js LayersModel (${parsed.error.issues[0]!.path.join('.') || 'content'}: ${parsed.error.issues[0]!.message})`,
    );
  }
  return parsed.data;
}

function isGraph({ format, modelTopology }: z.infer<typeof modelSchema>): boolean {
  return format === 'graph-model' || (format === undefined && 'node' in modelTopology);
}

async function readShard(folder: string, name: string, model: string): Promise<Buffer> {
  if (isAbsolute(name) || name.split(/[\\/]/).includes('..')) {
    throw new ModelError(
      `${model}: names a weight file ${JSON.stringify(name)} that leads out of its folder; it must lie beside model.json`,
    );
  }
  try {
    return await readRegularFile(join(folder, name));
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    const problem = error.message === 'does not exist' ? 'is missing' : error.message;
    throw new ModelError(`${model}: its weight file ${name} ${problem}; it must lie beside model.json`);
  }
}

/** The names of the weight files that a model.json mentions, in their order. */
export async function weightFileNames(path: string): Promise<string[]> {
  const { weightsManifest } = await readModelJson(path);
  return weightsManifest.flatMap(({ paths }) => paths);
}

/**
 * Reads a LayersModel.
 * @param path its model.json, or the folder that holds one
 * @param title how to name it in messages, default `path`
 * @throws ModelError when a file is missing, truncated or of another format; the message says which.
 */
export async function readModelFiles(path: string, title: string = path): Promise<ModelFiles> {
  const info = await stat(path).catch(() => undefined);
  const file = info?.isDirectory() === true ? join(path, 'model.json') : path;
  const { modelTopology, weightsManifest, userDefinedMetadata } = await readModelJson(file);
  const specs: io.WeightsManifestEntry[] = [];
  const shards: Buffer[] = [];
  for (const { paths, weights } of weightsManifest) {
    let expected = 0;
    for (const weight of weights) {
      if (!isManifestEntry(weight)) {
        throw new ModelError(
          `${file}: describes a weight in a way that is not understood (${JSON.stringify(weight)})`,
        );
      }
      expected += bytesOf(weight);
      specs.push(weight);
    }
    const group = await Promise.all(paths.map((name) => readShard(dirname(file), name, title)));
    const found = group.reduce((sum, { length }) => sum + length, 0);
    if (found !== expected) {
      const files = paths.map((name) => basename(name)).join(', ');
      throw new ModelError(
        `${title}: ${files} ${found < expected ? 'is truncated' : 'does not belong to this model.json'} (${found} bytes, expected ${expected})`,
      );
    }
    for (const item of group) shards.push(item);
  }
  const data = Buffer.concat(shards);
  const nested = json.safeParse(modelTopology.model_config);
  return modelFiles({
    title,
    topology: nested.success ? nested.data : modelTopology,
    weightSpecs: specs,
    weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
    metadata: userDefinedMetadata,
  });
}

/** Names that TensorFlow.js gives to layers and models of which nobody named: `conv2d_Conv2D3`, `input1`, `sequential_2`. */
const GENERATED_NAME = /^(?:[a-z][a-z0-9_]*_[A-Z][A-Za-z0-9]*?|input|model|sequential_)\d+$/;

/**
 * The topology as text in which generated names are numbered by their first appearance. TensorFlow.js numbers them by what a
 * process made before, so that the same network has other names each time that it is made.
 */
function withoutGeneratedNames(topology: Json): string {
  const numbers = new Map<string, number>();
  return JSON.stringify(topology, (_, value: unknown) => {
    if (typeof value !== 'string' || !GENERATED_NAME.test(value)) return value;
    const number = numbers.get(value) ?? numbers.size + 1;
    numbers.set(value, number);
    return `#${number}`;
  });
}

function checksumOf(topology: string, { weightData }: Pick<ModelFiles, 'weightData'>): string {
  return createHash('sha256').update(topology).update(new Uint8Array(weightData)).digest('hex');
}

/** Completes model files with their checksum. */
export function modelFiles(files: Omit<ModelFiles, 'checksum'>): ModelFiles {
  return { ...files, checksum: checksumOf(withoutGeneratedNames(files.topology), files) };
}

/** Whether a checksum is that of the files, also as earlier versions made it, which generated names were part of. */
export function hasModelChecksum(files: ModelFiles, checksum: string): boolean {
  return checksum === files.checksum || checksum === checksumOf(JSON.stringify(files.topology), files);
}
