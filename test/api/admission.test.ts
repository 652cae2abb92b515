/** The admission policies on a real API server: the table that the planner judges too, and what came before them. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { fenceBinding, fencePolicy, servicePolicy } from '../../src/admission/policy.ts';
import { poolPolicy } from '../../src/admission/pool-policy.ts';
import type { Service } from '../../src/api/core.ts';
import { SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { GROUPS, SERVICES } from '../../src/manager/cluster/resource.ts';
import { ADMISSION_CASES, type AdmissionCase, serviceOf } from '../builders/admission-case.ts';
import { type Any, aNamespace, type Cluster, create, startCluster } from './cluster.ts';

let cluster: Cluster;

const kubectl = async (input: string, ...parameters: string[]): Promise<string> => {
  const { programs, kubeconfig } = cluster.api;
  const running = promisify(execFile)(join(programs, 'kubectl'), ['--kubeconfig', kubeconfig, ...parameters]);
  running.child.stdin?.end(input);
  return (await running).stdout;
};
const apply = (...objects: readonly KubeObject[]): Promise<string> =>
  kubectl(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }), 'apply', '--server-side', '--filename=-');

/** A Service as the API server takes it. */
const whole = ({ metadata, spec }: Service): Any => {
  const { creationTimestamp: _, ...rest } = metadata;
  return { apiVersion: 'v1', kind: 'Service', metadata: rest, spec: { ...spec, ports: [{ port: 80 }] } };
};
const created = (service: Service): Promise<string> =>
  create(cluster, SERVICES, whole(service)).then(
    () => 'created',
    (error: Error) => error.message,
  );

const aGroup = (name: string, { fences, globals }: AdmissionCase): Promise<Any> =>
  create(cluster, GROUPS, {
    metadata: { name, namespace: 'web' },
    spec: { interface: 'eth0', ...(fences && { fences }), ...(globals && { verbatimConfig: globals }) },
  });

let tries = 0;
/** Waits until a Service like this is refused with these words. */
const refused = (service: Service, words: string): Promise<void> =>
  vi.waitFor(
    async () => expect(await created({ ...service, metadata: { ...service.metadata, name: `try-${tries++}` } })).toContain(words),
    { timeout: 20_000, interval: 200 },
  );

beforeAll(async () => {
  cluster = await startCluster();
  await aNamespace(cluster, 'web');
  await create(
    cluster,
    SERVICES,
    whole(serviceOf({ name: '', annotations: { verbatim: '{"notify": "/bin/sh"}' } }, 'before', 'web', 'nonsense')),
  );
});
afterAll(() => cluster.stop());

describe('the admission policies', () => {
  beforeAll(async () => {
    await kubectl('', 'apply', '--kustomize', 'config/admission');
    await apply(fenceBinding('web'));
    for (const [index, one] of ADMISSION_CASES.entries()) await aGroup(`vips-${index}`, one);
    await aGroup('closed', { name: '', fences: { namespaces: ['nobody'] } });
    // The API server takes policies and groups up a moment later, and groups in the order in which they came.
    await refused(serviceOf({ name: '' }, 'probe', 'web', 'nonsense'), 'write NAMESPACE/NAME');
    await refused(serviceOf({ name: '' }, 'probe', 'web', 'web/closed'), 'may not use');
  });

  it('are those of the manifest in config/admission', () => {
    const documents = parseAllDocuments(readFileSync('config/admission/policies.yaml', 'utf8')).map((one) => one.toJS());
    expect(documents).toEqual([...servicePolicy(), fencePolicy(), ...poolPolicy()]);
  });

  it.each(ADMISSION_CASES.map((one, index) => ({ ...one, index })))(
    'judge $name',
    async ({ index, ...one }: AdmissionCase & { index: number }) => {
      const answer = await created(serviceOf(one, `case-${index}`, 'web', `web/vips-${index}`));
      if (one.refusal === undefined) expect(answer).toBe('created');
      else expect(answer).toContain(one.refusal);
    },
  );

  it('let a Service that came before be written, as long as what is wrong with it stays', async () => {
    await kubectl('', 'label', 'service', '--namespace=web', 'before', 'a=b');
    await expect(
      kubectl('', 'annotate', 'service', '--namespace=web', 'before', '--overwrite', `${SERVICE_ANNOTATIONS.group}=still/non/sense`),
    ).rejects.toThrow(/write NAMESPACE\/NAME/);
    await kubectl(
      '',
      'annotate',
      'service',
      '--namespace=web',
      'before',
      '--overwrite',
      `${SERVICE_ANNOTATIONS.group}=web/vips`,
      `${SERVICE_ANNOTATIONS.verbatim}-`,
    );
    await kubectl('', 'delete', 'service', '--namespace=web', 'before');
  });

  it('allow a Service that names no group', async () => {
    const { metadata, ...rest } = whole(serviceOf({ name: '', addresses: ['239.1.2.3'] }, 'other', 'web', 'nonsense'));
    await create(cluster, SERVICES, { metadata: { name: metadata.name, namespace: 'web' }, ...rest });
  });
});
