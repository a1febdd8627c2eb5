/** Makes small archives, also ones that no honest tool would make. */
import { crc32, deflateRawSync } from 'node:zlib';
import { Header } from 'tar';

/** Path -> content. */
export type Contents = Readonly<Record<string, Uint8Array | string>>;

/** A tar archive; paths are written as they are given. */
export function tarBytes(files: Contents): Buffer {
  const blocks: Buffer[] = [];
  for (const [path, given] of Object.entries(files)) {
    const content = Buffer.from(given);
    const header = Buffer.alloc(512);
    new Header({ path, size: content.length, type: 'File', mode: 0o644, mtime: new Date(0) }).encode(header);
    blocks.push(header, content, Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A zip archive; `claimed` overrides the uncompressed size that is declared of each file. */
export function zipBytes(files: Contents, { claimed }: { readonly claimed?: number } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, given] of Object.entries(files)) {
    const content = Buffer.from(given);
    const compressed = deflateRawSync(content);
    const name = Buffer.from(path);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(8, 4); // deflate
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(compressed.length, 14);
    common.writeUInt32LE(claimed ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, name, compressed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, name);
    offset += 30 + name.length + compressed.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directoryBytes, end]);
}
