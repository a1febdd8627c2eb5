/** The page at work: one training, and the three acts that show it. */
import { LabelHistory } from 'recency-bias';
import { Draw } from './acts/draw.js';
import { Flicker } from './acts/flicker.js';
import { Race } from './acts/race.js';
import { readState, writeState, type PageState } from './address.js';
import type { DigitData } from './digits/packed-digits.js';
import { SeedsPanel } from './acts/seeds-panel.js';
import { Controls } from './page/controls.js';
import { PhotosAct } from './photos/photos-act.js';
import { found } from './page/dom.js';
import { WINDOW } from './training/batch.js';
import type { PageMessage, PairSettings, Racer, StepMessage, WorkerMessage } from './training/messages.js';
import { Training } from './training/training.js';

const CLASSES = 10;
/** The warm-up is as long as the window, so that every window is full when it ends. */
const COURSE = { warmupEpochs: WINDOW, epochs: 22 };

/** The playground, from the digits on. */
export class Playground {
  readonly #digits: string;
  #state: PageState;
  #histories: Record<Racer, LabelHistory>;
  #training: Training | null = null;
  readonly #flicker: Flicker;
  readonly #draw: Draw;
  readonly #race: Race;
  readonly #controls: Controls;

  constructor(data: DigitData, digits: string) {
    this.#digits = digits;
    const { train, test } = data;
    this.#state = readState(location.search, train.size);
    this.#histories = this.#fresh(train.size);
    this.#flicker = new Flicker(
      found('tiles', HTMLElement),
      found('card', HTMLElement),
      train,
      this.#histories['recency-bias'],
      this.#state,
      (digit) => {
        this.#remember({ digit });
      },
    );
    this.#draw = new Draw(
      {
        canvas: found('draws', HTMLCanvasElement),
        slider: found('pressure', HTMLInputElement),
        pressure: found('pressure-value', HTMLElement),
        effective: found('effective', HTMLElement),
        caption: found('draws-caption', HTMLElement),
        table: found('patterns', HTMLTableSectionElement),
      },
      this.#state.pressure,
      () => this.#state.seed,
      (pressure) => {
        this.#remember({ pressure });
      },
    );
    this.#race = new Race(
      found('errors', HTMLElement),
      {
        random: {
          canvas: found('random-batch', HTMLCanvasElement),
          caption: found('random-caption', HTMLElement),
        },
        'recency-bias': {
          canvas: found('recency-batch', HTMLCanvasElement),
          caption: found('recency-caption', HTMLElement),
        },
      },
      train,
      COURSE,
    );
    this.#controls = new Controls(COURSE, this.#state, {
      pace: (pace) => {
        this.#training?.setPace(pace);
        this.#draw.pause(pace.paused);
      },
      restart: () => {
        this.start();
      },
      nextSeed: () => {
        this.#remember({ seed: (this.#state.seed + 1) % 2 ** 32 });
        this.start();
      },
      show: (show) => {
        this.#remember({ show });
        this.#flicker.show(show);
      },
      backend: (backend) => {
        this.#remember({ backend });
        this.start();
      },
    });
    new SeedsPanel(
      (seed) => this.#message({ ...COURSE, seed, pressure: this.#state.pressure }, false),
      () => {
        this.#controls.pause();
      },
      test.size,
    );
    new PhotosAct(() => this.#state.backend);
    this.start();
  }

  /** Begins the training anew. */
  start(): void {
    this.#training?.stop();
    this.#histories = this.#fresh(this.#histories.random.size);
    this.#flicker.restart(this.#histories['recency-bias']);
    this.#draw.restart();
    this.#race.restart();
    const { seed, pressure } = this.#state;
    this.#controls.begin(seed);
    this.#training = new Training(this.#message({ ...COURSE, seed, pressure }, true), (message) => {
      this.#hear(message);
    });
  }

  #message(settings: PairSettings, tellSteps: boolean): Extract<PageMessage, { kind: 'train' }> {
    const { backend } = this.#state;
    // Where every step is told it is to be watched; other trainings take no breaks.
    const pace = tellSteps ? this.#controls.pace : { paused: false, stepMs: 0 };
    return { kind: 'train', digits: this.#digits, backend, settings, pace, tellSteps };
  }

  #fresh(size: number): Record<Racer, LabelHistory> {
    return {
      random: new LabelHistory(size, CLASSES, WINDOW),
      'recency-bias': new LabelHistory(size, CLASSES, WINDOW),
    };
  }

  #hear(message: WorkerMessage): void {
    if (message.kind === 'step') this.#step(message);
    else if (message.kind === 'epoch') {
      this.#race.endEpoch(message);
      if (message.racer !== 'recency-bias') return;
      const history = this.#histories['recency-bias'];
      if (message.epoch === COURSE.warmupEpochs) this.#histories.random.loadStateDict(history.stateDict());
      this.#flicker.endEpoch();
      this.#draw.endEpoch(history);
      this.#controls.endEpoch(message.epoch);
    } else if (message.kind === 'started' || message.kind === 'done' || message.kind === 'failed') {
      this.#controls.hear(message);
    }
  }

  #step({ racer, epoch, step, indices, predictedLabel }: StepMessage): void {
    const history = this.#histories[racer];
    this.#race.step(racer, indices, history);
    const before = new Map<number, number | undefined>();
    indices.forEach((index, row) => {
      if (racer === 'recency-bias' && this.#flicker.shows(index))
        before.set(index, history.labels(index).at(-1));
      history.record(index, predictedLabel[row]!);
    });
    if (racer !== 'recency-bias') return;
    this.#flicker.observe(indices, before);
    this.#controls.step(epoch, step);
  }

  #remember(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    globalThis.history.replaceState(
      null,
      '',
      `${location.pathname}${writeState(this.#state)}${location.hash}`,
    );
  }
}
