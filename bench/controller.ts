/**
 * How fast and how quietly the manager carries 1,000 Services across 10 groups, created as fast as a real API server takes them.
 * Needs etcd and kube-apiserver (`./bin/lab prepare --packages --kubernetes`).
 */
import { waitFor } from '../lab/machine/wait.ts';
import { aNamespace, type Cluster, carries, confOf, createGroup, createService } from '../test/api/cluster.ts';
import { atOnce, costOf, type MeasuredManager, quiet, withManager } from './manager.ts';
import type { Measurement, Sample } from './measurement.ts';

/** Each on a network of its own: on one network there are 255 virtual router ids for all of them together. */
const GROUPS = 10;
const SERVICES = 1000;
const STEADY_SECONDS = 60;

const names = Array.from({ length: GROUPS }, (_, index) => `group-${index}`);

export const controller: Measurement = {
  name: 'controller',
  title: 'The manager and a real API server',
  about: `${SERVICES.toLocaleString('en')} Services of ${GROUPS} groups are created as fast as the API server takes them: how long it takes, what the manager asks, and what it writes once nothing changes any more.`,
  needs: 'api',
  async *samples() {
    yield* await withManager(measure);
  },
};

// --- internal ---

async function measure(manager: MeasuredManager): Promise<Sample[]> {
  const { cluster, proxy } = manager;
  for (const name of names) await createGroup(cluster, await aNamespace(cluster, name), 'vips', { segment: name });
  const isBegun = async (name: string): Promise<boolean> => (await confOf(cluster, name)) !== undefined;
  await waitFor('every group has a configuration', async () => (await all(isBegun)) || undefined, 60_000);
  await quiet(proxy);
  const before = proxy.passed.length;
  const started = performance.now();
  await atOnce(SERVICES, (index) => createService(cluster, `group-${index % GROUPS}`, `service-${index}`, [addressOf(index)]));
  const created = performance.now() - started;
  await waitFor('every address is in a ConfigMap', async () => (await all((name) => isComplete(cluster, name))) || undefined, 120_000);
  const delivered = performance.now() - started;
  await quiet(proxy);
  return [
    { of: 'all created after', unit: 's', value: created / 1000 },
    { of: 'all in ConfigMaps after', unit: 's', value: delivered / 1000 },
    ...(await costOf(manager, before, { services: SERVICES, steadySeconds: STEADY_SECONDS })),
  ];
}

async function all(check: (name: string) => Promise<boolean>): Promise<boolean> {
  for (const name of names) if (!(await check(name))) return false;
  return true;
}

function addressOf(index: number): string {
  return `10.${index % GROUPS}.${Math.floor(index / 2500)}.${1 + (Math.floor(index / GROUPS) % 250)}`;
}

async function isComplete(cluster: Cluster, name: string): Promise<boolean> {
  const conf = (await confOf(cluster, name)) ?? '';
  const group = names.indexOf(name);
  const addresses = Array.from({ length: SERVICES }, (_, index) => index).filter((index) => index % GROUPS === group);
  return addresses.every((index) => carries(conf, addressOf(index)));
}
