import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { minorOf, RELEASES } from '../../lab/kubernetes/kubernetes.ts';
import { type MatrixRun, matrix, matrixTable, oldestMinor, withMatrix } from './kubernetes-matrix.ts';

const runOf = (kubernetes: string, changes: Partial<MatrixRun> = {}): MatrixRun => ({
  kubernetes,
  mode: 'iptables',
  suite: 'end to end',
  passed: 6,
  failed: 0,
  skipped: 0,
  ...changes,
});

describe('what was run on which Kubernetes', () => {
  it('is a table, a line for each run', () => {
    expect(matrixTable([runOf('1.37.2'), runOf('1.30.14', { passed: 5, failed: 1, skipped: 2 })])).toBe(
      [
        '| Kubernetes | kube-proxy | what was run | result |',
        '|---|---|---|---|',
        '| 1.37.2 | iptables | end to end | 6 passed |',
        '| 1.30.14 | iptables | end to end | 5 passed, 1 failed, 2 skipped |',
      ].join('\n'),
    );
  });

  it('makes no version the oldest on which something failed', () => {
    expect(oldestMinor([runOf('1.37.2'), runOf('1.33.1'), runOf('1.30.14'), runOf('1.30.14', { failed: 1 })])).toBe('1.33');
  });

  it.each([
    ['a chart', "kubeVersion: '>=1.25.0-0'", "kubeVersion: '>=1.33.0-0'"],
    ['a bundle', '  minKubeVersion: 1.25.0', '  minKubeVersion: 1.33.0'],
    ['a sentence', 'Made for Kubernetes 1.25 and newer.', 'Made for Kubernetes 1.33 and newer.'],
  ])('is in %s', (_, before, after) => {
    expect(withMatrix(before, [runOf('1.33.1')])).toBe(after);
  });
});

describe('the matrix of this version', () => {
  it('holds every release that a lab can be asked for, and nothing failed', () => {
    expect(new Set(matrix().map(({ kubernetes }) => kubernetes))).toEqual(new Set(RELEASES));
    expect(matrix().filter(({ failed }) => failed > 0)).toEqual([]);
  });

  it('says which is the oldest, as the chart does', () => {
    expect(oldestMinor(matrix())).toBe(minorOf(RELEASES.at(-1) ?? ''));
    expect(readFileSync('charts/keepalived-operator/Chart.yaml', 'utf8')).toContain(`kubeVersion: '>=${oldestMinor(matrix())}.0-0'`);
  });

  it.each(['README.md', 'charts/keepalived-operator/README.md'])('is what %s shows', (file) => {
    expect(readFileSync(file, 'utf8')).toContain(matrixTable(matrix()));
  });
});
