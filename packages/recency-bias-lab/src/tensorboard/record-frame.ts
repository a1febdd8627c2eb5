/** The frames of TFRecord files: length, checksum, data, checksum (https://www.tensorflow.org/tutorials/load_data/tfrecord). */

/** CRC-32C (Castagnoli), reflected polynomial 0x82F63B78, by a byte at a time. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** CRC-32C of some bytes. */
export function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ TABLE[(value ^ byte) & 0xff]!;
  return (value ^ 0xffffffff) >>> 0;
}

/** Rotated and shifted, as TFRecord has it, since data may hold checksums themselves. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The frame around a record. */
export function frame(record: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(16 + record.length);
  framed.writeBigUInt64LE(BigInt(record.length), 0);
  framed.writeUInt32LE(masked(crc32c(framed.subarray(0, 8))), 8);
  framed.set(record, 12);
  framed.writeUInt32LE(masked(crc32c(record)), 12 + record.length);
  return new Uint8Array(framed);
}
