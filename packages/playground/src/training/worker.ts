/** The worker that trains: on the digits, or on the reader's photos. */
import { loadDigits } from '../digits/load-digits.js';
import { PhotoTraining } from '../photos/photo-training.js';
import { startBackend } from './backend.js';
import type { PageMessage, WorkerMessage } from './messages.js';
import { Pacer } from './pacer.js';
import { trainPair } from './train-pair.js';

const say = (message: WorkerMessage, transfer: Transferable[] = []): void => {
  self.postMessage(message, { transfer });
};

const pacer = new Pacer({ paused: false, stepMs: 0 });
let photos: PhotoTraining | null = null;

async function trainDigits(message: Extract<PageMessage, { kind: 'train' }>): Promise<void> {
  const { digits, backend, settings, tellSteps } = message;
  const [data, running] = await Promise.all([loadDigits(digits), startBackend(backend)]);
  say({ kind: 'started', backend: running });
  await trainPair(data, settings, {
    turn: () => pacer.turn(),
    tell: (told) => {
      if (tellSteps || told.kind === 'epoch') say(told);
    },
  });
  say({ kind: 'done' });
}

async function answer(message: PageMessage): Promise<void> {
  switch (message.kind) {
    case 'pace':
      pacer.set(message.pace);
      break;
    case 'train':
      pacer.set(message.pace);
      await trainDigits(message);
      break;
    case 'photos':
      await startBackend(message.backend);
      photos = await PhotoTraining.begin(message.classes, message.backbone);
      say({ kind: 'photos-wanted', side: photos.side });
      break;
    case 'photo':
      await photos?.add(message);
      say({ kind: 'photo-read' });
      break;
    case 'train-photos': {
      const began = performance.now();
      await photos?.train(message.seed, say);
      say({ kind: 'photos-done', seconds: (performance.now() - began) / 1000 });
      break;
    }
    case 'save-photos': {
      const files = await photos?.save();
      if (files !== undefined) say({ kind: 'photo-model', ...files }, [files.weights]);
    }
  }
}

/** Work on photos, one message after the other. */
let queue = Promise.resolve();

self.addEventListener('message', ({ data }: MessageEvent<PageMessage>) => {
  const work = async (): Promise<void> => {
    try {
      await answer(data);
    } catch (error) {
      say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  // A change of pace must reach a training that is under way.
  if (data.kind === 'pace') void work();
  else queue = queue.then(work);
});
