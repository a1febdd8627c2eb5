import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StateDict } from './selector.js';
import { crc32, decodeState, encodeState } from './state-codec.js';

describe('encodeState and decodeState', () => {
  it('give back what was saved: every type, exact numbers, hostile keys', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, false, NaN, -Infinity, Infinity, -0, 5e-324, 2 ** 53),
        fc.double(),
        fc.string({ unit: 'binary' }),
        fc.uint8Array(),
        fc.uint16Array(),
        fc.uint32Array(),
        fc.int32Array(),
        fc.float32Array(),
        fc.float64Array(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', '__proto__', 'constructor')), tie('value'), {
          maxKeys: 3,
          noNullPrototype: true,
        }),
      ),
    })).value;
    fc.assert(
      fc.property(value, (data) => {
        const state = { version: 3, data } as StateDict;
        expect(decodeState(encodeState(state))).toEqual(state);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('copies only the part of a buffer that an array views, and reads from anywhere in a buffer', () => {
    const part = new Float32Array(10).map((_, i) => i).subarray(3, 6);
    const bytes = encodeState({ version: 1, part });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeState(shifted.subarray(3))).toEqual({ version: 1, part: Float32Array.of(3, 4, 5) });
  });

  it('is compact: typed arrays cost their bytes', () => {
    expect(encodeState({ version: 1, labels: new Uint8Array(100_000) }).length).toBeLessThan(100_200);
  });

  it('detects every cut and every changed byte', () => {
    const bytes = encodeState({ version: 1, name: 'x', values: Int32Array.of(1, 2, 3) });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeState(bytes.subarray(0, length))).toThrow(RangeError);
    }
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 0x10;
      expect(() => decodeState(damaged), `byte ${at}`).toThrow(RangeError);
    }
    expect(() => decodeState(Uint8Array.from([...bytes, 0]))).toThrow(/was written with/);
  });

  it('refuses what a state cannot hold, naming the field', () => {
    const bad = { version: 1, inner: { version: 1, list: [1, new Date(0)] } } as unknown as StateDict;
    expect(() => encodeState(bad)).toThrow('state.inner.list[1] is a Date');
  });

  it('takes no state apart that is nested too deep, holds arrays over one another or has no plain header', () => {
    const deep: Record<string, unknown> = { version: 1 };
    let inner = deep;
    for (let depth = 0; depth < 100; depth++) inner = inner.next = {} as Record<string, unknown>;
    expect(() => encodeState(deep as unknown as StateDict)).toThrow('is nested more than 64 deep');

    const crafted = (header: string, data = 64): Uint8Array => {
      const start = Math.ceil((16 + header.length) / 8) * 8;
      const bytes = new Uint8Array(start + data + 4);
      const view = new DataView(bytes.buffer);
      [0x54534252, 1, header.length, bytes.length].forEach((word, n) => {
        view.setUint32(4 * n, word, true);
      });
      for (let i = 0; i < header.length; i++) bytes[16 + i] = header.charCodeAt(i);
      view.setUint32(bytes.length - 4, crc32(bytes, bytes.length - 4), true);
      return bytes;
    };
    const array = '{"$":"Uint8Array","at":0,"length":64}';
    expect(decodeState(crafted(`{"version":1,"a":${array}}`)).a).toEqual(new Uint8Array(64));
    for (const header of [
      `{"version":1,"a":${array},"b":${array}}`,
      `{"version":1,"a":${'['.repeat(100)}${']'.repeat(100)}}`,
      '{"version":1,"a":{"$":"object","value":null}}',
      '{"version":1,"a":{"$":"number","value":"7"}}',
      '{"version":1,"a":{"$":"Uint8Array","at":-8,"length":8}}',
      '{"version":1,"a":{"$":"Uint8Array","at":0,"length":1e9}}',
      '{"version":1,"a":{"$":"toString","at":0,"length":8}}',
      '{"version":"1"}',
      '{"version":1',
      'null',
      '[1]',
    ]) {
      expect(() => decodeState(crafted(header)), header).toThrow(RangeError);
      expect(() => decodeState(crafted(header)), header).toThrow(/saved (state|bytes)/);
    }
    expect(() => decodeState('RBST' as unknown as Uint8Array)).toThrow(TypeError);
  });

  it('checks by CRC-32', () => {
    // The check value of the CRC catalogue for "123456789".
    expect(
      crc32(
        Uint8Array.from('123456789', (c) => c.charCodeAt(0)),
        9,
      ),
    ).toBe(0xcbf43926);
  });
});
