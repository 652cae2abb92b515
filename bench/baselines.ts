/** What the same hosts do without this operator: keepalived with files written by hand, and kubelet's own pace. */
import { setTimeout as pause } from 'node:timers/promises';
import type { HostName } from '../lab/hosts/address.ts';
import type { Lab } from '../lab/lab.ts';
import type { ProbeResult } from '../lab/probe/probe.ts';
import { NAMESPACE, service, settled } from '../test/lab/lab-under-test.ts';
import { byHand, type Layout } from './by-hand.ts';
import { deliveredByKubelet } from './by-kubelet.ts';
import { inLab } from './in-lab.ts';
import type { Effort, Measurement, Sample } from './measurement.ts';

const COUNT = 30;
const EVERY_MS = 20;
/** How long a return is watched that moves nothing: some times what keepalived listens for when it starts. */
const WATCHED_MS = 3000;
const addresses = Array.from({ length: COUNT }, (_, index) => `192.0.2.${100 + index}`);

export const baselines: Measurement = {
  name: 'baselines',
  title: 'Beside keepalived by hand',
  about: `${COUNT} addresses on three nodes, and the node with the most of them loses its power: with this operator, and with keepalived by hand on the same hosts and with the same timers (VRRP version 3, an advert each 100 ms, eight that have to be missing): an instance for each address and its priorities in turn, one instance for all, an instance for each address and the same priority everywhere. A client asks each address every ${EVERY_MS} ms. Last, how long kubelet takes by itself to bring a changed ConfigMap to a pod, in which the operator's own [is there](#from-the-api-to-every-node) in parts of a second.`,
  needs: 'lab',
  samples: (effort) => inLab(effort.progress, (lab) => compared(lab, effort)),
};

// --- internal ---

async function* compared(lab: Lab, effort: Effort): AsyncGenerator<Sample> {
  for (const [name, layout] of Object.entries(layoutsOf(lab))) {
    effort.say(name);
    await layout.begin();
    await everyAddressHasOneOwner(lab);
    for (let repeat = 1; repeat <= effort.repeats; repeat++) {
      effort.say(`${name}, ${repeat} of ${effort.repeats}`);
      yield* await lost(lab, name, layout);
    }
    await layout.end();
  }
  yield* deliveredByKubelet(lab, effort);
}

/** The node that has most loses its power, and comes back. */
async function lost(lab: Lab, name: string, layout: Layout): Promise<Sample[]> {
  const owners = await ownersNow(lab);
  const has = (node: HostName): number => owners.filter((owner) => owner === node).length;
  const busiest = lab.nodes.reduce((most, node) => (has(node) > has(most) ? node : most));
  const going = await probed(lab, async () => {
    await lab.fail(busiest, 'power-off');
    await everyAddressHasOneOwner(lab, busiest);
  });
  const home = await probed(lab, async () => {
    await lab.heal(busiest);
    await layout.restart(busiest);
    if (layout.returns) await lab.waitFor('each address is where it was', async () => same(await ownersNow(lab), owners), 240_000);
    else await pause(WATCHED_MS);
    await everyAddressHasOneOwner(lab);
  });
  return [
    { of: `${name}: addresses on the busiest node`, unit: 'addresses', value: has(busiest) },
    { of: `${name}: addresses that the client missed`, unit: 'addresses', value: going.filter(({ gaps }) => gaps.length > 0).length },
    {
      of: `${name}: longest time without an answer`,
      unit: 'ms',
      value: Math.max(0, ...going.flatMap(({ gaps }) => gaps.map(({ lengthMs }) => lengthMs))),
    },
    { of: `${name}: lost on the way home`, unit: 'packets', value: home.reduce((sum, { sent, received }) => sum + sent - received, 0) },
  ];
}

const same = (some: readonly unknown[], others: readonly unknown[]): true | undefined => some.join() === others.join() || undefined;

async function probed(lab: Lab, happens: () => Promise<unknown>): Promise<readonly ProbeResult[]> {
  const probes = await lab.probes(addresses, EVERY_MS);
  const [outcome] = await Promise.allSettled([happens()]);
  const results = await probes.stop();
  if (outcome?.status === 'rejected') throw outcome.reason;
  return results;
}

/** The owner of each address, in their order. */
async function ownersNow(lab: Lab): Promise<readonly (HostName | undefined)[]> {
  const held = [...(await lab.held())];
  return addresses.map((address) => held.find(([, has]) => has.has(address))?.[0]);
}

const everyAddressHasOneOwner = (lab: Lab, but?: HostName): Promise<true> =>
  lab.waitFor(
    'every address has one owner',
    async () => {
      const held = [...(await lab.held())].filter(([host]) => host !== but).map(([, has]) => has);
      const wrong = addresses.filter((address) => held.filter((has) => has.has(address)).length !== 1);
      if (wrong.length > 0) throw new Error(`${wrong.join(', ')}: not so`);
      return true as const;
    },
    60_000,
  );

function layoutsOf(lab: Lab): Readonly<Record<string, Layout>> {
  const each = addresses.map((address) => [address]);
  const inTurn = (instance: number, node: number): number => 254 - ((instance + node) % lab.nodes.length);
  return {
    'this operator': ofOperator(lab),
    'by hand, an instance each': byHand(lab, each, inTurn),
    'by hand, one instance': byHand(lab, [addresses], inTurn),
    'by hand, equal priorities': byHand(lab, each, () => 100),
  };
}

function ofOperator(lab: Lab): Layout {
  const names = addresses.map((_, index) => `baseline-${index}`);
  const items = names.map((name, index) => service(name, addresses[index] ?? ''));
  return {
    returns: true,
    begin: async () => {
      await lab.apply({ apiVersion: 'v1', kind: 'List', items });
      await settled(lab, 180_000);
    },
    restart: () => settled(lab, 240_000),
    end: async () => {
      await lab.kubectl(['delete', 'service', '-n', NAMESPACE, ...names]);
      await settled(lab, 180_000);
    },
  };
}
