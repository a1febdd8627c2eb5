/** Reads what a run remembers of its samples. */
import { join } from 'node:path';
import { z } from 'zod';
import { readCheckpoint } from '../records/run-writer.js';
import { RecordError } from '../records/read.js';
import { sampleRecordSchema } from '../records/schema.js';
import { readStateFile } from '../records/state-file.js';
import { SampleTable } from '../samples/sample-table.js';

/** The part of a checkpoint that is read here: samples, not the network. */
const checkpointSchema = z.object({
  training: z.object({
    epoch: z.number(),
    selector: z.object({
      record: z.object({
        history: z.unknown(),
        timesDrawn: z.unknown(),
        samples: z.unknown(),
      }),
    }),
  }),
});

/** @throws RecordError when the value is no sample record, or one that is not whole */
function tableOf(value: unknown, path: string): SampleTable {
  try {
    return new SampleTable(sampleRecordSchema.parse(value));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const reason = issue === undefined ? String(error) : `${issue.path.join('.')}: ${issue.message}`;
    throw new RecordError(`${path}: is damaged (${reason}); train this run anew`);
  }
}

/**
 * The samples of a run: from samples.bin, or from the checkpoint of a run that has not ended.
 * @param labels the labels of the training data, which a checkpoint does not hold
 * @throws RecordError when the run has recorded none, or the file is damaged.
 */
export async function readSamples(runDir: string, labels: Int32Array): Promise<SampleTable> {
  const path = join(runDir, 'samples.bin');
  const state = await readStateFile(path, 'train this run anew');
  if (state !== undefined) return tableOf(state, path);
  const checkpoint = await readCheckpoint(runDir);
  if (checkpoint === undefined) {
    throw new RecordError(
      `${runDir}: has neither samples.bin nor a checkpoint: it was copied without them, made by an older version, or has only just begun`,
    );
  }
  const parsed = checkpointSchema.safeParse(checkpoint);
  if (!parsed.success || parsed.data.training.selector.record.samples === undefined) {
    throw new RecordError(
      `${runDir}: has no records of single samples: it was made by an older version; train it anew for insights`,
    );
  }
  const { epoch, selector } = parsed.data.training;
  return tableOf({ version: 1, epoch, labels, ...selector.record }, join(runDir, 'checkpoint.bin'));
}
