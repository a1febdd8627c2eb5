/** Starts the page. */
import { loadDigits } from './digits/load-digits.js';
import { found } from './page/dom.js';
import { Playground } from './playground.js';

const digits = new URL('digits.bin', document.baseURI).href;

loadDigits(digits).then(
  (data) => {
    new Playground(data, digits);
    document.documentElement.classList.add('ready');
  },
  (error: unknown) => {
    found('status', HTMLElement).textContent =
      `The digits did not load: ${error instanceof Error ? error.message : String(error)}`;
  },
);
