/** Where the suites leave their counts, and in what form. */
export const RESULTS = '.test-results';

/** What one suite came to; `reasons` names each test that was skipped. */
export interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly reasons: readonly string[];
}
