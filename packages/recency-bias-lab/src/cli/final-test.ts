/** The accuracy on test photos that neither trained the network nor chose its epoch. */
import { openFileTree } from '../data/file-tree.js';
import { DataError } from '../data/idx.js';
import { readImageFolder } from '../data/image-folder.js';
import type { LabelledFiles } from '../data/labelled-files.js';
import { startBackend } from '../ground/backend.js';
import { modelContext } from '../experiment/prepare/trained-model.js';
import { loadPlugins } from '../plugins/loaded-plugins.js';
import { parseExperiment } from '../experiment/document/resolve.js';
import { CLASSIFY_BATCH, FileClassifier } from '../pretrained/file-classifier.js';
import type { RunHeader } from '../records/schema.js';
import { largest } from '../ground/extremes.js';

/** The result of the final test. */
export interface FinalTest {
  readonly right: number;
  readonly photos: number;
}

/** Photos of a folder's test part, where it has one for validation besides; unreadable ones are left out as the run did. */
async function* finalPhotos(
  path: string,
  options: Parameters<typeof readImageFolder>[1],
): AsyncGenerator<{ content: Uint8Array; file: string; label: number }[]> {
  const tree = await openFileTree(path);
  const { final }: { final?: LabelledFiles } = await readImageFolder(tree, options);
  if (final === undefined) return;
  for (let from = 0; from < final.paths.length; from += CLASSIFY_BATCH) {
    const files = final.paths.slice(from, from + CLASSIFY_BATCH);
    const contents = new Map<string, Uint8Array>();
    await tree.read(new Set(files), (file, content) => {
      if (!(content instanceof DataError)) contents.set(file, content);
    });
    yield files.flatMap((file, i) => {
      const content = contents.get(file);
      return content === undefined ? [] : [{ content, file, label: final.labels[from + i]! }];
    });
  }
}

/**
 * Tests a saved model once on the test part of its run's folder.
 * @param model folder of the model
 * @returns undefined where the folder has no parts for both validation and testing
 */
export async function finalTest(
  { experiment }: Pick<RunHeader, 'experiment'>,
  model: string,
  cache: string,
): Promise<FinalTest | undefined> {
  await loadPlugins({ dataset: experiment.dataset, model: experiment.model });
  const { dataset, backend } = parseExperiment(experiment);
  if (dataset.name !== 'folder' || dataset.path === undefined) return undefined;
  let classifier: FileClassifier | undefined;
  let [right, photos] = [0, 0];
  try {
    for await (const batch of finalPhotos(dataset.path, dataset)) {
      if (classifier === undefined) {
        if (backend !== 'auto') await startBackend(backend);
        classifier = await FileClassifier.open(model, modelContext({ cache }));
      }
      const { metadata } = classifier;
      const decoded = await Promise.all(
        batch.map(({ content, file }) =>
          classifier!.decode(content, file).catch((error: unknown) => {
            if (error instanceof DataError) return undefined;
            throw error;
          }),
        ),
      );
      const known = batch.flatMap(({ label }, i) => (decoded[i] === undefined ? [] : [label]));
      const images = decoded.filter((image) => image !== undefined);
      if (images.length === 0) continue;
      const rows = await classifier.probabilities(images);
      const { length: classes } = metadata.labels;
      for (const [i, label] of known.entries()) {
        const own = rows.subarray(i * classes, (i + 1) * classes);
        if (own.indexOf(largest(own)) === label) right++;
        photos++;
      }
    }
  } finally {
    classifier?.dispose();
  }
  return photos === 0 ? undefined : { right, photos };
}
