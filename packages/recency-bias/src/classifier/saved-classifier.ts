/** The metadata that `recency-bias finetune` writes into a model, as far as classifying needs them. */

/** How a photo of another shape is brought to the network's: cut to the middle, distorted, or with black beside it. */
export type Fit = 'crop' | 'stretch' | 'pad';

/** Numbers by channel for pixels in [0, 1]: (pixel - mean) / std; or `image`: each image by its own moments. */
export type Scaling = 'image' | { readonly mean: readonly number[]; readonly std: readonly number[] };

/** How photos become the network's input, and what its outputs mean. */
export interface SavedClassifier {
  /** Class names, in the order of the outputs. */
  readonly labels: readonly string[];
  readonly height: number;
  readonly width: number;
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  readonly fit: Fit;
  readonly scaling: Scaling;
  /** Share of the held-out photos that it classified right, in [0, 1]; undefined where it is not known. */
  readonly accuracy: number | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isSide = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0;

function scalingOf(value: unknown, channels: number): Scaling | undefined {
  if (value === 'image') return value;
  if (!isObject(value)) return undefined;
  const { mean, std } = value;
  const fits = isList(mean, isNumber) && isList(std, isNumber);
  return fits && mean.length === channels && std.length === channels ? { mean, std } : undefined;
}

/**
 * Reads the metadata of a model.
 * @throws Error when they do not say what its classes and images are.
 */
export function savedClassifier(metadata: unknown): SavedClassifier {
  const { labels, imageSize, fit, scaling: written, accuracy } = isObject(metadata) ? metadata : {};
  const { height, width, channels } = isObject(imageSize) ? imageSize : {};
  const scaling = channels === 1 || channels === 3 ? scalingOf(written, channels) : undefined;
  if (
    !isList(labels, isText) ||
    labels.length < 2 ||
    !isSide(height) ||
    !isSide(width) ||
    !(channels === 1 || channels === 3) ||
    !(fit === 'crop' || fit === 'stretch' || fit === 'pad') ||
    scaling === undefined
  ) {
    throw new Error(
      'loadClassifier: the model does not say what its classes and images are; expected a model saved by `recency-bias finetune` or `recency-bias export`.',
    );
  }
  return {
    labels,
    height,
    width,
    channels,
    fit,
    scaling,
    accuracy: isNumber(accuracy) ? accuracy : undefined,
  };
}
