import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { LiveBlock } from './live-block.js';

/** A stream that is a terminal in memory. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly #terminal: xterm.Terminal;

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {
    super({ decodeStrings: false });
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      convertEol: true,
      allowProposedApi: true,
    });
  }

  override _write(text: string, _encoding: string, done: () => void): void {
    this.#terminal.write(text, done);
  }

  /** The lines that a person sees, up to the last one with text. */
  async lines(): Promise<string[]> {
    await new Promise<void>((resolve) => {
      this.write('', () => {
        resolve();
      });
    });
    const { active } = this.#terminal.buffer;
    const all = Array.from(
      { length: active.length },
      (_, y) => active.getLine(y)?.translateToString(true) ?? '',
    );
    return all.slice(0, all.findLastIndex((line) => line !== '') + 1);
  }
}

describe('LiveBlock', () => {
  it('keeps its lines below what is printed, and goes without a trace', async () => {
    const screen = new Screen(20, 10);
    let content = ['one'];
    const block = new LiveBlock(screen as unknown as WriteStream, () => content);
    block.print('first');
    expect(await screen.lines()).toEqual(['first', 'one']);
    content = ['one', 'two'];
    block.print('second');
    expect(await screen.lines()).toEqual(['first', 'second', 'one', 'two']);
    content = ['only'];
    block.print('third');
    expect(await screen.lines()).toEqual(['first', 'second', 'third', 'only']);
    block.close();
    expect(await screen.lines()).toEqual(['first', 'second', 'third']);
  });

  it('never draws a line that would wrap, or more lines than the terminal can take back', async () => {
    const screen = new Screen(10, 5);
    const block = new LiveBlock(screen as unknown as WriteStream, () =>
      new Array<string>(9).fill('0123456789'),
    );
    block.print('x');
    expect(await screen.lines()).toEqual(['x', '01234567…', '01234567…', '01234567…']);
    block.close();
  });
});
