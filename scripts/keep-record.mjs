#!/usr/bin/env node
/**
 * Copies what reports need of a comparison's complete runs into docs/records: configuration and events, without weights and without
 * the pixels of anybody's data.
 *
 *     npm run keep-record -- runs/quick [runs/other ...]
 */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const RECORDS = fileURLToPath(new URL('../docs/records', import.meta.url));

/** The lines of events.jsonl that hold no pictures; undefined when the run is not complete. */
async function compactEvents(dir) {
  const lines = (await readFile(join(dir, 'events.jsonl'), 'utf8')).split('\n').filter(Boolean);
  const events = lines.map((line) => JSON.parse(line));
  if (events.at(-1)?.type !== 'end') return undefined;
  return lines.filter((_, i) => events[i].type !== 'uncertain-samples');
}

for (const source of process.argv.slice(2)) {
  const target = join(RECORDS, basename(resolve(source)));
  const runs = (await readdir(source, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  let kept = 0;
  for (const { name } of runs) {
    const events = await compactEvents(join(source, name)).catch(() => undefined);
    if (events === undefined) continue;
    await mkdir(join(target, name), { recursive: true });
    await cp(join(source, name, 'run.json'), join(target, name, 'run.json'));
    await writeFile(join(target, name, 'events.jsonl'), events.join('\n') + '\n');
    kept++;
  }
  if (kept > 0) await cp(join(source, 'experiment.json'), join(target, 'experiment.json'));
  console.log(`${target}: ${kept} complete runs of ${runs.length} kept`);
}
