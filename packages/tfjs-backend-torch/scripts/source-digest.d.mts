/** A digest of the names and contents of all files in a folder. */
export function sourceDigest(folder: string): string;
