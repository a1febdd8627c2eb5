/** The last act: the reader's own photos. */
import { LabelHistory } from 'recency-bias';
import { contextOf, element, found } from '../page/dom.js';
import { LABEL_COLORS, LABEL_RGB } from '../page/label-colors.js';
import type {
  BackendName,
  PhotoEpochMessage,
  PhotoStepMessage,
  WorkerMessage,
} from '../training/messages.js';
import { Training } from '../training/training.js';
import { heldOut, photosOf, squareOf, type NamedPhotos } from './read-photos.js';
import { Webcam } from './webcam.js';

const WINDOW = 10;
/** Photos that are shown, the likely wrong ones first. */
const SHOWN = 60;
const THUMBNAIL = 96;
/** The official address of the smallest MobileNet. */
const MOBILENET = 'https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_0.25_224/model.json';

interface Shown {
  readonly thumbnail: HTMLCanvasElement;
  readonly name: string;
  readonly label: number;
}

/** Reads photos, trains on them and shows what the network is unsure of. */
export class PhotosAct {
  readonly #backend: () => BackendName;
  readonly #status = found('photos-status', HTMLElement);
  readonly #grid = found('photo-tiles', HTMLElement);
  readonly #legend = found('photo-classes', HTMLElement);
  readonly #save = found('photos-save', HTMLButtonElement);
  readonly #again = found('photos-again', HTMLButtonElement);
  #training: Training | null = null;
  #photos: NamedPhotos | null = null;
  #train: Shown[] = [];
  #history: LabelHistory | null = null;
  #suspects: readonly number[] = [];
  readonly #strips = new Map<number, HTMLCanvasElement>();
  #accuracy = '';

