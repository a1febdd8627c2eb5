/** The windows of predicted labels that disagree most in a run that trains, as its latest checkpoint has them. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LabelHistory } from 'recency-bias';
import type { StateDict } from 'recency-bias';
import { z } from 'zod';
import { RUN_FILES } from '../records/run-files.js';
import { readCheckpoint } from '../records/run-writer.js';
import { mostUncertainIndices } from '../samples/selection-statistics.js';
import type { Composition, DrawCounts } from './composition.js';
import { compositionOf } from './composition.js';

/** Samples shown. */
const SHOWN = 24;

/** A sample of a run that trains. */
export interface FlickeringSample {
  readonly index: number;
  /** Its own label, and its picture as a data URI; -1 and empty where the checkpoint has none. */
  readonly label: number;
  readonly image: string;
  /** Predicted labels, oldest first. */
  readonly window: readonly number[];
  readonly uncertainty: number;
  readonly timesDrawn: number;
}

/** The most uncertain samples of a run, most uncertain first. */
export interface FlickerState {
  /** Epochs completed when the checkpoint was saved. */
  readonly epoch: number;
  readonly samples: readonly FlickeringSample[];
  /** Undefined before a sample was drawn twice. */
  readonly composition: Composition | undefined;
}

/** The part of a checkpoint that is about samples; earlier versions have no pictures. */
const checkpointSchema = z.object({
  pictures: z
    .object({
      indices: z.instanceof(Int32Array),
      labels: z.instanceof(Int32Array),
      images: z.array(z.string()),
    })
    .optional(),
  training: z.object({
    epoch: z.number(),
    selector: z.object({
      record: z.object({
        history: z.custom<StateDict & { readonly window: number; readonly classes: number }>(
          (value) => z.looseObject({ window: z.number(), classes: z.number() }).safeParse(value).success,
        ),
        timesDrawn: z.instanceof(Uint32Array),
      }),
    }),
  }),
});

/** A checkpoint as last read. */
interface Known {
  readonly mtimeMs: number;
  readonly flicker: FlickerState | undefined;
  readonly drawn: DrawCounts | undefined;
}

/** Reads checkpoints again and again, each only once. */
export class FlickerReader {
  readonly #known = new Map<string, Known>();

  /** Of the run's latest checkpoint; undefined where there is none that can be read. */
  async read(runDir: string): Promise<FlickerState | undefined> {
    const found = await stat(join(runDir, RUN_FILES.checkpoint)).catch(() => undefined);
    if (found === undefined) return undefined;
    const known = this.#known.get(runDir);
    if (known?.mtimeMs === found.mtimeMs) return known.flicker;
    // A checkpoint that is being copied is read when it is whole.
    const read = await readFlicker(runDir, known?.drawn).catch(() => undefined);
    const { flicker, drawn } = read ?? known ?? {};
    this.#known.set(runDir, { mtimeMs: found.mtimeMs, flicker, drawn });
    return flicker;
  }
}

async function readFlicker(
  runDir: string,
  before: DrawCounts | undefined,
): Promise<{ readonly flicker: FlickerState; readonly drawn: DrawCounts } | undefined> {
  const parsed = checkpointSchema.safeParse(await readCheckpoint(runDir));
  if (!parsed.success) return undefined;
  const { pictures, training } = parsed.data;
  const { epoch, selector } = training;
  const { history: state, timesDrawn } = selector.record;
  const history = new LabelHistory(timesDrawn.length, state.classes, state.window);
  history.loadStateDict(state);
  const rowOf = new Map(Array.from(pictures?.indices ?? [], (index, row) => [index, row] as const));
  const samples = mostUncertainIndices(history, timesDrawn, SHOWN).map((index) => ({
    index,
    label: pictures?.labels[rowOf.get(index) ?? -1] ?? -1,
    image: pictures?.images[rowOf.get(index) ?? -1] ?? '',
    window: history.labels(index),
    uncertainty: history.uncertainty(index),
    timesDrawn: timesDrawn[index]!,
  }));
  const drawn = { epoch, timesDrawn };
  return { flicker: { epoch, samples, composition: compositionOf(history, drawn, before) }, drawn };
}
