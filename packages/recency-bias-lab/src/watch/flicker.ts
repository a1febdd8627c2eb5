/** The windows of predicted labels that disagree most in a run that trains, as its latest checkpoint has them. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LabelHistory } from 'recency-bias';
import type { StateDict } from 'recency-bias';
import { z } from 'zod';
import { RUN_FILES } from '../records/run-files.js';
import { readCheckpoint } from '../records/run-writer.js';
import { mostUncertain } from '../samples/selection-statistics.js';

/** Samples shown. */
const SHOWN = 24;

/** A sample of a run that trains. */
export interface FlickeringSample {
  readonly index: number;
  /** Predicted labels, oldest first. */
  readonly window: readonly number[];
  readonly uncertainty: number;
  readonly timesDrawn: number;
}

/** The most uncertain samples of a run, most uncertain first. */
export interface Flicker {
  /** Epochs completed when the checkpoint was saved. */
  readonly epoch: number;
  readonly samples: readonly FlickeringSample[];
}

/** What a checkpoint holds of samples. */
const checkpointSchema = z.object({
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

/** Reads checkpoints again and again, each only once. */
export class FlickerReader {
  readonly #known = new Map<string, { readonly mtimeMs: number; readonly flicker: Flicker | undefined }>();

  /** Of the run's latest checkpoint; undefined where there is none that can be read. */
  async read(runDir: string): Promise<Flicker | undefined> {
    const found = await stat(join(runDir, RUN_FILES.checkpoint)).catch(() => undefined);
    if (found === undefined) return undefined;
    const known = this.#known.get(runDir);
    if (known?.mtimeMs === found.mtimeMs) return known.flicker;
    // A checkpoint that is being copied is read when it is whole.
    const flicker = await readFlicker(runDir).catch(() => known?.flicker);
    this.#known.set(runDir, { mtimeMs: found.mtimeMs, flicker });
    return flicker;
  }
}

async function readFlicker(runDir: string): Promise<Flicker | undefined> {
  const parsed = checkpointSchema.safeParse(await readCheckpoint(runDir));
  if (!parsed.success) return undefined;
  const { epoch, selector } = parsed.data.training;
  const { history: state, timesDrawn } = selector.record;
  const history = new LabelHistory(timesDrawn.length, state.classes, state.window);
  history.loadStateDict(state);
  const samples = mostUncertain(history, timesDrawn, SHOWN).map((index) => ({
    index,
    window: history.labels(index),
    uncertainty: history.uncertainty(index),
    timesDrawn: timesDrawn[index]!,
  }));
  return { epoch, samples };
}
