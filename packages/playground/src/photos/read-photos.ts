/** Photos out of folders and from a webcam, cut to squares of the network's size. */

/** A photo with the class that its folder names. */
export interface NamedPhoto {
  readonly label: number;
  readonly name: string;
  readonly source: Blob;
}

/** The photos of a folder, one folder a class. */
export interface NamedPhotos {
  readonly classes: readonly string[];
  readonly photos: readonly NamedPhoto[];
}

const IMAGE = /\.(jpe?g|png|webp|gif|avif|bmp)$/i;

/** A file with its path within the folder that was chosen. */
export interface FolderFile extends Blob {
  readonly name: string;
  readonly webkitRelativePath: string;
}

/**
 * Sorts the files of a folder into classes by the folder that each lies in.
 * @throws RangeError when there are fewer than two classes of images
 */
export function photosOf(files: Iterable<FolderFile>): NamedPhotos {
  const found: { folder: string; file: FolderFile }[] = [];
  for (const file of files) {
    const parts = file.webkitRelativePath.split('/');
    const folder = parts.at(-2);
    if (parts.length < 3 || folder === undefined || !IMAGE.test(file.name) || file.name.startsWith('.'))
      continue;
    found.push({ folder, file });
  }
  const classes = [...new Set(found.map(({ folder }) => folder))].sort();
  if (classes.length < 2) {
    throw new RangeError(
      `The folder has ${classes.length === 0 ? 'no folder' : 'one folder'} of photos in it; give it one folder a class, at least two.`,
    );
  }
  const photos = found.map(({ folder, file }) => ({
    label: classes.indexOf(folder),
    name: file.name,
    source: file,
  }));
  return { classes, photos };
}

/** Every fifth photo of a class is held out, so a class of fewer than five has none. @returns for each label whether it is held */
export function heldOut(labels: readonly number[]): boolean[] {
  const seen = new Map<number, number>();
  return labels.map((label) => {
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count % 5 === 0;
  });
}

/** The middle square of a picture, in pixels of the side that the network takes. */
export function squareOf(
  picture: CanvasImageSource,
  width: number,
  height: number,
  side: number,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('the browser draws on no canvas');
  context.imageSmoothingQuality = 'high';
  const least = Math.min(width, height);
  context.drawImage(picture, (width - least) / 2, (height - least) / 2, least, least, 0, 0, side, side);
  return canvas;
}
