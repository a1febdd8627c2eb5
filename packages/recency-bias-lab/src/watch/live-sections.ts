/** The sections on runs that train, above the sections of the report. */
import type { Markup } from '../report/html/markup.js';
import { html } from '../report/html/markup.js';
import type { Place } from '../report/html/section.js';
import { section } from '../report/html/section.js';
import { duration, NONE, percent } from '../report/format.js';
import { FLICKER_STYLES } from './flicker-section.js';
import type { RunState } from '../records/run-state.js';
import { runTitle } from './run-progress.js';
import type { FolderProgress, RunProgress } from './run-progress.js';

/** Rules of the style sheet beside those of the report. */
export const LIVE_STYLES = `${FLICKER_STYLES}
#connection{position:sticky;top:0;z-index:6;margin:0;padding:6px 24px;background:var(--chip);color:var(--muted);font-size:13px;text-align:center}
#connection.lost{background:var(--warn);color:var(--text)}
#connection.lost~#watched button{display:none}
#watched header{padding-top:28px}
#watched section:not(.folded){margin-top:32px}
#watched .chart{height:260px}
#watched .chart.tall{height:320px}
#watched .chart.heat{height:250px}
#watched .narrow td:not([colspan]){white-space:nowrap}
#watched .fold>summary .title{font-size:17px}
.folder+.folder{margin-top:20px}
.folder-head{display:flex;flex-wrap:wrap;align-items:center;gap:8px 16px;margin-bottom:8px}
.folder-head p{margin:0;flex:1 1 320px}
.folder-head .note{flex:1 1 100%}
button{padding:7px 16px;border:1px solid var(--line);border-radius:99px;background:var(--surface);color:var(--text);font:inherit;font-size:14px;cursor:pointer}
button:hover{border-color:var(--muted)}
button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
button:disabled{opacity:.5;cursor:default}
.bar{display:block;width:100%;min-width:90px;height:6px;margin-top:5px;border-radius:3px;background:var(--chip);overflow:hidden}
.bar i{display:block;height:100%;background:var(--accent)}
.failed,.stopped{color:var(--bad)}
.running{color:var(--accent)}
.complete{color:var(--good)}
.message td{padding-top:0;border-top:0;white-space:normal;text-align:left;color:var(--bad);font-size:14px}
`;

/** In this order they are listed. */
const ORDER: readonly RunState[] = ['running', 'failed', 'stopped', 'waiting', 'not begun', 'complete'];
const WORDS: Readonly<Record<RunState, string>> = {
  running: 'running',
  failed: 'failed',
  stopped: 'stopped',
  waiting: 'waiting',
  'not begun': 'not begun',
  complete: 'done',
};
/** More runs of these states than so many are behind a click. */
const MOST_OPEN = 12;

function share(value: number | null): string {
  return value === null ? NONE : `${percent(value, 0)} %`;
}

function row(run: RunProgress, title: (selector: string) => string): Markup {
  const { state, epoch, epochs, message } = run;
  const done = epochs === 0 ? 0 : (100 * epoch) / epochs;
  return html`<tr data-key="${run.id}">
      <th scope="row">${runTitle(run, title)}</th>
      <td class="${state}">${WORDS[state]}</td>
      <td>
        ${epoch} of ${epochs}<span class="bar"><i style="width:${done.toFixed(1)}%"></i></span>
      </td>
      <td>${run.secondsLeft === null ? NONE : duration(run.secondsLeft)}</td>
      <td>${run.testError === null ? NONE : `${percent(run.testError)} %`}</td>
      <td>${share(run.effectiveSampleSize)}</td>
      <td>${share(run.distinctShare)}</td>
    </tr>
    ${
      message !== undefined &&
      html`<tr class="message" data-key="${run.id} message">
        <td colspan="7">${message}</td>
      </tr>`
    }`;
}

