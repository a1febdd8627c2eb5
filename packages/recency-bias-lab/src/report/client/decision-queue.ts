/** Decisions on their way to the server: gathered for a moment, and kept in the browser until they are written. */
import { REVIEW_BATCH } from '../review-data.js';
import type { ReviewDecision, ReviewRequest } from '../review-data.js';

/** How long decisions are gathered before they are sent, and how long until an unreachable server is asked again. */
const GATHER_MS = 250;
const AGAIN_MS = 2000;

/** How a batch was answered. */
export type BatchAnswer =
  | 'written'
  /** The command has ended: the decisions wait for it. */
  | 'unreachable'
  | { readonly refused: string };

/** The page of a queue. */
export interface DecisionQueueOptions {
  /** Under which the browser keeps what is not written; of the run and the file of labels. */
  readonly key: string;
  readonly send: (request: ReviewRequest) => Promise<BatchAnswer>;
  /** After each answer; the photos whose decisions were refused, by index. */
  readonly onAnswer: (answer: BatchAnswer, photos: readonly number[]) => void;
}

/** By photo, the latest decision alone. */
type Decisions = Map<number, ReviewDecision>;

/** A queue whose decisions survive a page that is closed or killed. */
export class DecisionQueue {
  readonly #options: DecisionQueueOptions;
  #waiting: Decisions;
  #sent: Decisions = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: DecisionQueueOptions) {
    this.#options = options;
    this.#waiting = this.#kept();
    if (this.#waiting.size > 0) this.#flushIn(0);
  }

  /** Decisions that are not known to be written, those of an earlier page included, by photo. */
  get unwritten(): ReadonlyMap<number, ReviewDecision> {
    return new Map([...this.#sent, ...this.#waiting]);
  }

  /** Takes a decision, in the place of an earlier decision on the photo. */
  put(photo: number, decision: ReviewDecision): void {
    this.#waiting.set(photo, decision);
    this.#keep();
    this.#flushIn(this.#waiting.size >= REVIEW_BATCH ? 0 : GATHER_MS);
  }

  /** Sends what waits now: a page that goes away has no time to gather. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Batches reach the server one after another, so that a later decision is not overtaken.
    if (this.#sent.size > 0 || this.#waiting.size === 0) return;
    const batch = [...this.#waiting].slice(0, REVIEW_BATCH);
    this.#sent = new Map(batch);
    for (const [photo] of batch) this.#waiting.delete(photo);
    const decisions = batch.map(([index, decision]) => ({ index, decision }));
    void this.#options.send({ decisions }).then((answer) => {
      this.#settle(answer);
    });
  }

  #settle(answer: BatchAnswer): void {
    const sent = this.#sent;
    this.#sent = new Map();
    if (answer === 'unreachable') this.#waiting = new Map([...sent, ...this.#waiting]);
    this.#keep();
    const isRefused = typeof answer === 'object';
    this.#options.onAnswer(answer, isRefused ? [...sent.keys()].filter((at) => !this.#waiting.has(at)) : []);
    if (this.#waiting.size > 0) this.#flushIn(answer === 'unreachable' ? AGAIN_MS : 0);
  }

  #flushIn(milliseconds: number): void {
    if (this.#timer !== undefined && milliseconds > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.flush();
    }, milliseconds);
  }

  /** A browser that keeps nothing loses what a killed page has not sent, and nothing else. */
  #keep(): void {
    const { key } = this.#options;
    const { unwritten } = this;
    try {
      if (unwritten.size === 0) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify([...unwritten]));
    } catch {
      // storage is off, or full
    }
  }

  #kept(): Decisions {
    try {
      const text = localStorage.getItem(this.#options.key);
      return new Map(text === null ? [] : (JSON.parse(text) as [number, ReviewDecision][]));
    } catch {
      return new Map();
    }
  }
}
