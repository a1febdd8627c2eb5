/** The model `pretrained`: a network trained on other data, with a new classification layer, to be fine-tuned. */
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { FileModelEntry, OpenContext, OpenedModel } from '../models/model.js';
import { openBackbone } from './backbone-source.js';
import { findCut, layerNamed } from './cut.js';
import { fineTuningModel } from './fine-tuning-model.js';
import { knownScaling } from './known-backbones.js';
import { ModelError } from '../models/model-error.js';
import { hasModelChecksum } from '../models/model-files.js';
import type { ModelFiles } from '../models/model-files.js';
import { savedModelSchema } from './saved-model.js';
import { lowerPartEnd } from './upper-part.js';
import { describeScaling, scalingOf, scalingSchema } from '../models/scaling.js';
import type { ScalingOption } from '../models/scaling.js';
import { buildModel, hasUnseededNoise } from './topology.js';

const optionsSchema = z.strictObject({
  /** Name of a public network, address or path of a model.json, or a run directory of the lab's. */
  backbone: z.string('expected a name, address or path; give --backbone').min(1),
  /** The layer after which the network is cut. Default: the last one before its classifier. */
  cut: z.string().min(1).optional(),
  /** Train the new classification layer alone. */
  freeze: z.boolean().optional(),
  /** Train only what comes after this layer; `auto`: the upper part, which has at most a third of the multiplications. */
  freezeUntil: z.string().min(1).optional(),
  /** Batch normalisation uses its moving statistics and leaves them as they are, also in layers that are trained. */
  keepStatistics: z.boolean().optional(),
  /** How pixels are scaled. Default: as the network was trained, where that is known, else `imagenet`. */
  scaling: scalingSchema.optional(),
  /** SHA-256 of the network, filled in when an experiment begins: it goes on only with the same. */
  checksum: z.string().optional(),
});

type Options = z.infer<typeof optionsSchema>;

/** How images are scaled, and where that is known from. */
function chooseScaling(
  files: ModelFiles,
  given: ScalingOption | undefined,
  channels: number,
): [scaling: ScalingOption, note: string] {
  if (given !== undefined) return [given, describeScaling(given)];
  const saved = savedModelSchema.safeParse(files.metadata);
  if (saved.success) return [saved.data.scaling, `${describeScaling(saved.data.scaling)}, as it was trained`];
  const known = knownScaling(files.topology);
  if (known !== undefined) return [known.scaling, `${describeScaling(known.scaling)}, ${known.from}`];
  // ImageNet's moments are of three channels.
  const assumed = channels === 3 ? 'imagenet' : 'unit';
  const others = ['symmetric', 'unit', 'bytes', 'data'].filter((name) => name !== assumed);
  return [
    assumed,
    `${describeScaling(assumed)}: assumed, since the network does not say; if it was trained otherwise, give --scaling ${others.slice(0, -1).join(', ')} or ${others.at(-1)!}`,
  ];
}

/** Shape of the images that a network takes. */
function imageShapeOf(model: tf.LayersModel, title: string): NonNullable<OpenedModel['imageShape']> {
  const several = [
    ...(model.inputs.length > 1 ? ['inputs'] : []),
    ...(model.outputs.length > 1 ? ['outputs'] : []),
  ];
  if (several.length > 0) {
    throw new ModelError(
      `${title}: has several ${several.join(' and ')}; a backbone needs one input, the image, and one output`,
    );
  }
  const [, height = null, width = null, channels, ...rest] = model.inputs[0]!.shape;
  if (typeof channels !== 'number' || rest.length > 0) {
    throw new ModelError(
      `${title}: takes inputs of shape [${model.inputs[0]!.shape.join(', ')}]; expected images, [batch, height, width, channels]`,
    );
  }
  const isImage = (count: number | null): boolean => count === 1 || count === 3;
  if (isImage(height) && !isImage(channels)) {
    throw new ModelError(
      `${title}: takes images with the channels first, [${model.inputs[0]!.shape.slice(1).join(', ')}]; a backbone needs them last: save it anew with dataFormat 'channelsLast', or take another`,
    );
  }
  if (!isImage(channels)) {
    throw new ModelError(
      `${title}: takes images of ${channels} channels; a backbone needs 3 (RGB) or 1 (grey)`,
    );
  }
  return [height, width, channels];
}

/** The trained and the frozen layers in words. */
function describeFreezing(
  { freeze, freezeUntil }: Pick<Options, 'freeze' | 'freezeUntil'>,
  cut: string,
): string {
  if (freeze === true)
    return `the new classification layer alone is trained; everything up to ${cut} is frozen`;
  return freezeUntil === undefined ? 'trained end to end' : `frozen up to ${freezeUntil}, trained behind it`;
}

async function open(given: unknown, context: OpenContext): Promise<OpenedModel> {
  const { freezeUntil: wanted, ...options }: Options = optionsSchema.parse(given);
  if (options.freeze === true && wanted !== undefined) {
    throw new ModelError('model.options: give either freeze or freezeUntil, not both');
  }
  const files = await openBackbone(options.backbone, context);
  const { title, checksum } = files;
  if (options.checksum !== undefined && !hasModelChecksum(files, options.checksum)) {
    throw new ModelError(
      `${title}: is another network than when the experiment began; put that one back, or begin anew`,
    );
  }
  const model = await buildModel(files);
  try {
    const imageShape = imageShapeOf(model, title);
    const found = findCut(model, title);
    const cut = layerNamed(model, options.cut ?? found.layer, 'cut', title).name;
    const until = wanted === 'auto' ? lowerPartEnd(model, cut) : wanted;
    if (until !== undefined) layerNamed(model, until, 'freezeUntil', title);
    const [scaling, scalingNote] = chooseScaling(files, options.scaling, imageShape[2]);
    const classifier = found.classifier === undefined ? '' : `, before its classifier ${found.classifier}`;
    const shape = model.inputs[0]!.shape;
    const { keepStatistics } = options;
    const freezeUntil = options.freeze === true ? cut : until;
    return {
      options: {
        ...options,
        ...(until !== undefined && { freezeUntil: until }),
        cut,
        scaling,
        checksum: options.checksum ?? checksum,
      },
      imageShape,
      checksum,
      scaling: scalingOf(scaling, imageShape[2]),
      notes: [
        `backbone ${title}, cut after ${cut}${options.cut === undefined ? classifier : ''}; ${describeFreezing({ ...options, freezeUntil: until }, cut)}`,
        `pixels scaled ${scalingNote}`,
        ...(hasUnseededNoise(files.topology)
          ? ['noise of the backbone that no seed reaches is off, so that runs can be repeated']
          : []),
      ],
      create: (input) => fineTuningModel(files, shape, { cut, freezeUntil, keepStatistics }, input),
    };
  } finally {
    model.dispose();
  }
}

export const pretrained: FileModelEntry = {
  name: 'pretrained',
  title:
    'a pretrained network with a new classification layer; options backbone (name, address, path or run), cut, freeze, freezeUntil, scaling',
  options: optionsSchema,
  open,
};
