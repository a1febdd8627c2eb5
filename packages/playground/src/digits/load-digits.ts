import { unpackDigits, type DigitData } from './packed-digits.js';

/** Fetches the digits that lie beside the page. @throws Error when they are not there */
export async function loadDigits(address: string): Promise<DigitData> {
  const response = await fetch(address);
  if (!response.ok || response.body === null) throw new Error(`${address}: answered ${response.status}`);
  const unzipped = response.body.pipeThrough(new DecompressionStream('gzip'));
  return unpackDigits(new Uint8Array(await new Response(unzipped).arrayBuffer()));
}
