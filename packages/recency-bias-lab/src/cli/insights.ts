/** `recency-bias insights`: what a run says of its training samples. */
import pc from 'picocolors';
import { writeInsights } from '../insights/index.js';
import type { Insights } from '../insights/insights.js';
import { noiseSentence, surenessSentence } from '../insights/sentences.js';
import { writeReport } from '../report/index.js';
import { printable } from '../report/printable.js';
import { CommandError } from './errors.js';
import { formatCount, formatPercent, plural } from './format.js';
import { largest } from '../ground/extremes.js';
import { wrap } from './line-width.js';
import { photoFolder, readRunInsights } from './run-insights.js';
import type { RunInsightsFlags } from './run-insights.js';

/** Samples in each gallery unless the user says otherwise. */
const SHOWN = 24;
/** Suspects named in the terminal. */
const NAMED = 5;

/** Flags of `insights`. */
export interface InsightsFlags extends RunInsightsFlags {
  samples?: number;
}

function nameOf({ dataset, table }: Insights, index: number): string {
  const file = dataset.train.files?.[index];
  const name = (label: number): string => dataset.classNames[label] ?? String(label);
  const { label, share } = table.verdict(index);
  return printable(
    `${file ?? `image ${index}`}: labelled ${name(table.labels[index]!)}, network says ${name(label)} (${formatPercent(share)} of its last answers)`,
  );
}

/** The outcome for a terminal. */
export function describeInsights(insights: Insights): string {
  const { header, complete, summary, table, galleries } = insights;
  const { samples, uncertain, suspects, neverLearnt, forgotten, mostTimesForgotten, unseen } = summary;
  const rows: [string, number, string][] = [
    ['uncertain', uncertain, 'the last predictions disagree'],
    ['suspects', suspects, 'settled against the label'],
    ['never learnt', neverLearnt, 'never once predicted right'],
    [
      'forgotten',
      forgotten,
      `right, then wrong the next time${forgotten > 0 ? `; at most ${plural(mostTimesForgotten, 'time')}` : ''}`,
    ],
  ];
  if (unseen > 0) rows.push(['unseen', unseen, 'not trained so far']);
  const width = largest(rows.map(([, value]) => formatCount(value).length));
  const named = galleries.find(({ id }) => id === 'suspects')!.indices.slice(0, NAMED);
  const noise = noiseSentence(insights);
  const sureness = surenessSentence(insights);
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
    ...(sureness === undefined ? [] : wrap(sureness)),
    ...(noise === undefined ? [] : [noise]),
  ].join('\n');
}

/** Makes the insights of a run, prints a summary and says where the page lies. */
export async function makeInsights(dir: string, flags: InsightsFlags): Promise<void> {
  const shown = flags.samples ?? SHOWN;
  if (!Number.isInteger(shown) || shown < 1) {
    throw new CommandError(`--samples: is ${shown}; expected a whole number of at least 1`);
  }
  const { insights, runDir, comparison, dataset } = await readRunInsights(dir, flags);
  const page = await writeInsights(runDir, insights, shown, photoFolder(dataset));
  // The report links to the page, which may be new.
  if (comparison !== undefined) await writeReport(comparison);
  process.stdout.write(`${describeInsights(insights)}\n\nInsights: ${pc.bold(page)}\n`);
}
