/** The page: buttons, and a panel that shows the training in the worker. */
import { livePanel } from 'recency-bias/live';
import type { Backend, News, Order } from './messages.js';
import { CLASSES, picture } from './stripes.js';

function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no element #${id}`);
  return found;
}

const start = find('start', HTMLButtonElement);
const stop = find('stop', HTMLButtonElement);
const forget = find('forget', HTMLButtonElement);
const backend = find('backend', HTMLSelectElement);
const said = find('said', HTMLElement);

const panel = livePanel(find('live', HTMLElement), { classNames: CLASSES, picture });
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

function order(given: Order): void {
  worker.postMessage(given);
}

function say(text: string, isTraining: boolean): void {
  said.textContent = text;
  start.disabled = forget.disabled = isTraining;
  stop.disabled = !isTraining;
}

worker.addEventListener('message', ({ data: news }: MessageEvent<News>) => {
  switch (news.kind) {
    case 'update':
      panel.show(news.update);
      break;
    case 'begun':
      say(news.afterEpoch === 0 ? 'Training.' : `Going on after epoch ${news.afterEpoch}.`, true);
      break;
    case 'ended': {
      const { epochs, of, loss } = news;
      const end = loss === null ? '' : `, loss ${loss.toPrecision(3)}`;
      say(
        `Trained ${epochs} of ${of} epochs${end}.${epochs === of ? ' Forget it to train anew.' : ''}`,
        false,
      );
      if (loss !== null) said.dataset.loss = String(loss);
      break;
    }
    case 'forgotten':
      say('Forgotten: training begins anew.', false);
      break;
    case 'failed':
      say(news.message, false);
  }
});
worker.addEventListener('error', ({ message }) => {
  say(`The worker failed: ${message}`, false);
});

find('controls', HTMLElement).addEventListener('submit', (event) => {
  event.preventDefault();
  order({ kind: 'train', backend: backend.value as Backend });
});
stop.addEventListener('click', () => {
  order({ kind: 'stop' });
});
forget.addEventListener('click', () => {
  order({ kind: 'forget' });
});
