/** Reads run directories back, for reports and for `--resume`. */
import { existsSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkEpochs, checkHeader, firstEpoch, trainAnew } from './check-record.js';
import { readLog } from './event-log.js';
import { comparisonExperimentSchema } from './experiment.js';
import { KEPT_FILE, readKeptRuns } from './kept.js';
import { RecordError } from '../ground/record-error.js';
import { firstIssue, parseJson, readText, refuseNewer } from './record-file.js';
import { RUN_FILES, SHARDS_FILE } from './run-files.js';
import type { Comparison, Run } from './run.js';
import { runHeaderSchema } from './schema.js';
import type { EpochEvent, RunEvent, RunHeader, UncertainSample } from './schema.js';

export { RecordError } from '../ground/record-error.js';

/** run.json of a run directory, as text too. */
async function readHeaderFile(
  dir: string,
): Promise<{ readonly text: string; readonly header: RunHeader } | undefined> {
  const path = join(dir, RUN_FILES.header);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const value = parseJson(text, path);
  refuseNewer(value, path);
  const parsed = runHeaderSchema.safeParse(value);
  if (!parsed.success) throw new RecordError(`${path}: ${firstIssue(parsed.error)}`);
  return { text, header: withSharedParts(parsed.data) };
}

/** Parts of a header that the runs of a comparison repeat. */
const REPEATED = ['experiment', 'environment', 'dataset', 'model', 'method', 'input'] as const;

/** Each repeated part as it was read last, by its text. */
const lastRead = new Map<string, readonly [text: string, part: unknown]>();

/** The runs of a comparison share in memory what they repeat. */
function withSharedParts(header: RunHeader): RunHeader {
  const shared = REPEATED.flatMap((name) => {
    const part = header[name];
    if (part === undefined) return [];
    const text = JSON.stringify(part);
    if (lastRead.get(name)?.[0] !== text) lastRead.set(name, [text, part]);
    return [[name, lastRead.get(name)![1]] as const];
  });
  return { ...header, ...(Object.fromEntries(shared) as Partial<RunHeader>) };
}

/**
 * Reads `run.json` of a run directory.
 * @returns undefined when the directory holds no run.
 * @throws RecordError when the file does not match the schema or is of a newer version.
 */
export async function readRunHeader(dir: string): Promise<RunHeader | undefined> {
  return (await readHeaderFile(dir))?.header;
}

/**
 * Reads `events.jsonl` of a run directory in file order. A last line without its line feed is what a killed process
 * leaves behind: it is ignored. Any other line that is damaged, missing or no event is an error.
 * @throws RecordError naming the line.
 */
export async function readEvents(dir: string): Promise<readonly RunEvent[]> {
  return (await readLog(dir)).events;
}

/** Folds events into what they say about the run: of repeated epochs the later one counts. */
export function foldEvents(events: readonly RunEvent[]): Omit<Run, 'header'> {
  const epochs = new Map<number, EpochEvent>();
  let uncertainSamples: UncertainSample[] = [];
  let suspects: Run['suspects'];
  let complete = false;
  for (const event of events) {
    if (event.type === 'start') {
      // The process went back to its checkpoint: what was recorded beyond it will be recorded again.
      for (const epoch of epochs.keys()) if (epoch > event.epoch) epochs.delete(epoch);
      uncertainSamples = [];
      suspects = undefined;
      complete = false;
    } else if (event.type === 'epoch') {
      epochs.set(event.epoch, event);
    } else if (event.type === 'uncertain-samples') {
      uncertainSamples = event.samples;
      suspects = event.suspects && {
        samples: event.suspects,
        count: event.suspectCount ?? event.suspects.length,
      };
    } else {
      complete = true;
    }
  }
  const ordered = [...epochs.values()].sort((a, b) => a.epoch - b.epoch);
  return { epochs: ordered, uncertainSamples, complete, ...(suspects && { suspects }) };
}

/**
 * Reads a run directory whose parts belong together.
 * @returns undefined when the directory holds no run.
 * @throws RecordError when a file is damaged, epochs are missing, or events lie there without a header.
 */
async function readWholeRun(dir: string): Promise<Run | undefined> {
  const file = await readHeaderFile(dir);
  if (file === undefined) {
    const { events } = existsSync(join(dir, RUN_FILES.events)) ? await readLog(dir) : { events: [] };
    if (events.length === 0) return undefined;
    throw new RecordError(`${join(dir, RUN_FILES.header)}: is missing; ${trainAnew(dir)}`);
  }
  const { text, header } = file;
  const { events } = await readLog(dir);
  checkHeader(dir, text, events);
  const run = foldEvents(events);
  const end = events.findLast((event) => event.type === 'end');
  const last = run.complete && end !== undefined ? end.epochs : (run.epochs.at(-1)?.epoch ?? 0);
  checkEpochs(dir, run.epochs, firstEpoch(header), last);
  return { header, ...run };
}

/**
 * Reads one run directory.
 * @throws RecordError when the directory holds no run or a damaged one.
 */
