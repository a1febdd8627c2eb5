/** The part of a network that a phase trains, and the parts before it that do not change. */
import type * as tf from '@tensorflow/tfjs';
import { onlyFlips } from '../../augment/policies.js';
import { isRandomLayer, splitNetwork } from '../../features/split-network.js';
import type { NetworkParts } from '../../features/split-network.js';
import type { PhaseKind } from '../document/phases.js';
import type { ResolvedExperiment } from '../document/resolve.js';

/** A network as a phase trains it. */
export interface PhaseNetwork {
  /** The trained part: the network, or its layers after the fronts. */
  readonly model: tf.LayersModel;
  /** From the images to the inputs of `model`, each front behind the one before it; empty where `model` takes images. */
  readonly fronts: readonly NetworkParts[];
}

/** Features are held in memory, so they may take so many bytes, on every machine: a run may go on on another. */
const MOST_BYTES = 2e9;

/** Whether the features of all images of an experiment may be held in memory. */
function fitsMemory({ shape }: NetworkParts, { dataset, augmentation }: ResolvedExperiment): boolean {
  const length = shape.reduce((product, side) => product * side, 1);
  const images = dataset.trainSize * (augmentation.flip ? 2 : 1) + dataset.testSize;
  return 4 * images * length <= MOST_BYTES;
}

/**
 * Divides a network for a phase. The training takes features of frozen layers where images change by flips alone; the probe always
 * does, and leaves out all other changes.
 */
export function phaseNetwork(
  network: tf.LayersModel,
  kind: PhaseKind,
  experiment: ResolvedExperiment,
): PhaseNetwork {
  const keepsImages = kind === 'probe' || onlyFlips(experiment.augmentation);
  const frozen = keepsImages ? splitNetwork(network) : undefined;
  const base = frozen !== undefined && fitsMemory(frozen, experiment) ? [frozen] : [];
  const model = base[0]?.rest ?? network;
  if (kind === 'training') return { model, fronts: base };
  const head = splitHead(model);
  return head === undefined ? { model, fronts: base } : { model: head.rest, fronts: [...base, head] };
}

/** Divides a network before its last layer with weights, the classification layer, and random layers before that. */
function splitHead(network: tf.LayersModel): NetworkParts | undefined {
  const head = network.layers.findLast(({ weights }) => weights.length > 0);
  return splitNetwork(network, (layer) => layer !== head && !isRandomLayer(layer));
}

/**
 * The part of a network that a checkpoint holds the weights of, by how many there are.
 * @returns undefined where they are those of none
 */
export function trainedPart(network: tf.LayersModel, weights: number): tf.LayersModel | undefined {
  const rest = splitNetwork(network)?.rest;
  const parts = [network, rest, splitHead(rest ?? network)?.rest, splitHead(network)?.rest];
  return parts.find((part) => part?.weights.length === weights);
}
