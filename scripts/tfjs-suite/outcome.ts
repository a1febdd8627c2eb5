/** What became of one spec of TensorFlow.js's own test suite. */
export interface SpecOutcome {
  /** Full name; specs of the same name are told apart by ' #2', ' #3', ... */
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'pending';
  /** First line of every failed expectation. */
  readonly messages: readonly string[];
}

/** What the suite's process writes when it is done. */
export interface SuiteOutcome {
  readonly specs: readonly SpecOutcome[];
  /** Errors outside any spec, in a beforeAll for example. */
  readonly errors: readonly string[];
}
