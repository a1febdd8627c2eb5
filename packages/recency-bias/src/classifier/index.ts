/**
 * Classify photos in a page with a model that `recency-bias finetune` saved.
 *
 * @packageDocumentation
 */
export { loadClassifier, type Classifier, type Prediction } from './classifier.js';
export type { Photo } from './photo-pixels.js';
