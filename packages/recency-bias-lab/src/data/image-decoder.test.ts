import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { DataError } from './idx.js';
import { decodeExactly, decodeImage, imageSize } from './image-decoder.js';

/** A picture whose left half is red and right half blue. */
function halves(height: number, width: number, channels: 3 | 4 = 3): Sharp {
  const pixels = Buffer.from(
    Array.from({ length: height * width }, (_, i) =>
      [...(i % width < width / 2 ? [255, 0, 0] : [0, 0, 255]), 128].slice(0, channels),
    ).flat(),
  );
  return sharp(pixels, { raw: { height, width, channels } });
}

const SMALL = { height: 4, width: 4, channels: 3 } as const;

describe('decodeImage', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('reads %s', async (format) => {
    const bytes = await halves(16, 16).toFormat(format).toBuffer();
    const pixels = await decodeImage(bytes, 'x', { height: 16, width: 16, channels: 3 });
    expect(pixels).toHaveLength(16 * 16 * 3);
    expect(pixels[0]).toBeGreaterThan(200);
    expect(pixels[2]).toBeLessThan(60);
    expect(pixels[3 * 15 + 2]).toBeGreaterThan(200);
  });

  it('makes three equal channels of grey, puts transparency over black, and makes grey of colour', async () => {
    const grey = await halves(8, 8).greyscale().png().toBuffer();
    const [r, g, b] = await decodeImage(grey, 'x', SMALL);
    expect(r).toBe(g);
    expect(g).toBe(b);
    const transparent = await halves(8, 8, 4).png().toBuffer();
    const [red, green] = await decodeImage(transparent, 'x', SMALL);
    expect(Math.abs(red! - 128)).toBeLessThan(5);
    expect(green).toBe(0);
    expect(await decodeImage(transparent, 'x', { ...SMALL, channels: 1 })).toHaveLength(16);
    const greyAlpha = await halves(8, 8, 4).greyscale().png().toBuffer();
    expect(await decodeImage(greyAlpha, 'x', SMALL)).toHaveLength(48);
  });

  it('crops, stretches or pads images of another shape', async () => {
    const wide = await halves(8, 32).png().toBuffer();
    const row = async (fit: 'crop' | 'stretch' | 'pad', at: number) => {
      const pixels = await decodeImage(wide, 'x', { ...SMALL, fit });
      return [...pixels.subarray(at * 12, at * 12 + 3)];
    };
    expect((await row('stretch', 0))[0]).toBeGreaterThan(200);
    expect((await row('crop', 0))[0]).toBeGreaterThan(200);
    expect(await row('pad', 0)).toEqual([0, 0, 0]);
  });

  it('applies the orientation that cameras write, and reduces 16 bits to 8', async () => {
    const turned = await halves(8, 16).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await imageSize(turned, 'x')).toEqual([16, 8]);
    const [top] = await decodeImage(turned, 'x', { height: 16, width: 8, channels: 3 });
    expect(top).toBeGreaterThan(200);
    const deep = await halves(8, 8).toColourspace('rgb16').png().toBuffer();
    expect((await decodeImage(deep, 'x', SMALL))[0]).toBe(255);
  });

  it('answers every truncated or damaged file with pixels of the right number or a DataError', async () => {
    const files = await Promise.all(
      (['jpeg', 'png', 'webp'] as const).map((format) => halves(24, 24).toFormat(format).toBuffer()),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.nat(),
        fc.nat(255),
        fc.boolean(),
        async (file, at, value, cut) => {
          const bytes = Buffer.from(file);
          const index = at % bytes.length;
          bytes[index] = value;
          try {
            const pixels = await decodeImage(cut ? bytes.subarray(0, index) : bytes, 'file', SMALL);
            expect(pixels).toHaveLength(48);
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
            expect((error as DataError).message).toMatch(/^file: [^\n]+$/);
          }
        },
      ),
      { numRuns: 600 },
    );
  });

  it('says of a JPEG cut off in the middle that it cannot be decoded', async () => {
    const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251));
    const file = await sharp(noise, { raw: { height: 64, width: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    await expect(decodeImage(file.subarray(0, file.length / 2), 'photo.jpg', SMALL)).rejects.toThrow(
      /^photo\.jpg: cannot be decoded \(/,
    );
  });

  it('reads GIF, TIFF and AVIF files, of an animation the first picture', async () => {
    const pixels = await decodeImage(await halves(8, 16).png().toBuffer(), 'a.png', SMALL);
    for (const format of ['gif', 'tiff', 'avif'] as const) {
      const encoded = await halves(8, 16).toFormat(format, { quality: 100 }).toBuffer();
      const decoded = await decodeImage(encoded, `a.${format}`, SMALL);
      expect(decoded).toHaveLength(pixels.length);
      decoded.forEach((value, i) => {
        expect(Math.abs(value - pixels[i]!)).toBeLessThan(12);
      });
    }
  });

  it.each([
    ['photo.heic', 'is a HEIC photo; convert it to JPEG first'],
    ['renamed.jpg', 'is a HEIC photo; convert it to JPEG first'],
  ])('says how to convert %s', async (name, advice) => {
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(16)]);
    await expect(decodeImage(heic, name, SMALL)).rejects.toThrow(`${name}: ${advice}`);
  });

  it.each([
    ['DSC_1.NEF', "is a camera's raw file; export it as JPEG first"],
    ['x.ppm', 'is no JPEG, PNG, WebP, GIF, TIFF or AVIF image; convert it to one of these first'],
  ])('says what to do about %s', async (name, advice) => {
    const content = Buffer.from(name.endsWith('NEF') ? 'II*\0 and more bytes' : 'P6 1 1 255 abc');
    await expect(decodeImage(content, name, SMALL)).rejects.toThrow(`${name}: ${advice}`);
  });

  it('refuses other formats, whatever they are called, and images with too many pixels', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await expect(decodeImage(svg, 'a.png', SMALL)).rejects.toThrow(
      'a.png: is no JPEG, PNG, WebP, GIF, TIFF or AVIF image',
    );
    await expect(decodeImage(new Uint8Array(0), 'b.png', SMALL)).rejects.toThrow('b.png: is empty');
    const bomb = await halves(2, 2).png().toBuffer();
    bomb.writeUInt32BE(12_000, 16); // width and height in the header, which has a checksum
    bomb.writeUInt32BE(12_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    await expect(decodeImage(bomb, 'bomb.png', SMALL)).rejects.toThrow(/bomb\.png: .*exceeds pixel limit/);
  });
});

describe('decodeExactly', () => {
  it('gives the pixels as they are, and refuses another size', async () => {
    const file = await halves(2, 4).png().toBuffer();
    const pixels = await decodeExactly(file, 'x', { height: 2, width: 4 });
    expect([...pixels.subarray(0, 12)]).toEqual([255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255]);
    await expect(decodeExactly(file, 'x', { height: 4, width: 2 })).rejects.toThrow(
      'x: is 4 x 2 with 3 channels, expected 2 x 4 with 3',
    );
  });
});
