/** The plan of a fine-tuning, in its reader's words. */
import pc from 'picocolors';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import { roleOf } from '../ground/methods.js';
import { formatCount, listed, plural } from './format.js';
import { planRow } from './plan.js';

/** Classes that are named; of more it is said how many there are. */
const NAMED = 8;

/** The trained layers, and how often they see the photos. */
function describeTraining({ epochs, patience, probe }: ResolvedExperiment): string {
  const patient = patience === undefined ? '' : `, fewer when ${patience} in a row bring nothing better`;
  const times = (count: number): string => `${plural(count, 'time')} through the photos`;
  if (probe === undefined) return `${times(epochs)}${patient}`;
  if (probe.epochs >= epochs) return `the new layer alone, ${times(epochs)}${patient}`;
  return `the new layer alone, ${times(probe.epochs)}, which is quick; then the network, ${times(epochs - probe.epochs)}${patient}`;
}

/** The plan as lines, a heading and one line a topic. */
export function describePhotoPlan(
  experiment: ResolvedExperiment,
  { dir, classNames }: { readonly dir: string; readonly classNames: readonly string[] },
): string {
  const { name, dataset, model, selectors } = experiment;
  const classes = classNames.length > NAMED ? `${classNames.length} classes` : `of ${listed(classNames)}`;
  const { backbone } = model.options;
  const rows: [string, string][] = [
    [
      'photos',
      `${formatCount(dataset.trainSize)} to learn from, ${formatCount(dataset.testSize)} held out to see how good it is; ${classes}`,
    ],
    ['network', typeof backbone === 'string' ? backbone : model.name],
    ['training', describeTraining(experiment)],
    ['output', dir],
  ];
  if (Object.values(selectors).some((method) => roleOf(method.name) === 'subject')) {
    rows.splice(3, 0, [
      'order',
      'after a beginning with all photos alike, those that the network is unsure of come more often',
    ]);
  }
  return [pc.bold(name), ...rows.map(planRow)].join('\n');
}
