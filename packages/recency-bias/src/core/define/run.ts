import type { TrainingRun } from '../selector.js';
import { checkInteger } from '../validate.js';

/**
 * The facts of a run, checked.
 * @throws TypeError or RangeError naming the field
 */
export function checkRun(run: TrainingRun, leastClasses = 0): TrainingRun {
  return {
    size: checkInteger('run.size', run.size, 1, 0x7fffffff),
    classes: checkInteger('run.classes', run.classes, leastClasses, 0x7fffffff),
    epochs: checkInteger('run.epochs', run.epochs, 1),
    seed: checkInteger('run.seed', run.seed, 0, 0xffffffff),
  };
}
