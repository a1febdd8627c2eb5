/** A model in files that cannot be used; the message names it and says what to do. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
