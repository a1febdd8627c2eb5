import { checkInteger } from '../core/validate.js';
import type { LabelHistory } from '../recency-bias/label-history.js';
import { mostUncertain } from '../recency-bias/most-uncertain.js';
import type { LiveComposition, LiveEpoch, LiveSample, LiveUpdate } from './update.js';

/** Samples that are shown unless asked otherwise. */
const SHOWN = 12;
/** Between two updates at least so long, and so many times as long as the last update took. */
const EVERY_MS = 400;
const REST = 20;
/** Samples of the latest batches that the composition is of. */
const LATEST = 2048;
/** Without uncertainty, then thirds. */
const BINS = 4;

/** The part of a step's report that the feed takes. */
interface Step {
  readonly epoch: number;
  readonly step: number;
  readonly trainedSamples: number;
  readonly selection: { readonly indices: Int32Array };
}

/** Arguments of `fit`, to spread into the others. */
export interface LiveHooks {
  readonly onSelector: (selector: object) => void;
  readonly onStep: (step: Step) => void;
}

/** Callbacks of `fit`, alone or in a list with others, such as those of tfjs-vis. */
export interface LiveCallbacks {
  readonly onEpochEnd: (epoch: number, logs?: Readonly<Record<string, number>>) => void;
  readonly onTrainEnd: () => void;
}

/** How a training is followed. */
export interface LiveFeedOptions {
  /** Receives each update; from a worker, `postMessage`. */
  readonly send: (update: LiveUpdate) => void;
  /** Label of each sample, for samples and batches by class. */
  readonly labels?: ArrayLike<number>;
  /** Uncertain samples in an update, at least 1. Default 12. */
  readonly samples?: number;
  /** Milliseconds between two updates, at least 0. Default 400; more where updates take long. */
  readonly everyMs?: number;
}

/** A training that is followed. */
export interface LiveFeed {
  readonly hooks: LiveHooks;
  readonly callbacks: LiveCallbacks;
}

function binOf(uncertainty: number): number {
  return uncertainty === 0 ? 0 : Math.min(BINS - 1, Math.floor(uncertainty * (BINS - 1)) + 1);
}

/** The samples of the latest batches, in a ring. */
class Latest {
  readonly #ring = new Int32Array(LATEST);
  #total = 0;

  add(indices: Int32Array): void {
    for (const index of indices) this.#ring[this.#total++ % LATEST] = index;
  }

  get indices(): Int32Array {
    return this.#ring.subarray(0, Math.min(this.#total, LATEST));
  }
}

/** Shares of drawn and of all samples by a kind, which is an integer in [0, kinds), or −1 for none. */
function shares(
  kinds: number,
  drawn: Int32Array,
  size: number,
  kindOf: (index: number) => number,
): { drawn: number; all: number }[] {
  const count = (length: number, at: (i: number) => number): Float64Array => {
    const counts = new Float64Array(kinds);
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const kind = kindOf(at(i));
      if (kind < 0 || kind >= kinds) continue;
      counts[kind]!++;
      sum++;
    }
    return sum === 0 ? counts : counts.map((value) => value / sum);
  };
  const [some, all] = [count(drawn.length, (i) => drawn[i]!), count(size, (i) => i)];
  return Array.from(some, (share, kind) => ({ drawn: share, all: all[kind]! }));
}

function historyOf(selector: object): LabelHistory | undefined {
  return 'history' in selector ? (selector as { readonly history: LabelHistory }).history : undefined;
}

/**
 * Follows a training of `fit` and sends updates for a display, some times a second at most. It measures nothing itself: all
 * comes from by-products of training.
 *
 * ```ts
 * // in a worker
 * const feed = liveFeed({ send: (update) => postMessage(update) });
 * await fit(model, xs, ys, { epochs: 20, selector: recencyBias(), ...feed.hooks, callbacks: feed.callbacks });
 * // in the page: worker.onmessage = ({ data }) => panel.show(data);
 * ```
 *
 * @throws TypeError or RangeError for a number of samples or milliseconds that makes no sense
 */
export function liveFeed({ send, labels, samples = SHOWN, everyMs = EVERY_MS }: LiveFeedOptions): LiveFeed {
  checkInteger('liveFeed: samples', samples, 1);
  checkInteger('liveFeed: everyMs', everyMs, 0);
  const epochs: LiveEpoch[] = [];
  const latest = new Latest();
  let history: LabelHistory | undefined;
  let [epoch, step, trainedSamples] = [0, 0, 0];
  let next = -Infinity;

  const uncertain = (): LiveSample[] =>
    history === undefined
      ? []
      : mostUncertain({ history }, samples)
          .filter(({ uncertainty }) => uncertainty > 0)
          .map((sample) => {
            const label = labels?.[sample.index];
            return label === undefined ? sample : { ...sample, label };
          });

  const composition = (): LiveComposition | undefined => {
    const known = history;
    const drawn = latest.indices;
    if (known === undefined || drawn.length === 0) return undefined;
    const { size, classes } = known;
    const bin = (index: number): number => (known.count(index) === 0 ? -1 : binOf(known.uncertainty(index)));
    return {
      drawn: drawn.length,
      byUncertainty: shares(BINS, drawn, size, bin),
      ...(labels !== undefined && { byLabel: shares(classes, drawn, size, (index) => labels[index] ?? -1) }),
    };
  };

  const tell = (hasEnded = false): void => {
    const begun = performance.now();
    const made = composition();
    send({
      ...{ epoch, step, trainedSamples, epochs: [...epochs], uncertain: uncertain(), hasEnded },
      ...(made !== undefined && { composition: made }),
    });
    const now = performance.now();
    next = now + Math.max(everyMs, REST * (now - begun));
  };

  return {
    hooks: {
      onSelector: (selector) => {
        history = historyOf(selector);
      },
      onStep: (report) => {
        ({ epoch, step, trainedSamples } = report);
        latest.add(report.selection.indices);
        if (performance.now() >= next) tell();
      },
    },
    callbacks: {
      onEpochEnd: (number, logs = {}) => {
        epochs.push({ epoch: number + 1, logs: { ...logs } });
        tell();
      },
      onTrainEnd: () => {
        tell(true);
      },
    },
  };
}
