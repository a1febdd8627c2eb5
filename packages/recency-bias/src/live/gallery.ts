/** The most uncertain samples: pictures, windows, and a way to relabel them. */
import { element, percent } from './elements.js';
import type { LiveSample } from './update.js';

/** A picture of a sample: an element made anew for each call, or the address of an image. */
export type Picture = (index: number) => HTMLElement | string;

/** Options of a gallery. */
export interface GalleryOptions {
  readonly picture: Picture | undefined;
  readonly nameOf: (label: number) => string;
  /** Names of all classes; empty where they are not known. */
  readonly classNames: readonly string[];
  readonly onRelabel: ((index: number, label: number) => void) | undefined;
}

/** A tile that stays while its sample is shown, so that pictures are drawn once. */
interface Tile {
  readonly item: HTMLLIElement;
  readonly window: HTMLElement;
  readonly title: HTMLElement;
  label: number | undefined;
  /** Its last predicted labels. */
  labels: readonly number[];
}

/** A list that changes while training runs; it stands still while the reader chooses a class in it. */
export class Gallery {
  readonly list = element('ul', 'gallery');
  readonly #tiles = new Map<number, Tile>();
  readonly #options: GalleryOptions;

  constructor(options: GalleryOptions) {
    this.#options = options;
  }

  show(samples: readonly LiveSample[]): void {
    const root = this.list.getRootNode();
    const focused = root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
    if (focused instanceof HTMLSelectElement && this.list.contains(focused)) return;
    const shown = new Set(samples.map(({ index }) => index));
    for (const index of this.#tiles.keys()) if (!shown.has(index)) this.#tiles.delete(index);
    this.list.replaceChildren(...samples.map((sample) => this.#tile(sample).item));
  }

  #tile(sample: LiveSample): Tile {
    const { index, uncertainty, window, label } = sample;
    let tile = this.#tiles.get(index);
    if (tile === undefined) {
      tile = this.#make(index);
      tile.label = label;
      this.#tiles.set(index, tile);
    }
    tile.labels = window;
    const words = window.map(this.#options.nameOf).join(', ');
    tile.window.setAttribute(
      'aria-label',
      `Last predictions, the latest last: ${words}; uncertainty ${percent(uncertainty)}`,
    );
    this.#draw(index, tile);
    return tile;
  }

  #draw(index: number, { label, labels, title, window }: Tile): void {
    const { nameOf } = this.#options;
    title.textContent = label === undefined ? `sample ${index}` : nameOf(label);
    window.replaceChildren(
      ...labels.map((predicted) => {
        const kind = label === undefined ? '' : predicted === label ? 'right' : 'wrong';
        const mark = element('i', kind, nameOf(predicted).slice(0, 2));
        mark.title = nameOf(predicted);
        return mark;
      }),
    );
  }

  #make(index: number): Tile {
    const { picture, onRelabel } = this.#options;
    const window = element('div', 'window');
    window.setAttribute('role', 'img');
    const title = element('strong', '');
    const item = element(
      'li',
      '',
      ...(picture === undefined ? [] : [imageOf(picture(index), index)]),
      title,
      window,
    );
    const tile: Tile = { item, window, title, label: undefined, labels: [] };
    if (onRelabel !== undefined) item.append(this.#chooser(index, tile, onRelabel));
    return tile;
  }

  #chooser(index: number, tile: Tile, onRelabel: (index: number, label: number) => void): HTMLSelectElement {
    const { classNames } = this.#options;
    const prompt = element('option', '', 'It is …');
    prompt.value = '';
    const chooser = element('select', '', prompt);
    for (const [label, name] of classNames.entries()) {
      const option = element('option', '', name);
      option.value = String(label);
      chooser.append(option);
    }
    chooser.setAttribute('aria-label', `Label of sample ${index}`);
    chooser.addEventListener('change', () => {
      if (chooser.value === '') return;
      const label = Number(chooser.value);
      tile.label = label;
      this.#draw(index, tile);
      chooser.value = '';
      chooser.blur();
      onRelabel(index, label);
    });
    return chooser;
  }
}

function imageOf(picture: HTMLElement | string, index: number): HTMLElement {
  if (typeof picture !== 'string') {
    picture.classList.add('picture');
    return picture;
  }
  const image = element('img', 'picture');
  image.src = picture;
  image.alt = `Sample ${index}`;
  return image;
}
