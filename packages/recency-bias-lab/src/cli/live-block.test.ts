import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { LiveBlock } from './live-block.js';

/** A terminal in memory: understands what LiveBlock writes, keeps the lines that are visible. */
class Screen extends Writable {
  readonly lines: string[] = [''];
  #row = 0;

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {
    super({ decodeStrings: false });
  }

  override _write(text: string, _encoding: string, done: () => void): void {
    for (const [token] of text.matchAll(/\u001b\[([?0-9]*)([A-Za-z])|\n|[^\u001b\n]+/g)) {
      if (token === '\n') this.lines[++this.#row] ??= '';
      else if (token.endsWith('A') && token.startsWith('\u001b'))
        this.#row -= Number.parseInt(token.slice(2), 10);
      else if (token === '\u001b[J') this.lines.splice(this.#row, Infinity, '');
      else if (!token.startsWith('\u001b')) this.lines[this.#row] = `${this.lines[this.#row] ?? ''}${token}`;
    }
    done();
  }
}

describe('LiveBlock', () => {
  it('keeps its lines below what is printed, and goes without a trace', () => {
    const screen = new Screen(20, 10);
    let content = ['one'];
    const block = new LiveBlock(screen as unknown as WriteStream, () => content);
    block.print('first');
    expect(screen.lines).toEqual(['first', 'one', '']);
    content = ['one', 'two'];
    block.print('second');
    expect(screen.lines).toEqual(['first', 'second', 'one', 'two', '']);
    content = ['only'];
    block.print('third');
    expect(screen.lines).toEqual(['first', 'second', 'third', 'only', '']);
    block.close();
    expect(screen.lines).toEqual(['first', 'second', 'third', '']);
  });

  it('never draws a line that would wrap, or more lines than the terminal can take back', () => {
    const screen = new Screen(10, 5);
    const block = new LiveBlock(screen as unknown as WriteStream, () =>
      new Array<string>(9).fill('0123456789'),
    );
    block.print('x');
    expect(screen.lines).toEqual(['x', '01234567…', '01234567…', '01234567…', '']);
    block.close();
  });
});
