import { describe, expect, it } from 'vitest';
import { assemble, defineFunction } from './assembler.js';
import { f32x4, i32, loopUntil, sequence, signed, unsigned } from './instructions.js';

describe('the assembler', () => {
  // Examples of https://en.wikipedia.org/wiki/LEB128.
  it('writes integers in LEB128', () => {
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(signed(-123456)).toEqual([0xc0, 0xbb, 0x78]);
    expect([unsigned(0), signed(0), signed(63), signed(64), signed(-64)]).toEqual([
      [0],
      [0],
      [0x3f],
      [0xc0, 0x00],
      [0x40],
    ]);
  });

  const doubleUp = defineFunction(['at', 'end', 'out'], (f, p) => {
    const value = f.vector();
    return loopUntil(
      p.at,
      p.end.get,
      i32.const(16),
      sequence(
        value.set(f32x4.load(p.at.get)),
        f32x4.store(p.out.get, f32x4.add(value.get, f32x4.mul(value.get, f32x4.splat(1)))),
        p.out.advance(i32.const(16)),
      ),
    );
  });

  it('makes functions that run on the memory they are given', () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const values = new Float32Array(memory.buffer);
    values.set([1, 2, 3, 4, 5, 6, 7, 8]);
    const module = new WebAssembly.Module(assemble({ doubleUp }, false));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    (exports.doubleUp as (...args: number[]) => void)(0, 32, 64);
    expect(Array.from(values.subarray(16, 24))).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
  });

  it('declares a shared memory for the threaded build of the backend', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const module = new WebAssembly.Module(assemble({ doubleUp }, true));
    expect(() => new WebAssembly.Instance(module, { env: { memory } })).not.toThrow();
  });
});
