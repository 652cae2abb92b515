/**
 * Runs the core of the end-to-end suite and of the API server's on each Kubernetes release that a lab can be asked for, or on those named
 * (`make matrix KUBERNETES='1.37 1.30'`), keeps the results in test/lab/matrix.json and prints the table (root; Kubernetes is built where
 * the cache doesn't hold it, in minutes each).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hasMode, PROXY_MODES } from '../lab/cluster/proxy.ts';
import { minorOf, RELEASES, releaseOf } from '../lab/kubernetes/kubernetes.ts';
import { MATRIX_FILE, type MatrixRun, matrix, matrixTable } from './manifests/kubernetes-matrix.ts';
import { RESULTS } from './suite-result.ts';

interface Part {
  readonly name: string;
  readonly suite: 'api' | 'lab';
  readonly files: readonly string[];
  /** Its tests are told apart by kube-proxy's mode, which is in their names. */
  readonly isByMode?: boolean;
  /** The first minor version, as in 31, that it is for. */
  readonly from?: number;
}

const PARTS: readonly Part[] = [
  { name: 'the core, end to end', suite: 'lab', files: ['test/lab/core.test.ts'], isByMode: true },
  { name: 'CRD, roles, server-side apply', suite: 'api', files: filesOf('apply', 'group-definition', 'rbac') },
  { name: 'admission policies', suite: 'api', files: filesOf('admission'), from: 31 },
];

const asked = process.argv.slice(2).flatMap((words) => words.split(/\s+/));
for (const kubernetes of asked.length === 0 ? RELEASES : asked.map(releaseOf)) {
  const runs = PARTS.filter(({ from = 0 }) => Number(kubernetes.split('.')[1]) >= from).flatMap((part) => runsOf(kubernetes, part));
  const others = matrix().filter((run) => run.kubernetes !== kubernetes);
  writeFileSync(MATRIX_FILE, `${JSON.stringify(sorted([...others, ...runs]), null, 2)}\n`);
}
console.log(matrixTable(matrix()));
process.exitCode = matrix().some(({ failed }) => failed > 0) ? 1 : 0;

// --- internal ---

interface Test {
  readonly status: string;
  readonly fullName: string;
}

function filesOf(...names: readonly string[]): string[] {
  return names.map((name) => `test/api/${name}.test.ts`);
}

function runsOf(kubernetes: string, { name, suite, files, isByMode = false }: Part): MatrixRun[] {
  const tests = testsOf(kubernetes, suite, files);
  if (!isByMode) return [{ kubernetes, suite: name, ...counted(tests) }];
  return PROXY_MODES.filter((mode) => hasMode(mode, { version: kubernetes })).map((mode) => ({
    ...{ kubernetes, mode, suite: name },
    ...counted(tests.filter(({ fullName }) => fullName.includes(` ${mode} `))),
  }));
}

/** Runs them; what failed outside of any test, in what prepares them for instance, is a failed test without a name of its own. */
function testsOf(kubernetes: string, suite: string, files: readonly string[]): Test[] {
  const report = `${RESULTS}/${suite}.vitest.json`;
  rmSync(report, { force: true });
  const env = { ...process.env, LAB_KUBERNETES: minorOf(kubernetes) };
  const { status } = spawnSync(process.execPath, ['scripts/test.ts', suite, ...files], { stdio: 'inherit', env });
  const { testResults } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { testResults: [] };
  const tests: Test[] = testResults.flatMap(({ assertionResults }: { readonly assertionResults: readonly Test[] }) => assertionResults);
  const isTold = status === 0 || tests.some((test) => test.status === 'failed');
  return isTold ? tests : [...tests, ...PROXY_MODES.map((mode) => ({ status: 'failed', fullName: `outside of any test, ${mode} ` }))];
}

/** What came to no test at all has failed. */
function counted(tests: readonly Test[]): Pick<MatrixRun, 'passed' | 'failed' | 'skipped'> {
  const count = (...statuses: readonly string[]): number => tests.filter(({ status }) => statuses.includes(status)).length;
  const [passed, failed] = [count('passed'), count('failed')];
  return { passed, failed: tests.length === 0 ? 1 : failed, skipped: tests.length - passed - failed };
}

/** The newest first, the suites in their order. */
function sorted(runs: readonly MatrixRun[]): MatrixRun[] {
  const rank = ({ kubernetes }: MatrixRun): number => (RELEASES as readonly string[]).indexOf(kubernetes);
  return runs.filter((run) => rank(run) >= 0).toSorted((one, other) => rank(one) - rank(other));
}
