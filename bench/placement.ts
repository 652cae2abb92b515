/** How even addresses are over nodes, and what moves when a node goes, comes or is asked for: by the planner alone. */
import { REBALANCE_ANNOTATION } from '../src/api/names.ts';
import type { PlanInput } from '../src/plan/input.ts';
import { type Plan, plan } from '../src/plan/plan.ts';
import { aNode } from '../test/builders/object.ts';
import type { Measurement, Sample } from './measurement.ts';
import { clusterOf } from './plan.ts';

const NODES = [3, 5, 10, 50];
const ADDRESSES = [3, 30, 500, 5000];
/** Of the nodes that may be lost so many are tried. */
const TRIED = 10;

export const placement: Measurement = {
  name: 'placement',
  title: 'How even addresses are',
  about: `Addresses of the node that has most, as a multiple of the mean, by the planner: with all nodes; after the loss of one node, and of two, the worst of ${TRIED} cases; after one more node joined, and after \`kubectl keepalived rebalance\`. And how many addresses moved that were on no node that was lost. With fewer addresses than nodes the mean is one address. Beyond 255 Services share virtual routers, which move as a whole.`,
  needs: 'nothing',
  *samples({ say }) {
    for (const nodes of NODES)
      for (const addresses of ADDRESSES) {
        const name = `${nodes} nodes, ${addresses.toLocaleString('en')} addresses`;
        say(name);
        yield* placed(clusterOf(addresses, nodes)).map((sample) => ({ ...sample, of: `${name}: ${sample.of}` }));
      }
  },
};

// --- internal ---

/** By address, the node that is to have it. */
type Owners = ReadonlyMap<string, string>;

function placed(cluster: PlanInput): Sample[] {
  const names = cluster.nodes.map(({ metadata }) => metadata.name);
  const rest = plan(cluster);
  const cases = Array.from({ length: Math.min(TRIED, names.length) }, (_, index) => [names.at(index) ?? '', names.at(index - 1) ?? '']);
  const once = cases.map(([first = '']) => lossOf(cluster, rest, [first]));
  const twice = cases.map((lost) => lossOf(cluster, rest, lost));
  const joined = saved({ ...cluster, nodes: [...cluster.nodes, aNode('worker-new.example.net', { addresses: ['192.0.2.254'] })] }, rest);
  const after = plan(joined);
  const even = plan(asked(joined));
  const share = (of: string, value: number): Sample => ({ of, unit: '× mean', value });
  const count = (of: string, value: number): Sample => ({ of, unit: 'addresses', value });
  return [
    share('at rest', most(rest, names.length)),
    share('after one loss', Math.max(...once.map(({ share }) => share))),
    share('after two losses', Math.max(...twice.map(({ share }) => share))),
    share('after a join', most(after, names.length + 1)),
    share('after a join and rebalance', most(even, names.length + 1)),
    count('moved by a loss although their node was there', Math.max(...[...once, ...twice].map(({ moved }) => moved))),
    count('moved by a join', moves(ownersOf(rest), ownersOf(after))),
    count('moved by rebalance', moves(ownersOf(rest), ownersOf(even))),
  ];
}

/** What is so when these nodes were lost one after the other. */
function lossOf(cluster: PlanInput, rest: Plan, lost: readonly string[]): { readonly share: number; readonly moved: number } {
  let [before, moved] = [rest, 0];
  for (let count = 1; count <= lost.length; count++) {
    const gone = new Set(lost.slice(0, count));
    const nodes = cluster.nodes.map((node) => (gone.has(node.metadata.name) ? aNode(node.metadata.name, { ready: false }) : node));
    const after = plan(saved({ ...cluster, nodes }, before));
    moved += moves(new Map([...ownersOf(before)].filter(([, owner]) => !gone.has(owner))), ownersOf(after));
    before = after;
  }
  return { share: most(before, cluster.nodes.length - lost.length), moved };
}

const saved = (cluster: PlanInput, { routerIds: routerIDs, homes, holders, defaultsGeneration }: Plan): PlanInput => ({
  ...cluster,
  group: { ...cluster.group, status: { routerIDs, homes, holders, defaultsGeneration } },
});

function asked(cluster: PlanInput): PlanInput {
  const { group } = cluster;
  const annotations = { [REBALANCE_ANNOTATION]: '2026-01-01T00:00:00Z' };
  return { ...cluster, group: { ...group, metadata: { ...group.metadata, annotations } } };
}

const ownersOf = ({ routers }: Plan): Owners =>
  new Map(routers.flatMap(({ addresses, ranks: [owner = ''] }) => addresses.map((address) => [address, owner] as const)));

function most(planned: Plan, nodes: number): number {
  const owners = ownersOf(planned);
  const counts = [...Map.groupBy(owners, ([, owner]) => owner).values()].map((some) => some.length);
  return Math.max(...counts) / Math.max(1, owners.size / nodes);
}

const moves = (before: Owners, after: Owners): number => [...before].filter(([address, owner]) => after.get(address) !== owner).length;