function table(runs: readonly RunProgress[], title: (selector: string) => string): Markup {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Runs">
    <table class="narrow">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">State</th>
          <th scope="col">Epoch</th>
          <th scope="col">Left<span class="sub">at its pace</span></th>
          <th scope="col">Test error</th>
          <th scope="col">Effective sample<span class="sub">size, last epoch</span></th>
          <th scope="col">Distinct<span class="sub">drawn, last epoch</span></th>
        </tr>
      </thead>
      <tbody>
        ${runs.map((run) => row(run, title))}
      </tbody>
    </table>
  </div>`;
}

/** `2 running, 1 failed, 7 waiting, 3 done`. */
function counts(runs: readonly RunProgress[]): string {
  return ORDER.flatMap((state) => {
    const number = runs.filter((run) => run.state === state).length;
    return number === 0 ? [] : [`${number} ${WORDS[state]}`];
  }).join(', ');
}

function holderText({ holder, runs }: FolderProgress, isComplete: boolean): string {
  if (holder === undefined) {
    // Shards hold only the directories of their runs.
    if (runs.some(({ state }) => state === 'running')) return 'Stop shards where they were started.';
    return isComplete ? 'All runs have ended.' : 'No process trains here at the moment.';
  }
  const { pid, host, isHere } = holder;
  return isHere ? `Process ${pid} trains here.` : `Process ${pid} on ${host} trains here.`;
}

function buttons(folder: FolderProgress, isComplete: boolean, isStopping: boolean): Markup {
  const { holder, dir, runs } = folder;
  if (holder?.isHere === true) {
    return html`<button type="button" data-action="stop" data-folder="${dir}" ${isStopping && html`disabled`}>
      ${isStopping ? 'Stopping …' : 'Stop'}
    </button>`;
  }
  const isTraining = holder !== undefined || runs.some(({ state }) => state === 'running');
  if (isTraining || isComplete) return html``;
  return html`<button type="button" data-action="resume" data-folder="${dir}">Resume</button>`;
}

function folderCard(
  folder: FolderProgress,
  title: (selector: string) => string,
  isStopping: boolean,
): Markup {
  const { runs, dir } = folder;
  const sorted = ORDER.flatMap((state) => runs.filter((run) => run.state === state));
  const active = sorted.filter(
    ({ state }) => state === 'running' || state === 'failed' || state === 'stopped',
  );
  const others = sorted.filter((run) => !active.includes(run));
  const isComplete = runs.every(({ state, kind }) => state === 'complete' || kind === 'warmup');
  const total = runs.reduce((sum, { epochs }) => sum + epochs, 0);
  const done = total === 0 ? 0 : (100 * runs.reduce((sum, { epoch }) => sum + epoch, 0)) / total;
  return html`<div class="card folder" data-key="${dir}">
    <div class="folder-head">
      <p><strong>${dir}</strong>: ${counts(runs)}. ${holderText(folder, isComplete)}</p>
      ${buttons(folder, isComplete, isStopping)}
      <span
        class="bar"
        role="progressbar"
        aria-label="Epochs done"
        aria-valuenow="${Math.floor(done)}"
        aria-valuemin="0"
        aria-valuemax="100"
        ><i style="width:${done.toFixed(1)}%"></i
      ></span>
    </div>
    ${active.length > 0 && table(active, title)}
    ${
      others.length > 0 &&
      html`<details ${active.length === 0 && others.length <= MOST_OPEN && html`open`}>
        <summary>${counts(others)}</summary>
        ${table(others, title)}
      </details>`
    }
  </div>`;
}

/** The runs of all folders, with buttons. */
export function runsSection(
  folders: readonly FolderProgress[],
  place: Place,
  title: (selector: string) => string,
  isStopping: (folder: FolderProgress) => boolean,
): Markup {
  return section(
    place,
    'runs',
    'Runs',
    folders.map((folder) => folderCard(folder, title, isStopping(folder))),
  );
}

/** Nothing is there yet, or nothing that can be read. */
export function problemNotes(problems: readonly string[]): Markup {
  return html`${problems.map(
    (problem) => html`<p class="warning" role="note">Not read at the moment: ${problem}</p>`,
  )}`;
}
