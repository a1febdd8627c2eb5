/** The bar that stays in view: pause, speed, start, and where the training stands. */
import type { PageState, Shown } from '../address.js';
import type { BackendName, Pace, WorkerMessage } from '../training/messages.js';
import { count } from './words.js';
import { found, lessMotion } from './dom.js';

/** The wishes of the controls, carried out by the page. */
export interface Commands {
  pace(pace: Pace): void;
  restart(): void;
  nextSeed(): void;
  show(shown: Shown): void;
  backend(backend: BackendName): void;
}

const STEPS = 40;

/** The value of the radio button that is chosen. */
function chosen(name: string): string {
  const radio = document.querySelector(`input[name="${name}"]:checked`);
  return radio instanceof HTMLInputElement ? radio.value : '';
}

function onChoice(name: string, value: string, heard: (value: string) => void): void {
  for (const radio of document.querySelectorAll(`input[name="${name}"]`)) {
    if (!(radio instanceof HTMLInputElement)) continue;
    radio.checked = radio.value === value;
    radio.addEventListener('change', () => {
      heard(chosen(name));
    });
  }
}

/** The bar. */
export class Controls {
  readonly #course: { readonly warmupEpochs: number; readonly epochs: number };
  readonly #commands: Commands;
  readonly #pause = found('pause', HTMLButtonElement);
  readonly #status = found('status', HTMLElement);
  readonly #bar = found('progress', HTMLProgressElement);
  #paused = lessMotion();
  #backend: BackendName | null = null;
  #wanted: BackendName;
  #seed = 0;

  constructor(
    course: { readonly warmupEpochs: number; readonly epochs: number },
    state: PageState,
    commands: Commands,
  ) {
    this.#course = course;
    this.#commands = commands;
    this.#wanted = state.backend;
    this.#bar.max = course.epochs * STEPS;
    this.#pause.addEventListener('click', () => {
      this.#set(!this.#paused);
    });
    found('restart', HTMLButtonElement).addEventListener('click', () => {
      this.#set(false);
      commands.restart();
    });
    found('next-seed', HTMLButtonElement).addEventListener('click', () => {
      this.#set(false);
      commands.nextSeed();
    });
    onChoice('speed', '25', () => {
      commands.pace(this.pace);
    });
    onChoice('show', state.show, (value) => {
      commands.show(value === 'unsure' ? 'unsure' : 'first');
    });
    const webgpu = found('webgpu', HTMLInputElement);
    webgpu.checked = state.backend === 'webgpu';
    webgpu.disabled = !('gpu' in navigator);
    if (webgpu.disabled) found('webgpu-name', HTMLElement).textContent = 'WebGPU: not in this browser';
    webgpu.addEventListener('change', () => {
      this.#wanted = webgpu.checked ? 'webgpu' : 'wasm';
      commands.backend(this.#wanted);
    });
    this.#name();
  }

  /** How fast to train at the moment. */
  get pace(): Pace {
    return { paused: this.#paused, stepMs: Number(chosen('speed')) };
  }

  /** Holds the training. */
  pause(): void {
    this.#set(true);
  }

  /** A training begins. */
  begin(seed: number): void {
    this.#seed = seed;
    this.#bar.value = 0;
    this.#say(this.#paused ? 'Press Play to train.' : 'The network is starting.');
  }

  /** A step has been trained. */
  step(epoch: number, step: number): void {
    this.#bar.value = (epoch - 1) * STEPS + step;
  }

  /** An epoch has been trained. */
  endEpoch(epoch: number): void {
    const { warmupEpochs, epochs } = this.#course;
    this.#say(
      epoch === epochs
        ? `Done: ${epochs} epochs.`
        : epoch < warmupEpochs
          ? `Epoch ${epoch + 1} of ${epochs}, the warm-up: every digit once an epoch.`
          : `Epoch ${epoch + 1} of ${epochs}: Recency Bias chooses.`,
    );
  }

  /** The training began, ended or failed. */
  hear(message: Extract<WorkerMessage, { kind: 'started' | 'done' | 'failed' }>): void {
    if (message.kind === 'started') {
      this.#backend = message.backend;
      document.documentElement.dataset.backend = message.backend;
      this.#say(`Epoch 1 of ${this.#course.epochs}, the warm-up: every digit once an epoch.`);
    } else if (message.kind === 'failed') this.#say(`The training stopped: ${message.message}`);
    else document.documentElement.dataset.done = 'true';
  }

  #set(paused: boolean): void {
    this.#paused = paused;
    this.#name();
    this.#commands.pace(this.pace);
  }

  #name(): void {
    this.#pause.textContent = this.#paused ? 'Play' : 'Pause';
  }

  #say(text: string): void {
    const where = this.#backend === null ? '' : ` Seed ${count(this.#seed)}, ${this.#trainer()}.`;
    this.#status.textContent = text + where;
  }

  /** The backend that trains, and why it is not the one that was asked for. */
  #trainer(): string {
    if (this.#backend === 'webgpu') return 'WebGPU';
    return this.#wanted === 'webgpu'
      ? 'WebAssembly, since WebGPU finds no graphics adapter here'
      : 'WebAssembly';
  }
}
