/** Where a phase of a run begins: at the beginning of the run, at the end of the phase before, or where it was left. */
import { captureModel, restoreModel } from 'recency-bias/tfjs';
import type { TrainingState } from 'recency-bias/tfjs';
import { StoppedError } from '../../features/compute-features.js';
import type { Phase } from '../document/phases.js';
import { phaseNetwork } from '../prepare/phase-network.js';
import { runSelector } from '../selection/run-selector.js';
import type { RunCheckpoint } from '../state/run-checkpoint.js';
import { softmaxCrossentropy } from './crossentropy.js';
import { evaluate } from './evaluate.js';
import { phaseRate } from './learning-rate.js';
import { createOptimizer } from './optimizer.js';
import type { TrainingSession } from './session.js';
import type { TrainRunOptions } from './train-run-options.js';
import { now } from './training-clock.js';
import type { TrainingTime } from './training-clock.js';

/** Where a phase begins. */
export interface PhaseStart {
  /** Undefined at the beginning of the run. */
  readonly training: TrainingState | undefined;
  /** The rate at which the probe begins; undefined where there is none. */
  readonly probeRate: number | undefined;
  /** Steps and time of the run before. */
  readonly steps: number;
  readonly time: TrainingTime;
}

/** Whether a checkpoint is of the end of the probe, so that the phase after it begins. */
function endsProbe(
  { training }: RunCheckpoint,
  { kind, first }: Phase,
  { experiment }: TrainRunOptions,
): boolean {
  const { probe } = experiment;
  return (
    kind === 'training' &&
    probe !== undefined &&
    first === probe.epochs + 1 &&
    training.epoch < first &&
    training.step === 0
  );
}

/**
 * The state in which a session begins after the probe: the classification layer as the probe left it, the selector as it was, an
 * optimizer and random numbers of its own.
 */
async function afterProbe(
  { experiment }: TrainRunOptions,
  { model, network, data }: TrainingSession,
  training: TrainingState,
): Promise<TrainingState> {
  const { optimizer, learningRate } = experiment;
  const probe = phaseNetwork(network, 'probe', experiment).model;
  probe.compile({ optimizer: createOptimizer(optimizer, learningRate.initial), loss: softmaxCrossentropy });
  restoreModel(probe, training);
  return { ...training, ...(await captureModel(model)), dataset: data.train.stateDict?.() ?? null };
}

/**
 * The rate of the probe with the lowest loss on the test data: of each rate a whole probe is trained, with the run's own method.
 * @throws StoppedError when the run is to stop meanwhile.
 */
async function chooseProbeRate(
  options: TrainRunOptions,
  session: TrainingSession,
): Promise<number | undefined> {
  const { experiment, task, stop } = options;
  const rates = experiment.probe?.learningRates ?? [];
  if (rates.length < 2) return rates[0];
  const { model, data } = session;
  const fresh = await captureModel(model);
  const drawn = data.train.stateDict?.();
  let best: { readonly rate: number; readonly loss: number } | undefined;
  for (const rate of rates) {
    await session.train({
      selector: (run) => runSelector({ ...options, task }, run),
      epochs: experiment.probe!.epochs,
      rate: phaseRate(experiment, rate),
      stop,
      save: () => Promise.resolve(),
    });
    if (stop.aborted) throw new StoppedError();
    const { loss } = await evaluate(model, data.test);
    if (best === undefined || loss < best.loss) best = { rate, loss };
    restoreModel(model, fresh);
    if (drawn !== undefined) data.train.loadStateDict?.(drawn);
  }
  return best?.rate;
}

/** @param openedAt when the phase's session began to be made; what it took counts as training */
export async function beginPhase(
  options: TrainRunOptions,
  session: TrainingSession,
  phase: Phase,
  checkpoint: RunCheckpoint | undefined,
  openedAt: TrainingTime,
): Promise<PhaseStart> {
  const { probeRate, steps = 0, trainSeconds = 0, processorSeconds = 0 } = checkpoint ?? {};
  const before = { seconds: trainSeconds, processorSeconds };
  if (checkpoint === undefined) {
    const chosen = phase.kind === 'probe' ? await chooseProbeRate(options, session) : undefined;
    return { training: undefined, probeRate: chosen, steps, time: later(before, openedAt) };
  }
  if (!endsProbe(checkpoint, phase, options)) {
    return { training: checkpoint.training, probeRate, steps, time: before };
  }
  const training = await afterProbe(options, session, checkpoint.training);
  return { training, probeRate, steps, time: later(before, openedAt) };
}

/** The time of a run with what has passed since. */
function later({ seconds, processorSeconds }: TrainingTime, since: TrainingTime): TrainingTime {
  const passed = now();
  return {
    seconds: seconds + passed.seconds - since.seconds,
    processorSeconds: processorSeconds + passed.processorSeconds - since.processorSeconds,
  };
}
