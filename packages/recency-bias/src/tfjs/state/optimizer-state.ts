/**
 * Optimizer state as plain data, exact to the bit. TensorFlow.js's own `optimizer.setWeights` recomputes Adam's
 * running powers of beta by `pow`, which differs from the product it had, and some optimizers have none; so the
 * variables are read as they lie in the optimizer: scalars (`accBeta1`) and lists of slots (`accumulations`).
 */
import * as tf from '@tensorflow/tfjs';
import type { StateDict, StateValue } from '../../core/selector.js';
import { readInteger, readState } from '../../core/state-fields.js';
import { invalid, show } from '../../core/validate.js';
import { captureTensor, readTensor, tensorOf, type TensorState } from './tensor-state.js';
import type { LayerVariable, NamedWeight } from './weight-names.js';

interface Slot {
  originalName: string;
  variable: tf.Variable;
}

/** A slot as plain data. */
interface SavedSlot {
  /** Its weight and kind; the variable and kind, where the weight is not known. */
  readonly name: string;
  /** Layer and variable of the weight; null where it is not known. */
  readonly weight: StateValue;
  readonly tensor: TensorState;
}

interface OptimizerFields {
  iterations_?: number;
  [field: string]: unknown;
}

function isSlot(value: unknown): value is Slot {
  return typeof value === 'object' && value !== null && 'originalName' in value && 'variable' in value;
}

function isSlotList(value: unknown): value is Slot[] {
  return Array.isArray(value) && value.every(isSlot);
}

function fieldsOf(optimizer: tf.Optimizer): OptimizerFields {
  return optimizer as unknown as OptimizerFields;
}

/** Name of the variable of a weight, by which optimizers name its slots. */
function variableName(weight: LayerVariable): string {
  return (weight.read() as unknown as { readonly name: string }).name;
}

/** A slot is named by the variable that it belongs to, and by what it is: `dense_1/kernel` and `momentum`. */
function splitSlotName(name: string): readonly [variable: string, kind: string] {
  const at = name.lastIndexOf('/');
  return [name.slice(0, at), name.slice(at + 1)];
}

/** The state of `optimizer`: iteration count, slots and running scalars. Settings such as the learning rate are not part of it. */
export async function captureOptimizer(
  optimizer: tf.Optimizer,
  weights: readonly NamedWeight[],
): Promise<StateDict> {
  const nameOf = new Map(weights.map(({ name, weight }) => [variableName(weight), name]));
  const fields = fieldsOf(optimizer);
  const scalars: Record<string, StateValue> = {};
  const slots: Record<string, StateValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof tf.Variable) {
      scalars[name] = await captureTensor(value);
    } else if (isSlotList(value)) {
      slots[name] = await Promise.all(
        value.map(async ({ originalName, variable: slot }) => {
          const [variable, kind] = splitSlotName(originalName);
          const weight = nameOf.get(variable) ?? null;
          // A variable of a second network in a process has another name than its weight.
          const known = weight === null ? originalName : `${weight}/${kind}`;
          return { version: 1, name: known, weight, tensor: await captureTensor(slot) };
        }),
      );
    }
  }
  return {
    version: 1,
    name: optimizer.getClassName(),
    iterations: fields.iterations_ ?? 0,
    scalars: { version: 1, ...scalars },
    slots: { version: 1, ...slots },
  };
}

/**
 * Restores what `captureOptimizer` returned. `nowOf` gives the model's weight of each name in the state; `trained` are the
 * weights that the model trains, or null if they are those of the state, whose slots then keep their order.
 *
 * @throws RangeError when the state is another optimizer's; TypeError or RangeError naming a damaged field. Nothing is changed then.
 */
export function restoreOptimizer(
  optimizer: tf.Optimizer,
  state: StateDict,
  nowOf: ReadonlyMap<StateValue | undefined, NamedWeight>,
  trained: readonly LayerVariable[] | null,
): void {
  const fields = fieldsOf(optimizer);
  const name = optimizer.getClassName();
  if (state.name !== name) {
    throw new RangeError(
      `resume.optimizer is the state of ${show(state.name)}, but the model is compiled with ${name}; use the same optimizer.`,
    );
  }
  const iterations = readInteger(state, 'iterations', 0);
  const scalars = partsOf(state, 'scalars').map(([field, value]) => {
    const variable = fields[field];
    if (!(variable instanceof tf.Variable)) throw unknownField(name, field);
    return { variable, saved: readTensor(`resume.optimizer.scalars.${field}`, value) };
  });
  const slots = partsOf(state, 'slots').map(([field, value]) => {
    const held = fields[field];
    if (!isSlotList(held)) throw unknownField(name, field);
    return { field, held, saved: readSlots(`resume.optimizer.slots.${field}`, value) };
  });
  fields.iterations_ = iterations;
  tf.tidy(() => {
    for (const { variable, saved } of scalars) variable.assign(tensorOf(saved));
    for (const { field, held, saved } of slots) {
      for (const slot of held) slot.variable.dispose();
      fields[field] = arrange(saved, nowOf, trained);
    }
  });
}

/** The entries of a nested state. */
function partsOf(state: StateDict, field: string): [string, StateValue][] {
  return Object.entries(readState(state, field)).filter(([key]) => key !== 'version');
}

function readSlots(name: string, value: unknown): SavedSlot[] {
  if (!Array.isArray(value)) throw invalid(TypeError, name, value, 'a list of slots');
  return value.map((slot: Partial<Record<string, StateValue>> | null, i) => {
    if (typeof slot?.name !== 'string')
      throw invalid(TypeError, `${name}[${i}]`, slot, 'a slot with its name');
    return {
      name: slot.name,
      weight: slot.weight ?? null,
      tensor: readTensor(`${name}[${i}].tensor`, slot.tensor),
    };
  });
}

/**
 * Slots in the order in which the optimizer takes the variables that it trains. It makes a slot anew where the list has
 * a hole: for a weight that was frozen then and is trained now.
 */
function arrange(
  saved: readonly SavedSlot[],
  nowOf: ReadonlyMap<StateValue | undefined, NamedWeight>,
  trained: readonly LayerVariable[] | null,
): Slot[] {
  const slotOf = ({ name, tensor }: SavedSlot, variable: string | null): Slot => ({
    originalName: variable === null ? name : `${variable}/${splitSlotName(name)[1]}`,
    variable: tf.variable(tensorOf(tensor), false),
  });
  const owners = saved.map(({ weight }) => nowOf.get(weight)?.weight);
  // The same weights are trained: a weight that has no slot has no gradient, and the optimizer leaves it out.
  if (trained === null || owners.includes(undefined)) {
    return saved.map((slot, i) => {
      const owner = owners[i];
      return slotOf(slot, owner === undefined ? null : variableName(owner));
    });
  }
  const slots: Slot[] = [];
  trained.forEach((weight, i) => {
    const at = owners.indexOf(weight);
    if (at >= 0) slots[i] = slotOf(saved[at]!, variableName(weight));
  });
  return slots;
}

function unknownField(optimizer: string, field: string): RangeError {
  return new RangeError(
    `resume.optimizer has "${field}", which ${optimizer} of this TensorFlow.js version has not.`,
  );
}
