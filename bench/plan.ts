/** How fast a group is planned and rendered, how that grows, and how large the result is. */
import { MOST_CARRIERS } from '../src/plan/ids/carrier.ts';
import type { PlanInput } from '../src/plan/input.ts';
import { type Plan, plan } from '../src/plan/plan.ts';
import { renderConfig } from '../src/render/config.ts';
import { renderObjects } from '../src/render/objects.ts';
import { aGroup, aNode, anInput, manyServices } from '../test/builders/object.ts';
import { medianMilliseconds, row } from './measure.ts';

export function benchPlan(): string[] {
  const sizes = [100, 1000, 2000, 5000, 10_000];
  const times = sizes.map((size) => medianMilliseconds(() => rendered(clusterOf(size, 50))));
  return [
    ...sizes.map((size, index) => row(`plan and render ${size} Services on 50 nodes`, times[index] ?? Number.NaN, 'ms')),
    row('10,000 Services against 1,000 (10 is linear)', (times.at(-1) ?? 0) / (times[1] ?? 1), 'times'),
    ...size('ConfigMap of 5,000 VIPs on 100 nodes', clusterOf(5000, 100)),
    ...size('ConfigMap of 5,000 VIPs on 100 nodes, unicast', clusterOf(5000, 100, true)),
  ];
}

// --- internal ---

/** A group in its steady state: its ids were saved. */
const inputs = new Map<string, PlanInput>();

function clusterOf(services: number, nodes: number, unicastEnabled = false): PlanInput {
  const key = `${services} ${nodes} ${unicastEnabled}`;
  const known = inputs.get(key);
  if (known !== undefined) return known;
  const first = anInput({
    group: aGroup({ spec: { unicastEnabled } }),
    services: manyServices(services),
    nodes: Array.from({ length: nodes }, (_, index) => aNode(`worker-${index}.example.net`, { addresses: [`192.0.2.${index + 1}`] })),
  });
  const input = { ...first, group: { ...first.group, status: { routerIDs: plan(first).routerIds } } };
  inputs.set(key, input);
  return input;
}

function rendered(input: PlanInput): Plan {
  const decided = plan(input);
  renderObjects(decided, input.settings);
  return decided;
}

function size(what: string, input: PlanInput): string[] {
  const decided = rendered(input);
  const bytes = Buffer.byteLength(JSON.stringify(renderConfig(decided)?.data));
  const carried = decided.routers.flatMap(({ addresses }) => addresses).length;
  return [row(`${what} (${carried} carried, ${MOST_CARRIERS} carriers)`, bytes / 1024, 'KiB')];
}
