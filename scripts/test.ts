/**
 * Runs one suite (`scripts/node scripts/test.ts unit|net|api|lab [vitest arguments]`) and keeps its counts for `scripts/total.ts`.
 * A suite that the machine can't run is skipped by name with its reason.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { type Failure, RESULTS, type SuiteResult } from './suite-result.ts';

const [suite = 'unit', ...more] = process.argv.slice(2);
const raw = `${RESULTS}/${suite}.vitest.json`;
mkdirSync(RESULTS, { recursive: true });
rmSync(raw, { force: true });

const run = spawnSync(
  'node_modules/.bin/vitest',
  ['run', '--project', suite, '--project', `${suite}-*`, '--reporter=default', '--reporter=json', `--outputFile.json=${raw}`, ...more],
  {
    stdio: 'inherit',
  },
);
const result = existsSync(raw)
  ? counted(suite, JSON.parse(readFileSync(raw, 'utf8')))
  : { suite, passed: 0, failed: 1, skipped: 0, reasons: [], failures: [{ test: suite, message: 'the suite ended without results' }] };
writeFileSync(`${RESULTS}/${suite}.json`, JSON.stringify(result));
process.exitCode = run.status === 0 && result.failed === 0 ? 0 : 1;

// --- internal ---

interface VitestTest {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages: readonly string[];
}

interface VitestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly VitestTest[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly VitestFile[];
}

function counted(name: string, report: VitestReport): SuiteResult {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter((test) => !['passed', 'failed'].includes(test.status));
  const failures = [
    ...tests.filter(isFailed).map((test) => failure(test.fullName, test.failureMessages.join('\n'))),
    ...report.testResults
      .filter(isFailedBeside)
      .map((file) =>
        failure(file.name, file.message || 'a hook failed, and the tests behind it were skipped; the output of the suite says why'),
      ),
  ];
  return {
    suite: name,
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: skipped.length,
    reasons: skipped.map((test) => test.fullName),
    failures,
  };
}

function isFailed({ status }: VitestTest): boolean {
  return status === 'failed';
}

/** A file that can't be loaded, and one in which a hook fails, have no failed test: vitest calls those behind the hook skipped. */
function isFailedBeside({ status, message, assertionResults }: VitestFile): boolean {
  return message !== '' || (status === 'failed' && !assertionResults.some(isFailed));
}

/** Long messages keep their beginning, which says what was found and what was expected. */
function failure(test: string, message: string): Failure {
  return { test, message: stripVTControlCharacters(message).slice(0, 1500) };
}
