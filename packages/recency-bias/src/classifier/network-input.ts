/** From the pixels of a photo to what the network was trained on. */
import { resample } from './resample.js';
import type { Region, RgbImage } from './resample.js';
import type { SavedClassifier } from './saved-classifier.js';

const RGB = 3;

type Size = Pick<SavedClassifier, 'height' | 'width'>;

/**
 * Where the middle part begins, in pixels of the image. Training scaled the whole image to whole pixels and then cut at whole
 * pixels, so the middle is half a pixel of the result off where an odd number is cut away.
 */
function middleStart(length: number, target: number, scale: number): number {
  const scaled = Math.max(target, Math.round(length / scale));
  const cut = Math.floor((scaled - target + 1) / 2);
  return length / 2 + (cut - scaled / 2) * scale;
}

/** The largest middle part that has the target's shape. */
function middle({ height, width }: Size, target: Size): Region {
  const scale = Math.min(height / target.height, width / target.width);
  return {
    top: middleStart(height, target.height, scale),
    left: middleStart(width, target.width, scale),
    height: target.height * scale,
    width: target.width * scale,
  };
}

/** The whole image, as large as it fits, in the middle of black. */
function padded(image: RgbImage, target: Size): RgbImage {
  const scale = Math.min(target.height / image.height, target.width / image.width);
  const height = Math.max(1, Math.round(image.height * scale));
  const width = Math.max(1, Math.round(image.width * scale));
  const { values } = resample(
    image,
    { top: 0, left: 0, height: image.height, width: image.width },
    { height, width },
  );
  const top = Math.floor((target.height - height) / 2);
  const left = Math.floor((target.width - width) / 2);
  const result = new Float32Array(target.height * target.width * RGB);
  for (let y = 0; y < height; y++) {
    const row = values.subarray(y * width * RGB, (y + 1) * width * RGB);
    result.set(row, ((top + y) * target.width + left) * RGB);
  }
  return { height: target.height, width: target.width, values: result };
}

function fitted(image: RgbImage, { fit, height, width }: SavedClassifier): RgbImage {
  const target = { height, width };
  if (fit === 'pad') return padded(image, target);
  const whole = { top: 0, left: 0, height: image.height, width: image.width };
  return resample(image, fit === 'crop' ? middle(image, target) : whole, target);
}

/** The value of an sRGB byte in light, and back. */
const toLight = (byte: number): number =>
  byte <= 10.31475 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4;
const fromLight = (light: number): number =>
  255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055);

/** Grey as libvips has it: a weighted mean of light. */
function grey(values: Float32Array): Float32Array {
  return Float32Array.from({ length: values.length / RGB }, (_, pixel) => {
    const at = pixel * RGB;
    const light =
      0.2 * toLight(values[at]!) + 0.7 * toLight(values[at + 1]!) + 0.1 * toLight(values[at + 2]!);
    return Math.round(fromLight(light));
  });
}

/** To mean 0 and deviation 1, as `tf.image.per_image_standardization`. */
function byOwnMoments(values: Float32Array): Float32Array {
  const { length } = values;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
  const deviation = Math.max(Math.sqrt(variance), 1 / Math.sqrt(length));
  return values.map((value) => (value - mean) / deviation);
}

/**
 * Crops, scales and standardises a photo as training did.
 * @returns [height, width, channels] values, row-major
 */
export function networkInput(image: RgbImage, saved: SavedClassifier): Float32Array {
  const { values } = fitted(image, saved);
  const bytes = saved.channels === 1 ? grey(values) : values;
  const pixels = bytes.map((byte) => byte / 255);
  const { scaling, channels } = saved;
  if (scaling === 'image') return byOwnMoments(pixels);
  return pixels.map((pixel, i) => (pixel - scaling.mean[i % channels]!) / scaling.std[i % channels]!);
}
