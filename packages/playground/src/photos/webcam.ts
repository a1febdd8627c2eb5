/** Photos from the webcam: one button a class, held down while photos are taken. */
import { element, found } from '../page/dom.js';
import { squareOf, type NamedPhoto, type NamedPhotos } from './read-photos.js';

const NAMES = ['first', 'second', 'third'];
const EVERY_MS = 150;
const SIDE = 256;

/** The panel of the webcam. */
export class Webcam {
  readonly #panel = found('webcam-panel', HTMLElement);
  readonly #video = found('webcam-video', HTMLVideoElement);
  #photos: NamedPhoto[] = [];
  #stream: MediaStream | null = null;

  /** @param taken told all photos when the reader asks to train */
  constructor(taken: (photos: NamedPhotos) => void) {
    const start = found('webcam', HTMLButtonElement);
    start.disabled = !('mediaDevices' in navigator);
    start.addEventListener('click', () => {
      void this.#open();
    });
    const counts = NAMES.map(() => element('span', {}, '0'));
    const buttons = NAMES.map((name, label) => {
      const button = element(
        'button',
        { type: 'button', class: 'plain' },
        `Hold: ${name} class, `,
        counts[label]!,
      );
      const take = this.#holder(label, counts[label]!);
      button.addEventListener('pointerdown', take.begin);
      for (const end of ['pointerup', 'pointerleave', 'blur', 'keyup'] as const)
        button.addEventListener(end, take.end);
      button.addEventListener('keydown', ({ key, repeat }) => {
        if ((key === ' ' || key === 'Enter') && !repeat) take.begin();
      });
      return button;
    });
    const train = element('button', { type: 'button', class: 'plain strong' }, 'Train');
    train.addEventListener('click', () => {
      const labels = [...new Set(this.#photos.map(({ label }) => label))].sort();
      if (labels.length < 2) {
        this.#say('Hold the buttons of two classes first: a network tells classes apart.');
        return;
      }
      this.#stop();
      const photos = this.#photos.map((photo) => ({ ...photo, label: labels.indexOf(photo.label) }));
      taken({ classes: labels.map((label) => NAMES[label]!), photos });
    });
    found('webcam-buttons', HTMLElement).replaceChildren(...buttons, train);
  }

  async #open(): Promise<void> {
    this.#panel.hidden = false;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
      this.#video.srcObject = this.#stream;
      await this.#video.play();
    } catch {
      this.#say('The webcam cannot be used: allow it in the browser, or choose a folder of photos.');
      this.#panel.hidden = true;
    }
  }

  #say(text: string): void {
    found('photos-status', HTMLElement).textContent = text;
  }

  #stop(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#panel.hidden = true;
  }

  #holder(label: number, count: HTMLElement): { begin: () => void; end: () => void } {
    let timer: ReturnType<typeof setInterval> | undefined;
    let taken = 0;
    const take = (): void => {
      if (this.#stream === null) return;
      const { videoWidth, videoHeight } = this.#video;
      squareOf(this.#video, videoWidth, videoHeight, SIDE).toBlob((source) => {
        if (source === null) return;
        this.#photos.push({ label, name: `${NAMES[label]!} ${++taken}`, source });
        count.textContent = String(taken);
      }, 'image/png');
    };
    return {
      begin: () => {
        take();
        clearInterval(timer);
        timer = setInterval(take, EVERY_MS);
      },
      end: () => {
        clearInterval(timer);
      },
    };
  }
}
