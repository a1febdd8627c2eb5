/** One call of `LayersModel.fit` by a spec. */
export interface FitCall {
  /** History and epochs as JSON, or 'throws'. */
  outcome: string;
  /** Values of each weight of the model afterwards. */
  weights: string[];
  /** Calls of the callbacks, with their logs. */
  readonly events: string[];
  /** Tensors that the call left behind. */
  tensors: number;
}

/** The outcome of a spec of TensorFlow.js's own test suite. */
export interface SpecOutcome {
  /** Full name; specs of the same name are told apart by ' #2', ' #3', ... */
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'pending';
  /** First line of every failed expectation. */
  readonly messages: readonly string[];
  /** Calls of `fit`, where these are watched. */
  readonly fits?: readonly FitCall[];
}

/** The text that the suite's process writes when it is done. */
export interface SuiteOutcome {
  readonly specs: readonly SpecOutcome[];
  /** Errors outside any spec, in a beforeAll for example. */
  readonly errors: readonly string[];
}
