export { loadClassifier, type Classifier, type Prediction } from './classifier.js';
export type { Photo } from './photo-pixels.js';
