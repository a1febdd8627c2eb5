/** The messages between the page and the worker that trains. */

/** The two ways of choosing batches that race. */
export type Racer = 'random' | 'recency-bias';

/** Where a network may be trained. */
export type BackendName = 'wasm' | 'webgpu';

/** A training from one start: a shared warm-up, then both ways of choosing batches, step by step side by side. */
export interface PairSettings {
  readonly seed: number;
  /** Selection pressure after the warm-up, which decays to 1. */
  readonly pressure: number;
  /** Epochs that both share. As long as the window, so that every window is full when selection begins. */
  readonly warmupEpochs: number;
  readonly epochs: number;
}

/** One step of a racer. */
export interface StepMessage {
  readonly kind: 'step';
  readonly racer: Racer;
  /** 1-based. */
  readonly epoch: number;
  /** 1-based, within the epoch. */
  readonly step: number;
  /** The samples of the batch. */
  readonly indices: Int32Array;
  /** The labels that the network predicted as it was trained with them. */
  readonly predictedLabel: Int32Array;
}

/** The end of an epoch of a racer. */
export interface EpochMessage {
  readonly kind: 'epoch';
  readonly racer: Racer;
  readonly epoch: number;
  /** Share of the test digits that are predicted wrong. */
  readonly testError: number;
}

/** One step of the training on the reader's photos. */
export interface PhotoStepMessage {
  readonly kind: 'photo-step';
  readonly indices: Int32Array;
  readonly predictedLabel: Int32Array;
}

/** The end of an epoch on the reader's photos. */
export interface PhotoEpochMessage {
  readonly kind: 'photo-epoch';
  readonly epoch: number;
  readonly epochs: number;
  /** Share of the held-out photos that are predicted right; null where none is held out. */
  readonly accuracy: number | null;
  /** Training photos whose labels are likely wrong, the likeliest first. */
  readonly suspects: readonly number[];
}

/** All that the worker says. */
export type WorkerMessage =
  | { readonly kind: 'photos-wanted'; readonly side: number }
  | { readonly kind: 'photo-read' }
  | PhotoStepMessage
  | PhotoEpochMessage
  | { readonly kind: 'photos-done'; readonly seconds: number }
  | { readonly kind: 'photo-model'; readonly json: string; readonly weights: ArrayBuffer }
  | { readonly kind: 'started'; readonly backend: BackendName }
  | StepMessage
  | EpochMessage
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string };

/** How fast the worker trains. */
export interface Pace {
  readonly paused: boolean;
  /** Least time from step to step in milliseconds, so that eyes can follow; 0 is as fast as it goes. */
  readonly stepMs: number;
}

/** All that the page says. */
export type PageMessage =
  | {
      readonly kind: 'train';
      readonly digits: string;
      readonly backend: BackendName;
      readonly settings: PairSettings;
      readonly pace: Pace;
      /** Whether every step is told, or the epochs only. */
      readonly tellSteps: boolean;
    }
  | { readonly kind: 'pace'; readonly pace: Pace }
  | {
      readonly kind: 'photos';
      readonly backend: BackendName;
      readonly classes: readonly string[];
      /** model.json and weight files of a network, the address of a model.json, or null for a tiny network from raw pixels. */
      readonly backbone: readonly File[] | string | null;
    }
  | {
      readonly kind: 'photo';
      readonly label: number;
      /** Whether it is kept from training, to measure with. */
      readonly held: boolean;
      /** Red, green, blue and nothing of each pixel, row-major. */
      readonly pixels: Uint8ClampedArray;
    }
  | { readonly kind: 'train-photos'; readonly seed: number }
  | { readonly kind: 'save-photos' };
