/** Names of the files in a run directory; schema.ts says what they hold. */
export const RUN_FILES = {
  header: 'run.json',
  events: 'events.jsonl',
  checkpoint: 'checkpoint.bin',
  best: 'best.bin',
  samples: 'samples.bin',
  failure: 'failure.txt',
} as const;

/** The file in a comparison's directory that says into how many shards its runs are dealt: `{ "count": n }`. */
export const SHARDS_FILE = 'shards.json';
