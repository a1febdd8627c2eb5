import { LabelHistory } from 'recency-bias';
import { describe, expect, it } from 'vitest';
import type { ImageDataset } from '../data/image-dataset.js';
import { flippedSamples } from '../data/label-noise.js';
import { SampleRecord } from '../experiment/selection/sample-record.js';
import { header } from '../../test/support/records.js';
import { csv, json } from './export.js';
import { galleries } from './galleries.js';
import type { Gallery } from './galleries.js';
import type { Insights } from './insights.js';
import { insightsOf } from './insights.js';
import { insightsPage } from './page.js';
import { averagePrecision, descending, retrieval } from '../samples/ranking.js';
import { SampleTable } from '../samples/sample-table.js';
import { likelyCount, suspects } from '../samples/suspects.js';
import { surenessSentence } from './sentences.js';

const CLASSES = 4;
const WINDOW = 5;

/** The answers of the network for one sample, oldest first: the predicted label and the probability of the sample's own. */
interface Course {
  readonly label: number;
  readonly said: readonly number[];
  readonly probability: number;
}

function tableOf(courses: readonly Course[], epochs = 6): SampleTable {
  const labels = Int32Array.from(courses, ({ label }) => label);
  const record = new SampleRecord({ epochs }, labels);
  const history = new LabelHistory(courses.length, CLASSES, WINDOW);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const [index, { said, probability }] of courses.entries()) {
      const predicted = said[epoch - 1];
      if (predicted === undefined) continue;
      history.record(index, predicted);
      record.observe(
        index,
        predicted,
        -Math.log(probability),
        Math.log(probability / (1.01 - probability)),
        epoch,
      );
    }
    record.endEpoch(epoch, history);
  }
  return new SampleTable({
    version: 1,
    epoch: epochs,
    labels,
    timesDrawn: Uint32Array.from(courses, ({ said }) => said.length),
    history: { ...history.stateDict(), window: WINDOW, classes: CLASSES },
    samples: record.stateDict(),
  });
}

const easy: Course = { label: 0, said: [0, 0, 0, 0, 0, 0], probability: 0.9 };
const wrong: Course = { label: 0, said: [2, 2, 1, 2, 2, 2], probability: 0.02 };
const boundary: Course = { label: 1, said: [3, 3, 3, 3, 3, 3], probability: 0.4 };
const uncertain: Course = { label: 1, said: [1, 0, 2, 3, 1, 2], probability: 0.1 };
const forgotten: Course = { label: 2, said: [2, 1, 2, 1, 2, 1], probability: 0.5 };
const unseen: Course = { label: 3, said: [], probability: 1 };
const seenTwice: Course = { label: 3, said: [0, 0], probability: 0.01 };
const ALL = [easy, wrong, boundary, uncertain, forgotten, unseen, seenTwice];

function dataset(size: number, files?: readonly string[]): ImageDataset {
  const split = { size, images: new Uint8Array(size).fill(9), labels: new Int32Array(size) };
  return {
    name: 'pixels',
    imageShape: [1, 1, 1],
    classes: CLASSES,
    classNames: ['a', 'b', 'c', 'd'],
    train: { ...split, ...(files && { files }) },
    test: split,
  };
}

function insights(
  courses: readonly Course[],
  fields: Partial<Parameters<typeof insightsOf>[0]> = {},
): Insights {
  return insightsOf({
    header: header({
      dataset: {
        name: 'pixels',
        trainSize: courses.length,
        testSize: 1,
        classes: CLASSES,
        classNames: ['a', 'b', 'c', 'd'],
      },
    }),
    complete: true,
    table: tableOf(courses),
    dataset: dataset(courses.length),
    labelNoise: undefined,
    ...fields,
  });
}

const gallery = (table: SampleTable, id: Gallery['id']): readonly number[] =>
  galleries(table).find((each) => each.id === id)!.indices;

