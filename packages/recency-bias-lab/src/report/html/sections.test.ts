import { describe, expect, it } from 'vitest';
import { comparison, epochEvent, header, run } from '../../../test/support/records.js';
import { analyse } from '../analysis/results.js';
import { DARK_COLORS, LIGHT_COLORS } from '../palette.js';
import {
  describeImageChanges,
  describeLearningRate,
  describeOptimizer,
  describeValue,
  facts,
} from './facts.js';
import { matricesSection } from './matrices-section.js';
import { reportPage } from './page.js';
import { pairedSection } from './paired-section.js';
import { labelColor, samplesSection, tally } from './samples-section.js';
import { ALONE } from './section.js';
import { timeReductionSection } from './time-reduction-section.js';

const NOW = new Date(0);

/** Relative luminance and contrast of the Web Content Accessibility Guidelines 2.2. */
function luminance(rgb: readonly number[]): number {
  const [r, g, b] = rgb.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright! + 0.05) / (dark! + 0.05);
}

function fromHex(hex: string): number[] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
}

function fromHsl(text: string): number[] {
  const [hue, saturation, lightness] = /^hsl\((\d+) (\d+)% (\d+)%\)$/.exec(text)!.slice(1).map(Number);
  const [s, l] = [saturation! / 100, lightness! / 100];
  return [0, 8, 4].map((n) => {
    const k = (n + hue! / 30) % 12;
    return l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  });
}

