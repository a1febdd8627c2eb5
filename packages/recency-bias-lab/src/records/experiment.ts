/**
 * The resolved experiment: what experiment.json of a comparison holds, and what run.json of every run repeats. Every program that
 * reads records reads it by this schema. It is lenient, so that records of every version stay readable: a field may be missing, and a
 * field that this version does not know is kept. A field that is there has its type.
 */
import { z } from 'zod';

const number = z.number();
const options = z.record(z.string(), z.unknown());

/** A batch-selection method: its registry name and its options. */
const methodSchema = z.object({
  name: z.string().optional(),
  options: options.optional(),
  /** SHA-256 of the source, where the name is the path of a module. */
  source: z.string().optional(),
});

const recordedGridSchema = z.looseObject({
  /** Registry name of the selector. */
  selector: z.string(),
  /** Option -> values. Every combination is a cell. */
  options: z.record(z.string(), z.array(z.union([number, z.string(), z.boolean()])).min(1)),
  /** Labels of the cells' selectors, row by row: the option named last varies fastest. */
  labels: z.array(z.string()).optional(),
});

/** The resolved experiment as records hold it. */
export const recordedExperimentSchema = z.looseObject({
  name: z.string().optional(),
  /** Free text. */
  description: z.string().optional(),
  dataset: z
    .looseObject({
      /** Registry name. */
      name: z.string().optional(),
      /** Where the machine that trained had the data. */
      path: z.string().optional(),
      trainSize: number.optional(),
      testSize: number.optional(),
      subsetSeed: number.optional(),
      classes: number.optional(),
      /** Ratio of the largest class to the smallest in the training data. */
      imbalance: number.optional(),
      copies: z.looseObject({ count: number, shift: number.optional() }).optional(),
      labelNoise: z
        .looseObject({
          share: number,
          seed: number.optional(),
          to: z.union([z.string(), z.array(number)]).optional(),
        })
        .optional(),
      memoryLimit: number.optional(),
      /** SHA-256 of what the data are; absent in records of versions that made none. */
      fingerprint: z.string().optional(),
    })
    .optional(),
  model: z.looseObject({ name: z.string().optional(), options: options.optional() }).optional(),
  /** The policy by name, and every number of it. */
  augmentation: z.looseObject({ name: z.string().optional() }).optional(),
  optimizer: z
    .looseObject({
      name: z.string().optional(),
      momentum: number.optional(),
      nesterov: z.boolean().optional(),
    })
    .optional(),
  learningRate: z
    .looseObject({
      initial: number.optional(),
      /** [when, factor]: below 1 a share of the epochs, else a number of epochs. */
      steps: z.array(z.tuple([number, number])).optional(),
    })
    .optional(),
  weightDecay: number.optional(),
  batchSize: number.optional(),
  /** Length of a run, warm-up included. */
  epochs: number.optional(),
  warmupEpochs: number.optional(),
  window: number.optional(),
  /** Label -> method. */
  selectors: z.record(z.string(), methodSchema).optional(),
  grid: recordedGridSchema.optional(),
  seeds: z.array(z.int().nonnegative()).readonly().optional(),
  backend: z.string().optional(),
  probeSize: number.optional(),
});

/** The fields without which a directory is no comparison. */
export const comparisonExperimentSchema = recordedExperimentSchema.required({
  name: true,
  selectors: true,
  seeds: true,
});

/** The experiment that a record is part of. */
export type RecordedExperiment = z.infer<typeof recordedExperimentSchema>;

/** A method as records name it. */
export type RecordedMethod = z.infer<typeof methodSchema>;
