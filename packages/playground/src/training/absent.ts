/** Stands in for the parts of TensorFlow.js that the page does not use, so that no reader waits for them. See vite.config.mjs. */
export const version_cpu = 'left out';
export const version_webgl = 'left out';
export const version_converter = 'left out';
