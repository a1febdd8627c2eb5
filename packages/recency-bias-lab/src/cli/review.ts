/** `recency-bias review`: a local page on which likely wrong labels are looked at. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import pc from 'picocolors';
import { openFileTree } from '../data/file-tree.js';
import { startedAs } from '../ground/command.js';
import { surenessSentence } from '../insights/sentences.js';
import { LabelFile, REVIEW_PORT, startReview } from '../review/index.js';
import { CommandError } from './errors.js';
import { listed, plural } from './format.js';
import { interruptSignal } from './interrupt.js';
import { wrap } from './line-width.js';
import { photoFolder, readRunInsights } from './run-insights.js';
import type { RunInsightsFlags } from './run-insights.js';

/** Flags of `review`. */
export interface ReviewFlags extends RunInsightsFlags {
  labels?: string;
  port?: number;
}

const quoted = (path: string): string => (/^[\w./\\:@%+-]+$/.test(path) ? path : `"${path}"`);

/** The first of `runs/x-2`, `runs/x-3` and so on that is not there yet. */
function nextFolder(dir: string): string {
  const [, stem = dir, number = '1'] = /^(.*?)(?:-(\d+))?$/.exec(dir) ?? [];
  let next = Number(number) + 1;
  while (existsSync(`${stem}-${next}`)) next++;
  return `${stem}-${next}`;
}

/** Serves the page until Ctrl-C. */
export async function review(dir: string, flags: ReviewFlags): Promise<void> {
  const { port } = flags;
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
    throw new CommandError(`--port: is ${port}; expected a whole number from 0 to 65535`);
  }
  const { insights, runDir, dataset } = await readRunInsights(dir, flags);
  if (insights.dataset.train.files === undefined) {
    throw new CommandError(
      `${dir}: was trained on ${dataset.name}, whose images are no files; only labels of files can be reviewed`,
    );
  }
  const home = relative('', dirname(resolve(runDir))) || '.';
  const path = flags.labels ?? join(home, 'labels.json');
  const labels = await LabelFile.open(path, dataset.corrections);
  const command = `${startedAs()} finetune --like ${quoted(home)} --labels ${quoted(path)} --out ${quoted(nextFolder(home))}`;
  const folder = photoFolder(dataset);
  const wanted = port ?? REVIEW_PORT;
  const server = await startReview({
    title: home,
    insights,
    tree: folder === undefined ? undefined : await openFileTree(folder),
    labels,
    command,
    port: wanted,
  });
  const { suspects, samples } = insights.summary;
  const sureness = surenessSentence(insights);
  process.stderr.write(
    [
      suspects === 0
        ? `No label looks wrong: of ${samples} photos the network has settled on no other label.`
        : `${plural(suspects, 'photo')} of ${samples} whose label the network disputes, the likeliest wrong first.`,
      ...(wanted !== 0 && server.port !== wanted
        ? [`Port ${wanted} is taken; the page is at port ${server.port}.`]
        : []),
      ...(sureness === undefined ? [] : wrap(sureness)),
      `Review: ${pc.bold(server.address)}`,
      `Decisions are written to ${path} within a moment. Ctrl-C ends the page.\n`,
    ].join('\n'),
  );
  await new Promise<void>((done) => {
    const { signal, dispose } = interruptSignal(() => undefined);
    signal.addEventListener('abort', () => {
      dispose();
      done();
    });
  });
  await server.close();
  const { labels: relabelled, leaveOut, accepted } = labels.corrections;
  const counts = listed([
    `${Object.keys(relabelled).length} relabelled`,
    `${leaveOut.length} left out`,
    `${accepted.length} right as they are`,
  ]);
  if (existsSync(path)) process.stdout.write(`${path}: ${counts}.\nTrain again: ${pc.bold(command)}\n`);
}