export async function readRun(dir: string): Promise<Run> {
  const run = await readWholeRun(dir);
  if (run === undefined) throw new RecordError(`${dir}: is not a run directory (it has no run.json)`);
  return run;
}

/** Directories that are read at a time. */
const READ_AT_ONCE = 16;

/**
 * A run with the way to its insights; undefined when the directory holds none.
 * @throws RecordError when it is damaged.
 */
export async function readRunDirectory(runDir: string): Promise<Run | undefined> {
  const run = await readWholeRun(runDir);
  const insights = join(runDir, 'insights.html');
  return run && { ...run, ...(existsSync(insights) && { insights }) };
}

/** Reads every run of a comparison directory: of run directories, and those that are kept in one file. */
async function readRuns(
  dir: string,
  entries: readonly Dirent[],
  readRunIn: typeof readRunDirectory,
): Promise<Run[]> {
  const runs: Run[] = [];
  const dirs = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name));
  for (let from = 0; from < dirs.length; from += READ_AT_ONCE) {
    const read = await Promise.all(dirs.slice(from, from + READ_AT_ONCE).map((runDir) => readRunIn(runDir)));
    for (const item of read.flatMap((run) => run ?? [])) runs.push(item);
  }
  const known = new Set(runs.map(({ header }) => header.id));
  for (const { header, events } of await readKeptRuns(dir)) {
    if (known.has(header.id)) {
      throw new RecordError(
        `${dir}: has the run ${header.id} twice, as a directory and in ${KEPT_FILE}; remove one`,
      );
    }
    runs.push({ header, ...foldEvents(events) });
  }
  return runs;
}

/** Entries of a directory; none when there is no such directory. */
async function listDirectory(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new RecordError(`${dir}: cannot be read (${code ?? String(error)})`);
  }
}

/** The experiment of a comparison directory: experiment.json or, where that was not kept, as every run repeats it. */
async function readExperiment(
  dir: string,
  entries: readonly Dirent[],
  runs: readonly Run[],
): Promise<z.infer<typeof comparisonExperimentSchema>> {
  const path = join(dir, 'experiment.json');
  const text = await readText(path);
  if (text === undefined && runs[0] === undefined) {
    const inside = entries.find(
      (entry) => entry.isDirectory() && existsSync(join(dir, entry.name, 'experiment.json')),
    );
    const hint = inside === undefined ? '' : `; it holds some: give them, e.g. ${join(dir, inside.name)}`;
    throw new RecordError(
      `${dir}: is not a comparison directory (it has no experiment.json and no runs)${hint}`,
    );
  }
  const [where, value] =
    text === undefined
      ? [join(dir, runs[0]!.header.id, 'run.json'), runs[0]!.header.experiment]
      : [path, parseJson(text, path)];
  const parsed = comparisonExperimentSchema.safeParse(value);
  if (!parsed.success) throw new RecordError(`${where}: ${firstIssue(parsed.error)}`);
  return parsed.data;
}

const shardsSchema = z.object({ count: z.int().positive() });

/**
 * Into how many shards the runs of a comparison directory are dealt; undefined where they are not.
 * @throws RecordError when the file that says so is damaged
 */
export async function readShardCount(dir: string): Promise<number | undefined> {
  const path = join(dir, SHARDS_FILE);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const parsed = shardsSchema.safeParse(parseJson(text, path));
  if (!parsed.success) throw new RecordError(`${path}: ${firstIssue(parsed.error)}`);
  return parsed.data.count;
}

/**
 * Reads a comparison directory: its experiment and every run begun in it, complete or not. Runs are in the order of
 * the experiment's selectors, then seeds.
 * @param readRunIn reads one directory of a run; who reads again and again may keep those that have not changed
 * @throws RecordError when the directory holds no comparison or a damaged record.
 */
export async function readComparison(dir: string, readRunIn = readRunDirectory): Promise<Comparison> {
  const entries = await listDirectory(dir);
  const runs = await readRuns(dir, entries, readRunIn);
  const experiment = await readExperiment(dir, entries, runs);
  const shards = await readShardCount(dir);
  const { name, seeds } = experiment;
  const selectors = Object.keys(experiment.selectors);
  const belongs = ({ header }: Run): boolean =>
    seeds.includes(header.seed) && (header.kind === 'warmup' || selectors.includes(header.selector));
  return {
    name,
    sources: [dir],
    experiment,
    selectors,
    seeds,
    ...(shards !== undefined && { shards }),
    ...orderRuns(runs.filter(belongs), selectors, seeds),
  };
}

/** Runs by kind, in the order of selectors, then seeds. */
export function orderRuns(
  runs: readonly Run[],
  selectors: readonly string[],
  seeds: readonly number[],
): Pick<Comparison, 'warmups' | 'runs'> {
  const rank = ({ header }: Run): number =>
    selectors.indexOf(header.selector) * seeds.length + seeds.indexOf(header.seed);
  const ofKind = (kind: RunHeader['kind']): Run[] =>
    runs.filter(({ header }) => header.kind === kind).sort((a, b) => rank(a) - rank(b));
  return { warmups: ofKind('warmup'), runs: ofKind('run') };
}
