import { expect, it } from 'vitest';
import { contentPolicy } from './content-policy.js';

it('a page without a script, pictures and connections is allowed its styles alone', () => {
  expect(contentPolicy({})).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  );
});

it('a page is allowed the script of its hash, and the sources of pictures and connections that are given', () => {
  // The hash of the empty script, as `openssl dgst -sha256 -binary | base64` gives it.
  expect(contentPolicy({ script: '', images: 'data:', connections: "'self'" })).toBe(
    "default-src 'none'; script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; style-src 'unsafe-inline'; " +
      "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'",
  );
});
