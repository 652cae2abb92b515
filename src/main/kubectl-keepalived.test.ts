import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const run = (args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync('bin/kubectl-keepalived', args, { encoding: 'utf8', input });
  return { status, stdout, stderr };
};

describe('bin/kubectl-keepalived', () => {
  it('plans what stands in a folder and on standard input', () => {
    const node = '{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node1"}}';
    const { status, stdout, stderr } = run(['plan', '-f', 'examples/', '-f', '-', '-o', 'wide'], node);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/web\/web +1 +192\.0\.2\.200 +node1/);
  });

  it('plans what stands in a folder beside what is no object, and tells what it left out', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plan-test-'));
    try {
      cpSync('examples/web.yaml', join(folder, 'web.yaml'));
      writeFileSync(join(folder, 'values.yaml'), 'image: x\n');
      const { status, stdout, stderr } = run(['plan', '-f', folder, '-o', 'name']);
      expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('configmap/vips') });
      expect(stderr).toContain('values.yaml: the object has no kind; every Kubernetes object has one; left out\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    [['mycluster'], 'APIVirtualRouterID: 74\nIngressVirtualRouterID: 137\n'],
    [['ostest', '--with-dns'], 'APIVirtualRouterID: 14\nDNSVirtualRouterID: 10\nIngressVirtualRouterID: 93\n'],
  ])("prints the ids of OpenShift's own addresses: vr-ids %j", (args, stdout) => {
    expect(run(['vr-ids', ...args])).toEqual({ status: 0, stdout, stderr: '' });
  });

  it.each([
    ['a file that is not there', ['plan', '-f', 'nope.yaml'], 'error: nope.yaml does not exist'],
    ['a folder without YAML', ['plan', '-f', 'src/main'], 'error: folder src/main holds no .yaml, .yml or .json file'],
    ['a cluster without a name', ['vr-ids', ''], 'error: the name of the cluster is empty'],
    ['no file at all', ['plan'], "error: required option '-f, --filename <file...>' not specified"],
    ['a form of output that there is not', ['plan', '-f', '-', '-o', 'table'], 'Allowed choices are yaml, json, wide, name'],
  ])('says what is wrong with %s', (_, args, message) => {
    const { status, stdout, stderr } = run(args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(message);
  });
});
