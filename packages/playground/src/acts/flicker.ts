/** Act 1: a hundred digits, and under each the strip of its last ten predicted labels. */
import { mostUncertain, type LabelHistory } from 'recency-bias';
import type { Shown } from '../address.js';
import { drawDigit } from '../digits/digit-pictures.js';
import type { Digits } from '../digits/packed-digits.js';
import { contextOf, element, lessMotion } from '../page/dom.js';
import { LABEL_RGB } from '../page/label-colors.js';
import { showCard } from './sample-card.js';

const TILES = 100;
const COLUMNS = 10;

interface Tile {
  readonly button: HTMLButtonElement;
  readonly digit: HTMLCanvasElement;
  readonly strip: HTMLCanvasElement;
  index: number;
}

/** The grid of digits and its card. */
export class Flicker {
  readonly #card: HTMLElement;
  readonly #digits: Digits;
  readonly #tellChoice: (digit: number | null) => void;
  readonly #tiles: Tile[] = [];
  readonly #tileOf = new Map<number, Tile>();
  #history: LabelHistory;
  #show: Shown;
  #chosen: number | null;
  #pointed: number | null = null;
  #explained = 0;

  /** @param choose told which digit was chosen */
  constructor(
    grid: HTMLElement,
    card: HTMLElement,
    digits: Digits,
    history: LabelHistory,
    start: { readonly show: Shown; readonly digit: number | null },
    choose: (digit: number | null) => void,
  ) {
    this.#card = card;
    this.#digits = digits;
    this.#tellChoice = choose;
    this.#history = history;
    this.#show = start.show;
    this.#chosen = start.digit;
    for (let i = 0; i < TILES; i++) {
      const digit = element('canvas', { class: 'digit', 'aria-hidden': 'true' });
      const strip = element('canvas', {
        class: 'strip',
        width: history.window,
        height: 1,
        'aria-hidden': 'true',
      });
      const button = element(
        'button',
        { class: 'tile', type: 'button', tabindex: i === 0 ? 0 : -1 },
        digit,
        strip,
      );
      const tile: Tile = { button, digit, strip, index: -1 };
      button.addEventListener('pointerenter', () => {
        this.#point(tile.index);
      });
      button.addEventListener('focus', () => {
        this.#point(tile.index);
      });
      button.addEventListener('click', () => {
        this.#choose(tile.index);
      });
      this.#tiles.push(tile);
    }
    grid.replaceChildren(...this.#tiles.map(({ button }) => button));
    grid.addEventListener('keydown', (event) => {
      this.#move(event);
    });
    grid.addEventListener('pointerleave', () => {
      this.#point(null);
    });
    this.#place();
  }

  /** Begins anew with another history. */
  restart(history: LabelHistory): void {
    this.#history = history;
    this.#place();
  }

  /** Shows the first digits of the data, or those that the network is least sure of. */
  show(shown: Shown): void {
    this.#show = shown;
    this.#place();
  }

  /** A step has been recorded in the history. */
  observe(indices: Int32Array, before: ReadonlyMap<number, number | undefined>): void {
    for (const index of indices) {
      const tile = this.#tileOf.get(index);
      if (tile === undefined) continue;
      this.#paint(tile);
      const last = this.#history.labels(index).at(-1);
      const earlier = before.get(index);
      if (earlier !== undefined && earlier !== last && !lessMotion()) {
        tile.button.animate([{ transform: 'scale(1.18)' }, { transform: 'none' }], {
          duration: 280,
          easing: 'ease-out',
        });
      }
      if (index === this.#explained) this.#explain();
    }
  }

  /** Whether a digit is on show. */
  shows(index: number): boolean {
    return this.#tileOf.has(index);
  }

  /** An epoch has ended. */
  endEpoch(): void {
    if (this.#show === 'unsure') this.#place();
    this.#explain();
  }

  #indices(): number[] {
    const first = Array.from({ length: TILES }, (_, i) => i);
    if (this.#show === 'first') return first;
    const unsure = mostUncertain({ history: this.#history }, TILES).map(({ index }) => index);
    return [...unsure, ...first.filter((index) => !unsure.includes(index))].slice(0, TILES);
  }

  #place(): void {
    const indices = this.#indices();
    this.#tileOf.clear();
    this.#tiles.forEach((tile, i) => {
      const index = indices[i]!;
      if (tile.index !== index) drawDigit(tile.digit, this.#digits, index);
      tile.index = index;
      this.#tileOf.set(index, tile);
      this.#paint(tile);
    });
    this.#explain();
  }

  #paint({ button, strip, index }: Tile): void {
    const { window } = this.#history;
    const labels = this.#history.labels(index);
    const context = contextOf(strip);
    const picture = context.createImageData(window, 1);
    // The newest label is on the right, so that the strip moves to the left.
    labels.forEach((label, n) => {
      const at = 4 * (window - labels.length + n);
      picture.data.set([...LABEL_RGB[label]!, 255], at);
    });
    context.putImageData(picture, 0, 0);
    const uncertainty = labels.length === 0 ? 0 : this.#history.uncertainty(index);
    button.style.setProperty('--unsure', String(Math.min(1, uncertainty / 0.5)));
    button.setAttribute(
      'aria-label',
      `a ${this.#digits.labels[index]!}, predicted ${labels.length === 0 ? 'not yet' : labels.join(' ')}, uncertainty ${uncertainty.toFixed(2)}`,
    );
    button.setAttribute('aria-pressed', String(index === this.#chosen));
  }

  #choose(index: number): void {
    this.#chosen = this.#chosen === index ? null : index;
    for (const tile of this.#tiles)
      tile.button.setAttribute('aria-pressed', String(tile.index === this.#chosen));
    this.#tellChoice(this.#chosen);
    this.#explain();
  }

  #point(index: number | null): void {
    this.#pointed = index;
    this.#explain();
  }

  /** Fills the card: with the digit pointed at, else the chosen one, else the least certain on show. */
  #explain(): void {
    this.#explained = this.#pointed ?? this.#chosen ?? this.#leastCertain();
    showCard(this.#card, this.#digits, this.#history, this.#explained);
  }

  #leastCertain(): number {
    let [best, most] = [this.#tiles[0]!.index, -1];
    for (const { index } of this.#tiles) {
      const uncertainty = this.#history.count(index) < 2 ? 0 : this.#history.uncertainty(index);
      if (uncertainty > most) [best, most] = [index, uncertainty];
    }
    return best;
  }

  #move(event: KeyboardEvent): void {
    const from = this.#tiles.findIndex(({ button }) => button === event.target);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    const to =
      event.key === 'Home' ? 0 : event.key === 'End' ? TILES - 1 : step === undefined ? -1 : from + step;
    if (from < 0 || to < 0 || to >= TILES) return;
    event.preventDefault();
    this.#tiles[from]!.button.tabIndex = -1;
    this.#tiles[to]!.button.tabIndex = 0;
    this.#tiles[to]!.button.focus();
  }
}