describe('suspects', () => {
  it('are samples settled on another label whose own has less probability than a guess', () => {
    expect(suspects(tableOf(ALL))).toEqual([1]);
  });

  it('are not those near a boundary, those undecided, or those hardly seen', () => {
    for (const course of [boundary, uncertain, seenTwice, unseen, easy]) {
      expect(suspects(tableOf([course]))).toEqual([]);
    }
    expect(suspects(tableOf([{ ...seenTwice, said: [0, 0, 0] }]))).toEqual([0]);
    expect(suspects(tableOf([{ ...boundary, probability: 0.24 }]))).toEqual([0]);
  });

  it('come in the order of the probability of their label, lowest first', () => {
    const probabilities = [0.1, 0.001, 0.2, 0.05];
    const table = tableOf(probabilities.map((probability) => ({ ...wrong, probability })));
    expect(suspects(table)).toEqual([1, 3, 0, 2]);
  });
});

describe('how many suspects are called likely wrong', () => {
  it('is all where the network is always right, and fewer the less it is right', () => {
    expect([1, 0.9, 0.7, 0.5, 0].map((accuracy) => likelyCount(100, accuracy))).toEqual([100, 81, 49, 25, 0]);
    expect(likelyCount(100)).toBe(100);
  });

  it('leaves the end of the order doubtful, on the page and in the exports', () => {
    const courses = [0.1, 0.001, 0.2, 0.05].map((probability) => ({ ...wrong, probability }));
    const made = insights(courses, { accuracy: 0.7 });
    expect(made.summary).toMatchObject({ suspects: 4, likelyWrong: 2, accuracy: 0.7 });
    expect([...made.likely]).toEqual([1, 3]);
    const page = insightsPage(made, { images: [[], ['', '', '', ''], [], []], script: '' });
    expect(page.match(/doubtful suspect/g)).toHaveLength(2);
    expect(page).toContain('only the first 2 of the 4 suspects are called likely wrong');
    const column = [...csv(made)]
      .join('')
      .trim()
      .split('\n')
      .map((line) => line.split(',')[8]);
    expect(column).toEqual(['likelyWrong', 'false', 'true', 'false', 'true']);
    expect(surenessSentence(insights(courses, { accuracy: 1 }))).toContain('all suspects');
    expect(surenessSentence(insights(courses))).toBeUndefined();
    expect(surenessSentence(insights([easy], { accuracy: 0.7 }))).toBeUndefined();
  });
});

describe('SampleTable', () => {
  it('says the label most frequent in the window, of equals the latest, and how many agree', () => {
    const table = tableOf(ALL);
    expect(table.verdict(1)).toEqual({ label: 2, share: 0.8 });
    expect(table.verdict(3)).toEqual({ label: 2, share: 0.4 });
    expect(table.verdict(5)).toEqual({ label: -1, share: 0 });
    expect([0, 1, 3, 4].map((index) => table.agreement(index))).toEqual([1, 0, 0.2, 0.4]);
  });

  it('refuses columns of another length', () => {
    const history = new LabelHistory(2, CLASSES, WINDOW);
    const labels = new Int32Array(2);
    const make = () =>
      new SampleTable({
        version: 1,
        epoch: 1,
        labels,
        timesDrawn: new Uint32Array(3),
        history: { ...history.stateDict(), window: WINDOW, classes: CLASSES },
        samples: new SampleRecord({ epochs: 1 }, labels).stateDict(),
      });
    expect(make).toThrow('timesDrawn has 3 values, not 2');
  });
});

