/** Decisions of a reviewer on suspects, and the file of labels that they become. */
import { z } from 'zod';
import type { LabelCorrections } from '../data/label-corrections.js';

/** A decision on a photo: its label is right; it is of another class; it is to be left out; nothing yet. */
export const decisionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('accept') }),
  z.strictObject({ kind: z.literal('label'), label: z.string() }),
  z.strictObject({ kind: z.literal('leaveOut') }),
  z.strictObject({ kind: z.literal('none') }),
]);
export type Decision = z.infer<typeof decisionSchema>;

/** The corrections with a decision in the place of the earlier decision on the photo. */
export function withDecision(
  { version, labels, leaveOut, accepted }: LabelCorrections,
  photo: string,
  decision: Decision,
): LabelCorrections {
  const others = (photos: readonly string[]): string[] => photos.filter((other) => other !== photo);
  const { kind } = decision;
  return {
    version,
    labels: {
      ...Object.fromEntries(Object.entries(labels).filter(([other]) => other !== photo)),
      ...(kind === 'label' && { [photo]: decision.label }),
    },
    leaveOut: kind === 'leaveOut' ? [...others(leaveOut), photo] : others(leaveOut),
    accepted: kind === 'accept' ? [...others(accepted), photo] : others(accepted),
  };
}

/** The decision on a photo that the corrections hold. */
export function decisionOf({ labels, leaveOut, accepted }: LabelCorrections, photo: string): Decision {
  if (Object.hasOwn(labels, photo)) return { kind: 'label', label: labels[photo]! };
  if (leaveOut.includes(photo)) return { kind: 'leaveOut' };
  return { kind: accepted.includes(photo) ? 'accept' : 'none' };
}
