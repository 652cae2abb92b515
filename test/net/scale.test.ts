/** What the planner writes for many Services, run by a real agent and a real keepalived and read back from its dump. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_KEY, SETTINGS_KEY } from '../../src/api/node/config.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { type Plan, plan } from '../../src/plan/plan.ts';
import { renderConfig } from '../../src/render/config.ts';
import { aGroup, aNode, anInput, manyServices } from '../builders/object.ts';
import { Bridge } from './bridge.ts';
import { TestNode } from './node.ts';

let bridge: Bridge;
let node: TestNode;

beforeEach(() => {
  bridge = new Bridge('scale');
  node = new TestNode('n1', bridge.host('n1', ['192.0.2.1/24', '2001:db8::1/64']));
});

afterEach(async () => {
  await node[Symbol.asyncDispose]();
  bridge[Symbol.dispose]();
});

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'];
const planOf = (more: Partial<PlanInput>): Plan => plan(anInput({ nodes: NODES.map((name) => aNode(name)), ...more }));

/** Has the node run the plan; what its daemon says that it runs, in the order of names. */
async function readBack(decided: Plan) {
  const data = renderConfig(decided)?.data ?? {};
  const { revision: _, version: __, ...settings } = JSON.parse(data[SETTINGS_KEY] ?? '{}');
  const revision = node.putText(data[CONFIG_KEY] ?? '', settings);
  node.start();
  const { instances, problems } = await node.when(`runs ${revision}`, ({ config }) => config.revision === revision, 60);
  expect(problems).toEqual([]);
  const told = instances.map(({ name, virtualRouterId, priority, addresses }) => ({ name, id: virtualRouterId, priority, addresses }));
  return told.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const planned = ({ routers }: Plan) =>
  routers.map(({ name, id, priorities, others, addresses }) => ({ name, id, priority: priorities.get('n1') ?? others, addresses }));

describe('keepalived runs what was planned: the same instances, ids, addresses and priorities', () => {
  it('255 instances', async () => {
    const services = manyServices(255);
    const routerIDs = Object.fromEntries(services.map(({ metadata }, index) => [`web/${metadata.name}`, index + 1]));
    const decided = planOf({ group: aGroup({ status: { routerIDs } }), services });
    expect(new Set(decided.routers.map(({ id }) => id)).size).toBe(255);
    expect(await readBack(decided)).toEqual(planned(decided));
  });

  it('5,000 VIPs', async () => {
    const decided = planOf({ services: manyServices(5000) });
    const addresses = decided.routers.flatMap((router) => router.addresses);
    expect(new Set(addresses).size).toBe(5000);
    expect(await readBack(decided)).toEqual(planned(decided));
    await node.when(
      'is master of all of them',
      ({ instances }) => instances.every(({ state }) => state === 'MASTER') && instances.flatMap(({ held }) => held).length === 5000,
      60,
    );
    expect(node.addresses()).toEqual(expect.arrayContaining(addresses));
  });
});