  /** @param backend where to train */
  constructor(backend: () => BackendName) {
    this.#backend = backend;
    const folder = found('photos-folder', HTMLInputElement);
    folder.addEventListener('change', () => {
      this.#try(() => {
        this.#begin(photosOf(folder.files ?? []));
      });
    });
    new Webcam((photos) => {
      this.#begin(photos);
    });
    for (const id of ['backbone', 'backbone-files'] as const) {
      found(id, HTMLElement).addEventListener('change', () => {
        found('backbone-files-row', HTMLElement).hidden = this.#backboneKind() !== 'files';
        if (this.#photos !== null) this.#begin(this.#photos);
      });
    }
    this.#save.addEventListener('click', () => {
      this.#training?.tell({ kind: 'save-photos' });
    });
    this.#again.addEventListener('click', () => {
      this.#trainHead();
    });
  }

  #backboneKind(): string {
    return found('backbone', HTMLSelectElement).value;
  }

  #backbone(): readonly File[] | string | null {
    const kind = this.#backboneKind();
    if (kind === 'fetch') return MOBILENET;
    const files = [...(found('backbone-files', HTMLInputElement).files ?? [])];
    // TensorFlow.js takes model.json first.
    files.sort((a, b) => Number(b.name.endsWith('.json')) - Number(a.name.endsWith('.json')));
    return kind === 'files' && files.length > 1 ? files : null;
  }

  #begin(photos: NamedPhotos): void {
    this.#photos = photos;
    this.#training?.stop();
    this.#train = [];
    this.#save.hidden = true;
    this.#again.hidden = true;
    this.#accuracy = '';
    this.#say(`${photos.photos.length} photos of ${photos.classes.join(', ')}. The network is starting.`);
    const training = new Training(
      { kind: 'photos', backend: this.#backend(), classes: photos.classes, backbone: this.#backbone() },
      (message) => {
        this.#hear(message, training);
      },
    );
    this.#training = training;
  }

  #hear(message: WorkerMessage, training: Training): void {
    switch (message.kind) {
      case 'photos-wanted':
        this.#send(message.side, training).catch((error: unknown) => {
          this.#say(error instanceof Error ? error.message : String(error));
        });
        break;
      case 'photo-step':
        this.#step(message);
        break;
      case 'photo-epoch':
        this.#endEpoch(message);
        break;
      case 'photos-done':
        this.#say(
          `${this.#accuracy} Trained in ${message.seconds.toFixed(1)} s; features are kept, so it can be trained again at once.`,
        );
        this.#save.hidden = false;
        this.#again.hidden = false;
        break;
      case 'photo-model':
        this.#download(message);
        break;
      case 'failed':
        this.#say(`It did not work: ${message.message}`);
    }
  }

  /** Reads every photo once, and sends it at the size that the network takes. */
  async #send(side: number, training: Training): Promise<void> {
    const { photos } = this.#photos!;
    const held = heldOut(photos.map(({ label }) => label));
    let unreadable = 0;
    for (const [i, { source, label, name }] of photos.entries()) {
      if (training !== this.#training) return;
      const bitmap = await createImageBitmap(source).catch(() => null);
      if (bitmap === null) {
        unreadable++;
        continue;
      }
      const square = squareOf(bitmap, bitmap.width, bitmap.height, side);
      if (!held[i]!) {
        const thumbnail = squareOf(square, side, side, THUMBNAIL);
        this.#train.push({ thumbnail, name, label });
      }
      bitmap.close();
      const { data } = contextOf(square).getImageData(0, 0, side, side);
      training.tell({ kind: 'photo', label, held: held[i]!, pixels: data });
      if (i % 10 === 9)
        this.#say(`${i + 1} of ${photos.length} photos read; the network sees each of them once.`);
    }
    if (unreadable > 0) this.#say(`${unreadable} photos could not be read and are left out.`);
    this.#trainHead();
  }

  #trainHead(): void {
    const { classes } = this.#photos!;
    this.#history = new LabelHistory(Math.max(1, this.#train.length), Math.max(2, classes.length), WINDOW);
    this.#suspects = [];
    this.#legend.replaceChildren(
      ...classes.map((name, label) =>
        element('li', {}, element('i', { style: `background:${LABEL_COLORS[label % 10]!}` }), name),
      ),
    );
    this.#arrange();
    this.#training?.tell({ kind: 'train-photos', seed: 1 });
  }

  #step({ indices, predictedLabel }: PhotoStepMessage): void {
    indices.forEach((index, row) => {
      this.#history?.record(index, predictedLabel[row]!);
      const strip = this.#strips.get(index);
      if (strip !== undefined) this.#paint(strip, index);
    });
  }

  #endEpoch({ epoch, epochs, accuracy, suspects }: PhotoEpochMessage): void {
    this.#accuracy =
      accuracy === null
        ? 'No photo is held out to measure with; give five or more of a class.'
        : `${(100 * accuracy).toFixed(0)} % right on held-out photos.`;
    this.#suspects = suspects;
    this.#say(`Epoch ${epoch} of ${epochs}. ${this.#accuracy}`);
    this.#arrange();
  }

  /** Likely wrong labels first, then the most uncertain photos. */
  #arrange(): void {
    const history = this.#history!;
    const suspected = new Set(this.#suspects);
    const unsure = (index: number): number => (history.count(index) < 2 ? 0 : history.uncertainty(index));
    const others = [...this.#train.keys()].filter((index) => !suspected.has(index));
    others.sort((a, b) => unsure(b) - unsure(a) || a - b);
    this.#strips.clear();
    this.#grid.replaceChildren(
      ...[...this.#suspects, ...others]
        .slice(0, SHOWN)
        .map((index) => this.#tile(index, suspected.has(index))),
    );
  }

  #tile(index: number, suspect: boolean): HTMLElement {
    const { thumbnail, name, label } = this.#train[index]!;
    const className = this.#photos!.classes[label]!;
    const strip = element('canvas', { class: 'strip', width: WINDOW, height: 1, 'aria-hidden': 'true' });
    this.#strips.set(index, strip);
    this.#paint(strip, index);
    thumbnail.setAttribute('role', 'img');
    thumbnail.setAttribute('aria-label', name);
    const said = this.#history!.labels(index).at(-1);
    const words =
      suspect && said !== undefined
        ? [element('b', {}, `${className}? Rather ${this.#photos!.classes[said]!}`)]
        : [className];
    return element(
      'li',
      { class: suspect ? 'photo suspect' : 'photo' },
      thumbnail,
      strip,
      element('span', {}, ...words),
    );
  }

  #paint(strip: HTMLCanvasElement, index: number): void {
    const labels = this.#history!.labels(index);
    const context = contextOf(strip);
    const picture = context.createImageData(WINDOW, 1);
    labels.forEach((label, n) => {
      picture.data.set([...LABEL_RGB[label % LABEL_RGB.length]!, 255], 4 * (WINDOW - labels.length + n));
    });
    context.putImageData(picture, 0, 0);
  }

  #download({ json, weights }: Extract<WorkerMessage, { kind: 'photo-model' }>): void {
    for (const [name, content] of [
      ['model.json', json],
      ['model.weights.bin', weights],
    ] as const) {
      const address = URL.createObjectURL(new Blob([content]));
      element('a', { href: address, download: name }).click();
      setTimeout(() => {
        URL.revokeObjectURL(address);
      }, 60_000);
    }
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    }
  }

  #say(text: string): void {
    this.#status.textContent = text;
  }
}
