/** Addresses of the infrastructure that nobody has to name: what nodes route through, and the hosts of the API server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Condition, Service } from '../../src/api/core.ts';
import { SERVICE_CONDITION } from '../../src/api/names.ts';
import { ENDPOINT_SLICES } from '../../src/manager/cluster/resource.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  carried,
  carries,
  confOf,
  create,
  createGroup,
  createService,
  DAEMON_SETS,
  eventsOf,
  find,
  get,
  groupOf,
  NODE_NAMES,
  patch,
  remove,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { startManager } from './manager-under-test.ts';
import { type StandIns, standIns } from './stand-in-agents.ts';

const ROUTER = '192.0.2.254';
let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

const refused = (namespace: string, service: string, words: string): Promise<string> =>
  waitFor(
    `Service ${service} is told that its address is ${words}`,
    async () =>
      (await eventsOf(cluster, namespace)).find((line) => line.startsWith(`Service/${service} AddressReserved`) && line.includes(words)),
    20_000,
  );

describe('the gateway of the nodes', () => {
  let nodes: StandIns;
  afterAll(() => nodes?.close());

  it('is taken back from a Service that waited for the group, and no Service gets it after a restart without any answer', async () => {
    const web = await aNamespace(cluster, 'routed');
    await createService(cluster, web, 'thief', [ROUTER]);
    await createGroup(cluster, web, 'vips');
    const before = await startManager(cluster.operator);
    await carried(cluster, web, [ROUTER]);
    await waitFor('the DaemonSet is there', () => find(cluster, DAEMON_SETS, { namespace: web, name: 'vips' }), 20_000);
    await before.stop();

    nodes = await standIns(cluster, web);
    for (const node of NODE_NAMES) nodes.gateways.set(node, [ROUTER, '127.0.0.1']);
    const first = await startManager(cluster.operator, { agentPort: nodes.port });
    try {
      await refused(web, 'thief', `the gateway of Node ${NODE_NAMES[0]}`);
      await waitFor('the status remembers it', async () => (await groupOf(cluster, web)).status?.gateways?.[ROUTER], 20_000);
      expect((await groupOf(cluster, web)).status?.gateways).toEqual({ [ROUTER]: NODE_NAMES[0] });
      expect(carries((await confOf(cluster, web)) ?? '', ROUTER)).toBe(false);
    } finally {
      await first.stop();
    }

    for (const node of NODE_NAMES) nodes.silent.add(node);
    await remove(cluster, SERVICES, { namespace: web, name: 'thief' });
    const second = await startManager(cluster.operator, { agentPort: nodes.port });
    try {
      await createService(cluster, web, 'again', [ROUTER]);
      await createService(cluster, web, 'good', ['192.0.2.200']);
      await refused(web, 'again', 'the gateway of Node');
      expect(carries(await carried(cluster, web, ['192.0.2.200']), ROUTER)).toBe(false);
    } finally {
      await second.stop();
    }
  });
});

describe('an address in no network of the nodes’ interface', () => {
  let nodes: StandIns;
  afterAll(() => nodes?.close());
  const conditionOf = async (namespace: string, name: string): Promise<Condition | undefined> =>
    (await get<Service & Any>(cluster, SERVICES, { namespace, name })).status?.conditions?.find(({ type }) => type === SERVICE_CONDITION);

  it('is carried, and its Service reads so in a condition that is True and in an Event, until it has another', async () => {
    const web = await aNamespace(cluster, 'off-network');
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'off', ['192.0.3.200']);
    await createService(cluster, web, 'on', ['192.0.2.211']);
    const before = await startManager(cluster.operator);
    await carried(cluster, web, ['192.0.3.200', '192.0.2.211']);
    await waitFor('the DaemonSet is there', () => find(cluster, DAEMON_SETS, { namespace: web, name: 'vips' }), 20_000);
    await before.stop();
    expect(await conditionOf(web, 'off')).toBeUndefined();

    nodes = await standIns(cluster, web);
    for (const node of NODE_NAMES) nodes.networks.set(node, ['192.0.2.0/24']);
    const manager = await startManager(cluster.operator, { agentPort: nodes.port });
    try {
      const condition = await waitFor('the Service reads it', () => conditionOf(web, 'off'), 20_000);
      expect(condition).toMatchObject({
        ...{ status: 'True', reason: 'AddressOffNetwork' },
        message: expect.stringMatching(/^192\.0\.3\.200 is in no network of the nodes' interface/),
      });
      const told = async (): Promise<string[]> => (await eventsOf(cluster, web)).filter((line) => line.includes('AddressOffNetwork'));
      const ofService = (line: string): boolean => line.startsWith('Service/off AddressOffNetwork 192.0.3.200 is in no network');
      await waitFor('an Event says it', async () => (await told()).some(ofService) || undefined, 20_000);
      expect(await conditionOf(web, 'on')).toBeUndefined();
      const accepted = await waitFor(
        'the group says that it accepts it with a hint',
        async () =>
          (await groupOf(cluster, web)).status?.conditions?.find(
            ({ type, reason }) => type === 'Accepted' && reason === 'AcceptedWithHints',
          ),
        20_000,
      );
      expect(accepted).toMatchObject({ status: 'True' });
      expect(carries((await confOf(cluster, web)) ?? '', '192.0.3.200')).toBe(true);
      await patch(cluster, SERVICES, { namespace: web, name: 'off' }, { spec: { externalIPs: ['192.0.2.212'] } });
      await waitFor('nothing is left to say', async () => (await conditionOf(web, 'off')) === undefined || undefined, 20_000);
    } finally {
      await manager.stop();
    }
  });
});

describe("the API server's hosts", () => {
  const slice = (name: string, ...addresses: string[]) => ({
    metadata: { namespace: 'default', name, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses }],
    ports: [],
  });

  it('are read with the roles of config/rbac, from the slice that is its own', async () => {
    await create(cluster, ENDPOINT_SLICES, slice('kubernetes', '192.0.2.2'));
    await create(cluster, ENDPOINT_SLICES, slice('somebody-elses', '192.0.2.3'));
    const web = await aNamespace(cluster, 'hosts');
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'thief', ['192.0.2.2']);
    await createService(cluster, web, 'good', ['192.0.2.3']);
    const manager = await startManager(cluster.operator);
    try {
      await refused(web, 'thief', 'the address of a host of the Kubernetes API');
      expect(carries(await carried(cluster, web, ['192.0.2.3']), '192.0.2.2')).toBe(false);
      expect(manager.proxy.passed.filter(({ status }) => status === 403)).toEqual([]);
    } finally {
      await manager.stop();
    }
  });
});
