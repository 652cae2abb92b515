/** How fast a group is planned and rendered, and how that grows. */
import type { PlanInput } from '../src/plan/input.ts';
import { type Plan, plan } from '../src/plan/plan.ts';
import { renderObjects } from '../src/render/objects.ts';
import { aGroup, aNode, anInput, manyServices } from '../test/builders/object.ts';
import { CORE_MS, type Effort, type Measurement, type Sample, timed } from './measurement.ts';

/** Thrice as many each time. */
export const SERVICES = [10, 30, 100, 300, 1000, 3000, 10_000];

export const planning: Measurement = {
  name: 'planning',
  title: 'Planning, by Services',
  about:
    'One group on 50 nodes is planned and its objects are rendered, as it is when anything changes. Its ids and homes are saved already, and every address is carried.',
  needs: 'nothing',
  varies: 'Services',
  samples: (effort) => planned('plan and render', SERVICES, (services) => clusterOf(services, 50), effort),
};

export const planningOnNodes: Measurement = {
  name: 'planning-nodes',
  title: 'Planning, by nodes',
  about: 'The same with 1,000 Services, on more and more nodes. With unicast each node is told all others.',
  needs: 'nothing',
  varies: 'nodes',
  *samples(effort) {
    yield* planned('multicast', NODES, (nodes) => clusterOf(1000, nodes), effort);
    yield* planned('unicast', NODES, (nodes) => clusterOf(1000, nodes, true), effort);
  },
};

/** A group in its steady state: its ids and homes were saved. Throws where it would not carry every Service. */
export function clusterOf(services: number, nodes: number, unicastEnabled = false): PlanInput {
  const first = anInput({
    group: aGroup({ spec: { unicastEnabled, fences: { addressesPerNamespace: services } } }),
    services: manyServices(services),
    nodes: Array.from({ length: nodes }, (_, index) => aNode(`worker-${index}.example.net`, { addresses: [`192.0.2.${index + 1}`] })),
  });
  const { routerIds: routerIDs, homes, holders, defaultsGeneration, routers, problems } = plan(first);
  const carried = routers.flatMap(({ addresses }) => addresses).length;
  if (carried !== services) throw new Error(`${carried} of ${services} addresses are carried: ${problems[0]?.message}`);
  return { ...first, group: { ...first.group, status: { routerIDs, homes, holders, defaultsGeneration } } };
}

/** Plans and renders. */
export function rendered(input: PlanInput): Plan {
  const decided = plan(input);
  renderObjects(decided, input.settings);
  return decided;
}

// --- internal ---

const NODES = [3, 10, 30, 100, 200];

function* planned(of: string, sizes: readonly number[], input: (size: number) => PlanInput, effort: Effort): Generator<Sample> {
  for (const at of sizes) {
    effort.say(`${of}, ${at}`);
    const given = input(at);
    for (const value of timed(() => rendered(given), effort)) yield { of, unit: CORE_MS, at, value };
  }
}
