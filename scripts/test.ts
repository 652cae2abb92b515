/**
 * Runs one suite (`scripts/node scripts/test.ts unit|net|api|lab [vitest arguments]`) and keeps its counts for `scripts/total.ts`.
 * A suite that the machine can't run is skipped by name with its reason.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { RESULTS, type SuiteResult } from './suite-result.ts';

const [suite = 'unit', ...more] = process.argv.slice(2);
const raw = `${RESULTS}/${suite}.vitest.json`;
mkdirSync(RESULTS, { recursive: true });
rmSync(raw, { force: true });

const run = spawnSync(
  'node_modules/.bin/vitest',
  ['run', '--project', suite, '--reporter=default', '--reporter=json', `--outputFile.json=${raw}`, ...more],
  {
    stdio: 'inherit',
  },
);
const result = existsSync(raw)
  ? counted(suite, JSON.parse(readFileSync(raw, 'utf8')))
  : { suite, passed: 0, failed: 1, skipped: 0, reasons: [] };
writeFileSync(`${RESULTS}/${suite}.json`, JSON.stringify(result));
process.exitCode = run.status === 0 && result.failed === 0 ? 0 : 1;

// --- internal ---

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[] }[];
}

function counted(name: string, report: VitestReport): SuiteResult {
  const skipped = report.testResults.flatMap((file) => file.assertionResults).filter((test) => !['passed', 'failed'].includes(test.status));
  // A file that fails to load counts no failed test, yet it is a failure.
  const failed = Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0);
  return { suite: name, passed: report.numPassedTests, failed, skipped: skipped.length, reasons: skipped.map((test) => test.fullName) };
}
