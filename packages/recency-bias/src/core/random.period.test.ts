import { describe, expect, it } from 'vitest';
import { chiSquarePasses } from '../../test/fixtures/statistics.js';
import { Random } from './random.js';

/** A state of 128 bits as one number; word 0 is the lowest. */
type State = bigint;

/** The state after one draw, by the generator itself. */
function step(state: State): State {
  const random = new Random(0);
  const words = Uint32Array.from({ length: 4 }, (_, i) => Number((state >> BigInt(32 * i)) & 0xffffffffn));
  random.loadStateDict({ ...random.stateDict(), state: words });
  random.uint32();
  const after = random.stateDict().state as Uint32Array;
  return after.reduceRight((whole, word) => (whole << 32n) | BigInt(word), 0n);
}

/** A linear map of states over GF(2): column i is the image of bit i. */
type Columns = readonly State[];

function apply(columns: Columns, state: State): State {
  let image = 0n;
  for (let bit = 0; bit < 128; bit++) if ((state >> BigInt(bit)) & 1n) image ^= columns[bit]!;
  return image;
}

describe('the period of the generator', () => {
  // powers[n] is 2^n draws at once.
  const powers: Columns[] = [Array.from({ length: 128 }, (_, bit) => step(1n << BigInt(bit)))];
  for (let n = 1; n < 128; n++) powers.push(powers[n - 1]!.map((column) => apply(powers[n - 1]!, column)));

  const after = (draws: bigint, state: State): State => {
    for (let n = 0; n < 128; n++) if ((draws >> BigInt(n)) & 1n) state = apply(powers[n]!, state);
    return state;
  };
  const start = step(0x123456789abcdef0fedcba9876543210n);

  it('can be told from its steps, as they are linear in the bits of the state', () => {
    let state = start;
    for (let n = 1n; n <= 300n; n++) {
      state = step(state);
      expect(after(n, start)).toBe(state);
    }
  });

  it('is exactly 2^128 − 1: no draw before returns to a state', () => {
    const period = 2n ** 128n - 1n;
    const primes = [3n, 5n, 17n, 257n, 641n, 65537n, 274177n, 6700417n, 67280421310721n];
    expect(primes.reduce((product, prime) => product * prime)).toBe(period);
    expect(after(period, start)).toBe(start);
    for (const prime of primes) expect(after(period / prime, start)).not.toBe(start);
  });

  it('is not near after 2^31 draws, where every bit is still as often 0 as 1', () => {
    const random = new Random(1);
    const far = after(2n ** 31n, start);
    expect(far).not.toBe(start);
    const words = Uint32Array.from({ length: 4 }, (_, i) => Number((far >> BigInt(32 * i)) & 0xffffffffn));
    random.loadStateDict({ ...random.stateDict(), state: words });
    const counts = Array.from({ length: 4 }, () => new Float64Array(256));
    for (let n = 0; n < 200_000; n++) {
      const draw = random.uint32();
      for (let byte = 0; byte < 4; byte++) counts[byte]![(draw >>> (8 * byte)) & 255]!++;
    }
    const uniform = new Array<number>(256).fill(1 / 256);
    for (const byte of counts) expect(chiSquarePasses(byte, uniform)).toBe(true);
  });
});
