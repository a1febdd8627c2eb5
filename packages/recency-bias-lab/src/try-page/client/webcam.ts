/** The webcam: its picture is classified again and again while it is on. */
import type { Classifier } from 'recency-bias/classifier';
import { answer } from './result.js';

/** Milliseconds between two answers, at least. */
const PAUSE_MS = 120;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

/** The panel of the webcam. */
export class Webcam {
  readonly #video: HTMLVideoElement;
  readonly #panel: HTMLElement;
  readonly #answers: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #classifier: Classifier;
  readonly #say: (message: string) => void;
  #stream: MediaStream | null = null;

  /** @param say shows a message to the reader */
  constructor(
    button: HTMLButtonElement,
    panel: HTMLElement,
    classifier: Classifier,
    say: (message: string) => void,
  ) {
    this.#button = button;
    this.#panel = panel;
    this.#video = panel.querySelector('video')!;
    this.#answers = panel.querySelector<HTMLElement>('.answers')!;
    this.#classifier = classifier;
    this.#say = say;
    button.addEventListener('click', () => {
      if (this.#stream === null) void this.#start();
      else this.#stop();
    });
  }

  async #start(): Promise<void> {
    if (!('mediaDevices' in navigator)) {
      this.#say(
        'A browser gives the webcam only to pages of https addresses, of this machine, or from a file.',
      );
      return;
    }
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        video: { width: 640, height: 480, facingMode: 'environment' },
      });
      this.#panel.hidden = false;
      this.#video.srcObject = this.#stream;
      await this.#video.play();
    } catch {
      this.#say('The webcam cannot be used: there is none, or the browser does not allow it to this page.');
      this.#stop();
      return;
    }
    this.#button.textContent = 'Stop the webcam';
    this.#say('');
    try {
      await this.#watch(this.#stream);
    } catch (error) {
      this.#stop();
      this.#say(`The webcam was stopped: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #watch(stream: MediaStream): Promise<void> {
    while (this.#stream === stream) {
      if (this.#video.videoWidth > 0) {
        const predictions = await this.#classifier.classify(this.#video);
        if (this.#stream === stream) this.#answers.replaceChildren(...answer(predictions));
      }
      await pause();
    }
  }

  #stop(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#panel.hidden = true;
    this.#button.textContent = 'Use the webcam';
  }
}
