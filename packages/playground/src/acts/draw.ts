/** Act 2: the count patterns as columns, and batches that fall out of them. */
import type { LabelHistory } from 'recency-bias';
import { count } from '../page/words.js';
import { color, contextOf, element, fitCanvas, lessMotion, onColors, onView } from '../page/dom.js';
import { BATCH_SIZE } from '../training/batch.js';
import { PatternDraws } from './patterns.js';

/** Share of the height that the columns take; the dots fall into the rest. */
const COLUMN_SHARE = 0.56;
/** A batch is on show so long, in milliseconds. */
const BATCH_MS = 2600;
const FALL_MS = 750;
const STAGGER_MS = 900;
/** So many pixels out of view the columns are still counted at the end of an epoch, which takes longer than a frame. */
const NEAR = 700;

interface Dot {
  readonly column: number;
  /** How many dots of its column fell before it. */
  readonly place: number;
  /** When it begins to fall, in milliseconds after the batch. */
  readonly delay: number;
}

/** The columns as painted, and the colours of their dots. */
interface Columns {
  readonly layer: HTMLCanvasElement;
  readonly tints: readonly string[];
}

interface Elements {
  readonly canvas: HTMLCanvasElement;
  readonly slider: HTMLInputElement;
  readonly pressure: HTMLElement;
  readonly effective: HTMLElement;
  readonly caption: HTMLElement;
  readonly table: HTMLTableSectionElement;
}

/** Widths of what a column stands in, and of the column. */
function slots(width: number, columns: number): { slot: number; wide: number } {
  const slot = width / Math.max(1, columns);
  return { slot, wide: Math.max(2, Math.min(44, slot * 0.78)) };
}

/** The columns, the dots and the slider. */
export class Draw {
  readonly #elements: Elements;
  readonly #seed: () => number;
  #draws: PatternDraws | null = null;
  #history: LabelHistory | null = null;
  #dots: readonly Dot[] = [];
  #began = 0;
  #visible = false;
  #isNear = true;
  /** Whether an epoch has ended since the columns were counted. */
  #isStale = false;
  /** The columns as painted, since only the dots move; null where they have changed. */
  #columns: Columns | null = null;
  #paused = false;
  #frame = 0;
  #pressure: number;

