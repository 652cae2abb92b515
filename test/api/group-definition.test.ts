/** The CustomResourceDefinition, as a real API server takes it and judges objects by it. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, startApi } from '../../lab/api/control-plane.ts';
import { GROUP_DEFINITION } from '../../src/api/group/definition.ts';
import type { KeepalivedGroupSpec } from '../../src/api/group/keepalived-group.ts';
import { API_VERSION, KIND } from '../../src/api/names.ts';

let api: Api;

beforeAll(async () => {
  api = await startApi({ dir: mkdtempSync(join(tmpdir(), 'definition-')) });
  await kubectl(['apply', '-f', '-'], GROUP_DEFINITION);
  await kubectl(['wait', '--for=condition=Established', 'crd', GROUP_DEFINITION.metadata.name, '--timeout=30s']);
});
afterAll(() => api.stop());

/** Output of kubectl, or what it complains of. */
function kubectl(parameters: readonly string[], input?: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(api.programs, 'kubectl'), ['--kubeconfig', api.kubeconfig, ...parameters]);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(output))));
    child.stdin.end(input && JSON.stringify(input));
  });
}

const create = (name: string, spec: object): Promise<string> =>
  kubectl(['create', '-n', 'default', '-o', 'jsonpath={.spec}', '-f', '-'], {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name },
    spec,
  });

describe('the definition of KeepalivedGroup', () => {
  it.each<[string, object]>([
    ['the smallest group', { interface: 'eth0' }],
    ['what old objects carry empty', { interface: 'eth0', interfaceFromIP: '', passwordAuth: {}, nodeSelector: {}, verbatimConfig: {} }],
    ['an interface that is not used, however long', { interface: 'not-used-because-of-the-address', interfaceFromIP: '2001:db8::1' }],
    ['ids of old objects that are none', { interface: 'eth0', blacklistRouterIDs: [0, 1, 256] }],
    [
      'every new field',
      {
        interface: 'eth0',
        segment: 'dmz-1',
        vrrp: { version: 3, advertIntervalMilliseconds: 250, preemptDelaySeconds: 5, gratuitousARP: { repeats: 2, refreshSeconds: 0 } },
        resources: { keepalived: { requests: { cpu: '10m' }, limits: { cpu: 1, memory: '64Mi' } } },
        tolerations: [{ operator: 'Exists' }],
        imagePullSecrets: [{ name: 'registry' }],
        imagePullPolicy: 'Never',
      } satisfies KeepalivedGroupSpec,
    ],
  ])('takes %s', async (sentence, spec) => {
    expect(JSON.parse(await create(sentence.replaceAll(/[^a-z]+/g, '-'), spec))).toMatchObject(spec);
  });

  it.each<[string, object, string]>([
    ['no interface', { interface: '' }, 'interfaceFromIP to an address'],
    ['an interface that none can have', { interface: 'sixteen-letters-' }, 'longer than 15'],
    ['an interval that keepalived would round', { interface: 'eth0', vrrp: { advertIntervalMilliseconds: 15 } }, 'multiple of 10'],
    [
      'a delay without preemption',
      { interface: 'eth0', vrrp: { preempt: false, preemptDelaySeconds: 1 } },
      'no meaning while preempt is false',
    ],
    ['a version that is none', { interface: 'eth0', vrrp: { version: 1 } }, 'supported values: "2", "3"'],
    ['a resource that is no quantity', { interface: 'eth0', resources: { agent: { limits: { memory: 'much' } } } }, 'should match'],
  ])('refuses %s', async (_, spec, message) => {
    await expect(create('refused', spec)).rejects.toThrow(message);
  });

  it('refuses a name that is no value of a label', async () => {
    await expect(create('n'.repeat(64), { interface: 'eth0' })).rejects.toThrow('at most 63 characters');
  });
});
