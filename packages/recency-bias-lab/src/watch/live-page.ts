/** The page of folders as they are now: the report's own sections under those of the runs. */
import { join } from 'node:path';
import { LockWatcher } from '../ground/lock-holder.js';
import { analyse } from '../report/analysis/results.js';
import type { Analysis } from '../report/analysis/results.js';
import { lossDistributions } from '../report/analysis/selection.js';
import type { ChartData } from '../report/chart-data.js';
import { chartData } from '../report/chart-data.js';
import type { Markup } from '../report/html/markup.js';
import { html } from '../report/html/markup.js';
import { documentTitle, pageContent } from '../report/html/page.js';
import { ALONE } from '../report/html/section.js';
import { withDistinctNames } from '../report/index.js';
import { FlickerReader } from './flicker.js';
import { flickerSection } from './flicker-section.js';
import type { ShownFlicker } from './flicker-section.js';
import { problemNotes, runsSection } from './live-sections.js';
import type { FolderProgress } from './run-progress.js';
import { folderProgress } from './run-progress.js';
import { WatchedComparisons } from './watched-comparisons.js';
import type { Watched } from './watched-comparisons.js';
import { largest } from '../ground/extremes.js';

/** The page as it is at a moment. */
export interface LiveContent {
  readonly title: string;
  readonly content: string;
  readonly data: readonly ChartData[];
}

/** With the losses of the samples that the last epoch drew, beside those at fixed shares of training. */
function withLatestMoment(data: ChartData, { trajectories }: Analysis): ChartData {
  const open = trajectories.filter(({ complete }) => !complete);
  const epoch = Math.max(0, largest(open.map(({ epochs }) => epochs.at(-1)?.epoch ?? 0)));
  if (epoch <= data.warmupEpochs || data.epochs === 0) return data;
  const moment = { share: epoch / data.epochs, epoch, inWarmup: false };
  const shown = data.selectors.map(({ id }) => id);
  return {
    ...data,
    moments: [...data.moments, { moment, distributions: lossDistributions(shown, trajectories, moment) }],
  };
}

/** Without the list of runs that have not ended, which the page shows by their states. */
function withoutMissing(analysis: Analysis): Analysis {
  const warnings = analysis.results.warnings.filter(({ kind }) => kind !== 'incomplete');
  return { ...analysis, results: { ...analysis.results, warnings } };
}

/** The sections that change as epochs end; a training alone has its error in the curve and in the table of runs. The rest is a click away. */
function openSections(analyses: readonly Analysis[]): ReadonlySet<string> {
  const isComparison = analyses.some(({ results }) => results.selectors.length > 1);
  return new Set(isComparison ? ['results', 'grid-search', 'paired', 'paper-table', 'curves'] : ['curves']);
}

/** Reads folders and makes the page of them. */
export class LivePage {
  readonly #watched: WatchedComparisons;
  readonly #dirs: readonly string[];
  readonly #locks = new LockWatcher();
  readonly #flicker = new FlickerReader();
  readonly #isStopping: (folder: FolderProgress) => boolean;
  #mark: string | undefined;
  #read: Watched = { comparisons: [], problems: [] };
  #analyses: readonly Analysis[] = [];
  #data: readonly ChartData[] = [];
  #folders: readonly FolderProgress[] = [];
  #lastFlicker: ShownFlicker | undefined;
  /** One look after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param isStopping whether the process of a folder was told to stop */
  constructor(dirs: readonly string[], isStopping: (folder: FolderProgress) => boolean) {
    this.#dirs = dirs;
    this.#watched = new WatchedComparisons(dirs);
    this.#isStopping = isStopping;
  }

  /** The page now. Records that have not changed are neither read nor analysed again. */
  content(): Promise<LiveContent> {
    const next = this.#last.catch(() => undefined).then(() => this.#make());
    this.#last = next;
    return next;
  }

  async #make(): Promise<LiveContent> {
    const mark = await this.#watched.mark();
    if (mark !== this.#mark) {
      this.#read = await this.#watched.read();
      this.#analyses = withDistinctNames(this.#read.comparisons).map((one) =>
        withoutMissing(analyse(one, new Date())),
      );
      this.#data = this.#analyses.map((analysis) => withLatestMoment(chartData(analysis), analysis));
      this.#mark = mark;
    }
    this.#folders = (
      await Promise.all(this.#read.comparisons.map((one) => folderProgress(one, this.#locks)))
    ).flat();
    const above = html`${problemNotes(this.#read.problems)}
    ${runsSection(this.#folders, ALONE, this.#title, this.#isStopping)}
    ${flickerSection(await this.#shownFlicker(), ALONE, this.#title)}`;
    const analyses = this.#analyses;
    const content =
      analyses.length === 0
        ? this.#nothing()
        : pageContent(analyses, this.#data, { above, open: openSections(analyses) });
    return {
      title: analyses.length === 0 ? 'Waiting: batch selection' : documentTitle(analyses),
      content: content.text,
      data: this.#data,
    };
  }

  readonly #title = (selector: string): string =>
    this.#analyses.find(({ comparison }) => comparison.selectors.includes(selector))?.title(selector) ??
    selector;

  /** Of the runs that train that of the subject, or else another; between runs the last that could be shown. */
  async #shownFlicker(): Promise<ShownFlicker | undefined> {
    const running = this.#folders.flatMap(({ dir, runs }) =>
      runs.filter(({ state }) => state === 'running').map((run) => ({ dir, run })),
    );
    if (running.length === 0) return undefined;
    const subjects = this.#analyses.map(({ results }) => results.subject);
    const isSubject = ({ run }: (typeof running)[number]): boolean => subjects.includes(run.selector);
    running.sort((a, b) => Number(isSubject(b)) - Number(isSubject(a)));
    const classNames = this.#analyses[0]?.header?.dataset.classNames ?? [];
    for (const { dir, run } of running) {
      const flicker = await this.#flicker.read(join(dir, run.id));
      if (flicker === undefined) continue;
      this.#lastFlicker = { run, flicker, classNames };
      break;
    }
    return this.#lastFlicker;
  }

  #nothing(): Markup {
    return html`<header>
        <p class="eyebrow">Batch selection compared</p>
        <h1>Nothing there yet</h1>
      </header>
      <main>
        ${problemNotes(this.#read.problems)}
        <p class="headline">Waiting for the first run in ${this.#dirs.join(', ')}.</p>
      </main>`;
  }
}
