/** Whether the parts of a run's record belong together: none is missing, and none is another run's. */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { LogMark } from './event-log.js';
import { RecordError } from '../ground/record-error.js';
import { RUN_FILES } from './run-files.js';
import type { RunEvent, RunHeader } from './schema.js';

/** Names the content of a run.json. */
export function headerCheck(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

/** Advice on a record that is damaged. */
export function trainAnew(dir: string): string {
  return `put the file back as it was, or delete ${dir} to train this run anew`;
}

/** `epoch 3 is`, `epochs 3 to 5 are` */
function missingSpan(from: number, to: number): string {
  return from === to ? `epoch ${from} is` : `epochs ${from} to ${to} are`;
}

/**
 * @param first the first epoch that the run itself trains
 * @param last the epoch up to which it was trained
 * @throws RecordError naming the first epochs between them that are not recorded
 */
export function checkEpochs(
  dir: string,
  recorded: readonly { readonly epoch: number }[],
  first: number,
  last: number,
): void {
  let expected = first;
  for (const { epoch } of [...recorded, { epoch: last + 1 }]) {
    if (epoch > expected && expected <= last) {
      const missing = missingSpan(expected, Math.min(epoch - 1, last));
      throw new RecordError(`${join(dir, RUN_FILES.events)}: ${missing} missing; ${trainAnew(dir)}`);
    }
    expected = Math.max(expected, epoch + 1);
  }
}

/** The first epoch that a run itself records: a run that forks from a warm-up has the epochs before in the warm-up's record. */
export function firstEpoch({ kind, warmupEpochs }: Pick<RunHeader, 'kind' | 'warmupEpochs'>): number {
  return kind === 'warmup' ? 1 : warmupEpochs + 1;
}

/** @throws RecordError when the events were recorded under another header. */
export function checkHeader(dir: string, text: string, events: readonly RunEvent[]): void {
  const start = events.findLast((event) => event.type === 'start');
  if (start?.header === undefined || start.header === headerCheck(text)) return;
  throw new RecordError(
    `${join(dir, RUN_FILES.header)}: is not what it was when the run last began; ${trainAnew(dir)}`,
  );
}

/**
 * @param saved where the log ended when the checkpoint was saved; undefined in checkpoints of earlier versions
 * @throws RecordError when the log is not the one that the checkpoint was saved beside, or ends before that
 */
export function checkLog(dir: string, marks: readonly LogMark[], saved: LogMark | undefined): void {
  if (saved === undefined || saved.lines === 0) return;
  const path = join(dir, RUN_FILES.events);
  const mark = marks[saved.lines - 1];
  if (mark === undefined) {
    throw new RecordError(
      `${path}: has ${marks.length} lines, and had ${saved.lines} when ${RUN_FILES.checkpoint} was saved; ${trainAnew(dir)}`,
    );
  }
  if (mark.check !== saved.check) {
    throw new RecordError(
      `${path}: is not the log beside which ${RUN_FILES.checkpoint} was saved; ${trainAnew(dir)}`,
    );
  }
}
