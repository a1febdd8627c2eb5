/** Act 3: random batches and Recency Bias from the same warm-up. */
import type { LabelHistory } from 'recency-bias';
import { drawMosaic, MOSAIC_SIDE } from '../digits/digit-pictures.js';
import type { Digits } from '../digits/packed-digits.js';
import { onColors, onView } from '../page/dom.js';
import { BATCH_SIZE } from '../training/batch.js';
import type { EpochMessage, Racer } from '../training/messages.js';
import { errorChart } from './error-chart.js';

const COLUMNS = 16;
/** A mosaic stays so long before the next one, in milliseconds: eyes need the time. */
const MOSAIC_MS = 450;

interface Lane {
  readonly canvas: HTMLCanvasElement;
  readonly caption: HTMLElement;
}

/** Ground of a certain and of an uncertain digit, and the ink, on a light and on a dark page. */
const TINTS = {
  light: { sure: [238, 240, 243], unsure: [255, 166, 77], ink: [28, 33, 39] },
  dark: { sure: [38, 44, 52], unsure: [190, 96, 20], ink: [240, 243, 247] },
} as const;

/** The chart of errors, and a mosaic of the batches of each racer. */
export class Race {
  readonly #chart: HTMLElement;
  readonly #lanes: Readonly<Record<Racer, Lane>>;
  readonly #digits: Digits;
  readonly #course: { readonly warmupEpochs: number; readonly epochs: number };
  #errors: Record<Racer, Map<number, number>> = { random: new Map(), 'recency-bias': new Map() };
  readonly #shown: Record<Racer, number> = { random: -Infinity, 'recency-bias': -Infinity };
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #last = new Map<Racer, { batch: Int32Array; history: LabelHistory }>();
  #visible = false;

  constructor(
    chart: HTMLElement,
    lanes: Readonly<Record<Racer, Lane>>,
    digits: Digits,
    course: { readonly warmupEpochs: number; readonly epochs: number },
  ) {
    this.#chart = chart;
    this.#lanes = lanes;
    this.#digits = digits;
    this.#course = course;
    for (const { canvas } of Object.values(lanes)) {
      canvas.width = COLUMNS * MOSAIC_SIDE;
      canvas.height = (BATCH_SIZE / COLUMNS) * MOSAIC_SIDE;
    }
    const paintLast = (): void => {
      for (const [racer, { batch, history }] of this.#last) this.#mosaic(racer, batch, history);
    };
    onColors(paintLast);
    onView(lanes.random.canvas.closest('.lanes') ?? lanes.random.canvas, (visible) => {
      this.#visible = visible;
      if (visible) paintLast();
    });
    this.#draw();
  }

  /** Begins anew. */
  restart(): void {
    this.#errors = { random: new Map(), 'recency-bias': new Map() };
    this.#draw();
  }

  /** A racer has been trained with a batch. @param history its windows before the batch */
  step(racer: Racer, batch: Int32Array, history: LabelHistory): void {
    const now = performance.now();
    if (batch.length < BATCH_SIZE || now - this.#shown[racer] < MOSAIC_MS) return;
    this.#shown[racer] = now;
    this.#last.set(racer, { batch, history });
    if (this.#visible) this.#mosaic(racer, batch, history);
  }

  /** A racer has ended an epoch. */
  endEpoch({ racer, epoch, testError }: EpochMessage): void {
    this.#errors[racer].set(epoch, testError);
    this.#draw();
  }

  #draw(): void {
    this.#chart.replaceChildren(errorChart(this.#errors, this.#course.warmupEpochs, this.#course.epochs));
  }

  #mosaic(racer: Racer, batch: Int32Array, history: LabelHistory): void {
    const { canvas, caption } = this.#lanes[racer];
    const { sure, unsure, ink } = TINTS[this.#dark.matches ? 'dark' : 'light'];
    const wavering = (index: number): number =>
      history.count(index) < 2 ? 0 : Math.min(1, history.uncertainty(index) / 0.45);
    drawMosaic(
      canvas,
      this.#digits,
      batch,
      COLUMNS,
      (index) => {
        const share = wavering(index);
        return [0, 1, 2].map((c) => sure[c]! + (unsure[c]! - sure[c]!) * share) as [number, number, number];
      },
      ink,
    );
    const count = batch.reduce((sum, index) => sum + Number(wavering(index) > 0), 0);
    caption.textContent = `${count} of ${batch.length} are digits that it wavers on`;
    canvas.setAttribute('aria-label', `A batch of ${batch.length} digits; ${caption.textContent}.`);
  }
}
