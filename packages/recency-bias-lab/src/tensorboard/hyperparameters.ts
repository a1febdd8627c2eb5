/** Records for TensorBoard's HParams (tensorboard/plugins/hparams/api.proto and plugin_data.proto). */
import { pluginValue } from './events.js';
import type { SummaryValue } from './events.js';
import { bytes, double, encode, message, whole } from './protobuf.js';
import type { Field } from './protobuf.js';

/** The value of a hyperparameter. */
export type Hyperparameter = number | string | boolean;

const DATA_TYPES = { string: 1, boolean: 2, number: 3 } as const;
const STATUS_SUCCESS = 1;
const DT_FLOAT = 1;

/** `google.protobuf.Value` */
function valueFields(value: Hyperparameter): Field[] {
  if (typeof value === 'number') return [double(2, value)];
  return [typeof value === 'string' ? bytes(3, value) : whole(4, value)];
}

/** The plug-in's data live in the metadata; the tensor beside them is empty. */
function stored(tag: string, data: Field): SummaryValue {
  const tensor = encode([whole(1, DT_FLOAT), message(2, [message(2, [whole(1, 0)])])]);
  return pluginValue(tag, { plugin: 'hparams', content: encode([whole(1, 0), data]), tensor });
}

/**
 * Which hyperparameters runs have, and which numbers to compare them by.
 * @param metrics tags of scalars
 */
export function experimentValue(
  hyperparameters: ReadonlyMap<string, readonly Hyperparameter[]>,
  metrics: readonly { readonly tag: string; readonly title: string }[],
): SummaryValue {
  const infos = [...hyperparameters].map(([name, values]) => {
    const type = DATA_TYPES[typeof values[0] as keyof typeof DATA_TYPES];
    return message(4, [
      bytes(1, name),
      whole(4, type),
      message(
        5,
        values.map((value) => message(1, valueFields(value))),
      ),
    ]);
  });
  const shown = metrics.map(({ tag, title }) => message(5, [message(1, [bytes(2, tag)]), bytes(3, title)]));
  return stored('_hparams_/experiment', message(2, [...infos, ...shown]));
}

/**
 * The hyperparameters of a run.
 * @param group runs of one group are repetitions of each other
 */
export function sessionStart(
  hyperparameters: ReadonlyMap<string, Hyperparameter>,
  group: string,
  time: number,
): SummaryValue {
  const entries = [...hyperparameters].map(([name, value]) =>
    message(1, [bytes(1, name), message(2, valueFields(value))]),
  );
  return stored(
    '_hparams_/session_start_info',
    message(3, [...entries, bytes(4, group), double(5, time / 1000)]),
  );
}

/** The end of a run that was trained to its end. */
export function sessionEnd(time: number): SummaryValue {
  return stored('_hparams_/session_end_info', message(4, [whole(1, STATUS_SUCCESS), double(2, time / 1000)]));
}
