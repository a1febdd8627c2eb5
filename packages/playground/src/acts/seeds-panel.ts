/** The button "five seeds", and what comes of it. */
import { found } from '../page/dom.js';
import type { PageMessage } from '../training/messages.js';
import { Seeds } from './five-seeds.js';
import { seedsChart } from './seeds-chart.js';
import { difference, verdictText, type SeedResult } from './verdict.js';

const SEEDS = [1, 2, 3, 4, 5];

/** The panel. */
export class SeedsPanel {
  readonly #start: (seed: number) => Extract<PageMessage, { kind: 'train' }>;
  readonly #begins: () => void;
  readonly #testSize: number;
  readonly #button = found('five-seeds', HTMLButtonElement);
  readonly #progress = found('seeds-progress', HTMLProgressElement);
  readonly #chart = found('seeds-chart', HTMLElement);
  readonly #verdict = found('verdict', HTMLElement);
  #running: Seeds | null = null;
  #results: SeedResult[] = [];

  /**
   * @param begins told when the seeds begin to train
   * @param testSize digits that errors are measured on
   */
  constructor(
    start: (seed: number) => Extract<PageMessage, { kind: 'train' }>,
    begins: () => void,
    testSize: number,
  ) {
    this.#start = start;
    this.#begins = begins;
    this.#testSize = testSize;
    this.#button.addEventListener('click', () => {
      if (this.#running === null) this.#begin();
      else this.#end();
    });
  }

  #begin(): void {
    this.#begins();
    this.#results = [];
    this.#button.textContent = 'Stop';
    this.#progress.hidden = false;
    this.#progress.value = 0;
    this.#show();
    this.#verdict.textContent = 'Five networks are training, each with both ways of choosing.';
    this.#running = new Seeds(SEEDS, this.#start, {
      progress: (done) => {
        this.#progress.value = done;
      },
      result: (result) => {
        this.#results.push(result);
        this.#show();
      },
      failed: (message) => {
        this.#end();
        this.#verdict.textContent = `The training stopped: ${message}`;
      },
      done: () => {
        this.#end();
      },
    });
  }

  #end(): void {
    this.#running?.stop();
    this.#running = null;
    this.#button.textContent = 'Race over five seeds';
    this.#progress.hidden = true;
    this.#show();
  }

  #show(): void {
    const found = difference(this.#results, this.#testSize);
    this.#verdict.textContent = verdictText(found);
    this.#chart.replaceChildren(...(this.#results.length > 0 ? [seedsChart(this.#results, found)] : []));
  }
}
