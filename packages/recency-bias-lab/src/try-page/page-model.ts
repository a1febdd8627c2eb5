/** How a model lies in the page that tries it; its weights stand beside it in base64. */
import type { io } from '@tensorflow/tfjs';
import type { Json } from '../models/model-files.js';
import type { SavedModelMetadata } from '../pretrained/saved-model.js';

export interface PageModel {
  readonly topology: Json;
  readonly weightSpecs: readonly io.WeightsManifestEntry[];
  readonly metadata: SavedModelMetadata;
}
