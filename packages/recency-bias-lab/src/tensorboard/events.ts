/** Events of TensorBoard's event files (tensorflow/core/util/event.proto and framework/summary.proto), framed. */
import { bytes, double, encode, float, message, optional, packedDoubles, whole } from './protobuf.js';
import type { Field } from './protobuf.js';
import { frame } from './record-frame.js';

/** When something happened. */
export interface EventTime {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The epoch, 1-based; 0 for what is of the whole run. */
  readonly step: number;
}

/** A value under a tag, encoded. */
export type SummaryValue = Field;

const DT_STRING = 7;

function event({ time, step }: EventTime, content: Field): Uint8Array {
  return frame(encode([double(1, time / 1000), whole(2, step), content]));
}

/** The first event of a file. */
export function fileVersion(time: number): Uint8Array {
  return event({ time, step: 0 }, bytes(3, 'brain.Event:2'));
}

/** Values of one moment. */
export function summary(moment: EventTime, values: readonly SummaryValue[]): Uint8Array {
  return event(
    moment,
    message(
      5,
      values.map((value) => bytes(1, value)),
    ),
  );
}

/** A number. */
export function scalar(tag: string, value: number): SummaryValue {
  return encode([bytes(1, tag), float(2, value)]);
}

/**
 * Counts of values in equal bins over [0, 1]; sums are those of the bins' middles.
 * @param counts one a bin
 */
export function histogram(tag: string, counts: readonly number[]): SummaryValue {
  const width = 1 / counts.length;
  const sumOf = (power: number): number =>
    counts.reduce((sum, count, bin) => sum + count * ((bin + 0.5) * width) ** power, 0);
  const limits = counts.map((_, bin) => (bin + 1) * width);
  const fields = [double(1, 0), double(2, 1), double(3, sumOf(0)), double(4, sumOf(1)), double(5, sumOf(2))];
  return encode([bytes(1, tag), message(5, [...fields, packedDoubles(6, limits), packedDoubles(7, counts)])]);
}

/** Metadata that a plug-in of TensorBoard keeps under a tag. */
export function pluginValue(
  tag: string,
  {
    plugin,
    content,
    tensor,
  }: { readonly plugin: string; readonly content?: Uint8Array; readonly tensor: Field },
): SummaryValue {
  const data = message(1, [bytes(1, plugin), optional(content, (value) => bytes(2, value))]);
  return encode([bytes(1, tag), message(8, [tensor]), message(9, [data])]);
}

/** A text, in Markdown. */
export function text(tag: string, value: string): SummaryValue {
  const shape = message(2, [message(2, [whole(1, 1)])]);
  return pluginValue(tag, { plugin: 'text', tensor: encode([whole(1, DT_STRING), shape, bytes(8, value)]) });
}