describe('colours on the page', () => {
  it('keep white digits readable on every label', () => {
    for (let label = 0; label < 1000; label++) {
      expect(contrast(fromHsl(labelColor(label)), [1, 1, 1]), `label ${label}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('set every line off from its background', () => {
    for (const color of LIGHT_COLORS) expect(contrast(fromHex(color), fromHex('#ffffff'))).toBeGreaterThan(4);
    for (const color of DARK_COLORS) expect(contrast(fromHex(color), fromHex('#1b1f25'))).toBeGreaterThan(4);
  });
});

describe('the facts', () => {
  it('describe optimizers', () => {
    expect(describeOptimizer({ name: 'momentum', momentum: 0.95, nesterov: true })).toBe(
      'Nesterov momentum 0.95',
    );
    expect(describeOptimizer({ name: 'momentum' })).toBe('momentum 0.9');
    expect(describeOptimizer({ name: 'sgd' })).toBe('plain SGD');
    expect(describeOptimizer({ name: 'lamb', beta: 1 })).toBe('lamb, beta 1');
  });

  it('says how images are changed as the plan does', () => {
    expect(describeImageChanges({ name: 'cifar', padding: 2 })).toBe(
      'flip, crop with 2 pixels of padding; standardised by channel',
    );
    expect(
      describeImageChanges(
        { name: 'none', flip: true },
        { name: 'pretrained', options: { scaling: 'symmetric' } },
      ),
    ).toBe('flip; scaled symmetric, to [-1, 1]');
    expect(describeImageChanges('unheard-of')).toBe('unheard-of');
  });

  it('describe the learning rate as it was recorded', () => {
    const epochs = [0.1, 0.1, 0.010000000001, 0.01, 0.001].map((learningRate, i) =>
      epochEvent(i + 1, 0.1, { learningRate }),
    );
    expect(describeLearningRate({ epochs })).toBe('0.1, 0.01 from epoch 3, 0.001 from epoch 5');
    const cosine = Array.from({ length: 9 }, (_, i) =>
      epochEvent(i + 1, 0.1, { learningRate: 0.1 - 0.01 * i }),
    );
    expect(describeLearningRate({ epochs: cosine })).toBe('0.1 to 0.02 from epoch 9, changing');
  });

  it('show whatever else the experiment says', () => {
    const made = run([0.1], { experiment: { name: 'x', weightDecay: 0.0005, extra: [1, { a: null }] } });
    const shown = new Map(facts(analyse(comparison([made]), NOW)));
    expect(shown.get('Weight decay')).toBe('0.0005');
    expect(shown.get('Extra')).toBe('1; a none');
    expect(shown.get('Epochs')).toBe('1, no warm-up');
    expect(shown.has('Name')).toBe(false);
    expect(describeValue(['a', true])).toBe('a; true');
  });

  it('are few before any run has begun', () => {
    const none = analyse(comparison([], { selectors: ['a'], seeds: [1, 2] }), NOW);
    expect(facts(none)).toEqual([
      ['Selectors', 'a'],
      ['Seeds', '1, 2'],
    ]);
  });
});

describe('the report of a training alone', () => {
  const text = (selectors: readonly string[], experiment: object = {}): string => {
    const runs = selectors.map((selector) => run([0.2, 0.1], { selector, warmupEpochs: 1 }));
    const made = comparison(runs, { experiment: { epochs: 2, ...experiment }, sources: ['runs/mine'] });
    const page = reportPage([analyse(made, NOW)], '').replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, '');
    return page.replaceAll(/\s+/g, ' ');
  };
  const WORDS =
    /shared by all|Verdict|baseline|batch selection compared|same for all|the same for all selectors|of the paper|paper’s|over seeds|this comparison|Within the noise/g;

  it('has none of the words of a comparison, which the report of a comparison has', () => {
    const alone = text(['recency-bias']);
    expect(alone.match(WORDS) ?? []).toEqual([]);
    expect(alone).toContain('a warm-up, in which all samples are drawn alike');
    expect(alone).toMatch(/<title>[^<]*: training with Recency Bias<\/title>/);
    const found = new Set(text(['uniform', 'recency-bias']).match(WORDS) ?? []);
    expect([...found]).toEqual(expect.arrayContaining(['shared by all', 'Verdict', 'baseline']));
  });

  it('stands beside no numbers of the paper, where a comparison on the same data does', () => {
    const made = (selectors: readonly string[]): boolean => {
      const mnist = { ...header().dataset, name: 'mnist' };
      const experiment = { epochs: 2, optimizer: { name: 'sgd' } };
      const runs = selectors.map((selector) => run([0.2, 0.1], { selector, dataset: mnist, experiment }));
      return reportPage([analyse(comparison(runs), NOW)], '').includes('id="paper-table"');
    };
    expect([made(['recency-bias']), made(['uniform', 'recency-bias'])]).toEqual([false, true]);
  });

  it('names finetune to do it again where a pretrained network was fine-tuned, else compare with the experiment', () => {
    const fineTuned = { model: { name: 'pretrained', options: {} } };
    expect(text(['recency-bias'], fineTuned)).toContain(
      'npx recency-bias finetune --like runs/mine --out again',
    );
    const compared = 'npx recency-bias compare runs/mine/experiment.json --out again';
    expect(text(['recency-bias'])).toContain(compared);
    expect(text(['uniform', 'recency-bias'], fineTuned)).toContain(compared);
  });
});

describe('the matrices', () => {
  it('are left out for a single selector', () => {
    expect(matricesSection(analyse(comparison([run([0.1])]), NOW).results, ALONE).text).toBe('');
  });

  it('say when an error is never reached', () => {
    const two = comparison([run([0.1], { selector: 'a' }), run([0.2], { selector: 'b' })]);
    expect(matricesSection(analyse(two, NOW).results, ALONE).text).toContain('not reached');
  });
});

describe('the comparison seed by seed', () => {
  const section = (seeds: readonly number[]): string =>
    pairedSection(
      analyse(
        comparison(
          seeds.flatMap((seed) => [
            run([0.2, 0.3], { selector: 'uniform', seed }),
            run([0.1, 0.3], { selector: 'recency-bias', seed }),
          ]),
        ),
        NOW,
      ).results,
      ALONE,
    ).text.replaceAll(/\s+/g, ' ');

  it('gives the differences of best and final errors with interval and verdict', () => {
    const text = section([1, 2, 3]);
    expect(text).toContain('Recency Bias − Random');
    expect(text).toContain('<td>−10.00, −10.00, −10.00</td>');
    // Steps of 1/500: 4.30265 * (0.002 / √6) / √3 = 0.2028 points.
    expect(text).toContain('−10.20 to −9.80');
    expect(text).toContain('<td class="self">within the noise</td>');
    expect(text).not.toContain('fewer than three seeds');
  });

  it('says when there are too few seeds, and is left out where nothing can be paired', () => {
    expect(section([1, 2])).toContain('fewer than three seeds');
    expect(section([])).toBe('');
  });
});

describe('the time reduction', () => {
  const section = (model: string, selectors = ['random', 'recency-bias', 'online-batch']): string => {
    const method = (selector: string) => ({
      name: selector === 'random' ? 'uniform' : selector,
      options: {},
    });
    const errors: Record<string, number[]> = {
      random: [0.5, 0.4, 0.3, 0.2],
      'recency-bias': [0.4, 0.2, 0.3, 0.3],
      'online-batch': [0.4, 0.3, 0.3, 0.1],
    };
    const runs = selectors.flatMap((selector) =>
      [1, 2].map((seed) =>
        run(errors[selector]!, {
          selector,
          seed,
          method: method(selector),
          model: { name: model, parameters: 1 },
        }),
      ),
    );
    return timeReductionSection(analyse(comparison(runs), NOW), ALONE).text.replaceAll(/\s+/g, ' ');
  };

  it('is that of Recency Bias over each other method of the paper, in seconds and passes, positive where sooner', () => {
    const text = section('small-cnn');
    // Random is best after 40 s, Recency Bias there after 20 s; what Online Batch reaches it never does.
    expect(text).toContain('50.0 % ± 0.0<span class="sub">40.0 s → 20.0 s</span');
    expect(text).toContain('50.0 % ± 0.0<span class="sub">4.0 → 2.0</span');
    expect(text).toContain('reached in 2 of 2');
    expect(text).toContain('not reached<span class="sub">in 2 seeds</span>');
    expect(text).not.toContain('MIT-67');
  });

  it('stands beside the paper’s in fine-tuning', () => {
    const text = section('pretrained');
    expect(text).toContain('Paper: MIT-67');
    expect(text).toMatch(/24\.6 %<span class="sub" ?>5,218 s → 3,936 s<\/span/);
    expect(text).toMatch(/26\.1 %<span class="sub" ?>7,263 s → 5,365 s<\/span/);
    expect(text).toMatch(/55\.8 %<span class="sub" ?>8,333 s → 3,685 s<\/span/);
  });

  it('is left out without Recency Bias', () => {
    expect(section('small-cnn', ['random', 'online-batch'])).toBe('');
  });
});

describe('the uncertain samples', () => {
  const sample = {
    index: 1,
    label: 1,
    window: [0, 0, 2],
    uncertainty: 0.5,
    timesDrawn: 1,
    image: 'data:image/png;base64,AAAA',
  };
  const section = (image: string, names: string[]): string => {
    const made = run([0.1], { dataset: { ...header().dataset, classNames: names } });
    return samplesSection(
      analyse(comparison([{ ...made, uncertainSamples: [{ ...sample, image }] }]), NOW),
      ALONE,
    ).text.replaceAll(/[ \n]+/g, ' ');
  };

  it('count the labels of the window, most frequent first', () => {
    expect(tally([2, 0, 0, 1, 1])).toEqual([
      [0, 2],
      [1, 2],
      [2, 1],
    ]);
  });

  it('show class names escaped, and say when the own label was never predicted', () => {
    const text = section(sample.image, ['<b>', '"', 'frog']);
    expect(text).toContain('&lt;b&gt;\u00a0×2, frog\u00a0×1; its own label never');
    expect(text).not.toContain('<b>');
    expect(text).toContain('drawn 1 time <');
  });

  it('show labels as numbers where names are missing', () => {
    expect(section(sample.image, [])).toContain('labelled <strong>1</strong>');
  });

  it('show no image that is not data of an image', () => {
    expect(section(sample.image, [])).toContain('<img');
    for (const image of [
      'https://example.org/x.png',
      'data:text/html;base64,AAAA',
      'data:image/png;base64,A"A',
    ]) {
      expect(section(image, [])).not.toContain('<img');
    }
  });
});
