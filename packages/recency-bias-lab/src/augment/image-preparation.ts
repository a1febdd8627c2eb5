/** From bytes to what the network sees. */
import type { Random } from 'recency-bias';
import type { BatchPreparation, PixelMoments } from '../data/image-batches.js';
import { rotateHue, scaleContrast, scaleSaturation, shiftBrightness } from './colour.js';
import { copyImage } from './geometry.js';
import type { ImageShape, Placement } from './geometry.js';
import { changesColour } from './policies.js';
import type { AugmentationSettings } from './policies.js';
import { standardiseChannels, standardiseImage } from './standardise.js';

/** A number in [lower, upper). */
function between(random: Random, lower: number, upper: number): number {
  return lower + (upper - lower) * random.float();
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Prepares images of one shape: standardised and, where a random stream is given, augmented. */
export class ImagePreparation implements BatchPreparation {
  readonly #shape: ImageShape;
  readonly #settings: AugmentationSettings;
  readonly #moments: PixelMoments;
  readonly #random: Random | null;
  readonly #colour: boolean;
  /** Value of each byte: standardised, or the pixel in [0, 1] where more is to be done. One part of 256 a channel. */
  readonly #table: Float32Array;
  readonly #placement: Writable<Placement> = { top: 0, left: 0, flip: false };

  /**
   * @param moments of the training split
   * @param random the stream that random changes are drawn from; null for data to evaluate on, which is only standardised
   */
  constructor(
    shape: ImageShape,
    settings: AugmentationSettings,
    moments: PixelMoments,
    random: Random | null,
  ) {
    this.#shape = shape;
    this.#settings = settings;
    this.#moments = moments;
    this.#random = random;
    this.#colour = random !== null && changesColour(settings);
    const plain = this.#colour || settings.standardise === 'image';
    this.#table = new Float32Array(256 * shape[2]);
    for (let i = 0; i < this.#table.length; i++) {
      const channel = i >> 8;
      const pixel = (i & 255) / 255;
      this.#table[i] = plain ? pixel : (pixel - moments.mean[channel]!) / moments.std[channel]!;
    }
  }

  prepare(bytes: Uint8Array, indices: Int32Array, out: Float32Array): void {
    const [height, width, channels] = this.#shape;
    const length = height * width * channels;
    const { flip, padding, standardise } = this.#settings;
    const random = this.#random;
    const placement = this.#placement;
    for (let row = 0; row < indices.length; row++) {
      const from = row * length;
      const to = from + length;
      if (random !== null) {
        placement.flip = flip && random.int(2) === 1;
        if (padding > 0) {
          placement.top = random.int(2 * padding + 1) - padding;
          placement.left = random.int(2 * padding + 1) - padding;
        }
      }
      copyImage(bytes, indices[row]! * length, out, from, this.#shape, placement, this.#table);
      if (this.#colour) this.#recolour(out, from, to, random!);
      if (standardise === 'image') standardiseImage(out, from, to);
      else if (this.#colour) standardiseChannels(out, from, to, this.#moments.mean, this.#moments.std);
    }
  }

  #recolour(out: Float32Array, from: number, to: number, random: Random): void {
    const { hue, brightness, saturation, contrast } = this.#settings;
    const channels = this.#shape[2];
    // Grey has neither hue nor saturation.
    const turn = between(random, -hue, hue);
    if (hue > 0 && channels === 3) rotateHue(out, from, to, turn);
    const delta = between(random, -brightness, brightness);
    if (brightness > 0) shiftBrightness(out, from, to, delta);
    const vividness = between(random, saturation[0], saturation[1]);
    if (channels === 3 && vividness !== 1) scaleSaturation(out, from, to, vividness);
    const factor = between(random, contrast[0], contrast[1]);
    if (factor !== 1) scaleContrast(out, from, to, channels, factor);
  }
}
