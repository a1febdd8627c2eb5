// Runs before the specs are loaded: they call describe() and it() as globals.
import { createRequire } from 'node:module';

interface JasmineCore {
  boot(): unknown;
}

// Resolved from where the suite's process is started, as this file becomes part of a bundle elsewhere.
const jasmine = createRequire(`${process.cwd()}/`)('jasmine-core') as JasmineCore;
jasmine.boot();
