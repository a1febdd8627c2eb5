/**
 * events.jsonl of a run: one event a line. Each line says which line it is and ends with a running checksum of the file up to
 * itself, so that a line that is missing, changed or out of place is noticed. Lines of earlier versions have neither.
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { RecordError } from '../ground/record-error.js';
import { parseJson, readText, toEvent } from './record-file.js';
import { RUN_FILES } from './run-files.js';
import type { RunEvent } from './schema.js';

/** A place in a log: the end of one of its lines. */
export interface LogMark {
  readonly lines: number;
  /** Checksum of the file up to there. */
  readonly check: number;
}

/** The beginning of a log. */
export const LOG_START: LogMark = { lines: 0, check: 0 };

/** Longer than any suffix, of which a line has at most one: pictures make lines of megabytes. */
const SUFFIX_LENGTH = 64;
const SUFFIX = /,"line":(\d+),"check":"([0-9a-f]{8})"\}$/;

function hexadecimal(check: number): string {
  return check.toString(16).padStart(8, '0');
}

/** The line of an event, with its line feed, and where the log ends with it. */
export function logLine(event: RunEvent, { lines, check }: LogMark): { text: string; end: LogMark } {
  const body = JSON.stringify(event);
  const own = hexadecimal(crc32(body, check));
  const text = `${body.slice(0, -1)},"line":${lines + 1},"check":"${own}"}\n`;
  return { text, end: { lines: lines + 1, check: crc32(text, check) } };
}

function span(from: number, to: number): string {
  return from === to ? `line ${from} is` : `lines ${from} to ${to} are`;
}

/** Compares a line with what it says of itself and of those before it. */
function checkLine(line: string, { lines, check }: LogMark, path: string): void {
  const suffix = SUFFIX.exec(line.slice(-SUFFIX_LENGTH));
  if (suffix === null) return;
  const number = lines + 1;
  const said = Number(suffix[1]);
  if (said > number) throw new RecordError(`${path}:${number}: ${span(number, said - 1)} missing before it`);
  if (said < number) throw new RecordError(`${path}:${number}: was written as line ${said}; a line was added before it`);
  if (hexadecimal(crc32(`${line.slice(0, -suffix[0].length)}}`, check)) !== suffix[2]) {
    throw new RecordError(`${path}:${number}: this line, or one before it, is not as it was written`);
  }
}

/** A log as read. */
export interface EventLog {
  readonly events: readonly RunEvent[];
  /** The end of each line, the first being that of line 1. */
  readonly marks: readonly LogMark[];
}

/**
 * Reads a log. A last line without its line feed is what a killed process leaves behind: it is ignored.
 * @param dir run directory
 * @throws RecordError naming the line that is damaged, missing or no event.
 */
export async function readLog(dir: string): Promise<EventLog> {
  const path = join(dir, RUN_FILES.events);
  const lines = ((await readText(path)) ?? '').split('\n');
  lines.pop(); // what follows the last line feed: nothing, or a torn line
  const events: RunEvent[] = [];
  const marks: LogMark[] = [];
  let end = LOG_START;
  for (const line of lines) {
    checkLine(line, end, path);
    end = { lines: end.lines + 1, check: crc32(`${line}\n`, end.check) };
    const where = `${path}:${end.lines}`;
    events.push(toEvent(parseJson(line, where), where));
    marks.push(end);
  }
  return { events, marks };
}
