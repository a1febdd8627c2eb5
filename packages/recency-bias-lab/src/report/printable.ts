/**
 * Text without control characters, which would let a label or the name of a file write anywhere on a terminal or turn the direction
 * of what follows: each becomes `�`.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '�');
}
