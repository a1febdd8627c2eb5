/** The metadata of models that this program saves, from which it uses them again. */
import { z } from 'zod';
import { scalingSchema } from '../models/scaling.js';

/** Pixels; as many as an experiment may ask for. */
const MAX_SIDE = 4096;

/** Name of the page beside a saved model that tries it, see try-page/. */
export const TRY_PAGE = 'try.html';

/** `userDefinedMetadata` of a saved model. */
export const savedModelSchema = z.looseObject({
  /** Version of what follows. */
  recencyBias: z.literal(1),
  /** Class names, in the order of the outputs. */
  labels: z.array(z.string()).min(2),
  /** Of the images that it takes. */
  imageSize: z.object({
    height: z.int().min(1).max(MAX_SIDE),
    width: z.int().min(1).max(MAX_SIDE),
    channels: z.union([z.literal(1), z.literal(3)]),
  }),
  /** How photos of another shape are brought to it. */
  fit: z.enum(['crop', 'stretch', 'pad']),
  /** (pixel / 255 - mean) / std by channel; or `image`: each image by its own moments. */
  scaling: scalingSchema,
  /** Share of the held-out samples that it classifies right. */
  accuracy: z.number().min(0).max(1),
  /** The samples that the accuracy was measured on. */
  accuracyOf: z.string(),
  /** The epoch of its run after which its weights were so, 1-based. */
  epoch: z.int().min(1),
});

/** The metadata of a model that this program saved. */
export type SavedModelMetadata = z.infer<typeof savedModelSchema>;
