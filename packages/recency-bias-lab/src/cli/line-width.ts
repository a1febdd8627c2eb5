/** Lines that fit into a terminal of usual width. */

/** Columns that plans, notes and help take at most. */
export const LINE_WIDTH = 100;

/** A text in lines of a width; a word that is longer has a line of its own. */
export function wrap(text: string, width = LINE_WIDTH): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/**
 * Help as it is printed: prose and lists that run beyond the width go on in the next line, as far in. Commands to copy, which begin
 * with two spaces and the program's own name, stay whole.
 * @param command the words that start the program
 */
export function wrapHelp(text: string, command: string): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const indent = /^ */.exec(line)![0];
      if (line.length <= LINE_WIDTH || line.startsWith(`${indent}${command} `)) return [line];
      return wrap(line.slice(indent.length), LINE_WIDTH - indent.length).map((part) => indent + part);
    })
    .join('\n');
}
