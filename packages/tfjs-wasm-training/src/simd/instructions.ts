/**
 * WebAssembly instructions as bytes, in the order of execution. An expression is code that leaves a single value
 * on the stack; a statement leaves none. Encodings: WebAssembly Core Specification 2.0, section 5.4.
 */
export type Code = readonly number[];

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Signed LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

const SIMD = 0xfd;

const binary =
  (...opcode: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];

const simd = (opcode: number): number[] => [SIMD, ...unsigned(opcode)];

/** Alignment 4 bytes (2^2), which every float has. The offset is in bytes. */
const access = (offset: number): number[] => [2, ...unsigned(offset)];

/** 32-bit integers; addresses are compared without sign. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  lessThan: binary(0x48),
  atLeast: binary(0x4f),
  /** Times 4: an index of floats as a distance in bytes. */
  bytes: (a: Code): Code => [...a, 0x41, 2, 0x74],
};

/** Four floats at once. */
export const f32x4 = {
  zero: [SIMD, 0x0c, ...Array<number>(16).fill(0)] as Code,
  splat: (value: number): Code => [0x43, ...floatBytes(value), ...simd(0x13)],
  load: (address: Code, offset = 0): Code => [...address, ...simd(0x00), ...access(offset)],
  /** One float, four times. */
  loadSplat: (address: Code, offset = 0): Code => [...address, ...simd(0x09), ...access(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...simd(0x0b),
    ...access(offset),
  ],
  add: binary(...simd(0xe4)),
  sub: binary(...simd(0xe5)),
  mul: binary(...simd(0xe6)),
  equal: binary(...simd(0x41)),
  greaterThan: binary(...simd(0x44)),
  notEqual: binary(...simd(0x42)),
  /** NaN where either is NaN. */
  min: binary(...simd(0xe8)),
  max: binary(...simd(0xe9)),
  /** `b < a ? b : a`, so that a NaN in `b` is passed over and a NaN in `a` is kept. */
  pseudoMin: binary(...simd(0xea)),
  /** `a < b ? b : a`, so that a NaN in `b` is passed over and a NaN in `a` is kept. */
  pseudoMax: binary(...simd(0xeb)),
  and: binary(...simd(0x4e)),
  /** `a & ~b`. */
  andNot: binary(...simd(0x4f)),
  or: binary(...simd(0x50)),
};

/** Copies `length` bytes. */
export const copyBytes = (to: Code, from: Code, length: Code): Code => [
  ...to,
  ...from,
  ...length,
  0xfc,
  0x0a,
  0,
  0,
];

/** Sets `length` bytes to zero. */
export const zeroBytes = (to: Code, length: Code): Code => [...to, 0x41, 0, ...length, 0xfc, 0x0b, 0];

/** A parameter or variable of a function. */
export class Local {
  readonly get: Code;
  readonly #index: number;

  constructor(index: number) {
    this.#index = index;
    this.get = [0x20, ...unsigned(index)];
  }

  set(value: Code): Code {
    return [...value, 0x21, ...unsigned(this.#index)];
  }

  /** Adds to a 32-bit integer. */
  advance(by: Code): Code {
    return this.set(i32.add(this.get, by));
  }
}

/** Statements one after the other. */
export const sequence = (...statements: readonly Code[]): Code => statements.flat();

/** `for (; counter < end; counter += step) body`, without sign, as counters and addresses are. */
export function loopUntil(counter: Local, end: Code, step: Code, body: Code): Code {
  return [
    ...[0x02, 0x40, 0x03, 0x40],
    ...i32.atLeast(counter.get, end),
    ...[0x0d, 1],
    ...body,
    ...counter.advance(step),
    ...[0x0c, 0, 0x0b, 0x0b],
  ];
}

function floatBytes(value: number): number[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [...bytes];
}