describe('galleries', () => {
  it('hold each kind of samples, the most pronounced first', () => {
    const table = tableOf([...ALL, { ...forgotten, said: [2, 1, 2, 2, 2, 2] }]);
    expect(gallery(table, 'uncertain')).toEqual([3, 4, 1, 7]);
    expect(gallery(table, 'suspects')).toEqual([1]);
    expect(gallery(table, 'never-learnt')).toEqual([2, 6]); // without the suspect
    expect(gallery(table, 'forgotten')).toEqual([4, 3, 7]);
  });

  it('orders the suspects by the score that is asked for, and keeps which they are', () => {
    const sure: Course = { label: 0, said: [2, 2, 2, 2, 2, 2], probability: 0.01 };
    const mixed = tableOf([sure, wrong]);
    const order = (rank?: 'loss' | 'margin') => galleries(mixed, rank).find(({ id }) => id === 'suspects')!;
    expect(order().indices).toEqual([0, 1]);
    expect(order('margin').indices).toEqual([0, 1]);
    expect(order('loss').note).toContain('The highest mean loss first.');
    expect([...order('loss').indices].sort()).toEqual([0, 1]);
  });

  it('say so on the page when they are empty', () => {
    const page = insightsPage(insights([easy, easy]), { images: [[], [], [], []], script: '' });
    for (const { empty } of galleries(tableOf([easy]))) expect(page).toContain(empty);
  });
});

describe('ranking', () => {
  it('measures precision, recall and average precision', () => {
    const wrongOnes = new Set([3, 1]);
    expect(retrieval([3, 0, 2], wrongOnes)).toEqual({ precision: 1 / 3, recall: 1 / 2 });
    expect(retrieval([], wrongOnes)).toEqual({ precision: null, recall: 0 });
    expect(averagePrecision([3, 0, 1, 2], wrongOnes)).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(descending(4, (index) => [0.5, 2, 0.5, 1][index]!)).toEqual([1, 3, 0, 2]);
  });
});

describe('the summary', () => {
  it('counts samples, and how many labels made wrong on purpose are found', () => {
    const noise = { share: 0.3, seed: 2 };
    const flipped = new Set(flippedSamples(10, noise));
    const courses = Array.from({ length: 10 }, (_, i) => (flipped.has(i) || i === 0 ? wrong : easy));
    const { summary } = insights(courses, { labelNoise: noise });
    const suspected = new Set([0, ...flipped]).size;
    expect(summary).toEqual({
      samples: 10,
      unseen: 0,
      uncertain: suspected,
      suspects: suspected,
      likelyWrong: suspected,
      neverLearnt: suspected,
      forgotten: 0,
      mostTimesForgotten: 0,
      labelNoise: { wrong: 3, found: 3, precision: 3 / suspected, recall: 1 },
    });
  });
});

describe('exports', () => {
  const files = ALL.map((_, i) => (i === 1 ? 'c/"odd", name.png' : `a/${i}.png`));

  it('hold one row a sample, with the file where each sample is one', () => {
    const made = insights(ALL, { dataset: dataset(ALL.length, files) });
    const lines = [...csv(made)].join('').trim().split('\n');
    expect(lines).toHaveLength(1 + ALL.length);
    expect(lines[0]).toMatch(/^index,file,label,className,says,/);
    expect(lines[2]).toMatch(/^1,"c\/""odd"", name\.png",0,a,2,c,0\.8,0,true,true,/);
    expect(lines[2]!.split(',').at(-2)).toBe('2 1 2 2 2');

    const parsed = JSON.parse([...json(made)].join('')) as {
      run: { id: string };
      summary: unknown;
      samples: Record<string, unknown>[];
    };
    expect(parsed.run.id).toBe('recency-bias-seed1');
    expect(parsed.summary).toEqual(made.summary);
    expect(parsed.samples).toHaveLength(ALL.length);
    expect(parsed.samples[1]).toMatchObject({
      index: 1,
      file: 'c/"odd", name.png',
      says: 2,
      window: [2, 1, 2, 2, 2],
      timesDrawn: 6,
      epochLearnt: null,
      suspect: true,
    });
    expect(parsed.samples[5]).toMatchObject({ says: null, meanLoss: null, window: [] });
  });

  it('have the same columns, without files, for data that are no files', () => {
    const made = insights(ALL);
    const parsed = JSON.parse([...json(made)].join('')) as { samples: object[] };
    const columns = [...csv(made)].join('').split('\n')[0]!.split(',');
    expect(columns).not.toContain('file');
    for (const sample of parsed.samples) expect(Object.keys(sample)).toEqual(columns);
  });
});
