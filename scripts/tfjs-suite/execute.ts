// Runs after the specs are loaded: executes them all and writes the outcome where TFJS_SUITE_OUTCOME says.
import { writeFileSync } from 'node:fs';
import type { FitCall, SpecOutcome, SuiteOutcome } from './outcome.js';

interface Expectation {
  readonly message: string;
}

interface SpecResult {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly Expectation[];
}

interface Environment {
  configure(options: object): void;
  clearReporters(): void;
  addReporter(reporter: object): void;
  execute(): Promise<unknown>;
}

const environment = (globalThis as unknown as { jasmine: { getEnv(): Environment } }).jasmine.getEnv();

const specs: SpecOutcome[] = [];
const errors: string[] = [];
const seen = new Map<string, number>();

const { tfjsSuiteFitCalls: fitCalls = [] } = globalThis as { tfjsSuiteFitCalls?: readonly FitCall[] };

const firstLine = ({ message }: Expectation): string => message.split('\n', 1)[0]!.slice(0, 200);

function record({ fullName, status, failedExpectations }: SpecResult): void {
  if (status === 'excluded') return;
  const count = (seen.get(fullName) ?? 0) + 1;
  seen.set(fullName, count);
  specs.push({
    name: count === 1 ? fullName : `${fullName} #${count}`,
    status: status === 'passed' || status === 'failed' ? status : 'pending',
    messages: failedExpectations.map(firstLine),
    ...(fitCalls.length === 0 ? {} : { fits: [...fitCalls] }),
  });
}

const path = process.env.TFJS_SUITE_OUTCOME;
if (path === undefined) throw new Error('TFJS_SUITE_OUTCOME must name the file that takes the outcome.');

const only = process.env.TFJS_SUITE_SPECS;
const wanted = only === undefined ? null : new Set(JSON.parse(only) as string[]);
environment.configure({
  random: false,
  oneFailurePerSpec: true,
  ...(wanted === null
    ? {}
    : { specFilter: (spec: { getFullName(): string }) => wanted.has(spec.getFullName()) }),
});
environment.clearReporters();
environment.addReporter({
  specDone: record,
  suiteDone: (suite: { failedExpectations: readonly Expectation[] }) => {
    errors.push(...suite.failedExpectations.map(firstLine));
  },
});
environment
  .execute()
  .then(() => {
    const outcome: SuiteOutcome = { specs, errors };
    writeFileSync(path, JSON.stringify(outcome));
    // A spec may leave a timer behind that would keep the process alive.
    process.exit(0);
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
