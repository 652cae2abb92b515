/** What the planner makes of a change disturbs nothing that the change isn't about: real keepalived, real packets. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Service } from '../../src/api/core.ts';
import type { AgentSettings } from '../../src/api/node/config.ts';
import { type Plan, plan } from '../../src/plan/plan.ts';
import { renderConfig } from '../../src/render/config.ts';
import { aGroup, aNode, anInput, aService, manyServices } from '../builders/object.ts';
import { Bridge } from './bridge.ts';
import { TestNode } from './node.ts';
import { type Loss, Probe } from './probe.ts';

let bridge: Bridge;
let nodes: TestNode[];
let client: string;
let saved: Readonly<Record<string, number>>;

beforeEach(() => {
  bridge = new Bridge('planned');
  nodes = [1, 2].map(
    (number) => new TestNode(`n${number}`, bridge.host(`n${number}`, [`198.18.200.${number}/15`, `2001:db8::${number}/64`])),
  );
  client = bridge.host('client', ['198.18.200.3/15', '2001:db8::3/64']);
  saved = {};
});

afterEach(async () => {
  await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
  bridge[Symbol.dispose]();
});

/** Plans the Services on both nodes, after the plan before, and gives it to both. */
function give(services: readonly Service[]): { plan: Plan; revision: string } {
  const decided = plan(anInput({ group: aGroup({ status: { routerIDs: saved } }), services, nodes: nodes.map(({ name }) => aNode(name)) }));
  saved = decided.routerIds;
  const data = renderConfig(decided)?.data;
  const { version: _version, revision: _revision, ...settings } = JSON.parse(data?.['agent.json'] ?? '') as AgentSettings;
  const [revision = ''] = nodes.map((node) => node.putText(data?.['keepalived.conf'] ?? '', settings));
  return { plan: decided, revision };
}

/** Gives each step's Services to both nodes and waits until their owners hold every address. */
async function bringAbout(services: readonly Service[]): Promise<void> {
  const { plan: decided, revision } = give(services);
  await Promise.all(nodes.map((node) => node.runs(revision)));
  await Promise.all(
    nodes.map((node) =>
      node.when('holds what it is first for', () => ownedBy(decided, node).every((ip) => node.addresses().includes(ip)), 20),
    ),
  );
}

const ownedBy = ({ routers }: Plan, { name }: TestNode): string[] =>
  routers.filter(({ ranks }) => ranks[0] === name).flatMap(({ addresses }) => addresses);

async function lostDuring(addresses: readonly string[], steps: readonly (readonly Service[])[]): Promise<Loss> {
  const probes = addresses.map((address) => new Probe(client, address));
  for (const services of steps) await bringAbout(services);
  const losses = await Promise.all(probes.map((probe) => probe.stop()));
  return { sent: losses.reduce((sum, { sent }) => sum + sent, 0), lost: losses.reduce((sum, { lost }) => sum + lost, 0) };
}

it('a Service loses nothing in one family while addresses of the other come and go', async () => {
  const six = '2001:db8::c8';
  const four = '198.18.0.200';
  give([aService('web', [six])]);
  for (const node of nodes) node.start();
  await bringAbout([aService('web', [six])]);
  const loss = await lostDuring([six], [[aService('web', [six, four])], [aService('web', [six])], [aService('web', [six, four])]]);
  expect(loss.sent).toBeGreaterThan(20);
  expect(loss.lost).toBe(0);
  const back = await lostDuring([four], [[aService('web', [four])], [aService('web', [six, four])], [aService('web', [four])]]);
  expect(back.sent).toBeGreaterThan(20);
  expect(back.lost).toBe(0);
});

it('addresses on carriers lose nothing while others come and go on the same ones', async () => {
  const usual = manyServices(600);
  give(usual);
  for (const node of nodes) node.start();
  await bringAbout(usual);
  const more = [
    ...usual,
    ...manyServices(200, {}, 'new').map((service, index) => ({ ...service, spec: { externalIPs: [`198.19.0.${index}`] } })),
  ];
  const less = usual.filter((_, index) => index < 400 || index % 5 === 0);
  const probed = [400, 405, 450, 500, 550, 595].map((index) => usual[index]?.spec?.externalIPs?.[0] ?? '');
  const loss = await lostDuring(probed, [more, usual, less, more]);
  console.log(`6 addresses on carriers during 4 changes of up to 320 others: ${loss.lost} of ${loss.sent} packets lost`);
  expect(loss.sent).toBeGreaterThan(200);
  expect(loss.lost).toBe(0);
});
