/** Which files are images, which of them are read, and what to do about the others. */
import { DataError } from './idx.js';

/** The formats that are read, for messages. */
export const READ_FORMATS = 'JPEG, PNG, WebP, GIF, TIFF or AVIF';

const READ = /\.(jpe?g|jpe|jfif|png|webp|gif|tiff?|avif)$/i;
const HEIC = /\.(heic|heif|hif)$/i;
const RAW = /\.(cr2|cr3|crw|nef|nrw|arw|sr2|dng|orf|rw2|raf|pef|srw|3fr|iiq|x3f)$/i;
const OTHER = /\.(bmp|dib|jp2|j2k|jxl|ico|svg|psd|xcf|tga|ppm|pgm|pbm|pnm|pcx|eps)$/i;
/** Files that accompany images and are none. */
const COMPANION =
  /\.(txt|md|rst|csv|tsv|json|jsonl|xml|ya?ml|html?|pdf|mat|npy|npz|pkl|h5|py|ipynb|js|m|r|sh|ini|cfg|log|db|lst|names|zip|gz|tar|tgz|7z|rar|docx?|xlsx?)$/i;

/** Whether a path is that of an image, readable or not; other files are ignored. */
export function isImagePath(path: string): boolean {
  return [READ, HEIC, RAW, OTHER].some((pattern) => pattern.test(path));
}

/** Whether a file is of a kind that lies beside images, such as a list of them, and so is nobody's photo. */
export function isCompanionPath(path: string): boolean {
  return COMPANION.test(path);
}

const HEIC_ADVICE =
  'is a HEIC photo; convert it to JPEG first (`heif-convert photo.heic photo.jpg`, or export it as JPEG in the program that shows it)';

/** Advice on an image that is not read, by its name; undefined where its content decides. */
function adviceByName(path: string): string | undefined {
  if (HEIC.test(path)) return HEIC_ADVICE;
  if (RAW.test(path)) {
    return "is a camera's raw file; export it as JPEG first (`darktable-cli photo.cr2 photo.jpg`, or the camera's own program)";
  }
  return OTHER.test(path) ? `is no ${READ_FORMATS} image; convert it to one of these first` : undefined;
}

/** The name of a format by a file's first 12 bytes: `heic` is known, but not read. */
function formatOf(head: Buffer): 'read' | 'heic' | undefined {
  const at = (from: number, to: number): string => head.toString('latin1', from, to);
  if (at(0, 3) === '\xff\xd8\xff' || at(0, 8) === '\x89PNG\r\n\x1a\n') return 'read';
  if (at(0, 4) === 'RIFF' && at(8, 12) === 'WEBP') return 'read';
  if (at(0, 6) === 'GIF87a' || at(0, 6) === 'GIF89a') return 'read';
  if (at(0, 4) === 'II*\0' || at(0, 4) === 'MM\0*') return 'read';
  if (at(4, 8) !== 'ftyp') return undefined;
  return ['avif', 'avis'].includes(at(8, 12)) ? 'read' : 'heic';
}

/**
 * Refuses content that is of no format that is read.
 * @param source the file's name, which the message begins with
 * @throws DataError saying what it is, and how to convert it where that is known
 */
export function checkFormat(encoded: Uint8Array, source: string): void {
  if (encoded.length === 0) throw new DataError(`${source}: is empty`);
  const format = formatOf(Buffer.from(encoded.buffer, encoded.byteOffset, Math.min(12, encoded.length)));
  if (format === 'heic') throw new DataError(`${source}: ${HEIC_ADVICE}`);
  const advice = adviceByName(source);
  // A file may be called otherwise than what it is, but a raw file looks like a TIFF.
  if (advice !== undefined && (format === undefined || RAW.test(source))) {
    throw new DataError(`${source}: ${advice}`);
  }
  if (format === undefined) throw new DataError(`${source}: is no ${READ_FORMATS} image`);
}
