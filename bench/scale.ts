/** How the manager's work grows, by Services, by nodes and by groups, with a real API server and nodes that are nothing but objects and an agent's port. */
import { waitFor } from '../lab/machine/wait.ts';
import { VIRTUAL_IPS } from '../src/manager/cluster/resource.ts';
import { type Any, aNamespace, CONFIG_MAPS, createGroup, createService, GROUPS, get, groupOf, list } from '../test/api/cluster.ts';
import { atOnce, coreSeconds, type MeasuredManager, peak, quiet, withManager } from './manager.ts';
import type { Effort, Measurement, Sample } from './measurement.ts';
import { StandInNodes } from './stand-in-nodes.ts';

const LABELS = { many: 'yes' };
const NODES = 10;
const SERVICES = 1000;
const MOST = 10_000;
/** Seconds at rest. */
const STEADY = 30;
const ABOUT =
  'From the first of them until each group says that every node runs the newest configuration and every address was seen on its node, and nothing is written any more: how long, what was asked and written for each, the processor time and the largest memory of the manager; its share of a core and its requests at rest, without the lease; and the sizes of what is stored.';

export const scaleByServices: Measurement = {
  name: 'scale-services',
  title: 'One group, by Services',
  about: `Services of one group on ${NODES} nodes are created as fast as a real API server takes them; the group allows a namespace ${MOST.toLocaleString('en')} addresses, in place of the 5,000 that it has without a word. ${ABOUT}`,
  needs: 'api',
  varies: 'Services',
  samples: (effort) => grown(effort, [10, 100, 1000, MOST], (services) => ({ services, nodes: NODES, groups: 1 })),
};

export const scaleByNodes: Measurement = {
  name: 'scale-nodes',
  title: 'One group, by nodes',
  about: `${SERVICES.toLocaleString('en')} Services of one group on more and more nodes. ${ABOUT}`,
  needs: 'api',
  varies: 'nodes',
  samples: (effort) => grown(effort, [3, 20, 200], (nodes) => ({ services: SERVICES, nodes, groups: 1 })),
};

export const scaleByGroups: Measurement = {
  name: 'scale-groups',
  title: 'One group and ten',
  about: `${SERVICES.toLocaleString('en')} Services on ${NODES} nodes, of one group and evenly of ten; each group has a pod on each node, and a network segment of its own: on one they would run out of the 255 virtual router ids. ${ABOUT}`,
  needs: 'api',
  varies: 'groups',
  samples: (effort) => grown(effort, [1, 10], (groups) => ({ services: SERVICES, nodes: NODES, groups })),
};

// --- internal ---

interface Size {
  readonly services: number;
  readonly nodes: number;
  readonly groups: number;
}

async function* grown(effort: Effort, sizes: readonly number[], sizeOf: (at: number) => Size): AsyncGenerator<Sample> {
  for (const at of sizes) {
    effort.say(at.toLocaleString('en'));
    const size = sizeOf(at);
    using nodes = await StandInNodes.listening(size.nodes);
    const samples = await withManager((manager) => converged(manager, nodes, size), nodes.port);
    yield* samples.map((sample) => ({ ...sample, at }));
  }
}

async function converged(manager: MeasuredManager, nodes: StandInNodes, { services, groups }: Size): Promise<Sample[]> {
  const { cluster, proxy, pid } = manager;
  const namespaces = Array.from({ length: groups }, (_, index) => `web${index}`);
  await nodes.join(cluster, LABELS);
  for (const namespace of namespaces) {
    await aNamespace(cluster, namespace);
    await createGroup(cluster, namespace, 'vips', { nodeSelector: LABELS, segment: namespace, fences: { addressesPerNamespace: MOST } });
    await nodes.run(cluster, namespace);
  }
  await quiet(proxy, 300_000);
  const [before, spent, began] = [proxy.passed.length, coreSeconds(pid), performance.now()];
  await atOnce(services, (index) => createService(cluster, namespaces[index % groups] ?? '', `s${index}`, [addressOf(index + 1)]));
  for (const namespace of namespaces)
    await waitFor('every address is observed', () => isObserved(manager, namespace, services / groups), 120_000 + services * 200);
  const observed = (performance.now() - began) / 1000;
  await quiet(proxy, 900_000);
  const told = (performance.now() - began) / 1000 - QUIET;
  const cost = coreSeconds(pid) - spent;
  const asked = own(manager, before);
  const [calm, rested] = [proxy.passed.length, coreSeconds(pid)];
  await new Promise((done) => setTimeout(done, STEADY * 1000));
  return [
    { of: 'every address observed after', unit: 's', value: observed },
    { of: 'all is written after', unit: 's', value: told },
    { of: 'requests for each', unit: 'requests', value: asked.length / services },
    { of: 'writes for each', unit: 'requests', value: asked.filter(({ isWrite }) => isWrite).length / services },
    { of: 'processor time of the manager', unit: 's of a core', value: cost },
    { of: 'largest memory of the manager', unit: 'MiB', value: peak(pid) },
    { of: 'share of a core at rest', unit: '%', value: ((coreSeconds(pid) - rested) / STEADY) * 100 },
    { of: 'requests at rest', unit: 'requests/s', value: own(manager, calm).length / STEADY },
    ...(await sizes(manager, namespaces)),
  ];
}

const addressOf = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

/** Seconds that `quiet` waits for. */
const QUIET = 2;

/** What is asked for the objects' sake, not for leadership, and ends. */
const own = ({ proxy }: MeasuredManager, since: number) =>
  proxy.passed.slice(since).filter(({ isWatch, url }) => !isWatch && !url.includes('/leases/'));

async function isObserved({ cluster }: MeasuredManager, namespace: string, services: number): Promise<true> {
  const { status } = await groupOf(cluster, namespace);
  const told = status?.conditions?.find(({ type }) => type === 'UpToDate');
  if (status?.virtualIPs?.observed === services && told?.status === 'True') return true;
  throw new Error(`${status?.virtualIPs?.observed} of ${services} observed; ${told?.message}`);
}

/** The ledger is of all groups, the others are of the largest. */
async function sizes({ cluster }: MeasuredManager, namespaces: readonly string[]): Promise<Sample[]> {
  const kibibytes = (object: unknown): number => Buffer.byteLength(JSON.stringify(object)) / 1024;
  const groups = namespaces.map((namespace) => ({ namespace, name: 'vips' }));
  const maps = await Promise.all(groups.map((id) => get<Any>(cluster, CONFIG_MAPS, id)));
  const stored = await Promise.all(groups.map((id) => get<Any>(cluster, GROUPS, id)));
  return [
    { of: 'ConfigMap', unit: 'KiB', value: Math.max(...maps.map(({ data }) => kibibytes(data))) },
    { of: 'status of the group', unit: 'KiB', value: Math.max(...stored.map(({ status }) => kibibytes(status))) },
    { of: 'ledger, all VirtualIPs', unit: 'KiB', value: kibibytes(await list<Any>(cluster, VIRTUAL_IPS)) },
  ];
}
