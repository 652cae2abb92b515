/** What AddressPools refuse at admission, on a real API server: the table that the allocation judges too. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Service } from '../../src/api/core.ts';
import { ALLOCATION_ANNOTATIONS, SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import { ADDRESS_POOLS } from '../../src/manager/cluster/resource.ts';
import { aBalancer } from '../builders/addresses.ts';
import { inAddressesOf, POOL_CASES, type PoolCase, poolCase } from '../builders/pool-case.ts';
import { type Any, type Cluster, create, NAMESPACES, patch, remove, SERVICES, startCluster } from './cluster.ts';

let cluster: Cluster;

/** A Service as this API server takes it, whose cluster IPs are of IPv4 alone. */
const whole = ({ metadata, spec }: Service): Any => {
  const { creationTimestamp: _, ...rest } = metadata;
  const { ipFamilies: __, ipFamilyPolicy: ___, ...others } = spec ?? {};
  return { apiVersion: 'v1', kind: 'Service', metadata: rest, spec: others };
};
const answered = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'created',
    (error: Error) => error.message,
  );
const created = (service: Service): Promise<string> => answered(create(cluster, SERVICES, whole(service)));

const LAST = POOL_CASES.length;
const closed: PoolCase = { name: '', pool: { namespaces: ['others'] }, asks: { pool: 'POOL' } };

beforeAll(async () => {
  cluster = await startCluster();
  await create(cluster, NAMESPACES, { metadata: { name: 'shop', labels: { team: 'a' } } });
  await promisify(execFile)(join(cluster.api.programs, 'kubectl'), [
    ...['--kubeconfig', cluster.api.kubeconfig, 'apply', '--kustomize', 'config/admission'],
  ]);
  for (const [index, one] of [...POOL_CASES, closed].entries()) await create(cluster, ADDRESS_POOLS, { ...poolCase(one, index).pool });
  // The API server takes policies and pools up a moment later, and pools in the order in which they came.
  let tries = 0;
  await waitFor(
    'the last pool judges',
    async () => {
      const { service } = poolCase(closed, LAST);
      const answer = await created({ ...service, metadata: { ...service.metadata, name: `try-${tries++}` } });
      return answer.includes('does not admit') || undefined;
    },
    30_000,
  );
});
afterAll(() => cluster?.stop());

describe('a Service that asks for', () => {
  it.each(POOL_CASES.map((one, index) => ({ ...one, index })))('$name', async ({ index, ...one }) => {
    const answer = await created(poolCase(one, index).service);
    if (one.sentence === undefined || one.isAdmitted) expect(answer).toBe('created');
    else expect(answer).toContain(inAddressesOf(index, one.sentence));
  });
});

describe('a Service that came before', () => {
  it('can be written as long as what it asks for stays', async () => {
    const { pool } = poolCase({ name: '', asks: { pool: 'POOL' } }, LAST + 1);
    await create(cluster, ADDRESS_POOLS, { ...pool });
    const id = { namespace: 'shop', name: 'before' };
    expect(await created(aBalancer('before', { asks: { pool: pool.metadata.name } }))).toBe('created');
    await patch(cluster, ADDRESS_POOLS, { name: pool.metadata.name }, { spec: { namespaces: ['others'] } });
    await waitFor(
      'the pool refuses',
      async () =>
        (await created(aBalancer('after', { asks: { pool: pool.metadata.name } }))).includes('does not admit') ||
        remove(cluster, SERVICES, { namespace: 'shop', name: 'after' }).then(() => undefined),
      30_000,
    );
    expect(await answered(patch(cluster, SERVICES, id, { metadata: { labels: { a: 'b' } } }))).toBe('created');
    const asking = { metadata: { annotations: { [ALLOCATION_ANNOTATIONS.addresses]: inAddressesOf(LAST + 1, '192.0.2.17') } } };
    expect(await answered(patch(cluster, SERVICES, id, asking))).toContain('does not admit');
  });
});

describe('a Service of somebody else', () => {
  it.each<[string, Service]>([
    ['of another class', aBalancer('class', { asks: { pool: `case-${LAST}` }, spec: { loadBalancerClass: 'example.com/lb' } })],
    ['of type ClusterIP', { ...aBalancer('type'), spec: { type: 'ClusterIP', ports: [{ port: 80 }] } }],
    [
      'without a class, whose group has no such pool',
      {
        metadata: {
          ...aBalancer('group').metadata,
          annotations: { [SERVICE_ANNOTATIONS.group]: 'lab/vips', [ALLOCATION_ANNOTATIONS.pool]: `case-${LAST}` },
        },
        spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
      },
    ],
  ])('%s is not judged', async (_, service) => expect(await created(service)).toBe('created'));
});
