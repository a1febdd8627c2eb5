/** The experiment file: what to train on what, and which batch-selection methods to compare. */
import { z } from 'zod';
import { augmentationSchema } from '../../augment/policies.js';
import { labelCorrectionsSchema } from '../../data/label-corrections.js';

const rate = z.number().positive();
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

const side = z.int().min(1).max(4096);

const datasetSchema = z.strictObject({
  /** Registry name, e.g. `mnist`; the path of a module, e.g. `./my-data.js`; or `folder:<path>`, short for the name `folder` with that path. */
  name: z.string(),
  /** The folder or archive to read, for data sets of your own; relative to the working directory. */
  path: z.string().min(1).optional(),
  /** Height and width to which images in files are brought, or one number for both. */
  imageSize: z
    .union([side, z.tuple([side, side])], 'expected a number of pixels or [height, width]')
    .optional(),
  /** 1: grey, 3: RGB; of images in files. */
  channels: z.literal([1, 3]).optional(),
  /** How images of another shape are brought to it: cut, distorted, or with black added. */
  fit: z.enum(['crop', 'stretch', 'pad']).optional(),
  /** Share of each class that becomes test data, for a `folder` without a division of its own. */
  testShare: z.number().gt(0).lt(1).optional(),
  /** Seed of that division. */
  splitSeed: seed.optional(),
  /** Text files in a `folder` that name its images to train and to test on, one path a line. */
  trainList: z.string().min(1).optional(),
  testList: z.string().min(1).optional(),
  /** Text file in a `folder` that names its classes: folder, tab, name. */
  classFile: z.string().min(1).optional(),
  /** Labels of single images that are other than the data say, as `review` writes them; of images in files. */
  corrections: labelCorrectionsSchema.optional(),
  /** Leave out images that cannot be decoded instead of stopping. */
  skipUnreadable: z.boolean().optional(),
  /** Megabytes of pixels to hold in memory; a folder of more is decoded on demand. */
  memoryLimit: z.number().positive().optional(),
  /** SHA-256 of a module's source, filled in where the data set is one. */
  source: z.string().optional(),
  /** SHA-256 of what the data are, filled in when an experiment begins: it goes on only with the same. */
  fingerprint: z.string().optional(),
  /** Number of training samples, copies included: a stratified random subset unless `imbalance` says otherwise. Default: all. */
  trainSize: z.int().min(1).optional(),
  /** Number of test samples: a stratified random subset. Default: all. */
  testSize: z.int().min(1).optional(),
  /** Seed of the subsets and of the shifts of copies; the same for all runs, so that the runs' seeds vary the training alone. */
  subsetSeed: seed.default(0),
  /** Keeps the first classes alone, so many. Default: all. */
  classes: z.int().min(2).optional(),
  /**
   * Ratio of the largest class to the smallest in the training data, whose sizes fall exponentially from the first class to
   * the last. Test data stay as they are. Default: the classes' own sizes.
   */
  imbalance: z.number().gt(1).max(1e6).optional(),
  /** Each training image so often, shifted by up to some pixels. A number is a count with shifts of up to 2 pixels. */
  copies: z
    .preprocess(
      (value) => (typeof value === 'number' ? { count: value } : value),
      z.strictObject({ count: z.int().min(2).max(1000), shift: z.int().min(0).max(64).default(2) }),
    )
    .optional(),
  /**
   * Gives this share of the training samples another label; test labels stay as they are. A number is a share with seed 0 and
   * any other class alike likely. For experiments on wrong labels.
   */
  labelNoise: z
    .preprocess(
      (value) => (typeof value === 'number' ? { share: value } : value),
      z.strictObject({
        share: z.number().gt(0).lt(1),
        seed: seed.default(0),
        /** The class that a wrong label becomes: `any` other class (the default), the most `confusable`, or for each class one of a list. */
        to: z
          .union(
            [z.enum(['any', 'confusable']), z.array(z.int().min(0)).min(2)],
            'expected any, confusable, or a list with the class that each class becomes',
          )
          .optional(),
      }),
    )
    .optional(),
});

const modelSchema = z.strictObject({
  /** Registry name, e.g. `small-cnn`; or the path of a module, e.g. `./my-model.js`. */
  name: z.string(),
  /** SHA-256 of a module's source, filled in where the model is one. */
  source: z.string().optional(),
  /** The model's own options. */
  options: z.record(z.string(), z.unknown()).default({}),
});

/** Names of the optimizers. */
export const optimizerNames = ['sgd', 'momentum', 'adam'] as const;

const optimizerSchema = z.strictObject({
  name: z.enum(optimizerNames).default('momentum'),
  /** Of `momentum` only. */
  momentum: z.number().min(0).lt(1).optional(),
  /** Of `momentum` only. */
  nesterov: z.boolean().optional(),
});

const learningRateSchema = z.strictObject({
  initial: rate.default(0.1),
  /**
   * [when, factor] pairs in ascending order: at that point of the run the rate is multiplied by the factor. A number below 1 is
   * a share of all epochs, a whole number is a number of epochs; changes happen between epochs.
   */
  steps: z.array(z.tuple([z.number().positive(), rate])).default([]),
});

