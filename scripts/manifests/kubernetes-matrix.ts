/** What was run on which Kubernetes, written down by `make matrix`; what README, chart and bundle say of versions is made of it. */
import { readFileSync } from 'node:fs';

/** One run of a suite. */
export interface MatrixRun {
  /** As in `1.37.2`. */
  readonly kubernetes: string;
  /** kube-proxy's mode; none where no kube-proxy takes part. */
  readonly mode?: string;
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const MATRIX_FILE = 'test/lab/matrix.json';
export const matrix = (): readonly MatrixRun[] => JSON.parse(readFileSync(MATRIX_FILE, 'utf8'));

/** A Markdown table, a line for each run. */
export function matrixTable(runs: readonly MatrixRun[]): string {
  const lines = runs.map(({ kubernetes, mode = 'none', suite, ...counts }) => `| ${kubernetes} | ${mode} | ${suite} | ${result(counts)} |`);
  return ['| Kubernetes | kube-proxy | what was run | result |', '|---|---|---|---|', ...lines].join('\n');
}

/** The oldest minor version of which every run passed, as in `1.30`. */
export function oldestMinor(runs: readonly MatrixRun[]): string {
  const failed = new Set(runs.filter(({ failed: count }) => count > 0).map(({ kubernetes }) => kubernetes));
  const minors = runs.filter(({ kubernetes }) => !failed.has(kubernetes)).map(({ kubernetes }) => Number(kubernetes.split('.')[1]));
  if (minors.length === 0) throw new Error(`${MATRIX_FILE} has no version of Kubernetes on which all passed`);
  return `1.${Math.min(...minors)}`;
}

/** A file's text with the table between its marks, and with the oldest version where a chart or a bundle names it. */
export function withMatrix(text: string, runs: readonly MatrixRun[] = matrix()): string {
  const oldest = oldestMinor(runs);
  return text
    .replace(/(<!-- matrix: make matrix -->\n)[\s\S]*?(<!-- end of the matrix -->)/, `$1\n${matrixTable(runs)}\n\n$2`)
    .replace(/^kubeVersion: .*$/m, `kubeVersion: '>=${oldest}.0-0'`)
    .replace(/^( *minKubeVersion): .*$/m, `$1: ${oldest}.0`)
    .replace(/(?<=Made for Kubernetes )1\.\d+(?= and newer)/g, oldest);
}

// --- internal ---

function result({ passed, failed, skipped }: Pick<MatrixRun, 'passed' | 'failed' | 'skipped'>): string {
  const others = [...(failed > 0 ? [`${failed} failed`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  return [`${passed} passed`, ...others].join(', ');
}
