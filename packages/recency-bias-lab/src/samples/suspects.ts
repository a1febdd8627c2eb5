/**
 * Which labels are likely wrong.
 *
 * A network learns what most samples have in common before it memorises single ones (Arpit et al. 2017, arXiv 1706.05394), so
 * what it says of a mislabelled sample while it trains is mostly the label that the sample should have. Two things are asked
 * of a suspect, and both are needed: hard samples also fail one of them.
 *
 * - Settled against the label: more than half of the window agrees on one other label. This leaves out the samples that the
 *   network cannot make up its mind about, however high their loss.
 * - Below chance: the mean probability of its label over the whole run, the “confidence” of Swayamdipta et al. 2020
 *   (arXiv 2009.10795, who find label errors where it is low), is less than 1 / classes, that of a guess. This leaves
 *   out samples near a boundary, of which the network says one label while it keeps thinking of the other.
 *
 * A network that is often wrong on images that it has not seen settles against right labels, too. So only the front of the order is
 * called likely wrong, the shorter the less the network is right: `likelyCount`.
 *
 * Suspects are ordered by confidence, lowest first. It is the mean loss with each observation bounded: exp(−loss) instead of
 * loss, so that one bad moment early in training does not decide.
 */
import type { SampleTable } from './sample-table.js';

/** The part of a table of samples by which labels are suspected. */
export type SampleEvidence = Pick<
  SampleTable,
  'size' | 'classes' | 'labels' | 'history' | 'verdict' | 'confidence'
>;

/** Predictions in the window without which nothing is settled; fewer only in shorter windows. */
const FEWEST_PREDICTIONS = 3;

/** Whether the network has settled on another label than the sample's. */
export function isSettledAgainst(table: SampleEvidence, index: number): boolean {
  const { history, labels } = table;
  if (history.count(index) < Math.min(FEWEST_PREDICTIONS, history.window)) return false;
  const { label, share } = table.verdict(index);
  return label !== labels[index] && share > 1 / 2;
}

/** Whether a sample's label is likely wrong. */
export function isSuspect(table: SampleEvidence, index: number): boolean {
  const confidence = table.confidence(index);
  return confidence !== null && confidence < 1 / table.classes && isSettledAgainst(table, index);
}

/** All suspects, likeliest first. */
export function suspects(table: SampleEvidence): number[] {
  return indicesWhere(table, (index) => isSuspect(table, index)).sort(
    (a, b) => table.confidence(a)! - table.confidence(b)! || a - b,
  );
}

/** Samples of which `condition` holds, ascending. */
export function indicesWhere({ size }: SampleEvidence, condition: (index: number) => boolean): number[] {
  const found: number[] = [];
  for (let index = 0; index < size; index++) if (condition(index)) found.push(index);
  return found;
}

/**
 * How many suspects, from the front of their order, are called likely wrong: accuracy² of them. The accuracy is once for what the
 * network says, and once for what it would have to know to say it of the sample's own label.
 * @param suspects number of suspects
 * @param accuracy share of held-out samples that the network is right on, in [0, 1]; default: not known, and all are
 */
export function likelyCount(suspects: number, accuracy = 1): number {
  return Math.round(suspects * accuracy ** 2);
}
