/**
 * Draws docs/images/idea.svg, the picture of the method's idea: windows of predicted labels of three samples, their
 * uncertainty and how often they are drawn. Run by `npm run figure`.
 *
 * The three histories are made up; uncertainties and probabilities are computed by the library.
 */
import { writeFileSync } from 'node:fs';
import { LabelHistory, recencyBias } from 'recency-bias';

const CLASSES = 10;
const WINDOW = 10;
const SELECTION_PRESSURE = 100;
/** Samples of the made-up training set, so that quantisation is as fine as in a real one. */
const TRAINING_SET = 10_000;

interface Sample {
  readonly title: string;
  readonly remark: string;
  readonly label: number;
  /** Predicted labels, oldest first; the last WINDOW of them count. */
  readonly predictions: readonly number[];
}

const SAMPLES: readonly Sample[] = [
  {
    title: 'Easy',
    remark: 'right again and again',
    label: 7,
    predictions: [1, 7, 2, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
  },
  {
    title: 'Hard',
    remark: 'wrong, and sure of it',
    label: 9,
    predictions: [9, 4, 9, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
  },
  {
    title: 'Uncertain',
    remark: 'it cannot decide',
    label: 5,
    predictions: [3, 3, 5, 3, 5, 3, 8, 5, 5, 3, 8, 3, 5, 6],
  },
];

interface Measured {
  readonly uncertainty: number;
  /** How often the sample is drawn, relative to the easy one. */
  readonly ratio: number;
}

/** Uncertainties and relative drawing probabilities as the library computes them, right after the warm-up. */
function measure(samples: readonly Sample[]): Measured[] {
  const history = new LabelHistory(samples.length, CLASSES, WINDOW);
  const selector = recencyBias({
    window: WINDOW,
    selectionPressure: SELECTION_PRESSURE,
    warmupEpochs: 1,
  })({ size: TRAINING_SET, classes: CLASSES, epochs: 1_000_000, seed: 1 });
  for (const [index, { predictions }] of samples.entries()) {
    for (const label of predictions) {
      history.record(index, label);
      selector.observe({ indices: Int32Array.of(index), predictedLabel: Int32Array.of(label) });
    }
  }
  selector.beginEpoch(2);
  const probabilities = selector.probabilities();
  return samples.map((_, index) => ({
    uncertainty: history.uncertainty(index),
    ratio: probabilities[index]! / probabilities[0]!,
  }));
}

/** Hues of the labels that occur, dark enough for white digits on either page. */
const LABEL_COLORS: Readonly<Record<number, string>> = {
  1: '#5b5f97',
  2: '#7a5c3e',
  3: '#0b66c3',
  4: '#a3324a',
  5: '#07805a',
  6: '#8a6100',
  7: '#4b5768',
  8: '#9c3d8a',
  9: '#2a7080',
};

const CELL = 30;
const GAP = 4;
const LEFT = 152;
const TOP = 92;
const ROW = 84;
const WIDTH = 980;
const HEIGHT = TOP + ROW * 3 + 46;
const EARLIER = SAMPLES[0]!.predictions.length - WINDOW;
const WINDOW_LEFT = LEFT + EARLIER * (CELL + GAP);
const WINDOW_RIGHT = LEFT + (EARLIER + WINDOW) * (CELL + GAP) - GAP;
const UNCERTAINTY = WINDOW_RIGHT + 76;
const BARS = UNCERTAINTY + 74;
const BAR_LENGTH = WIDTH - 78 - BARS;

const STYLE = `
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:#1c2127}
.page{fill:#fff;stroke:#dfe3e8}
.muted{fill:#59616c;font-size:14px}
.title{font-size:19px;font-weight:650}
.digit{font-size:16px;font-weight:650;fill:#fff;text-anchor:middle}
.number{font-size:19px;font-weight:650;text-anchor:middle}
.bracket{fill:none;stroke:#59616c;stroke-width:1.5}
.bar{fill:#0b66c3}
@media (prefers-color-scheme:dark){
text{fill:#e8ebef}
.page{fill:#171b20;stroke:#333a43}
.muted{fill:#a5aeba}
.bracket{stroke:#a5aeba}
.bar{fill:#5fb0ff}
.digit{fill:#fff}
}`;

function cell(label: number, column: number, y: number): string {
  const x = LEFT + column * (CELL + GAP);
  const faded = column < EARLIER ? ' opacity=".32"' : '';
  return (
    `<g${faded}><rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" rx="6" fill="${LABEL_COLORS[label]!}"/>` +
    `<text class="digit" x="${x + CELL / 2}" y="${y + 21}">${label}</text></g>`
  );
}

function row(sample: Sample, { uncertainty, ratio }: Measured, index: number, largest: number): string {
  const y = TOP + index * ROW;
  const middle = y + CELL / 2;
  const length = Math.max(3, (ratio / largest) * BAR_LENGTH).toFixed(1);
  return `<text class="title" x="28" y="${y + 12}">${sample.title}</text>
<text class="muted" x="28" y="${y + 31}">a picture of a ${sample.label}</text>
${sample.predictions.map((label, column) => cell(label, column, y)).join('\n')}
<text class="muted" x="${WINDOW_LEFT}" y="${y + CELL + 19}">${sample.remark}</text>
<text class="number" x="${UNCERTAINTY}" y="${middle + 7}">${uncertainty.toFixed(2)}</text>
<rect class="bar" x="${BARS}" y="${y + 4}" width="${length}" height="${CELL - 8}" rx="4"/>
<text class="title" x="${(BARS + Number(length) + 10).toFixed(1)}" y="${middle + 7}">${ratio.toFixed(0)}×</text>`;
}

/** The figure as SVG. */
export function ideaFigure(): string {
  const measured = measure(SAMPLES);
  const largest = Math.max(...measured.map(({ ratio }) => ratio));
  const rows = SAMPLES.map((sample, index) => row(sample, measured[index]!, index, largest));
  const words = SAMPLES.map(({ title, predictions }, index) => {
    const { uncertainty, ratio } = measured[index]!;
    return `${title}: the last labels predicted are ${predictions.slice(-WINDOW).join(' ')}, uncertainty ${uncertainty.toFixed(2)}, drawn ${ratio.toFixed(1)} times as often as the easy one.`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title description">
<title id="title">Recency Bias: samples whose recent predictions disagree are drawn more often</title>
<desc id="description">${words.join(' ')}</desc>
<style>${STYLE}</style>
<rect class="page" x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="14"/>
<text class="muted" x="28" y="42">sample</text>
<text class="muted" x="${LEFT}" y="42">earlier labels</text>
<text class="muted" x="${(WINDOW_LEFT + WINDOW_RIGHT) / 2}" y="42" text-anchor="middle">the window: last ${WINDOW} predicted labels</text>
<path class="bracket" d="M${WINDOW_LEFT} 66v-8h${WINDOW_RIGHT - WINDOW_LEFT}v8"/>
<text class="muted" x="${UNCERTAINTY}" y="42" text-anchor="middle">uncertainty</text>
<text class="muted" x="${BARS}" y="42">is drawn</text>
${rows.join('\n')}
<text class="muted" x="28" y="${HEIGHT - 24}">Uncertainty: the entropy of the labels in the window, 0 to 1. Earlier labels count no more. Rates at selection pressure ${SELECTION_PRESSURE}.</text>
</svg>
`;
}

export function run(): void {
  writeFileSync('docs/images/idea.svg', ideaFigure());
}
