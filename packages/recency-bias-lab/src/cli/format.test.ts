import { describe, expect, it } from 'vitest';
import { formatBytes, formatSpan } from './format.js';

describe('formatSpan', () => {
  it.each([
    [0.2, '1 second'],
    [89, '89 seconds'],
    [95, '1.6 minutes'],
    [12 * 60, '12 minutes'],
    [89 * 60, '89 minutes'],
    [100 * 60, '1.7 hours'],
    [35 * 3600, '35 hours'],
    [36 * 3600, '1.5 days'],
    [86_400 * 11.2, '11 days'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(formatSpan(seconds)).toBe(text);
  });
});

describe('formatBytes', () => {
  it.each([
    [10, '1 kB'],
    [340_000, '340 kB'],
    [8_140_000, '8.1 MB'],
    [120_400_000, '120 MB'],
    [1_940_000_000, '1.9 GB'],
  ])('says %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
