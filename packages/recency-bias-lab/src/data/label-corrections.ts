/** Labels of single photos that are other than their folders say: the findings of a review, as a small file beside the photos. */
import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { unknownName } from '../ground/suggest.js';
import { DataError } from './idx.js';
import { takeSamples } from './image-dataset.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

const photo = z.string().min(1);

/** labels.json, and the field `dataset.corrections` of an experiment. Photos are named by their paths below the data set's folder. */
export const labelCorrectionsSchema = z
  .strictObject({
    version: z.literal(1).default(1),
    /** Photo -> the class that it is of. */
    labels: z.record(photo, z.string()).default({}),
    /** Photos that are neither trained on nor tested on. */
    leaveOut: z.array(photo).default([]),
    /** Photos whose labels were looked at and are right; they change nothing. */
    accepted: z.array(photo).default([]),
  })
  .superRefine(({ labels, leaveOut, accepted }, context) => {
    const seen = new Map<string, string>();
    for (const [part, photos] of Object.entries({ labels: Object.keys(labels), leaveOut, accepted })) {
      for (const path of photos) {
        const before = seen.get(path);
        if (before !== undefined) {
          const where = before === part ? `twice in ${part}` : `in ${before} and in ${part}`;
          context.addIssue({ code: 'custom', path: [part], message: `${path} is ${where}; keep one` });
        }
        seen.set(path, part);
      }
    }
  });

/** Labels that are other than the folders say. */
export type LabelCorrections = z.infer<typeof labelCorrectionsSchema>;

/** Nothing is corrected. */
export const NO_CORRECTIONS: LabelCorrections = { version: 1, labels: {}, leaveOut: [], accepted: [] };

/** @throws DataError when the text is no file of label corrections */
export function parseCorrections(text: string, source: string): LabelCorrections {
  const wrong = (reason: string): DataError =>
    new DataError(
      `${source}: is no file of labels: ${reason}. Expected e.g. {"version": 1, "labels": {"rose/1.jpg": "tulip"}, "leaveOut": ["rose/2.jpg"]}`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(`it is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  const parsed = labelCorrectionsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrong([issue!.path.join('.'), issue!.message].filter(Boolean).join(': '));
}

function unreadable(path: string, error: unknown): DataError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? String(error)})`;
  return new DataError(`${path}: ${reason}; expected a file of labels, as \`review\` writes it`);
}

/** @throws DataError when there is none, or it is no file of label corrections */
export function readCorrections(path: string): LabelCorrections {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
  return parseCorrections(text, path);
}

/** The corrections of a file; undefined where there is none. @throws DataError when it is no file of label corrections */
export async function readCorrectionsIfAny(path: string): Promise<LabelCorrections | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
  return parseCorrections(text, path);
}

/** The content of labels.json, photos in ascending order. */
export function correctionsText({ version, labels, leaveOut, accepted }: LabelCorrections): string {
  const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  const lists = { leaveOut: [...leaveOut].sort(), accepted: [...accepted].sort() };
  return `${JSON.stringify({ version, labels: sorted, ...lists }, null, 2)}\n`;
}

/** A data set with corrected labels. */
export interface CorrectedDataset {
  readonly dataset: ImageDataset;
  /** The changes, for the user; undefined where there are none. */
  readonly notice: string | undefined;
}

/**
 * The data set with the labels of a review. The division into training and held-out photos stays as it is, so that nothing held out
 * is trained on.
 * @throws DataError when a photo or a class is not of the data set, or a class is left without a training photo
 */
export function withCorrections(
  dataset: ImageDataset,
  { labels, leaveOut }: LabelCorrections,
): CorrectedDataset {
  const { name, classNames, train, test } = dataset;
  const wrong = (reason: string): DataError => new DataError(`corrected labels (--labels): ${reason}`);
  if (train.files === undefined || test.files === undefined) {
    throw new DataError(`${name}: its images are no files, so their labels cannot be corrected`);
  }
  const known = new Set([...train.files, ...test.files]);
  const stray = [...Object.keys(labels), ...leaveOut].find((path) => !known.has(path));
  if (stray !== undefined) {
    throw wrong(
      `${stray} is no training or held-out photo; photos are named by their paths below the folder, e.g. ${train.files[0] ?? 'rose/1.jpg'}`,
    );
  }
  const labelOf = new Map(classNames.map((className, label) => [className, label]));
  const foreign = Object.entries(labels).find(([, className]) => !labelOf.has(className));
  if (foreign !== undefined) {
    throw wrong(`${foreign[0]}: ${unknownName(foreign[1], classNames)}`);
  }
  const out = new Set(leaveOut);
  let [relabelled, held] = [0, 0];
  const correct = (split: ImageSplit): ImageSplit => {
    const kept: number[] = [];
    const corrected = split.labels.slice();
    for (const [index, file] of split.files!.entries()) {
      if (!out.has(file)) kept.push(index);
      const label = labelOf.get(Object.hasOwn(labels, file) ? labels[file]! : '');
      if (label !== undefined && label !== corrected[index]) {
        corrected[index] = label;
        relabelled++;
        if (split === test) held++;
      } else if (out.has(file) && split === test) held++;
    }
    const whole = { ...split, labels: corrected };
    return kept.length === split.size ? whole : takeSamples(whole, Int32Array.from(kept));
  };
  const corrected = { ...dataset, train: correct(train), test: correct(test) };
  const present = new Set(corrected.train.labels);
  const lost = classNames.find((_, label) => !present.has(label) && train.labels.includes(label));
  if (lost !== undefined) {
    throw wrong(`they leave no training photo of ${lost}; keep some, or remove its folder`);
  }
  if (corrected.test.size === 0) throw wrong('they leave no held-out photo; keep some');
  const parts = [
    ...(relabelled > 0 ? [`${relabelled} relabelled`] : []),
    ...(out.size > 0 ? [`${out.size} left out`] : []),
    ...(held > 0 ? [`${held} of them held out, so the accuracy is measured on other labels`] : []),
  ];
  return {
    dataset: corrected,
    notice: parts.length === 0 ? undefined : `labels corrected: ${parts.join(', ')}`,
  };
}