const probeSchema = z.strictObject({
  /** The first epochs of the run: they train the new classification layer alone, on features that are computed once an image. */
  epochs: z.int().min(1),
  /** Rates at the start, which then falls as `learningRate.steps` say; the rate with the lowest loss on the test data is taken. */
  learningRates: z.array(rate).min(1).default([0.1, 0.03, 0.01]),
});

const selectorSchema = z.strictObject({
  /** Registry name, e.g. `recency-bias`; or the path of a module, e.g. `./my-selector.js`. */
  name: z.string(),
  /** SHA-256 of a module's source, filled in where the selector is one. */
  source: z.string().optional(),
  /** The method's own options. */
  options: z.record(z.string(), z.unknown()).default({}),
});

/** Labels become directory names. */
export const labelSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must consist of letters, digits, dots, hyphens and underscores (64 at most, not beginning with a sign)',
  )
  .refine((label) => label !== 'warmup', 'is reserved for the shared warm-up');

export const gridSchema = z.strictObject({
  /** Registry name of the selector. */
  selector: z.string(),
  /** Option -> values: every combination becomes a selector of the experiment. */
  options: z.record(z.string(), z.array(z.union([z.number(), z.string(), z.boolean()])).min(1)),
  /**
   * Labels of these selectors, such as `recency-bias-p100-w10`, in row-major order: the option named last varies fastest. Filled
   * in from the above.
   */
  labels: z.array(labelSchema).optional(),
});

/** A grid search over options of one selector. */
export type Grid = z.infer<typeof gridSchema>;

/** Accepts the bare name where an object with a name is meant. */
const named = <T extends z.ZodType>(schema: T): z.ZodPreprocess<T> =>
  z.preprocess((value) => (typeof value === 'string' ? { name: value } : value), schema);

/** `folder:photos` is `{ name: folder, path: photos }`. */
function splitPath(value: unknown): unknown {
  const fields = typeof value === 'string' ? { name: value } : value;
  if (typeof fields !== 'object' || fields === null || !('name' in fields)) return fields;
  const { name } = fields;
  const colon = typeof name === 'string' ? name.indexOf(':') : -1;
  if (colon < 1 || 'path' in fields) return fields;
  return { ...fields, name: String(name).slice(0, colon), path: String(name).slice(colon + 1) };
}

export const experimentSchema = z.strictObject({
  /** Name of the experiment and of its default output directory. */
  name: labelSchema.default('experiment'),
  /** Free text for readers. */
  description: z.string().optional(),
  dataset: z.preprocess(splitPath, datasetSchema),
  model: named(modelSchema).default({ name: 'small-cnn', options: {} }),
  /** How training images are changed at random and all images standardised: a policy by name, or with parts of it set otherwise. */
  augmentation: named(augmentationSchema).default({ name: 'none' }),
  optimizer: named(optimizerSchema).default({ name: 'momentum' }),
  learningRate: z
    .preprocess(
      (value) => (typeof value === 'number' || typeof value === 'string' ? { initial: value } : value),
      learningRateSchema,
    )
    .default({ initial: 0.1, steps: [] }),
  /** Of the model `pretrained` only: how a run begins. Default: as it goes on. */
  probe: probeSchema.optional(),
  /** L2 weight decay of the convolution and dense kernels. */
  weightDecay: z.number().min(0).default(5e-4),
  batchSize: z.int().min(1).default(128),
  /** Length of the run, warm-up included; either this or `iterations`. */
  epochs: z.int().min(1).optional(),
  /** Length of the run in steps, rounded up to whole epochs. */
  iterations: z.int().min(1).optional(),
  /** A run ends after so many epochs without a lower test error; absent: never before its end. */
  patience: z.int().min(1).optional(),
  /** Epochs of uniform batches at the beginning, shared by all selectors. */
  warmupEpochs: z.int().min(0).default(0),
  /**
   * Predicted labels kept of each sample, for the statistics of every run alike, and the default of selectors that always
   * have a `window` (that of Active Bias is off unless its own option says otherwise).
   */
  window: z.int().min(1).max(1000).default(10),
  /** Label -> method. The label names the method's runs. */
  selectors: z.record(labelSchema, named(selectorSchema)).default({}),
  /** Adds a selector for every combination of some values of one method's options, and the baseline if it is missing. */
  grid: gridSchema.optional(),
  /** One training run a selector for each. */
  seeds: z.array(seed).min(1).default([1]),
  /** `auto`: torch where its addon has been built, else wasm. */
  backend: z.enum(['auto', 'torch', 'wasm', 'cpu']).default('auto'),
  /** Number of training samples on which the training loss is measured after each epoch, the same for all runs. */
  probeSize: z.int().min(1).default(1000),
});

/** An experiment as written, defaults filled in. */
export type Experiment = z.infer<typeof experimentSchema>;

/** Anything that `experimentSchema` accepts. */
export type ExperimentInput = z.input<typeof experimentSchema>;
