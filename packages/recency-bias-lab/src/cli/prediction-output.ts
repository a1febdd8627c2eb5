/** The output of `predict`: text, CSV or JSON, a photo at a time. */
import { once } from 'node:events';
import pc from 'picocolors';
import type { Prediction } from 'recency-bias/classifier';
import { largest } from '../ground/extremes.js';

/** The answer for one photo, or why there is none. */
export type Outcome =
  | { readonly image: string; readonly predictions: readonly Prediction[] }
  | { readonly image: string; readonly error: string };

/** Takes outcomes as they come. */
export interface PredictionOutput {
  /** Columns of text line up within the photos that are written together. */
  write(outcomes: readonly Outcome[]): Promise<void>;
  /** To be called after the last one. */
  end(): Promise<void>;
}

/** The probability from which on the most probable class counts as certain. */
export const SURE = 0.8;

/** Whether the most probable class is not certain. */
export function isUnsure({ predictions }: Extract<Outcome, { predictions: unknown }>): boolean {
  return predictions[0]!.probability < SURE;
}

/** A field of CSV: quoted where it has to be, and never a formula in a spreadsheet. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A name without control characters, which a terminal would obey. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => {
    return `\\x${character.codePointAt(0)!.toString(16).padStart(2, '0')}`;
  });
}

function textRow(outcome: Outcome, width: number): string {
  if ('error' in outcome) return '';
  const shown = outcome.predictions.map(({ label, probability }, i) => {
    const text = `${printable(label)} ${(100 * probability).toFixed(1)} %`;
    return i === 0 ? pc.bold(text) : pc.dim(text);
  });
  return `${printable(outcome.image).padEnd(width)}  ${shown.join('   ')}\n`;
}

function csvRow(outcome: Outcome, top: number): string {
  const cells =
    'error' in outcome
      ? [outcome.image, ...Array.from({ length: 2 * top }, () => ''), outcome.error]
      : [
          outcome.image,
          ...Array.from({ length: top }, (_, i) => outcome.predictions[i]).flatMap((prediction) =>
            prediction === undefined ? ['', ''] : [prediction.label, prediction.probability.toFixed(4)],
          ),
          '',
        ];
  return `${cells.map(field).join(',')}\n`;
}

/**
 * An output in one of the forms.
 * @param top classes of each photo, for the columns of CSV
 */
export function predictionOutput(
  form: 'text' | 'csv' | 'json',
  top: number,
  stream: NodeJS.WritableStream,
): PredictionOutput {
  const put = async (text: string): Promise<void> => {
    // A slow reader is waited for: its text is not piled up.
    if (text !== '' && !stream.write(text)) await once(stream, 'drain');
  };
  let width = 0;
  let count = 0;
  const head = Array.from({ length: top }, (_, i) => `class${i + 1},probability${i + 1}`);
  return {
    async write(outcomes) {
      width = Math.max(width, largest(outcomes.map(({ image }) => image.length)));
      for (const outcome of outcomes) {
        const isFirst = count++ === 0;
        if (form === 'json') {
          const text = JSON.stringify(outcome, null, 2).replaceAll('\n', '\n  ');
          await put(`${isFirst ? '[' : ','}\n  ${text}`);
        } else if (form === 'csv') {
          await put(`${isFirst ? `photo,${head.join(',')},error\n` : ''}${csvRow(outcome, top)}`);
        } else await put(textRow(outcome, width));
      }
    },
    async end() {
      if (form === 'json') await put(count === 0 ? '[]\n' : '\n]\n');
    },
  };
}
