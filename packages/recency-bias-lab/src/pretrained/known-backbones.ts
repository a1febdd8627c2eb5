/** Facts about public networks: where they are, and how their images were scaled. */
import type { Json } from '../models/model-files.js';
import type { ScalingOption } from '../models/scaling.js';
import { layersOf } from './topology.js';

/** The MobileNets (Howard et al. 2017, arXiv 1704.04861) that TensorFlow.js publishes as LayersModels, trained on ImageNet. */
const MOBILENETS = ['0.25', '0.50', '0.75', '1.0'].map((alpha) => `mobilenet_v1_${alpha}_224`);

/** Name -> address of its model.json. */
export const publicBackbones: ReadonlyMap<string, string> = new Map(
  MOBILENETS.map((name) => [name, `https://storage.googleapis.com/tfjs-models/tfjs/${name}/model.json`]),
);

/** The network that `finetune` takes without `--backbone`: the smallest. */
export const DEFAULT_BACKBONE = 'mobilenet_v1_0.25_224';

/** Families by a layer that all their members have under Keras's names, with the scaling of Keras's `preprocess_input`. */
const FAMILIES: readonly {
  readonly layer: string;
  readonly family: string;
  readonly scaling: ScalingOption;
}[] = [
  { layer: 'conv_dw_1', family: 'MobileNet', scaling: 'symmetric' },
  { layer: 'expanded_conv_depthwise', family: 'MobileNetV2', scaling: 'symmetric' },
  { layer: 'conv2_block1_concat', family: 'DenseNet', scaling: 'imagenet' },
  { layer: 'block14_sepconv2', family: 'Xception', scaling: 'symmetric' },
  { layer: 'normal_conv_1_0', family: 'NASNet', scaling: 'symmetric' },
];

/** The scaling of a network and where that is known from; undefined for networks that nobody knows. */
export function knownScaling(
  topology: Json,
): { readonly scaling: ScalingOption; readonly from: string } | undefined {
  const layers = [...layersOf(topology)];
  // A layer of the network's own that does it, as EfficientNet and MobileNetV3 have.
  if (layers.some(({ className }) => className === 'Rescaling' || className === 'Normalization')) {
    return { scaling: 'bytes', from: 'the network scales by itself' };
  }
  const known = FAMILIES.find(({ layer }) => layers.some(({ config }) => config.name === layer));
  return known && { scaling: known.scaling, from: `as ${known.family} was trained` };
}
