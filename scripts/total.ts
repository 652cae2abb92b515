/** Prints what every suite came to, each test that failed with what it said, and the sum as the last line; exit status 1 when a test failed or none ran. */
import { globSync, readFileSync } from 'node:fs';
import { RESULTS, type SuiteResult } from './suite-result.ts';

/** Characters of a message in the list: what was found and expected stands in its first line, and all failures fit on one screen. */
const MOST = 280;
const results = globSync(`${RESULTS}/!(*.vitest).json`)
  .sort()
  .map((file): SuiteResult => JSON.parse(readFileSync(file, 'utf8')));
const sum = (key: 'passed' | 'failed' | 'skipped'): number => results.reduce((total, result) => total + result[key], 0);

for (const result of results) {
  console.log(`${result.suite}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
  for (const reason of result.reasons) console.log(`  skipped: ${reason}`);
}
for (const { suite, failures } of results) {
  for (const { test, message } of failures) console.log(`failed: ${suite}: ${test}\n  ${brief(message)}`);
}
console.log(`total: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;

// --- internal ---

/** The first line of a message, and the first place in our own code; the suite's output has the rest. */
function brief(message: string): string {
  const [said = ''] = message.split('\n');
  const place = message.match(/\b(?:test|scripts|src|lab)\/\S+?\.ts:\d+/)?.[0];
  return said.slice(0, MOST) + (place === undefined ? '' : ` (${place})`);
}
