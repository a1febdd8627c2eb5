/**
 * Decoded data sets on disk, so that each of a comparison's processes need not decode the same images again.
 *
 * The format: 8 bytes `RBPACK01`, the length of the header (uint32), the header (JSON), training and test labels (int32),
 * training and test images (uint8), SHA-256 of all that; numbers are little-endian.
 */
import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { makeDirectory } from '../ground/make-directory.js';
import { imageLength } from './image-dataset.js';
import type { ImageSplit } from './image-dataset.js';
import { imageHashes } from './image-hashes.js';
import type { DecodedDataset } from './labelled-files.js';

const MAGIC = 'RBPACK01';
const DIGEST_BYTES = 32;
/** Reads and writes go in pieces of this size, since one call cannot move more than 2 GiB. */
const PIECE = 2 ** 26;
const MAX_HEADER = 2 ** 26;

const count = z.int().min(1);
const headerSchema = z.object({
  name: z.string(),
  imageShape: z.tuple([count, count, count]),
  classNames: z.array(z.string()).min(2),
  train: count,
  test: count,
  skipped: z.array(z.string()),
  notices: z.array(z.string()).optional(),
  /** Paths of the training and test files, where each sample is a file. */
  trainFiles: z.array(z.string()).optional(),
  testFiles: z.array(z.string()).optional(),
  trainHashes: z.array(z.string()).optional(),
  testHashes: z.array(z.string()).optional(),
  /** Hashes of the pixels of each training and test image; absent of files of earlier versions. */
  trainPixels: z.array(z.string()).optional(),
  testPixels: z.array(z.string()).optional(),
});

function filesOf(
  files: readonly string[] | undefined,
  hashes: readonly string[] | undefined,
  pixelHashes: readonly string[] | undefined,
): Pick<ImageSplit, 'files' | 'hashes' | 'pixelHashes'> {
  return { ...(files && { files }), ...(hashes && { hashes }), ...(pixelHashes && { pixelHashes }) };
}

/** The bytes of a typed array, shared. */
function bytesOf(array: Uint8Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Writes a data set; the file appears when it is complete. */
export async function writePacked(
  path: string,
  { dataset, skipped, notices }: DecodedDataset,
): Promise<void> {
  const { name, imageShape, classNames, train, test } = dataset;
  const length = imageLength(dataset);
  const header = Buffer.from(
    JSON.stringify({
      name,
      imageShape,
      classNames,
      train: train.size,
      test: test.size,
      skipped,
      notices,
      trainFiles: train.files,
      testFiles: test.files,
      trainHashes: train.hashes,
      testHashes: test.hashes,
      trainPixels: await imageHashes(train, length),
      testPixels: await imageHashes(test, length),
    }),
  );
  const headerLength = Buffer.alloc(4);
  headerLength.writeUInt32LE(header.length);
  const parts = [
    Buffer.from(MAGIC),
    headerLength,
    header,
    bytesOf(train.labels),
    bytesOf(test.labels),
    train.images,
    test.images,
  ];
  await makeDirectory(dirname(path));
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const hash = createHash('sha256');
    const file = await open(temporary, 'w');
    try {
      for (const part of parts) {
        for (let at = 0; at < part.length; at += PIECE) {
          const piece = part.subarray(at, at + PIECE);
          hash.update(piece);
          await file.writeFile(piece); // goes on at the file's position
        }
      }
      await file.writeFile(hash.digest());
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Reads a data set; undefined when the file is missing, damaged, or of another version. */
export async function readPacked(path: string): Promise<DecodedDataset | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  const hash = createHash('sha256');
  try {
    const { size } = await file.stat();
    const read = async (bytes: Uint8Array): Promise<Uint8Array> => {
      for (let at = 0; at < bytes.length;) {
        const piece = bytes.subarray(at, at + PIECE);
        const { bytesRead } = await file.read(piece, 0, piece.length, null);
        if (bytesRead === 0) throw new Error('truncated');
        hash.update(piece.subarray(0, bytesRead));
        at += bytesRead;
      }
      return bytes;
    };
    if (Buffer.from(await read(new Uint8Array(8))).toString('latin1') !== MAGIC) return undefined;
    const headerLength = Buffer.from(await read(new Uint8Array(4))).readUInt32LE();
    if (headerLength > Math.min(MAX_HEADER, size)) return undefined;
    const header = headerSchema.parse(
      JSON.parse(Buffer.from(await read(new Uint8Array(headerLength))).toString('utf8')),
    );
    const { name, imageShape, classNames, train, test, skipped } = header;
    const imageBytes = imageShape[0] * imageShape[1] * imageShape[2];
    if (size !== 12 + headerLength + (train + test) * (4 + imageBytes) + DIGEST_BYTES) return undefined;
    const labels = async (samples: number): Promise<Int32Array> =>
      new Int32Array((await read(new Uint8Array(4 * samples))).buffer);
    const trainLabels = await labels(train);
    const testLabels = await labels(test);
    const trainImages = await read(new Uint8Array(train * imageBytes));
    const testImages = await read(new Uint8Array(test * imageBytes));
    const digest = hash.digest();
    const stored = Buffer.alloc(DIGEST_BYTES);
    await file.read(stored, 0, DIGEST_BYTES, null);
    if (!digest.equals(stored)) return undefined;
    return {
      dataset: {
        name,
        imageShape,
        classes: classNames.length,
        classNames,
        train: {
          size: train,
          images: trainImages,
          labels: trainLabels,
          ...filesOf(header.trainFiles, header.trainHashes, header.trainPixels),
        },
        test: {
          size: test,
          images: testImages,
          labels: testLabels,
          ...filesOf(header.testFiles, header.testHashes, header.testPixels),
        },
      },
      skipped,
      ...(header.notices && { notices: header.notices }),
    };
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
