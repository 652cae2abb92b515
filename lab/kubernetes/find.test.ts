import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inCache } from '../cache.ts';
import { firstOf, ofRelease } from './find.ts';
import { findInstalled } from './installed.ts';
import { COMPONENTS, type Origin, releaseOf, searchedFolders } from './kubernetes.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kubernetes-test-'));
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const step = { say: () => {}, log: '/dev/null' };
const NOTHING = { why: 'No kubelet there.' };

function putPrograms(folder: string, names: readonly string[] = COMPONENTS): string {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), '#!/bin/sh\necho Kubernetes v1.2.3\n', { mode: 0o755 });
  return folder;
}

const origin = (source: string, more: Partial<Origin> = {}): Origin => ({
  source,
  version: '1.2.3',
  key: `kubernetes/${source}`,
  obstacle: async () => undefined,
  make: async (folder) => void putPrograms(folder),
  ...more,
});
const unreachable = (source: string): Origin => origin(source, { obstacle: async () => `${source} is not reachable.` });
const failing = (source: string): Origin =>
  origin(source, {
    make: async (folder) => {
      putPrograms(folder, ['kubelet']);
      throw new Error(`${source} broke off.`);
    },
  });

describe('Kubernetes comes from', () => {
  it('what is installed, before all else', async () => {
    const found = await firstOf({ dir: '/opt/k8s', version: '1.30.1' }, [origin('site')], step);
    expect(found).toEqual({ dir: '/opt/k8s', version: '1.30.1', source: 'KUBEBUILDER_ASSETS or PATH', passedOver: [] });
    expect(inCache('kubernetes/site')).toBeUndefined();
  });

  it('the cache, even when a better origin could be made now', async () => {
    await firstOf(NOTHING, [unreachable('site'), origin('modules')], step);
    const found = await firstOf(NOTHING, [origin('site'), origin('modules')], step);
    expect(found.source).toBe('modules, cached');
    expect(found.passedOver).toEqual([{ source: 'KUBEBUILDER_ASSETS or PATH', why: 'No kubelet there.' }]);
  });

  it('the first origin that serves, and says why the ones before it did not', async () => {
    const found = await firstOf(NOTHING, [unreachable('site'), failing('modules'), origin('debian')], step);
    expect(found).toMatchObject({ dir: inCache('kubernetes/debian'), version: '1.2.3', source: 'debian' });
    expect(found.passedOver.map(({ why }) => why)).toEqual([
      'No kubelet there.',
      'It holds none.',
      'site is not reachable.',
      'modules broke off.',
    ]);
    expect(inCache('kubernetes/modules')).toBeUndefined();
  });

  it('no program that does not even tell its version', async () => {
    const broken = origin('site', { make: async (folder) => writeFileSync(join(folder, 'kube-apiserver'), '', { mode: 0o755 }) });
    await expect(firstOf(NOTHING, [broken], step)).rejects.toThrow('tells no version');
    expect(inCache('kubernetes/site')).toBeUndefined();
  });

  it('nowhere: each source is named with its reason', async () => {
    await expect(firstOf(NOTHING, [unreachable('site'), failing('modules')], step)).rejects.toThrow(
      'No source of Kubernetes serves here.\nKUBEBUILDER_ASSETS or PATH: No kubelet there.\ncache: It holds none.\n' +
        'site: site is not reachable.\nmodules: modules broke off.',
    );
  });
});

describe('installed programs', () => {
  it('are those of KUBEBUILDER_ASSETS before those on PATH', () => {
    expect(searchedFolders({ KUBEBUILDER_ASSETS: '/assets', PATH: '/a::/b' })).toEqual(['/assets', '/a', '/b']);
    expect(searchedFolders({ PATH: '/a' })).toEqual(['/a']);
  });

  it('are used where they lie when one folder holds all', async () => {
    const folder = putPrograms(join(root, 'all'));
    expect(await findInstalled([join(root, 'none'), folder])).toEqual({ dir: folder, version: '1.2.3' });
  });

  it('are linked into one folder when several hold them', async () => {
    const [assets, path] = [putPrograms(join(root, 'assets'), ['kube-apiserver', 'kubectl']), putPrograms(join(root, 'path'))];
    const found = await findInstalled([assets, path]);
    const again = await findInstalled([assets, path]);
    expect(again).toEqual(found);
    const dir = 'dir' in found ? found.dir : '';
    expect(readlinkSync(join(dir, 'kubectl'))).toBe(join(assets, 'kubectl'));
    expect(readlinkSync(join(dir, 'kubelet'))).toBe(join(path, 'kubelet'));
  });

  it.each<[string, readonly string[], string]>([
    ['one is missing', COMPONENTS.filter((name) => name !== 'kubelet'), 'No kubelet there.'],
    ['some are missing', ['kube-apiserver', 'kubectl', 'kubelet', 'kube-proxy'], 'No kube-controller-manager or kube-scheduler there.'],
  ])('are not used when %s', async (_, names, why) => {
    expect(await findInstalled([putPrograms(join(root, 'some'), names)])).toEqual({ why });
  });

  it('are not files that cannot be executed', async () => {
    const folder = putPrograms(join(root, 'all'));
    writeFileSync(join(folder, 'kubelet2'), '');
    rmSync(join(folder, 'kubelet'));
    writeFileSync(join(folder, 'kubelet'), 'text', { mode: 0o644 });
    expect(await findInstalled([folder])).toEqual({ why: 'No kubelet there.' });
  });
});

describe('a release that is asked for', () => {
  const installed = { dir: '/bin', version: '1.36.1' };

  it.each([
    ['no release', undefined, installed],
    ['the release that is installed', '1.36.1', installed],
    ['another one', '1.30.14', { why: 'Kubernetes 1.36.1 is there, not 1.30.14.' }],
  ])('what is installed, with %s asked for', (_, release, expected) => {
    expect(ofRelease(installed, release)).toEqual(expected);
  });

  it('is named by its minor version, and another one is refused with those there are', () => {
    expect(releaseOf('1.37')).toBe('1.37.2');
    expect(() => releaseOf('1.20')).toThrow(/^Found "1\.20"; a lab runs Kubernetes 1\.37/);
  });
});
