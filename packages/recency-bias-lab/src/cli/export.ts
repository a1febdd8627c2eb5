/** `recency-bias export`: the trained model of a run as TensorFlow.js's files. */
import { cacheDirectory } from '../data/cache.js';
import { startBackend } from '../ground/backend.js';
import { modelContext, readRunModel, runDirectory } from '../experiment/prepare/trained-model.js';
import { saveModel } from '../pretrained/save-model.js';
import { savedModelSchema } from '../pretrained/saved-model.js';
import { writeTryPage } from '../try-page/index.js';
import { CommandError } from './errors.js';
import { formatPercent } from './format.js';

/** Flags of `export`. */
export interface ExportFlags {
  out: string;
  epoch?: string;
  cache?: string;
}

/** Saves the model of a run. */
export async function exportModel(dir: string, { out, epoch = 'best', cache }: ExportFlags): Promise<void> {
  if (epoch !== 'best' && epoch !== 'last') {
    throw new CommandError(`--epoch: is ${epoch}; expected best or last`);
  }
  await startBackend('cpu');
  const run = await runDirectory(dir);
  const files = await readRunModel(run, epoch, modelContext({ cache: cacheDirectory(cache) }));
  await saveModel(files, out);
  const tryPage = await writeTryPage(files, out);
  const { accuracy, labels } = savedModelSchema.parse(files.metadata);
  process.stdout.write(
    `${out} holds the model of ${run}: ${labels.length} classes, ${formatPercent(accuracy)} of the held-out samples right${epoch === 'best' ? ' (they chose the epoch)' : ''}\nTry it: ${tryPage}\n`,
  );
}
