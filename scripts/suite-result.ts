/** Where the suites leave their counts, and in what form. */
export const RESULTS = '.test-results';

/** What one suite came to; `reasons` names each test that was skipped, `failures` each that failed and what it said. */
export interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly reasons: readonly string[];
  readonly failures: readonly Failure[];
}

export interface Failure {
  /** The whole name of the test, or the file that could not be loaded. */
  readonly test: string;
  readonly message: string;
}
