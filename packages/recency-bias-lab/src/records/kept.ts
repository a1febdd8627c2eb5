/**
 * A kept comparison: its records in two files, small enough for a repository.
 *
 * ```
 * <comparison>/
 *   experiment.json   the resolved experiment, as `compare` takes it
 *   events.jsonl      all runs
 * ```
 *
 * Of events.jsonl each line is one of three:
 *
 * ```
 * {"type":"common","version":1,...}             what the headers of the runs below have in common, until the next such line
 * {"type":"run","run":"random-seed1","lines":9} the rest of a run's header, and how many events follow
 * {"run":"random-seed1","type":"epoch",...}     an event of that run
 * ```
 *
 * A header without `experiment` has that of experiment.json. Pictures of samples are left out: the events of the type
 * `uncertain-samples` are not kept. Of an absolute path the last name is kept.
 */
import { existsSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { makeDirectory } from '../ground/make-directory.js';
import { RecordError } from '../ground/record-error.js';
import { firstIssue, parseJson, readText, refuseNewer, toEvent } from './record-file.js';
import { replaceFile } from '../ground/replace-file.js';
import { runHeaderSchema } from './schema.js';
import type { RunEvent, RunHeader } from './schema.js';

/** The file that holds all runs of a kept comparison. */
export const KEPT_FILE = 'events.jsonl';

/** A run with every event in the order in which it was recorded. */
export interface RunRecord {
  readonly header: RunHeader;
  readonly events: readonly RunEvent[];
}

const lineSchema = z.looseObject({ type: z.string(), run: z.string().optional() });
const runLineSchema = z.looseObject({
  type: z.literal('run'),
  run: z.string(),
  lines: z.number().int().nonnegative(),
});

function without(fields: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}

/** Reads the lines of a kept file one after the other. */
class KeptReader {
  private readonly runs: { readonly header: RunHeader; readonly lines: number; readonly events: RunEvent[] }[] = [];
  private common: Record<string, unknown> = {};

  constructor(
    private readonly path: string,
    private readonly experiment: unknown,
  ) {}

  read(line: string, where: string): void {
    const { success, data: value, error } = lineSchema.safeParse(parseJson(line, where));
    if (!success) throw new RecordError(`${where}: ${firstIssue(error)}`);
    if (value.type === 'common') {
      refuseNewer(value, where);
      this.common = without(value, ['type']);
    } else if (value.type === 'run') this.begin(value, where);
    else this.append(value, where);
  }

  private begin(value: unknown, where: string): void {
    this.close();
    const { success, data, error } = runLineSchema.safeParse(value);
    if (!success) throw new RecordError(`${where}: ${firstIssue(error)}`);
    const { run: id, lines } = data;
    const header = runHeaderSchema.safeParse({
      experiment: this.experiment,
      ...this.common,
      ...without(data, ['type', 'run', 'lines']),
      id,
    });
    if (!header.success) throw new RecordError(`${where}: ${firstIssue(header.error)}`);
    if (this.runs.some((known) => known.header.id === id)) {
      throw new RecordError(`${where}: begins the run ${id}, which the file has above`);
    }
    this.runs.push({ header: header.data, lines, events: [] });
  }

  private append(value: { run?: string | undefined }, where: string): void {
    const current = this.runs.at(-1);
    if (current === undefined || value.run !== current.header.id) {
      throw new RecordError(
        `${where}: is an event of the run ${value.run ?? 'without a name'}, expected ${current?.header.id ?? 'the line of a run'}`,
      );
    }
    current.events.push(toEvent(value, where));
  }

  /** A kept record is written at once: a line that is missing was lost later. */
  private close(): void {
    const current = this.runs.at(-1);
    if (current !== undefined && current.events.length !== current.lines) {
      const { header, lines, events } = current;
      throw new RecordError(
        `${this.path}: has ${events.length} events of the run ${header.id}, expected ${lines}; restore the file`,
      );
    }
  }

  end(): RunRecord[] {
    this.close();
    return this.runs;
  }
}

/**
 * Reads the runs that are kept in a comparison directory; none where it holds no such file.
 * @throws RecordError naming the line that cannot be read, or the run that lacks events.
 */
export async function readKeptRuns(dir: string): Promise<RunRecord[]> {
  const path = join(dir, KEPT_FILE);
  // Beside run.json the file is that of a single run.
  if (existsSync(join(dir, 'run.json'))) return [];
  const text = await readText(path);
  if (text === undefined) return [];
  const experimentPath = join(dir, 'experiment.json');
  const experiment = await readText(experimentPath);
  const reader = new KeptReader(path, experiment && parseJson(experiment, experimentPath));
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new RecordError(`${path}: ends within a line; restore the file`);
  for (const [i, line] of lines.entries()) reader.read(line, `${path}:${i + 1}`);
  return reader.end();
}

/** Runs in groups of equal experiments, each in the order given. */
function byExperiment(records: readonly RunRecord[]): RunRecord[][] {
  const groups: RunRecord[][] = [];
  for (const record of records) {
    const group = groups.find(([first]) =>
      isDeepStrictEqual(first?.header.experiment, record.header.experiment),
    );
    if (group === undefined) groups.push([record]);
    else group.push(record);
  }
  return groups;
}

/** Of a place on the machine that trained, a record keeps the name alone: the rest says nothing to its readers. */
function withoutPlace(_: string, value: unknown): unknown {
  return typeof value === 'string' && isAbsolute(value) ? basename(value) : value;
}

/** The header as JSON holds it: objects of a validation differ from those of a parser in their prototypes. */
function plain({ header, events }: RunRecord): RunRecord {
  return { header: JSON.parse(JSON.stringify(header), withoutPlace) as RunHeader, events };
}

function groupLines(records: readonly RunRecord[], experiment: unknown): unknown[] {
  const [first, ...others] = records.map(({ header }) => header);
  if (first === undefined) return [];
  const isShared = (key: string, value: unknown): boolean =>
    others.every((other) => isDeepStrictEqual(other[key as keyof RunHeader], value));
  const shared = Object.fromEntries(
    Object.entries(first).filter(([key, value]) => key !== 'id' && isShared(key, value)),
  );
  const known = isDeepStrictEqual(first.experiment, experiment) ? ['experiment'] : [];
  return [
    { type: 'common', ...without(shared, known) },
    ...records.flatMap(({ header, events }) => {
      const kept = events.filter(({ type }) => type !== 'uncertain-samples');
      return [
        {
          type: 'run',
          run: header.id,
          lines: kept.length,
          ...without(header, ['id', ...Object.keys(shared)]),
        },
        ...kept.map((event) => ({ run: header.id, ...event })),
      ];
    }),
  ];
}

/**
 * Writes a kept comparison, replacing what the directory keeps.
 * @param experiment content of experiment.json
 * @throws RecordError when the experiment is not JSON.
 */
export async function writeKeptRuns(
  dir: string,
  experiment: string,
  records: readonly RunRecord[],
): Promise<void> {
  const value: unknown = JSON.parse(JSON.stringify(parseJson(experiment, 'experiment.json')), withoutPlace);
  const lines = byExperiment(records.map(plain)).flatMap((group) => groupLines(group, value));
  await makeDirectory(dir);
  await replaceFile(join(dir, 'experiment.json'), `${JSON.stringify(value, null, 2)}\n`);
  await replaceFile(join(dir, KEPT_FILE), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
