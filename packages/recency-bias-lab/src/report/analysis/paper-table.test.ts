import { describe, expect, it } from 'vitest';
import { comparison, header, run } from '../../../test/support/records.js';
import { modelTitle } from '../paper-table-words.js';
import { terminalPaperTable } from '../terminal-paper-table.js';
import { TABLE_WIDTH } from '../terminal-text.js';
import type { Comparison } from '../../records/run.js';
import { PAPER_CELLS } from './paper-numbers.js';
import { paperReductions, paperTable, representative } from './paper-table.js';
import type { Analysis } from './results.js';
import { analyse } from './results.js';

const SEEDS = [1, 2, 3];

interface Setting {
  readonly dataset?: string;
  readonly optimizer?: string;
  readonly model?: string;
}

/** A comparison of selectors by label, each with the best error given plus a thousandth a seed. */
function analysis(errors: Record<string, number>, setting: Setting = {}): Analysis {
  const { dataset = 'mnist', optimizer = 'sgd', model = 'small-cnn' } = setting;
  const methods: Record<string, string> = { random: 'uniform' };
  const facts = {
    dataset: { ...header().dataset, name: dataset },
    model: { name: model, parameters: 8946 },
    experiment: { optimizer: { name: optimizer } },
  };
  const made: Comparison = comparison(
    Object.entries(errors).flatMap(([selector, error]) =>
      SEEDS.map((seed) =>
        run([0.9, error + seed / 1000], {
          ...facts,
          selector,
          seed,
          method: { name: methods[selector] ?? selector.replace(/-p\d+$/, ''), options: {} },
        }),
      ),
    ),
  );
  return analyse(made, new Date(0));
}

const plain = (text: string): string => text.replaceAll(/\u001b\[[0-9;]*m/g, '');

describe('the paper’s table', () => {
  it('has a row for each experiment, grouped by data and optimizer, with the paper’s rows of both networks', () => {
    const table = paperTable([
      analysis({ random: 0.1, 'recency-bias': 0.1 }, { dataset: 'letters' }),
      analysis({ random: 0.02, 'recency-bias': 0.019 }, { dataset: 'cifar10', optimizer: 'momentum' }),
      analysis({ random: 0.02, 'recency-bias': 0.019 }),
      analysis({ random: 0.03 }, { model: 'resnet' }),
    ]);
    expect(table.groups.map(({ dataset, rows }) => [dataset, rows.map(({ index }) => index)])).toEqual([
      ['mnist', [2, 3]],
      ['cifar10', [1]],
      ['letters', [0]],
    ]);
    expect(table.groups.map(({ paper }) => paper.map(({ errors }) => errors[3]))).toEqual([
      [0.986, 0.972],
      [6.6, 9.79],
      [],
    ]);
  });

  it('gives mean, standard error, change against Random and verdict', () => {
    const { columns, groups } = paperTable([analysis({ random: 0.02, 'recency-bias': 0.01 })]);
    expect(columns.map(({ title }) => title)).toEqual([
      'Random',
      'Online Batch',
      'Active Bias',
      'Recency Bias',
    ]);
    const [random, online, , recency] = groups[0]!.rows[0]!.cells;
    expect(random).toMatchObject({ reduction: null, verdict: null });
    expect(online).toBeNull();
    // 2.1, 2.2 and 2.3 % against 1.1, 1.2 and 1.3 %.
    expect(recency!.error.mean).toBeCloseTo(0.012, 12);
    expect(recency!.reduction).toBeCloseTo(0.01 / 0.022, 12);
    expect(recency!.verdict).toBe('lower');
  });

  it('gives other methods a column of their own, and of several variants none', () => {
    const grid = analysis({ random: 0.02, 'recency-bias-p1': 0.02, 'recency-bias-p100': 0.01 });
    expect(representative(grid, 'recency-bias')).toBeNull();
    const one = analysis({ random: 0.02, 'recency-bias-p1': 0.02, 'rho-loss': 0.02 });
    expect(representative(one, 'recency-bias')).toBe('recency-bias-p1');
    expect(paperTable([grid, one]).columns.at(-1)).toEqual({ method: 'rho-loss', title: 'RHO-LOSS' });
  });

  it('holds the paper’s reductions against random batches', () => {
    const cell = PAPER_CELLS.find(({ dataset, model }) => dataset === 'mnist' && model === 'ResNet-50')!;
    // 0.636 -> 0.607
    expect(paperReductions(cell)[3]).toBeCloseTo(0.029 / 0.636, 12);
    expect(PAPER_CELLS).toHaveLength(12);
  });
});

describe('a row’s network', () => {
  it('is named with its options, without places on a machine', () => {
    const row = paperTable([analysis({ random: 0.1 })]).groups[0]!.rows[0]!;
    expect(modelTitle(row)).toBe('small-cnn');
    expect(modelTitle({ ...row, modelOptions: { channels: [8, 16], stem: 'cifar' } })).toBe(
      'small-cnn (channels 8-16, stem cifar)',
    );
    const backbone = '/home/x/models/mobilenet/model.json';
    expect(modelTitle({ ...row, model: 'pretrained', modelOptions: { backbone, checksum: 'ab' } })).toBe(
      'pretrained (backbone mobilenet)',
    );
  });
});

describe('the paper’s table in the terminal', () => {
  const full = { random: 0.0213, 'online-batch': 0.2, 'active-bias': 0.3, 'recency-bias': 0.0113 };

  it('shows ours above the paper’s, in columns', () => {
    const lines = plain(terminalPaperTable(paperTable([analysis(full)]))).split('\n');
    expect(lines.slice(0, 8)).toEqual([
      'Best test error, %               Random   Online Batch    Active Bias   Recency Bias',
      '',
      'mnist, plain SGD',
      'small-cnn                   2.33 ± 0.06   20.20 ± 0.06   30.20 ± 0.06    1.33 ± 0.06',
      '  1,000 samples, 2 epochs                     +767.0 %      +1196.1 %        −42.9 %',
      '                                                higher         higher          lower',
      'paper: DenseNet-40-12              1.23          0.765          0.679          0.986',
      '                                               −37.8 %        −44.8 %        −19.8 %',
    ]);
  });

  it('stays within its width, whatever the names, and says what the paper has on fine-tuning', () => {
    const long = { model: 'a-model-with-a-name-of-many-characters'.repeat(3), dataset: 'd'.repeat(30) };
    const text = plain(
      terminalPaperTable(
        paperTable([
          analysis({ ...full, random: 0.202, 'recency-bias': 0.2 }, long),
          analysis(full, { model: 'pretrained', dataset: 'flowers' }),
        ]),
      ),
    );
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(TABLE_WIDTH);
    expect(text).toContain('MIT-67 −2.9 %, FOOD-100 −1.8 %');
  });
});
