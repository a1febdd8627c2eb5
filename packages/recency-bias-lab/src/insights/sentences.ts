/** The outcome of insights in sentences, for the terminal and the pages. */
import { count, percent, plural } from '../report/format.js';
import type { Insights } from './insights.js';

/** The outcome in a sentence or two. */
export function insightsSentence({ summary, table }: Pick<Insights, 'summary' | 'table'>): string {
  const { samples, suspects, uncertain, neverLearnt } = summary;
  return (
    `Of ${plural(samples, 'training sample')}, the network has settled against the label of ${count(suspects)}, ` +
    `is uncertain at the moment about ${count(uncertain)}, and has never once predicted ${count(neverLearnt)} right ` +
    `in ${plural(table.epoch, 'epoch')}.`
  );
}

/** How well the suspects find the labels made wrong on purpose; undefined where there are none. */
export function noiseSentence({ summary }: Pick<Insights, 'summary'>): string | undefined {
  const { labelNoise, suspects } = summary;
  if (labelNoise === undefined) return undefined;
  const { wrong, found, precision, recall } = labelNoise;
  const share = precision === null ? '' : `precision ${percent(precision, 1)} %, `;
  return `${plural(wrong, 'label')} were made wrong on purpose: ${count(found)} of the ${plural(suspects, 'suspect')} are among them (${share}recall ${percent(recall, 1)} %).`;
}

/**
 * How sure it is that the labels of the suspects are wrong; undefined where there are none, or where the network's accuracy is not
 * known.
 */
export function surenessSentence({ summary }: Pick<Insights, 'summary'>): string | undefined {
  const { suspects, likelyWrong, accuracy } = summary;
  if (suspects === 0 || accuracy === undefined) return undefined;
  const first =
    likelyWrong === 0
      ? 'so none of the suspects is called likely wrong'
      : likelyWrong === suspects
        ? 'so all suspects are called likely wrong'
        : `so only the first ${count(likelyWrong)} of the ${plural(suspects, 'suspect')} are called likely wrong`;
  // The table of docs/insights.md.
  const measured =
    'We measured: of labels called likely wrong two thirds or more are wrong where errors are random, but sometimes only a third where similar classes are confused. ';
  return `The network is right on ${percent(accuracy, 0)} % of the held-out samples: the less it is right, the more right labels it settles against, ${first}. ${likelyWrong === 0 ? '' : measured}Look before you relabel.`;
}
