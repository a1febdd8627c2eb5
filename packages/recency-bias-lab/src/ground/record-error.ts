/** A record on disk that cannot be read or written; the message names the file, what is wrong, and what to do. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}
