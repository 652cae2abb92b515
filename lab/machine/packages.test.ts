import { describe, expect, it } from 'vitest';
import { missingPackages, unitsAmong } from './packages.ts';
import type { Run } from './run.ts';

const dpkgSays =
  (stdout: string): Run =>
  async () => ({ stdout, stderr: '', code: 1 });

describe('a package is missing', () => {
  it.each<[string, string, string[]]>([
    ['when dpkg does not know it', 'installed runc\n', ['buildah']],
    ['when only its configuration is left', 'installed runc\nconfig-files buildah\n', ['buildah']],
    ['when it is unpacked but not configured', 'installed runc\nunpacked buildah\n', ['buildah']],
    ['when dpkg knows none', '', ['runc', 'buildah']],
    ['never when it is installed', 'installed buildah\ninstalled runc\n', []],
  ])('%s', async (_, stdout, expected) => {
    expect(await missingPackages(['runc', 'buildah'], dpkgSays(stdout))).toEqual(expected);
  });
});

describe('units of a package', () => {
  it('are services, sockets, timers and paths, wherever /lib is', () => {
    const files = ['/lib/systemd/system/etcd.service', '/usr/lib/systemd/system/a.socket', '/lib/systemd/system/b.timer', '/usr/bin/etcd'];
    expect(unitsAmong(files.join('\n'))).toEqual(['etcd.service', 'a.socket', 'b.timer']);
  });

  it('are neither templates nor folders nor what only looks like a unit', () => {
    const files = [
      '/lib/systemd/system',
      '/lib/systemd/system/x@.service',
      '/usr/share/doc/etcd.service',
      '/lib/systemd/system/x.service.d/a.conf',
    ];
    expect(unitsAmong(files.join('\n'))).toEqual([]);
  });
});
