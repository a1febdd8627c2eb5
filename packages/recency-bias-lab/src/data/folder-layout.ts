/** How folders of images are laid out: classes, and parts for training, choosing and testing. */

/** The purpose of a part of a data set: `val` is held out as `test` is, and chooses the epoch where both are there. */
export type Part = 'train' | 'val' | 'test';

const WORDS: Readonly<Record<string, Part>> = {
  ...{ train: 'train', training: 'train', trn: 'train' },
  ...{
    val: 'val',
    valid: 'val',
    validate: 'val',
    validation: 'val',
    dev: 'val',
    eval: 'val',
    evaluation: 'val',
  },
  ...{ test: 'test', testing: 'test', tst: 'test', holdout: 'test' },
};

/** Words that name a part together with one of those above: `training_set`, `seg_train`, `test_images`. */
const FILLERS = new Set([
  ...[
    'set',
    'sets',
    'data',
    'dataset',
    'image',
    'images',
    'img',
    'imgs',
    'photo',
    'photos',
    'pics',
    'pictures',
  ],
  ...['seg', 'split', 'part', 'samples', 'folder', 'dir', 'the', 'my'],
]);

const GLUED = /^(train|training|val|valid|validation|dev|eval|test|testing)(?:set|data|images|imgs)?\d*$/;

/** The part that a folder's name means; undefined where it means none. */
export function partOf(name: string): Part | undefined {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !FILLERS.has(word) && !/^\d+$/.test(word));
  const [only, ...others] = words;
  if (only === undefined || others.length > 0) return undefined;
  const glued = GLUED.exec(only)?.[1] ?? only;
  return Object.hasOwn(WORDS, glued) ? WORDS[glued] : undefined;
}

/** Code-unit order: the same on every machine. */
const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The folders directly below `prefix` that hold one of the paths somewhere below, in ascending order of their names. */
export function foldersBelow(paths: readonly string[], prefix: string): string[] {
  const names = new Set<string>();
  for (const path of paths) {
    if (!path.startsWith(prefix)) continue;
    const slash = path.indexOf('/', prefix.length);
    if (slash > 0) names.add(path.slice(prefix.length, slash));
  }
  return [...names].sort(ascending);
}

/** Descends from `prefix` through folders that hold nothing but one folder of folders, as archives often begin. */
export function findRoot(paths: readonly string[], prefix = ''): string {
  let root = prefix;
  for (;;) {
    const [only, ...others] = foldersBelow(paths, root);
    if (only === undefined || others.length > 0) return root;
    if (foldersBelow(paths, `${root}${only}/`).length === 0) return root;
    root += `${only}/`;
  }
}
