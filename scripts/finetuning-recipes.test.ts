/** The numbers of docs/finetuning.md on its recipes, from the record of their runs. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface RecordedRun {
  readonly photos: string;
  readonly recipe: string;
  readonly selector: string;
  readonly seed: number;
  readonly machine: string;
  readonly commandProcessorSeconds: number;
  readonly epochs: readonly { readonly right: number }[];
}

const { runs } = JSON.parse(readFileSync(`${root}records/finetuning-recipes/results.json`, 'utf8')) as {
  runs: readonly RecordedRun[];
};
const document = readFileSync(`${root}docs/finetuning.md`, 'utf8').replace(/\s+/g, ' ');

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** `74.3 ± 0.4`, of the mean and its standard error. */
function spread(values: readonly number[]): string {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  return `${middle.toFixed(1)} ± ${Math.sqrt(variance / values.length).toFixed(1)}`;
}

function runsOf(photos: string, recipe: string, selector?: string): RecordedRun[] {
  return runs.filter(
    (run) =>
      run.photos === photos && run.recipe === recipe && (selector === undefined || run.selector === selector),
  );
}

/** The share of right photos of the best epoch of each seed. */
const best = (of: readonly RecordedRun[]): number[] =>
  of.map(({ epochs }) => Math.max(...epochs.map(({ right }) => right)));

const seconds = (of: readonly RecordedRun[]): string =>
  mean(of.map(({ commandProcessorSeconds }) => commandProcessorSeconds)).toFixed(0);

const NAMES = { 'recency-bias': 'Recency Bias', uniform: 'Random' } as const;
const SIZES = { 'three kinds': '360 + 90', 'five kinds': '3,454 + 863' } as const;

describe('docs/finetuning.md', () => {
  it.each(
    Object.entries(SIZES).flatMap(([photos, size]) =>
      Object.entries(NAMES).map(([selector, name]) => ({ photos, size, selector, name })),
    ),
  )('says how good the default is: $name on $photos', ({ photos, size, selector, name }) => {
    const own = runsOf(photos, 'quick', selector);
    expect(own.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    const cells = [...best(own).map((right) => right.toFixed(1)), spread(best(own)), seconds(own)];
    expect(document).toContain(`| ${photos}, ${size} | ${name} | ${cells.join(' | ')} |`);
  });

  it('says by how much Recency Bias is ahead or behind', () => {
    const difference = (photos: string): number[] => {
      const random = best(runsOf(photos, 'quick', 'uniform'));
      return best(runsOf(photos, 'quick', 'recency-bias')).map((right, i) => right - random[i]!);
    };
    const behind = difference('five kinds').map((value) => -value);
    expect(Math.min(...behind)).toBeGreaterThan(0);
    expect(document).toContain(`behind Random in each seed, by ${spread(behind)} points`);
    expect(document).toContain(
      `On three kinds there is no difference beyond the noise (${spread(difference('three kinds')).replace('-', '−')})`,
    );
  });

  it('says how the selection pressure was chosen', () => {
    const chosen = (pressure: number): string =>
      spread(best(runsOf('five kinds', `choice, pressure ${pressure}`, 'recency-bias')));
    const reported = spread(best(runsOf('five kinds', 'quick, pressure 100', 'recency-bias')));
    expect(document).toContain(
      `With seeds 11 to 13 a pressure of 10 had ${chosen(10)} % and the paper's 100 had ${chosen(100)} %`,
    );
    expect(document).toContain(`With seeds 1 to 3 the pressure of 100 had ${reported} %`);
  });

  it('says how the default compares with the settings of the paper', () => {
    const of = (recipe: string): RecordedRun[] => runsOf('five kinds', recipe, 'recency-bias');
    const last = (recipe: string): number[] => of(recipe).map(({ epochs }) => epochs.at(-1)!.right);
    const [quick, paper] = [of('quick'), of('paper')];
    expect(paper.map(({ seed, machine }) => [seed, machine])).toEqual(
      [1, 2, 3].map((seed) => [seed, 'idle']),
    );
    const ahead = (own: readonly number[], other: readonly number[]): string =>
      spread(own.map((right, i) => right - other[i]!));
    const share = (100 * Number(seconds(quick))) / Number(seconds(paper));
    expect(document).toContain(
      `best epochs ${spread(best(paper))} %, last epochs ${spread(last('paper'))} %, in ${seconds(paper)} processor seconds. ` +
        `The default's best epochs are ${ahead(best(quick), best(paper))} points better ` +
        `and its last epochs ${ahead(last('quick'), last('paper'))}, in ${share.toFixed(0)} % of the time.`,
    );
  });

  it('says what the probe saves', () => {
    const before = (selector: string): string =>
      spread(best(runsOf('five kinds', 'without probe', selector)));
    expect(document).toContain(
      `${before('recency-bias')} % with Recency Bias and ${before('uniform')} % with Random in ${seconds(runsOf('five kinds', 'without probe'))} processor seconds`,
    );
    const [upper] = best(runsOf('five kinds', 'upper part'));
    expect(document).toContain(`at most ${upper!.toFixed(1)} %`);
  });
});