  /** @param changed told the pressure that the reader sets */
  constructor(elements: Elements, pressure: number, seed: () => number, changed: (pressure: number) => void) {
    this.#elements = elements;
    this.#seed = seed;
    this.#pressure = pressure;
    const { slider, canvas } = elements;
    slider.value = String(Math.log10(pressure));
    slider.addEventListener('input', () => {
      this.#pressure = Number((10 ** Number(slider.value)).toPrecision(3));
      this.#recount();
      changed(this.#pressure);
    });
    onView(canvas, (visible) => {
      this.#visible = visible;
      this.#run();
    });
    const near = (isNear: boolean): void => {
      this.#isNear = isNear;
      if (isNear && this.#isStale) this.#recount();
    };
    onView(canvas, near, NEAR);
    const paintAnew = (): void => {
      this.#columns = null;
      this.#paint();
    };
    new ResizeObserver(paintAnew).observe(canvas);
    onColors(paintAnew);
    canvas.addEventListener('pointermove', ({ offsetX }) => {
      this.#name(offsetX);
    });
    canvas.addEventListener('pointerleave', () => {
      this.#describe();
    });
    this.#label();
  }

  /** Begins anew: there are no windows yet. */
  restart(): void {
    this.#history = null;
    this.#draws = null;
    this.#isStale = false;
    this.#columns = null;
    this.#dots = [];
    this.#paint();
  }

  /** An epoch has ended: all windows hold as many labels. */
  endEpoch(history: LabelHistory): void {
    this.#history = history;
    if (this.#isNear) this.#recount();
    else this.#isStale = true;
  }

  /** Holds the dots, or lets them fall. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#run();
  }

  #recount(): void {
    this.#label();
    if (this.#history === null) return;
    this.#isStale = false;
    this.#columns = null;
    this.#draws = new PatternDraws(this.#history, this.#pressure, this.#seed());
    this.#fill();
    this.#describe();
    // A new batch at once, so that the slider answers.
    this.#next(performance.now());
    this.#run();
    if (this.#frame === 0) this.#paint();
  }

  #label(): void {
    const { slider, pressure } = this.#elements;
    pressure.textContent = this.#pressure === 1 ? '1: everyone alike' : count(Math.round(this.#pressure));
    slider.setAttribute('aria-valuetext', `selection pressure ${pressure.textContent}`);
  }

  #describe(): void {
    const draws = this.#draws;
    if (draws === null || this.#history === null) return;
    const { size } = this.#history;
    this.#elements.effective.replaceChildren(
      'As if drawn from ',
      element('strong', {}, count(Math.round(draws.effectiveSize))),
      ` of ${count(size)} digits.`,
    );
    const unsure = this.#dots.filter(({ column }) => column > 0).length;
    const all = draws.patterns.slice(1).reduce((sum, { samples }) => sum + samples, 0);
    const usual = Math.round((BATCH_SIZE * all) / size);
    this.#elements.caption.textContent = `${unsure} of the ${BATCH_SIZE} in this batch are digits that it is unsure of; a random batch has about ${usual}.`;
  }

  #fill(): void {
    this.#elements.table.replaceChildren(
      ...this.#draws!.patterns.map(({ counts, samples, uncertainty, chance }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, counts.join(' + ')),
          element('td', {}, count(samples)),
          element('td', {}, uncertainty.toFixed(2)),
          element('td', {}, `${chance < 10 ? chance.toFixed(1) : count(Math.round(chance))}×`),
        ),
      ),
    );
  }

  /** Says which column is under the pointer. */
  #name(x: number): void {
    const patterns = this.#draws?.patterns;
    if (patterns === undefined) return;
    const column = Math.floor((x / this.#elements.canvas.clientWidth) * patterns.length);
    const pattern = patterns[Math.min(patterns.length - 1, Math.max(0, column))]!;
    const chance = pattern.chance < 10 ? pattern.chance.toFixed(1) : count(Math.round(pattern.chance));
    this.#elements.caption.textContent = `${pattern.counts.join(' + ')}: ${count(pattern.samples)} digits, F = ${pattern.uncertainty.toFixed(2)}, each drawn ${chance} times as often as a certain digit.`;
  }

  #next(now: number): void {
    if (this.#draws === null) return;
    const draws = this.#draws;
    const fallen = new Map<number, number>();
    const dots = Array.from(draws.draw(BATCH_SIZE), (index, at) => {
      const column = draws.column(index);
      const place = fallen.get(column) ?? 0;
      fallen.set(column, place + 1);
      return { column, place, delay: (at / BATCH_SIZE) * STAGGER_MS };
    });
    // By columns, so that a colour is set once for all dots that have it.
    this.#dots = dots.sort((a, b) => a.column - b.column);
    this.#began = now;
    this.#describe();
  }

  #run(): void {
    const moves = this.#visible && !this.#paused && this.#draws !== null && !lessMotion();
    if (moves && this.#frame === 0) {
      const step = (now: number): void => {
        if (now - this.#began > BATCH_MS) this.#next(now);
        this.#paint(now);
        this.#frame = requestAnimationFrame(step);
      };
      this.#frame = requestAnimationFrame(step);
    } else if (!moves && this.#frame !== 0) {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
    }
  }

  /** Paints the columns, in a layer of the canvas's size. */
  #paintColumns(width: number, height: number): Columns {
    const { canvas } = this.#elements;
    const layer = element('canvas', { width: canvas.width, height: canvas.height });
    const context = contextOf(layer);
    context.setTransform(contextOf(canvas).getTransform());
    const base = height * COLUMN_SHARE;
    context.fillStyle = color('--line');
    context.fillRect(0, base, width, 1);
    context.fillRect(0, height - 1, width, 1);
    const patterns = this.#draws?.patterns ?? [];
    const { slot, wide } = slots(width, patterns.length);
    const most = Math.sqrt(Math.max(...patterns.map(({ samples }) => samples)));
    const range = Math.log(Math.max(this.#pressure, 1.0001));
    const [cold, hot, muted] = [color('--cold'), color('--hot'), color('--muted')];
    const tints = patterns.map(
      ({ chance }) => `color-mix(in oklab, ${hot} ${(100 * Math.log(chance)) / range}%, ${cold})`,
    );
    patterns.forEach(({ samples }, column) => {
      if (samples === 0) return;
      // The root, so that a column of ten is seen beside one of four thousand.
      const tall = Math.max(2, (Math.sqrt(samples) / most) * (base - 26));
      const x = (column + 0.5) * slot - wide / 2;
      context.fillStyle = tints[column]!;
      context.beginPath();
      context.roundRect(x, base - tall, wide, tall, [3, 3, 0, 0]);
      context.fill();
      if (samples >= 10 && slot > 17) {
        context.fillStyle = muted;
        context.font = '11px system-ui, sans-serif';
        context.textAlign = 'center';
        context.fillText(String(samples), (column + 0.5) * slot, base - tall - 5);
      }
    });
    return { layer, tints };
  }

  #paint(now = Infinity): void {
    const { canvas } = this.#elements;
    const { width, height } = fitCanvas(canvas);
    if (canvas.width === 0) return;
    const { layer, tints } = (this.#columns ??= this.#paintColumns(width, height));
    const context = contextOf(canvas);
    context.clearRect(0, 0, width, height);
    context.drawImage(layer, 0, 0, width, height);
    const { slot, wide } = slots(width, tints.length);
    const base = height * COLUMN_SHARE;

    const across = Math.max(1, Math.floor(wide / 6));
    const size = Math.min(6, wide / across);
    const elapsed = now - this.#began;
    const fading = Math.min(1, Math.max(0, (BATCH_MS - elapsed) / 250));
    context.globalAlpha = now === Infinity ? 1 : fading;
    let coloured = -1;
    for (const { column, place, delay } of this.#dots) {
      const progress = Math.min(1, Math.max(0, (elapsed - delay) / FALL_MS));
      if (progress === 0) continue;
      const left = (column + 0.5) * slot - (across * size) / 2;
      const x = left + (place % across) * size + size / 2;
      const floor = height - size / 2 - 2 - Math.floor(place / across) * size;
      // Falling bodies speed up.
      const y = base + (floor - base) * progress * progress;
      if (column !== coloured) context.fillStyle = tints[column]!;
      coloured = column;
      context.beginPath();
      context.arc(x, y, size / 2 - 0.5, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
  }
}
