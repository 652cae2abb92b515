import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Condition } from '../../src/api/core.ts';
import type { KeepalivedGroupStatus } from '../../src/api/group/keepalived-group.ts';
import { SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import type { MoveRecord, VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import { VIRTUAL_IPS } from '../../src/manager/cluster/resource.ts';
import {
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  createGroup,
  createService,
  DAEMON_SETS,
  eventsOf,
  find,
  GROUPS,
  get,
  groupOf,
  NODE_NAMES,
  patch,
  patchStatus,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, quiet, startManager } from './manager-under-test.ts';
import { macOf, type StandIns, standIns } from './stand-in-agents.ts';

describe('a group whose nodes answer', () => {
  const web = 'observed';
  let cluster: Cluster;
  let manager: ManagerUnderTest;
  let nodes: StandIns;
  beforeAll(async () => {
    cluster = await startCluster();
    await aNamespace(cluster, web);
    await createGroup(cluster, web, 'vips');
    for (let last = 1; last <= 6; last += 1) await createService(cluster, web, `s${last}`, [`192.0.2.${last}`]);
    // The agents' port is known when they listen, which they do when there is a DaemonSet.
    const first = await startManager(cluster.operator);
    await waitFor('the DaemonSet is there', () => find(cluster, DAEMON_SETS, { namespace: web, name: 'vips' }), 20_000);
    await first.stop();
    nodes = await standIns(cluster, web);
    manager = await startManager(cluster.operator, { agentPort: nodes.port });
  });
  afterAll(async () => {
    await manager?.stop();
    nodes?.close();
    await cluster?.stop();
  });

  const status = async (): Promise<KeepalivedGroupStatus> => (await groupOf(cluster, web)).status ?? {};
  const condition = async (type: string): Promise<Condition | undefined> => (await status()).conditions?.find((one) => one.type === type);
  const becomes = (type: string, is: string, ms = 30_000): Promise<Condition> =>
    waitFor(
      `${type} is ${is}`,
      async () => {
        const found = await condition(type);
        if (found?.status !== is) throw new Error(JSON.stringify(found));
        return found;
      },
      ms,
    );
  const told = (pattern: RegExp, ms = 20_000): Promise<string> =>
    waitFor(`an Event ${pattern}`, async () => (await eventsOf(cluster, web)).find((line) => pattern.test(line)), ms);

  it('is Ready, and kubectl get says how many addresses there are and who has them', async () => {
    await becomes('Ready', 'True');
    const { virtualRouters = [], nodeStates = [], revision, virtualIPs, nodes: counts } = await status();
    expect(virtualIPs).toEqual({ planned: 6, observed: 6 });
    expect(counts).toEqual({ desired: 3, current: 3 });
    expect(virtualRouters).toHaveLength(6);
    for (const { node, plannedNode, state } of virtualRouters) expect([node, state]).toEqual([plannedNode, 'Owned']);
    expect(nodeStates).toEqual(['node1', 'node2', 'node3'].map((name) => ({ name, revision, since: '2026-01-01T00:00:00Z' })));
    const { programs, kubeconfig } = cluster.api;
    const { stdout } = await promisify(execFile)(join(programs, 'kubectl'), [
      '--kubeconfig',
      kubeconfig,
      '-n',
      web,
      'get',
      'keepalivedgroups',
    ]);
    const [header = '', line = ''] = stdout.trim().split('\n');
    expect(header.split(/\s{2,}/).map((name) => name.trim())).toEqual(['NAME', 'READY', 'VIPS', 'HELD', 'OWNERS', 'ACCEPTED', 'AGE']);
    expect(line).toMatch(/^vips\s+True\s+6\s+6\s+node\d: \d.*\s+True\s/);
  });

  it('writes nothing while nothing changes, and asks its nodes all the same', async () => {
    await quiet(manager, 3000);
    const [before, asked] = [manager.proxy.writes.length, nodes.asked()];
    await quiet(manager, 15_000);
    expect(manager.proxy.writes.length).toBe(before);
    expect(nodes.asked()).toBeGreaterThan(asked + 5);
  });

  it('reports a node that falls silent, what moved where, and the return of the node', async () => {
    const moved = ((await status()).virtualRouters ?? []).filter(({ node }) => node === 'node1').map(({ name }) => name);
    expect(moved).not.toEqual([]);
    nodes.silent.add('node1');
    const available = await becomes('UpToDate', 'False');
    expect(available.message).toContain('node1 does not answer');
    await told(/KeepalivedGroup\/vips OwnerChanged .* moved from node1 to node[23]/);
    await told(new RegExp(`Service/${moved[0]?.split('/')[1]} OwnerChanged .* moved from node1 to`));
    await waitFor('each address is owned', async () => (await status()).virtualIPs?.observed === 6 || undefined, 20_000);
    expect((await status()).virtualRouters?.every(({ node }) => node !== 'node1')).toBe(true);
    nodes.silent.delete('node1');
    await becomes('Ready', 'True');
    await told(/KeepalivedGroup\/vips OwnerChanged .* to node1/);
    expect(manager.lines.filter((line) => /^(warn|error|fatal)/.test(line))).toEqual([]);
  });

  it('reports by an Event and in UpToDate that a node can not write its configuration, until it can', async () => {
    const message =
      'node node2 has no room for /run/keepalived/keepalived.conf (ENOSPC), so keepalived goes on with what it runs; make room in /run/keepalived';
    await becomes('UpToDate', 'True');
    nodes.problems.set('node2', [{ reason: 'NotWritten', message }]);
    using _ = { [Symbol.dispose]: () => nodes.problems.clear() };
    expect((await becomes('UpToDate', 'False')).message).toBe(`2 of 3 nodes run the configuration; ${message}`);
    expect(await told(/KeepalivedGroup\/vips NotWritten /)).toContain(message);
    expect((await condition('Ready'))?.status).toBe('True');
    nodes.problems.clear();
    await becomes('UpToDate', 'True');
  });

  it('writes the moves of each VirtualIP into its status, and another manager continues them', async () => {
    const movesOf = async (address: string): Promise<readonly MoveRecord[]> =>
      ((await get(cluster, VIRTUAL_IPS, { name: address })) as VirtualIP).status?.moves ?? [];
    const { virtualRouters = [] } = await status();
    const address = virtualRouters.find(({ plannedNode }) => plannedNode === 'node1')?.addresses[0] ?? '';
    const moved = (count: number): Promise<readonly MoveRecord[]> =>
      waitFor(
        `${count} moves of ${address}`,
        async () => {
          const moves = await movesOf(address);
          if (moves.length !== count) throw new Error(JSON.stringify(moves));
          return moves;
        },
        30_000,
      );
    const [back, away, first] = await moved(3);
    expect(first).toMatchObject({ to: 'node1', cause: 'FirstElection' });
    expect(away).toMatchObject({
      from: 'node1',
      cause: 'NodeSilent',
      message: 'node1 does not answer',
      withoutOwner: { by: 'LastReport' },
    });
    expect(back).toMatchObject({ from: away?.to, to: 'node1', cause: 'Preferred', withoutOwner: { by: 'Transitions' } });
    await manager.stop();
    manager = await startManager(cluster.operator, { agentPort: nodes.port });
    await becomes('Ready', 'True');
    await quiet(manager, 5000);
    expect(await movesOf(address)).toEqual([back, away, first]);
    nodes.silent.add('node1');
    expect((await moved(4)).slice(1)).toEqual([back, away, first]);
    nodes.silent.delete('node1');
    await moved(5);
    await becomes('Ready', 'True');
  });

  it('writes into each VirtualIP who answers for it on the network, and reports a stranger', async () => {
    const { virtualRouters = [] } = await status();
    const [first] = virtualRouters;
    const address = first?.addresses[0] ?? '';
    const reasons = async (): Promise<string[]> =>
      (((await get(cluster, VIRTUAL_IPS, { name: address })) as VirtualIP).status?.conditions ?? []).map(
        ({ type, status: is, reason }) => `${type} ${is} ${reason}`,
      );
    const says = (expected: readonly string[]): Promise<boolean> =>
      waitFor(
        `the VirtualIP ${address} says ${expected.join()}`,
        async () => {
          const seen = await reasons();
          if (seen.join() !== expected.join()) throw new Error(JSON.stringify(seen));
          return true;
        },
        30_000,
      );
    /** Of all addresses, the first of which is answered by another host where one is given. */
    const answeredBy = (other?: string): void => {
      const since = Math.round(performance.now());
      for (const asker of NODE_NAMES) {
        const others = virtualRouters.filter(({ node }) => node !== undefined && node !== asker);
        const findings = others.flatMap(({ addresses, node = '' }) =>
          addresses.map((one) => ({
            address: one,
            is: 'answered' as const,
            mac: one === address ? (other ?? macOf(node)) : macOf(node),
            since,
          })),
        );
        nodes.wire.set(asker, { findings });
      }
    };
    expect(await reasons()).toEqual([]);
    answeredBy();
    const well = ['Announced True OwnerAnswers', 'Unique True NoOtherAnswers', 'Reachable True PacketsAnswered'];
    await says(well);
    answeredBy('02:00:00:00:00:99');
    await says(['Announced False StrangerAnswers', 'Unique False StrangerAnswers', 'Reachable Unknown StrangerAnswers']);
    await waitFor(
      'an Event of the stranger',
      async () => (await eventsOf(cluster, 'default')).find((line) => line.startsWith(`VirtualIP/${address} StrangerAnswers `)),
      20_000,
    );
    answeredBy();
    await says(well);
    // All know the owner, and one of them heard another host, too.
    const [asker = '', wire = { findings: [] }] =
      [...nodes.wire].find(([, { findings }]) => findings.some((one) => one.address === address)) ?? [];
    const owner = wire.findings.find((one) => one.address === address)?.mac ?? '';
    const contested = [{ address, macs: [owner, '02:00:00:00:00:99'], since: Math.round(performance.now()) }];
    nodes.wire.set(asker, { ...wire, contested });
    await says(['Announced False StrangerAnswers', 'Unique False StrangerAnswers', 'Reachable Unknown StrangerAnswers']);
    answeredBy();
    await says(well);
    await quiet(manager, 3000);
    expect(await quiet(manager, 3000, manager.proxy.writes.length)).toEqual([]);
    nodes.wire.clear();
    await says(['Announced Unknown NobodyAsks', 'Unique Unknown NobodyAsks', 'Reachable Unknown NobodyAsks']);
    await quiet(manager, 3000);
  });

  it('reports two owners, and that there is one again', async () => {
    nodes.alone.add('node2');
    const owned = await becomes('AddressesOwned', 'False');
    expect(owned).toMatchObject({ reason: 'SeveralOwners', message: expect.stringMatching(/is on node\d and node\d at the same time/) });
    expect(await condition('Ready')).toMatchObject({ status: 'False', reason: 'SeveralOwners' });
    await told(/KeepalivedGroup\/vips SeveralOwners /);
    nodes.alone.delete('node2');
    await becomes('Ready', 'True');
  });

  it('reports which node still runs an older configuration', async () => {
    nodes.stuck.add('node3');
    await createService(cluster, web, 's7', ['192.0.2.7']);
    await carried(cluster, web, ['192.0.2.7']);
    const available = await becomes('UpToDate', 'False');
    expect(available.message).toContain('node3 does not run it yet');
    const { nodeStates = [], revision } = await status();
    expect(nodeStates.filter((state) => state.revision !== revision).map(({ name }) => name)).toEqual(['node3']);
    nodes.stuck.delete('node3');
    await becomes('Ready', 'True');
  });

  it('writes its status at most once a second, however fast things change', async () => {
    const before = manager.proxy.writes.length;
    const started = performance.now();
    for (let last = 100; last < 140; last += 1) await createService(cluster, web, `t${last}`, [`192.0.2.${last}`]);
    await carried(cluster, web, ['192.0.2.139']);
    await quiet(manager);
    const seconds = (performance.now() - started) / 1000;
    const saved = manager.proxy.writes.slice(before).filter(({ url }) => /\/keepalivedgroups\/[^/]+\/status/.test(url));
    // Router ids are saved as often as there are new ones: nothing may be told before.
    const patches = manager.proxy.writes.slice(before).filter(({ url }) => url.includes('/configmaps/'));
    expect(saved.length).toBeLessThanOrEqual(seconds + 1 + patches.length);
    await becomes('Ready', 'True');
  });

  it('writes its addresses into the status of Services that ask for it, and takes them out again', async () => {
    const [namespace, name] = [web, 'balancer'];
    await createService(cluster, web, name, [], {
      annotations: { [SERVICE_ANNOTATIONS.updateStatus]: 'true' },
      spec: { type: 'LoadBalancer', externalIPs: ['192.0.2.200'] },
    });
    await patchStatus(cluster, SERVICES, { namespace, name }, { loadBalancer: { ingress: [{ hostname: 'of-another.example.org' }] } });
    const ingress = async (): Promise<unknown> =>
      ((await get(cluster, SERVICES, { namespace, name })) as unknown as { status: { loadBalancer: { ingress?: unknown } } }).status
        .loadBalancer.ingress;
    const listed = (text: string, is: boolean): Promise<boolean> =>
      waitFor(
        `${text} is ${is ? '' : 'not '}in the status`,
        async () => (JSON.stringify(await ingress()) ?? '').includes(text) === is || undefined,
        20_000,
      );
    await listed('192.0.2.200', true);
    await listed('of-another', true);
    await patch(cluster, SERVICES, { namespace, name }, { metadata: { annotations: { [SERVICE_ANNOTATIONS.group]: null } } });
    await listed('192.0.2.200', false);
    await listed('of-another', true);
    await becomes('Ready', 'True');
  });

  it('starts one round for a changed password, saved in the status first, and starts no second one after a restart', async () => {
    await patch(cluster, GROUPS, { namespace: web, name: 'vips' }, { spec: { passwordAuth: { secretRef: { name: 'vrrp' } } } });
    await becomes('Ready', 'True');
    await quiet(manager);
    const before = manager.proxy.writes.length;
    for (const node of ['node1', 'node3']) nodes.waiting.set(node, 0);
    await waitFor('both took it up', async () => nodes.waiting.size === 0 || undefined, 20_000);
    await becomes('Ready', 'True');
    const [first, second] = (await quiet(manager, 3000, before)).map(({ url }) => url.split('?')[0]?.split('/').slice(-2).join('/'));
    expect([first, second]).toEqual(['vips/status', 'configmaps/vips']);
    expect((await status()).passwordRound).toBe(1);

    const version = async (): Promise<unknown> =>
      (await get(cluster, CONFIG_MAPS, { namespace: web, name: 'vips' })).metadata.resourceVersion;
    const delivered = await version();
    await manager.stop();
    manager = await startManager(cluster.operator, { agentPort: nodes.port });
    await quiet(manager, 5000);
    expect(await version()).toBe(delivered);
    expect((await status()).passwordRound).toBe(1);
  });
});
