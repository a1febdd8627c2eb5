/** The child process of a command. It is told by messages what to do, a job at a time, and ends by itself when the command is gone. */
import { preferredBackend } from '../../ground/backend.js';
import { STOPPING_SIGNALS } from '../../ground/stopping-signals.js';
import { messageOf } from '../../plugins/plugin-error.js';
import { prepareComparison, prepareExperiment } from '../prepare/prepare.js';
import type { PreparedExperiment } from '../prepare/prepare.js';
import { trainRun } from '../training/train-run.js';
import { measureCost } from './measure-cost.js';
import type { ChildInstruction, ChildMessage, JobName, Jobs, TrainRunOrder } from './protocol.js';

type Work<Name extends JobName> = (
  order: Jobs[Name]['order'],
  stop: AbortSignal,
  update: (update: Jobs[Name]['update']) => void,
) => Promise<Jobs[Name]['result']>;

/** The experiment of the job before. A run that follows its warm-up in the same process finds data and model ready. */
let ready: { readonly key: string; readonly prepared: PreparedExperiment } | undefined;

async function prepareRun({ out, cache }: Pick<TrainRunOrder, 'out' | 'cache'>): Promise<PreparedExperiment> {
  const key = JSON.stringify([out, cache]);
  if (ready?.key === key) return ready.prepared;
  const prepared = await prepareComparison(out, { cache, purpose: 'train' });
  ready = { key, prepared };
  return prepared;
}

const WORK: { readonly [Name in JobName]: Work<Name> } = {
  'train-run': async ({ task, out, cache, saveEverySeconds, force }, stop, update) => {
    const prepared = await prepareRun({ out, cache });
    const complete = await trainRun({
      ...prepared,
      task,
      out,
      saveEverySeconds,
      force,
      stop,
      onProgress: (progress) => {
        update({ type: 'progress', progress });
      },
      onEpoch: (event) => {
        update({ type: 'epoch', event });
      },
      onFeatures: (done, total) => {
        update({ type: 'features', done, total });
      },
    });
    return complete ? 'complete' : 'stopped';
  },
  'measure-cost': async ({ experiment, cache, inputs }, stop) => {
    // There is nothing to save.
    stop.addEventListener('abort', () => process.exit(1));
    return measureCost(
      await prepareExperiment({ input: experiment }, { cache, inputs, purpose: 'train', standIn: true }),
    );
  },
};

const stop = new AbortController();

async function work<Name extends JobName>(job: Name, order: Jobs[Name]['order']): Promise<void> {
  const send = (message: ChildMessage<Name>): void => {
    if (process.connected) process.send?.(message);
  };
  try {
    const result = await WORK[job](order, stop.signal, (update) => {
      send({ type: 'update', update });
    });
    send({ type: 'result', result });
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    send({ type: 'failed', message: messageOf(error), ...(stack !== undefined && { stack }) });
    process.exitCode = 1;
  }
}

// Ctrl-C, the end of a terminal and the end of a cluster's job reach every process; the command decides what they mean.
for (const signal of STOPPING_SIGNALS) process.on(signal, () => undefined);
process.on('disconnect', () => {
  stop.abort();
});
process.on('message', (instruction: ChildInstruction) => {
  switch (instruction.type) {
    case 'load':
      // Loads libtorch; a failure shows again when a job needs it.
      void preferredBackend().catch(() => undefined);
      break;
    case 'begin':
      void work(instruction.job, instruction.order);
      break;
    case 'stop':
      stop.abort();
      break;
    case 'end':
      if (process.connected) process.disconnect();
  }
});
