/** Whether the plugin says beforehand where each address goes when nodes are lost. `SIMULATED=50` for the long form, some twenty minutes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { PREFERRED_NODES_ANNOTATION } from '../../src/api/names.ts';
import type { Fate } from '../../src/cli/simulate/simulate.ts';
import { randomFrom } from '../builders/random.ts';
import {
  forgetLosses,
  GROUP,
  type Group,
  groupCalled,
  labUnderTest,
  late,
  NAMESPACE,
  page,
  plugin,
  prefer,
  service,
  settled,
  webServerOn,
  whyNoLab,
} from './lab-under-test.ts';

const ROUNDS = Number(process.env.SIMULATED ?? 2);
const SEED = Number(process.env.SEED ?? 1);
/** Some answer wherever they are; the last follow the only endpoint of their own. */
const names = Array.from({ length: 10 }, (_, index) => `simulated-${index}`);
const LOCAL = 2;
const addresses = names.map((_, index) => `192.0.2.${150 + index}`);
const WAYS = ['power-off', 'link-down', 'cut'] as const;
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`simulate --without${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  const random = randomFrom(SEED);
  const oneOf = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)] as T;

  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
    await forgetLosses(lab);
    for (const [index, name] of names.entries())
      await lab.apply(isLocal(index) ? local(name, index) : service(name, addresses[index] ?? ''));
  });
  afterAll(async () => {
    await Promise.all(lab.nodes.map((node) => lab.heal(node)));
    await lab.kubectl(['annotate', 'keepalivedgroup', '-n', NAMESPACE, GROUP, `${PREFERRED_NODES_ANNOTATION}-`]);
    await lab.kubectl(['delete', 'service,pod', '-n', NAMESPACE, '-l', 'test=simulate', '--now', '--ignore-not-found']);
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, ...names, '--ignore-not-found']);
    await settled(lab, 180_000);
  });

  it.each(Array.from({ length: ROUNDS }, (_, index) => index + 1))(
    'says what then happens, case %i',
    async (round) => {
      const homes = Object.fromEntries(names.slice(0, -LOCAL).map((name) => [`${NAMESPACE}/${name}`, oneOf(lab.nodes)]));
      const lost = round % 2 === 0 ? allBut(oneOf(lab.nodes)) : [oneOf(lab.nodes)];
      const way = oneOf(WAYS);
      await prefer(lab, homes);
      for (const index of names.keys()) if (isLocal(index)) await placeEndpoint(index, oneOf(lab.nodes));
      await settled(lab, 240_000);
      // A node that flaps would rest for minutes.
      if (resting((await groupCalled(lab, GROUP)).status).length > 0) await forgetLosses(lab);

      // Those of policy Local have followed their endpoint.
      for (const [index, address] of addresses.entries()) if (isLocal(index)) await page(lab, address);

      const said = await lab.waitFor('nothing is on its way, and it is told who has each address', () => saidOfNow(lost), 120_000);
      expect(said).toHaveLength(names.length);
      await Promise.all(lost.map((node) => lab.fail(node, way)));
      try {
        await lab.waitFor('each address is where it was said to go', () => isWhere(said, lost), 30_000);
      } finally {
        await Promise.all(lost.map((node) => lab.heal(node)));
      }
      console.log(
        `${way} of ${lost.join(' and ')}: ${said.map(({ router, from, to }) => `${router} ${from}>${to ?? 'nowhere'}`).join(', ')}`,
      );
    },
    420_000,
  );
});

// --- internal ---

const allBut = (left: HostName): readonly HostName[] => lab.nodes.filter((node) => node !== left);

const isLocal = (index: number): boolean => index >= names.length - LOCAL;
const locals = names.slice(-LOCAL).map((name) => `${NAMESPACE}/${name}`);

/** Nodes that have addresses back when their time is over, whatever was lost and said meanwhile. */
const resting = ({ nodeStates = [] }: Group['status']): string[] =>
  nodeStates.flatMap(({ name, standsBack }) => (standsBack === 'Unsteady' ? [name] : []));

async function simulated(without: readonly HostName[]): Promise<readonly Fate[]> {
  const { virtualRouters } = JSON.parse(await plugin(lab, ['simulate', '--without', without.join(','), '-o', 'json']));
  return (virtualRouters as readonly Fate[]).filter(({ router }) => names.some((name) => router === `${NAMESPACE}/${name}`));
}

/**
 * What it says of a moment at which nothing is on its way: the group's status is the same before and after, every node runs what it says and none
 * rests, and each address is where it is planned and told to be.
 */
async function saidOfNow(lost: readonly HostName[]): Promise<readonly Fate[]> {
  const { status } = await groupCalled(lab, GROUP);
  const { revision, nodeStates, virtualRouters = [] } = status;
  const said = await simulated(lost);
  const held = await lab.held();
  const after = (await groupCalled(lab, GROUP)).status;
  // Those of policy Local are where their endpoint is.
  const moving = virtualRouters.filter(({ name, node, plannedNode }) => node !== plannedNode && !locals.includes(name));
  const old = said.filter(({ from = '', addresses: [address = ''] }) => held.get(from as HostName)?.has(address) !== true);
  const wrong = [
    ...moving.map(({ name }) => `${name} is on its way`),
    ...late(status),
    ...resting(status).map((node) => `${node} rests`),
    ...old.map(({ router, from }) => `${router} is not on ${from}`),
  ];
  if (
    JSON.stringify([revision, nodeStates, virtualRouters]) !==
    JSON.stringify([after.revision, after.nodeStates, after.virtualRouters ?? []])
  )
    wrong.push('the status has just changed');
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  return said;
}

/** Of the nodes that are left, the one that was named has the addresses, and no other. */
async function isWhere(said: readonly Fate[], lost: readonly HostName[]): Promise<true> {
  const found = await Promise.all(
    said.map(async ({ router, from, to, becomes, addresses: [address = ''] }) => {
      const hosts = (await lab.holders(address)).filter((host) => !lost.includes(host));
      return hosts.join() === (to ?? '')
        ? []
        : [`${router} (${becomes} from ${from}) was to be on ${to ?? 'no node'} and is on ${hosts.join(' and ') || 'none'}`];
    }),
  );
  if (found.flat().length > 0) throw new Error(found.flat().join('; '));
  return true;
}

/** A Service with policy Local of a pod of its own. */
function local(name: string, index: number) {
  const base = service(name, addresses[index] ?? '');
  return {
    ...base,
    metadata: { ...base.metadata, labels: { test: 'simulate' } },
    spec: { ...base.spec, type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: { simulated: name } },
  };
}

async function placeEndpoint(index: number, node: HostName): Promise<void> {
  const name = names[index] ?? '';
  await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, name, '--now', '--ignore-not-found']);
  await lab.apply(webServerOn(node, name, { test: 'simulate', simulated: name }, 'ok'));
  await lab.kubectl(['wait', '-n', NAMESPACE, '--for=condition=Ready', '--timeout=60s', `pod/${name}`]);
}
