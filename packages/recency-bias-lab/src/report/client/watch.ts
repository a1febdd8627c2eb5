/** The script of the page that is fed while runs train: what the server sends takes the place of what is shown. */
import type { ChartData } from '../chart-data.js';
import type { FeedMessage } from '../feed.js';
import { joinPieces } from '../feed.js';
import { Flicker } from './flicker.js';
import { morphChildren } from './morph.js';
import { embeddedData, PageCharts } from './page-charts.js';

/** The server says that it is there this often; after twice as long without a word the connection is made anew. */
const SILENCE_MS = 40_000;
/** Charts of many runs take longer to draw than everything else. */
const CHARTS_EVERY_MS = 3000;
/** After a refusal, as of a server that was started anew. */
const RETRY_MS = 2000;

const watched = document.getElementById('watched')!;
const connection = document.getElementById('connection')!;
/** How to go on, where the server has ended; it comes back at the same address. */
const ANEW = `“${connection.dataset.again ?? ''}” feeds it again.`;
const charts = new PageCharts();
const flicker = new Flicker(watched);

let drawnAt = -Infinity;
let willDraw = false;
let pieces: string[] = [];
let data: ChartData[] = embeddedData();

function say(isConnected: boolean, text: string): void {
  connection.textContent = text;
  connection.classList.toggle('lost', !isConnected);
}

/** Shows the latest data in the charts, now or when they have rested. */
function drawSoon(): void {
  if (willDraw) return;
  willDraw = true;
  setTimeout(
    () => {
      willDraw = false;
      drawnAt = performance.now();
      charts.show(data);
    },
    Math.max(0, drawnAt + CHARTS_EVERY_MS - performance.now()),
  );
}

function take(message: FeedMessage): void {
  const begun = performance.now();
  pieces = joinPieces(message.isWhole ? [] : pieces, message);
  for (const [at, own] of message.data) data[at] = own;
  data = data.slice(0, message.comparisons);
  const wanted = new DOMParser().parseFromString(pieces.join(''), 'text/html');
  morphChildren(watched, wanted.body);
  flicker.show();
  if (message.title !== document.title) document.title = message.title;
  drawSoon();
  say(true, `Live. Last change at ${new Date(message.time).toLocaleTimeString()}.`);
  // For measurements: how long the page was busy with the update, and how many there were.
  watched.dataset.updates = String(Number(watched.dataset.updates ?? 0) + 1);
  watched.dataset.updateMs = (performance.now() - begun).toFixed(1);
}

function connect(): void {
  const source = new EventSource('events');
  let watchdog = 0;
  const again = (): void => {
    clearTimeout(watchdog);
    source.close();
    if (!connection.classList.contains('lost')) {
      say(false, `Not connected: what you see is the last that came. ${ANEW}`);
    }
    setTimeout(connect, RETRY_MS);
  };
  const alive = (): void => {
    clearTimeout(watchdog);
    watchdog = window.setTimeout(again, SILENCE_MS);
  };
  source.addEventListener('feed', ({ data: text }: MessageEvent<string>) => {
    alive();
    take(JSON.parse(text) as FeedMessage);
  });
  source.addEventListener('alive', alive);
  source.addEventListener('error', again);
  source.addEventListener('end', () => {
    again();
    say(false, `The command has ended; this page stays as it is. ${ANEW}`);
  });
  alive();
}

/** Buttons tell the server what to do with a folder; what came of it is in what the server sends. */
document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest('button[data-action]') : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const { action = '', folder = '' } = button.dataset;
  button.disabled = true;
  fetch(action, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ folder }),
  }).then(
    async (response) => {
      if (!response.ok) say(true, await response.text());
    },
    () => {
      say(false, 'Not connected: nothing was done.');
    },
  );
});

charts.show(data);
document.documentElement.classList.add('scripted');
connect();
