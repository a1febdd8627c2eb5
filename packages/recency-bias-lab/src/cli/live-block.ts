import { createLogUpdate } from 'log-update';

/** Cuts a text without escape sequences to a width, so that no line wraps. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Lines at the bottom of a terminal that change, below lines that stay; drawn ten times a second. */
export class LiveBlock {
  readonly #stream: NodeJS.WriteStream;
  readonly #content: () => readonly string[];
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #timer: NodeJS.Timeout;

  /**
   * @param stream a terminal
   * @param content the lines as they should be now, without escape sequences
   */
  constructor(stream: NodeJS.WriteStream, content: () => readonly string[]) {
    this.#stream = stream;
    this.#content = content;
    this.#update = createLogUpdate(stream);
    this.#timer = setInterval(() => {
      this.#draw();
    }, 100);
  }

  /** Puts a line above the block, where it stays. */
  print(line: string): void {
    this.#update.persist(line);
    this.#draw();
  }

  #draw(): void {
    const lines = this.#content().slice(0, Math.max(1, this.#stream.rows - 2));
    this.#update(lines.map((line) => cut(line, this.#stream.columns - 1)).join('\n'));
  }

  /** Removes the block. */
  close(): void {
    clearInterval(this.#timer);
    this.#update.clear();
    this.#update.done();
  }
}
