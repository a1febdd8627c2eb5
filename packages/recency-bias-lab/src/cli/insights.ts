/** `recency-bias insights`: what a run says of its training samples. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import pc from 'picocolors';
import { cacheDirectory } from '../data/cache.js';
import { datasetNamed } from '../experiment/document/registries.js';
import { loadPlugins } from '../plugins/loaded-plugins.js';
import { checkData } from '../experiment/prepare/data-record.js';
import { loadExperimentData } from '../experiment/prepare/load-data.js';
import { parseExperimentData } from '../experiment/document/resolve.js';
import { roleOf } from '../ground/methods.js';
import { unknownName } from '../ground/suggest.js';
import { readInsights, writeInsights } from '../insights/index.js';
import type { Insights } from '../insights/insights.js';
import { noiseSentence } from '../insights/page.js';
import { readComparison, readRunHeader } from '../records/read.js';
import { writeReport } from '../report/index.js';
import { printable } from '../report/printable.js';
import { fetchProgress } from './data.js';
import { CommandError } from './errors.js';
import { formatCount, formatPercent, plural } from './format.js';

/** Samples in each gallery unless the user says otherwise. */
const SHOWN = 24;
/** Suspects named in the terminal. */
const NAMED = 5;

/** Flags of `insights`. */
export interface InsightsFlags {
  run?: string;
  samples?: number;
  dataPath?: string;
  cache?: string;
}

/** Where the run is, and the comparison that it is part of if that was given. */
interface Chosen {
  readonly runDir: string;
  readonly comparison?: string;
}

/** The run that is meant: the directory itself, or one of a comparison's runs. */
async function chooseRun(dir: string, wanted: string | undefined): Promise<Chosen> {
  if (existsSync(join(dir, 'run.json'))) {
    if (wanted !== undefined && wanted !== basename(dir)) {
      throw new CommandError(`${dir}: is a single run's directory; leave out --run`);
    }
    return { runDir: dir };
  }
  const { runs, warmups, seeds } = await readComparison(dir);
  const known = [...runs, ...warmups].map(({ header }) => header.id);
  if (runs.length === 0) throw new CommandError(`${dir}: none of its runs has begun`);
  if (wanted !== undefined) {
    if (!known.includes(wanted)) throw new CommandError(`--run: ${unknownName(wanted, known)}`);
    return { runDir: join(dir, wanted), comparison: dir };
  }
  const ofSubject = runs.filter(({ header }) => roleOf(header.method.name) === 'subject');
  const { header } = ofSubject.find((run) => run.header.seed === seeds[0]) ?? ofSubject[0] ?? runs[0]!;
  return { runDir: join(dir, header.id), comparison: dir };
}

function nameOf({ dataset, table }: Insights, index: number): string {
  const file = dataset.train.files?.[index];
  const name = (label: number): string => dataset.classNames[label] ?? String(label);
  const { label, share } = table.verdict(index);
  return printable(
    `${file ?? `image ${index}`}: labelled ${name(table.labels[index]!)}, network says ${name(label)} (${formatPercent(share)} of the window)`,
  );
}

/** The outcome for a terminal. */
export function describeInsights(insights: Insights): string {
  const { header, complete, summary, table, galleries } = insights;
  const { samples, uncertain, suspects, neverLearnt, forgotten, mostTimesForgotten, unseen } = summary;
  const rows: [string, number, string][] = [
    ['uncertain', uncertain, 'the last predictions disagree'],
    ['suspects', suspects, 'settled against the label, likely mislabelled'],
    ['never learnt', neverLearnt, 'never once predicted right'],
    [
      'forgotten',
      forgotten,
      `right, then wrong the next time${forgotten > 0 ? `; at most ${plural(mostTimesForgotten, 'time')}` : ''}`,
    ],
  ];
  if (unseen > 0) rows.push(['unseen', unseen, 'not trained so far']);
  const width = Math.max(...rows.map(([, value]) => formatCount(value).length));
  const named = galleries.find(({ id }) => id === 'suspects')!.indices.slice(0, NAMED);
  const noise = noiseSentence(insights);
  return [
    `${pc.bold(printable(header.id))}: ${plural(samples, 'training sample')} of ${header.dataset.name} after ${plural(table.epoch, 'epoch')}`,
    ...(complete
      ? []
      : [pc.yellow(`The run has not ended (${table.epoch} of ${header.epochs} epochs): insights so far.`)]),
    ...rows.map(
      ([topic, value, text]) =>
        `  ${pc.dim(topic.padEnd(12))}  ${formatCount(value).padStart(width)}  ${pc.dim(text)}`,
    ),
    ...(named.length === 0
      ? []
      : ['Likeliest wrong labels:', ...named.map((index) => `  ${nameOf(insights, index)}`)]),
    ...(noise === undefined ? [] : [noise]),
  ].join('\n');
}

/** Makes the insights of a run, prints a summary and says where the page lies. */
export async function makeInsights(dir: string, flags: InsightsFlags): Promise<void> {
  const shown = flags.samples ?? SHOWN;
  if (!Number.isInteger(shown) || shown < 1) {
    throw new CommandError(`--samples: is ${shown}; expected a whole number of at least 1`);
  }
  const { runDir, comparison } = await chooseRun(dir, flags.run);
  const header = await readRunHeader(runDir);
  if (header === undefined) throw new CommandError(`${runDir}: is not a run directory (it has no run.json)`);
  await loadPlugins({ dataset: header.experiment.dataset });
  const { dataset: described } = parseExperimentData(header.experiment, join(runDir, 'run.json'));
  const progress = fetchProgress(process.stderr);
  const { fingerprint, ...unchecked } = described;
  // Of files it is said which differ. Of other data the labels say more than a fingerprint, so they are looked at first.
  const isOfFiles = datasetNamed(described.name)?.fields.includes('skipUnreadable') === true;
  const wanted = isOfFiles ? described : unchecked;
  const begun = dirname(runDir);
  const { dataset, identity } = await loadExperimentData(
    { dataset: { ...wanted, ...(flags.dataPath !== undefined && { path: flags.dataPath }) } },
    { cache: cacheDirectory(flags.cache), onProgress: progress.update, onSkipped: progress.skipped, begun },
  );
  progress.end();
  const insights = await readInsights(runDir, dataset, described.labelNoise);
  await checkData(flags.dataPath ?? wanted.path ?? wanted.name, fingerprint, identity!, begun);
  const page = await writeInsights(runDir, insights, shown);
  // The report links to the page, which may be new.
  if (comparison !== undefined) await writeReport(comparison);
  process.stdout.write(`${describeInsights(insights)}\n\nInsights: ${pc.bold(page)}\n`);
}
