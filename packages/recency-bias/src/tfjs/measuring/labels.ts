/** All checks of labels: whether what the targets of the watched output say is a class. */
import type { Selector } from '../../core/selector.js';
import { SIGNALS, type Signal } from '../../core/signals.js';
import { columnOf, type Measured } from './measured.js';
import type { Task } from './task.js';

/** A selector, as far as errors name it. */
type Learner = Pick<Selector, 'name' | 'signals'>;

/** Rounding of a distribution's sum in float32. */
const SLACK = 1e-3;

/**
 * True if labels are checked: where the loss says that the output is a classification, or where the selector must take it
 * for a classification.
 */
export function labelsMatter(task: Task, signals: readonly Signal[]): boolean {
  if (task.labels === null) return false;
  return !task.uncertain || signals.some((signal) => SIGNALS[signal].needs !== 'loss');
}

/**
 * True if `code` stands for a class. A code is the label itself where labels are numbers (one sigmoid unit takes
 * probabilities, too), and `oneHotCode` of the row where they are rows.
 */
function isClass(task: Task, code: number): boolean {
  if (task.labels === 'one-hot') return Math.abs(code - 1) <= SLACK;
  if (task.labels === 'binary') return code >= 0 && code <= 1;
  return Number.isInteger(code) && code >= 0 && code < task.classes;
}

/** 1 for a row that is a distribution, something else for any other row: twice the sum of its sizes less its sum. */
export function oneHotCode(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  let size = 0;
  for (let i = from; i < to; i++) {
    sum += values[i]!;
    size += Math.abs(values[i]!);
  }
  return 2 * size - sum;
}

/** @throws RangeError when a row of `targets` [rows, ...] is no class; the message names the sample. */
export function checkTargets(
  task: Task,
  selector: Learner,
  targets: ArrayLike<number>,
  sample: (row: number) => number,
): void {
  const width = task.labels === 'one-hot' ? task.classes : 1;
  for (let row = 0; row * width < targets.length; row++) {
    const from = row * width;
    const code = width === 1 ? targets[from]! : oneHotCode(targets, from, from + width);
    if (!isClass(task, code)) throw labelError(task, selector, sample(row), code);
  }
}

/** @throws RangeError when a measured label is no class. */
export function checkMeasuredLabels(task: Task, selector: Learner, measured: Measured): void {
  if (!measured.columns.includes('label')) return;
  const codes = columnOf(measured, 'label');
  const row = codes.findIndex((code) => !isClass(task, code));
  if (row >= 0) throw labelError(task, selector, measured.indices[row]!, codes[row]!);
}

function labelError(task: Task, selector: Learner, sample: number, code: number): RangeError {
  const output = `output "${task.outputName}"`;
  if (task.labels === 'sparse') {
    return new RangeError(
      `fit: the label of sample ${sample} is ${code}; expected an integer in [0, ${task.classes}).`,
    );
  }
  if (task.labels === 'binary') {
    return new RangeError(
      `fit: the label of sample ${sample} is ${code}; ${output} has one unit for two classes, so expected 0 or 1.`,
    );
  }
  const why = task.uncertain
    ? `selector "${selector.name}" needs ${selector.signals.join(', ')}, but the`
    : 'the';
  return new RangeError(
    `fit: ${why} targets of ${output} are no one-hot labels (sample ${sample}): expected a row of zeros with a single 1, or ` +
      'probabilities that sum to 1; for a regression, selectors that need no signal, or only loss, fit.',
  );
}
