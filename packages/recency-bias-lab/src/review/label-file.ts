/** The file of labels that a review writes, after each batch of decisions. */
import {
  correctionsText,
  NO_CORRECTIONS,
  readCorrectionsIfAny,
  type LabelCorrections,
} from '../data/label-corrections.js';
import { replaceFile } from '../ground/replace-file.js';
import { writeProblem } from '../records/run-writer.js';
import { withDecision } from './decisions.js';
import type { Decision } from './decisions.js';

/** Batches of decisions are written one after another, each replacing the whole file atomically. */
export class LabelFile {
  #corrections: LabelCorrections;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    readonly path: string,
    corrections: LabelCorrections,
  ) {
    this.#corrections = corrections;
  }

  /**
   * Opens the file, or begins it.
   * @param begun with which the run was trained, where there is no file yet
   * @throws DataError when there is a file that is none of labels
   */
  static async open(path: string, begun: LabelCorrections = NO_CORRECTIONS): Promise<LabelFile> {
    return new LabelFile(path, (await readCorrectionsIfAny(path)) ?? begun);
  }

  get corrections(): LabelCorrections {
    return this.#corrections;
  }

  /**
   * @param decisions photos with what was decided, in their order
   * @throws RecordError when they cannot be written; none of them is then taken
   */
  decide(decisions: readonly (readonly [photo: string, decision: Decision])[]): Promise<void> {
    const turn = this.#writing.then(async () => {
      const next = decisions.reduce(
        (corrections, [photo, decision]) => withDecision(corrections, photo, decision),
        this.#corrections,
      );
      try {
        await replaceFile(this.path, correctionsText(next));
      } catch (error) {
        throw writeProblem(error, this.path);
      }
      this.#corrections = next;
    });
    this.#writing = turn.catch(() => undefined);
    return turn;
  }
}
