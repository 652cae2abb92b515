import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import { parse as parseConf } from '../../src/conf/parse.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import {
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  confOf,
  createGroup,
  createService,
  DAEMON_SETS,
  groupOf,
  list,
  patch,
  remove,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, quiet, startManager } from './manager-under-test.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

/** Waits until a manager has sent its nth write, or wrote nothing for a while; gives whether it did. */
async function dies(manager: ManagerUnderTest, nth: number, fate: 'reset' | 'cut'): Promise<boolean> {
  let writes = 0;
  let isDead = false;
  manager.proxy.decide = ({ isWrite }) => {
    if (isDead) return 'reset';
    if (!isWrite) return 'pass';
    writes += 1;
    isDead = writes === nth;
    return isDead ? fate : 'pass';
  };
  const since = { count: -1, at: 0 };
  await waitFor(
    `write ${nth}`,
    async () => {
      if (manager.proxy.passed.length !== since.count) Object.assign(since, { count: manager.proxy.passed.length, at: performance.now() });
      return isDead || performance.now() - since.at > 1200 || undefined;
    },
    30_000,
  );
  return isDead;
}

describe('a manager that is killed at each of its writes, once', () => {
  /** Before the write arrives, and after, so that only its answer is lost. */
  it.each(['reset', 'cut'] as const)('leaves what the next one makes right: the write meets %s', { timeout: 240_000 }, async (fate) => {
    const web = await aNamespace(cluster, `crash-${fate}`);
    // What one of the two leaves behind is in nobody's way.
    const network = fate === 'reset' ? '203.0.113' : '198.51.100';
    const address = (last: number): string => `${network}.${10 + last}`;
    await createGroup(cluster, web, 'vips');
    for (const last of [1, 2]) await createService(cluster, web, `s${last}`, [address(last)]);
    const known = new Map<string, number>();
    let deaths = 0;
    for (let nth = 1; nth < 40; nth += 1) {
      const manager = await startManager(cluster.operator);
      const died = await dies(manager, nth, fate);
      await manager.crash();
      await remember(known, web);
      if (!died) break;
      deaths += 1;
      await createService(cluster, web, `s${nth + 2}`, [address(nth + 2)]);
      await makeWork(web, nth, [address(1), address(100 + nth)]);
    }
    expect(deaths).toBeGreaterThan(3);
    const last = await startManager(cluster.operator);
    await carried(
      cluster,
      web,
      Array.from({ length: deaths + 2 }, (_, index) => address(index + 1)),
    );
    await quiet(last);
    await last.stop();
    await remember(known, web);
    const ids = Object.values((await groupOf(cluster, web)).status?.routerIDs ?? {});
    expect(new Set(ids).size).toBe(ids.length);
    await isWhole(web);
  });
});

/** Each life meets other work: a ConfigMap that is lost, a Service that changes. */
async function makeWork(namespace: string, nth: number, addresses: readonly string[]): Promise<void> {
  if (nth % 3 === 0) await remove(cluster, CONFIG_MAPS, { namespace, name: 'vips' }).catch(() => undefined);
  if (nth % 4 === 0) await patch(cluster, SERVICES, { namespace, name: 's1' }, { spec: { externalIPs: addresses } });
}

/** No id that was ever saved may become another. */
async function remember(known: Map<string, number>, namespace: string): Promise<void> {
  const now = (await groupOf(cluster, namespace)).status?.routerIDs ?? {};
  for (const [name, id] of Object.entries(now)) {
    expect(`${name} ${known.get(name) ?? id}`).toBe(`${name} ${id}`);
    known.set(name, id);
  }
  // What nodes are told of has been saved before.
  const conf = (await confOf(cluster, namespace)) ?? '';
  for (const [, name = '', id] of conf.matchAll(/vrrp_instance (\S+) \{[^}]*?virtual_router_id (\d+)/g)) expect(now[name]).toBe(Number(id));
}

/** One ConfigMap and one DaemonSet, each address once. */
async function isWhole(namespace: string): Promise<void> {
  for (const kind of [CONFIG_MAPS, DAEMON_SETS]) {
    const names = (await list<KubeObject>(cluster, kind, namespace)).map(({ metadata }) => metadata.name);
    expect(names.filter((name) => name !== 'kube-root-ca.crt')).toEqual(['vips']);
  }
  const conf = (await confOf(cluster, namespace)) ?? '';
  expect(parseConf(conf)).toBeDefined();
  const addresses = [...conf.matchAll(/^\s+(\d+\.\d+\.\d+\.\d+)$/gm)].map(([, address]) => address);
  expect(new Set(addresses).size).toBe(addresses.length);
}
