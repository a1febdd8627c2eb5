// Runs before the specs are loaded: they call describe() and it() as globals.
import { createRequire } from 'node:module';

interface JasmineCore {
  boot(): unknown;
}

type Done = (() => void) & { fail: (reason?: unknown) => void };
type Specification = (done?: Done) => unknown;
type It = (name: string, specification?: Specification, timeout?: number) => unknown;

// Resolved from where the suite's process is started, as this file becomes part of a bundle elsewhere.
const jasmine = createRequire(`${process.cwd()}/`)('jasmine-core') as JasmineCore;
jasmine.boot();

// Some specs are asynchronous and take `done` as well, which Jasmine allows no longer.
const globals = globalThis as unknown as { it: It };
const { it } = globals;
const AsyncFunction = (async () => Promise.resolve()).constructor;
globals.it = (name, specification, timeout) => {
  if (specification === undefined || specification.length === 0) return it(name, specification, timeout);
  if (!(specification instanceof AsyncFunction)) return it(name, specification, timeout);
  const whenDone = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = Object.assign(
        () => {
          resolve();
        },
        { fail: reject },
      );
      (specification(done) as Promise<unknown>).catch(reject);
    });
  return it(name, whenDone, timeout);
};
