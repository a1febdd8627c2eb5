/** The worker that trains. It is told to train once, and how fast. */
import { loadDigits } from '../digits/load-digits.js';
import { startBackend } from './backend.js';
import type { PageMessage, WorkerMessage } from './messages.js';
import { Pacer } from './pacer.js';
import { trainPair } from './train-pair.js';

const say = (message: WorkerMessage): void => {
  self.postMessage(message);
};

const pacer = new Pacer({ paused: false, stepMs: 0 });

async function train({
  digits,
  backend,
  settings,
  tellSteps,
}: Extract<PageMessage, { kind: 'train' }>): Promise<void> {
  const [data, running] = await Promise.all([loadDigits(digits), startBackend(backend)]);
  say({ kind: 'started', backend: running });
  await trainPair(data, settings, {
    turn: () => pacer.turn(),
    tell: (message) => {
      if (tellSteps || message.kind === 'epoch') say(message);
    },
  });
  say({ kind: 'done' });
}

self.addEventListener('message', ({ data }: MessageEvent<PageMessage>) => {
  pacer.set(data.pace);
  if (data.kind !== 'train') return;
  train(data).catch((error: unknown) => {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});
