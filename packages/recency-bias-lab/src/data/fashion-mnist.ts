/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747): 60,000 training and 10,000 test images of clothes, 28 x 28 grey,
 * ten classes, in MNIST's format. From Debian's package `dataset-fashion-mnist` where installed, else from the official address.
 */
import { readIdxFolder, IDX_FILES } from './idx-folder.js';
import { idxAddress, idxDirectory } from './idx-sources.js';
import type { ImageDataset } from './image-dataset.js';
import { fetchVerified } from './verified-folder.js';
import type { FetchOptions, VerifiedFiles } from './verified-folder.js';

/** Names of the classes as the authors print them. */
export const FASHION_CLASSES: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

const DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist';
/** The authors' two addresses. */
const ADDRESSES = [
  'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
  // Without TLS, which is no matter where the checksums are known.
  'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
];

const sha256 = (hex: string) => ({ algorithm: 'sha256', hex }) as const;

/** Fashion-MNIST's files; the checksums are of the uncompressed official ones. */
export const FASHION_MNIST: VerifiedFiles = {
  name: 'fashion-mnist',
  title: 'Fashion-MNIST',
  megabytes: 90,
  files: {
    [IDX_FILES.trainImages]: sha256('c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888'),
    [IDX_FILES.trainLabels]: sha256('bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9'),
    [IDX_FILES.testImages]: sha256('5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b'),
    [IDX_FILES.testLabels]: sha256('0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34'),
  },
  sources: [
    idxDirectory(DEBIAN_FOLDER, 'Debian package dataset-fashion-mnist'),
    ...ADDRESSES.map(idxAddress),
  ],
};

/** Makes sure that Fashion-MNIST is in the cache; returns the folder that holds it. */
export async function fetchFashionMnist(options: FetchOptions): Promise<string> {
  return fetchVerified(FASHION_MNIST, options);
}

/** Reads Fashion-MNIST, fetching it first if it is not in the cache. */
export async function loadFashionMnist(options: FetchOptions): Promise<ImageDataset> {
  return readIdxFolder(await fetchFashionMnist(options), 'fashion-mnist', FASHION_CLASSES);
}
