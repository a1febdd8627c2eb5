/**
 * Numbers of the paper: Song, Kim, Kim, Lee, "Carpe Diem, Seize the Samples Uncertain 'at the Moment' for Adaptive Batch
 * Selection", CIKM 2020 (doi 10.1145/3340531.3411898); tables as in its version of 2019 (arXiv 1911.08050).
 *
 * Its settings: batches of 128, 40,000 iterations, learning rate 0.1 divided by 10 at 50 % and 75 %, a warm-up of 15 epochs shared
 * by all methods, window 10, initial selection pressure 100, all training data, augmentation; best test error in %, mean of
 * three repeats. Its standard errors are 0.01 to 0.06 on MNIST and 0.02 to 0.25 on CIFAR.
 */
import { activeBias, onlineBatch, recencyBias, uniform } from 'recency-bias';

/** The methods that the paper compares, in the order of its tables. */
export const PAPER_METHODS = [uniform, onlineBatch, activeBias, recencyBias].map(
  ({ definition }) => definition,
);

/** One cell of the tables on image classification: test errors of a data set, network and optimizer. */
export interface PaperCell {
  /** Registry name of the data set. */
  readonly dataset: string;
  readonly model: 'DenseNet-40-12' | 'ResNet-50';
  /** Name of the optimizer in experiments. */
  readonly optimizer: 'momentum' | 'sgd';
  /** Best test errors in %, in the order of PAPER_METHODS. */
  readonly errors: readonly [number, number, number, number];
}

export const PAPER_CELLS: readonly PaperCell[] = [
  { dataset: 'mnist', model: 'DenseNet-40-12', optimizer: 'momentum', errors: [0.527, 0.514, 0.616, 0.49] },
  { dataset: 'mnist', model: 'DenseNet-40-12', optimizer: 'sgd', errors: [1.23, 0.765, 0.679, 0.986] },
  { dataset: 'mnist', model: 'ResNet-50', optimizer: 'momentum', errors: [0.636, 0.666, 0.613, 0.607] },
  { dataset: 'mnist', model: 'ResNet-50', optimizer: 'sgd', errors: [1.16, 0.89, 0.804, 0.972] },
  { dataset: 'cifar10', model: 'DenseNet-40-12', optimizer: 'momentum', errors: [7.33, 7.0, 7.07, 6.6] },
  { dataset: 'cifar10', model: 'DenseNet-40-12', optimizer: 'sgd', errors: [14.9, 13.5, 14.2, 13.2] },
  { dataset: 'cifar10', model: 'ResNet-50', optimizer: 'momentum', errors: [10.2, 10.1, 10.6, 9.79] },
  { dataset: 'cifar10', model: 'ResNet-50', optimizer: 'sgd', errors: [12.7, 12.2, 13.5, 11.6] },
  { dataset: 'cifar100', model: 'DenseNet-40-12', optimizer: 'momentum', errors: [28.0, 28.4, 27.9, 27.1] },
  { dataset: 'cifar100', model: 'DenseNet-40-12', optimizer: 'sgd', errors: [40.2, 40.7, 42.9, 38.7] },
  { dataset: 'cifar100', model: 'ResNet-50', optimizer: 'momentum', errors: [33.2, 33.4, 34.2, 32.4] },
  { dataset: 'cifar100', model: 'ResNet-50', optimizer: 'sgd', errors: [40.1, 40.7, 45.6, 38.9] },
];

/** Data sets of the paper's table 3 on fine-tuning: DenseNet-121 pretrained on ImageNet, 50 epochs, batches of 32. */
export const PAPER_FINE_TUNING_DATA = ['MIT-67', 'FOOD-100'] as const;

/** Seconds of the paper's table 3: t_M, at which a method reached its own best test error, and t_R, when Recency Bias did. */
export const PAPER_TIMES: readonly {
  /** Registry name. */
  readonly over: string;
  /** In the order of PAPER_FINE_TUNING_DATA. */
  readonly times: readonly { readonly reference: number; readonly own: number }[];
}[] = [
  {
    over: uniform.definition.name,
    times: [
      { reference: 5218, own: 3936 },
      { reference: 7263, own: 5365 },
    ],
  },
  {
    over: onlineBatch.definition.name,
    times: [
      { reference: 6079, own: 3823 },
      { reference: 8333, own: 3685 },
    ],
  },
  {
    over: activeBias.definition.name,
    times: [
      { reference: 5738, own: 3032 },
      { reference: 7933, own: 3227 },
    ],
  },
];

/** Relative reduction of the test error of Recency Bias over random batches in fine-tuning, by PAPER_FINE_TUNING_DATA. */
export const PAPER_FINE_TUNING_REDUCTIONS: readonly number[] = [0.0288, 0.0181];
