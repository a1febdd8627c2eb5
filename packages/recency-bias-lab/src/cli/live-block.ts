/** Lines at the bottom of a terminal that change, below lines that stay. */

const CLEAR_BELOW = '\u001b[J';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/** Cuts a text without escape sequences to a width, so that no line wraps. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** A block of lines that is drawn again at most ten times a second. */
export class LiveBlock {
  readonly #stream: NodeJS.WriteStream;
  readonly #content: () => readonly string[];
  readonly #timer: NodeJS.Timeout;
  #height = 0;

  /**
   * @param stream a terminal
   * @param content the lines as they should be now, without escape sequences
   */
  constructor(stream: NodeJS.WriteStream, content: () => readonly string[]) {
    this.#stream = stream;
    this.#content = content;
    this.#timer = setInterval(() => {
      this.#draw('');
    }, 100);
    stream.write(HIDE_CURSOR);
    process.once('exit', this.#showCursor);
  }

  readonly #showCursor = (): void => {
    this.#stream.write(SHOW_CURSOR);
  };

  /** Puts a line above the block, where it stays. */
  print(line: string): void {
    this.#draw(`${line}\n`);
  }

  #draw(above: string): void {
    // Some pseudo-terminals say that they are 0 wide and high.
    const columns = this.#stream.columns || 80;
    const rows = this.#stream.rows || 24;
    // A block higher than the terminal could not be taken back.
    const lines = this.#content().slice(0, Math.max(1, rows - 2));
    const block = lines.map((line) => `${cut(line, columns - 1)}\n`).join('');
    const back = this.#height > 0 ? `\u001b[${this.#height}A` : '';
    this.#stream.write(`${back}${CLEAR_BELOW}${above}${block}`);
    this.#height = lines.length;
  }

  /** Removes the block. */
  close(): void {
    clearInterval(this.#timer);
    const back = this.#height > 0 ? `\u001b[${this.#height}A` : '';
    this.#stream.write(`${back}${CLEAR_BELOW}`);
    process.off('exit', this.#showCursor);
    this.#showCursor();
  }
}
