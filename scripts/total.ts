/** Prints each test that failed, what every suite came to, and the sum as the last line; exit status 1 when a test failed or none ran. */
import { globSync, readFileSync } from 'node:fs';
import { RESULTS, type SuiteResult } from './suite-result.ts';

const results = globSync(`${RESULTS}/!(*.vitest).json`)
  .sort()
  .map((file): SuiteResult => JSON.parse(readFileSync(file, 'utf8')));
const sum = (key: 'passed' | 'failed' | 'skipped'): number => results.reduce((total, result) => total + result[key], 0);

for (const { suite, failures } of results) {
  for (const { test, message } of failures) console.log(`failed: ${suite}: ${test}\n${message.replaceAll(/^/gm, '  ')}\n`);
}
for (const result of results) {
  console.log(`${result.suite}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
  for (const reason of result.reasons) console.log(`  skipped: ${reason}`);
}
console.log(`total: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
