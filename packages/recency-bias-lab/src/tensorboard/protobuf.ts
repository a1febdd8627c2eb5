/** Encodes messages of Protocol Buffers (https://protobuf.dev/programming-guides/encoding): the few kinds of fields that event files need. */

/** A field of a message, encoded; empty for one that is left out. */
export type Field = Uint8Array;

const NOTHING: Field = new Uint8Array(0);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function doubles(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer);
}

/** Bytes of a known length: a text, bytes, or a message. */
export function bytes(number: number, value: string | Uint8Array): Field {
  const content = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return concat([Uint8Array.from([...varint(number * 8 + 2), ...varint(content.length)]), content]);
}

/** A message inside a message. */
export function message(number: number, fields: readonly Field[]): Field {
  return bytes(number, concat(fields));
}

/** A whole number of at least 0, an enumerated value, or a truth value. */
export function whole(number: number, value: number | boolean): Field {
  return Uint8Array.from([...varint(number * 8), ...varint(Number(value))]);
}

/** A number of 64 bits. */
export function double(number: number, value: number): Field {
  return concat([Uint8Array.of(number * 8 + 1), doubles([value])]);
}

/** A number of 32 bits. */
export function float(number: number, value: number): Field {
  return concat([Uint8Array.of(number * 8 + 5), new Uint8Array(Float32Array.of(value).buffer)]);
}

/** Numbers of 64 bits, packed. */
export function packedDoubles(number: number, values: readonly number[]): Field {
  return bytes(number, doubles(values));
}

/** A field that may be missing. */
export function optional<Value>(value: Value | undefined, encode: (value: Value) => Field): Field {
  return value === undefined ? NOTHING : encode(value);
}

/** A message on its own. */
export function encode(fields: readonly Field[]): Uint8Array {
  return concat(fields);
}
