import { describe, expect, it } from 'vitest';
import type { Run } from '../machine/run.ts';
import { compileCounter, goModules, obstacleOf } from './go-modules.ts';
import { VERSION } from './kubernetes.ts';

const goSays =
  (stdout: string, code = 0, stderr = ''): Run =>
  async () => ({ stdout, stderr, code });

describe('Go', () => {
  it.each<[string, string]>([
    ['the oldest that will do', 'go1.26.0\n'],
    ['a newer one', 'go1.27rc1\n'],
    ['a next major one', 'go2.0\n'],
  ])('serves when it is %s', async (_, version) => {
    expect(await obstacleOf(VERSION, '/go', goSays(version))).toBeUndefined();
  });

  it.each<[string, string | undefined, Run, string]>([
    ['there is none', undefined, goSays(''), `No go on PATH or in /usr/local/go/bin; Kubernetes ${VERSION} needs Go 1.26.`],
    ['it is too old to know of toolchains', '/go', goSays('go1.19.8\n'), `/go is go1.19.8; Kubernetes ${VERSION} needs Go 1.26.`],
    [
      'it may not fetch a newer toolchain',
      '/go',
      goSays('', 1, 'go: module requires go >= 1.26.0 (running go 1.24.4; GOTOOLCHAIN=local)\n'),
      `/go can't serve Kubernetes ${VERSION}: go: module requires go >= 1.26.0 (running go 1.24.4; GOTOOLCHAIN=local).`,
    ],
  ])('is passed over when %s', async (_, go, command, why) => {
    expect(await obstacleOf(VERSION, go, command)).toBe(why);
  });
});

describe('a build that takes minutes', () => {
  it('shows that it moves, package by package, then that it links', () => {
    const said: string[] = [];
    const count = compileCounter(3, (detail) => said.push(detail));
    for (const line of ['internal/abi', '# k8s.io/x', 'k8s.io/api/core/v1', '', 'sigs.k8s.io/yaml']) count(line);
    expect(said).toEqual(['compiled 1 of 3 packages', 'compiled 2 of 3 packages', 'linking']);
  });

  it('is keyed by version and recipe', () => {
    expect(goModules(VERSION).key).toMatch(new RegExp(`^kubernetes/${VERSION.replaceAll('.', '\\.')}-modules-[0-9a-f]{12}$`));
  });
});
