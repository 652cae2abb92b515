/** What is done to a node on purpose, and what 30 addresses and the connections to them notice of it. */
import type { HostName } from '../lab/hosts/address.ts';
import type { Lab } from '../lab/lab.ts';
import type { ProbeResult } from '../lab/probe/probe.ts';
import type { VirtualIP } from '../src/api/virtual-ip/virtual-ip.ts';
import { atHome, forgetLosses, NAMESPACE, plugin, podOn, settled, workloadOn } from '../test/lab/lab-under-test.ts';
import { echoService, type Fate, fates, serveEcho } from './echo.ts';
import { inLab } from './in-lab.ts';
import type { Measurement, Sample } from './measurement.ts';

const COUNT = 30;
const EVERY_MS = 20;
const names = Array.from({ length: COUNT }, (_, index) => `handed-${index}`);
const addresses = names.map((_, index) => `192.0.2.${100 + index}`);
const WORKLOAD = 'workload';

export const handovers: Measurement = {
  name: 'handovers',
  title: 'What is done on purpose',
  about: `${COUNT} addresses on three nodes, and one node is cordoned, drained, rebooted, deleted and made again; a client asks each address every ${EVERY_MS} ms and holds a TCP connection to each, and each node has a server of them. *Moves* are those that the journals have; one connection more or less goes on as kube-proxy (iptables) chooses the server of each anew on another node, and connections to servers of a node that is off end with it. Rebooted means that every program of the node is asked to end at the same moment (SIGTERM), as systemd does without kubelet's part, and its power goes when keepalived has ended.`,
  needs: 'lab',
  samples: ({ progress, say, repeats }) =>
    inLab(progress, async function* (lab) {
      await serveEcho(lab);
      await lab.apply({ apiVersion: 'v1', kind: 'List', items: names.map((name, index) => echoService(name, addresses[index] ?? '')) });
      await settled(lab, 180_000);
      await atHome(lab);
      for (let repeat = 0; repeat < Math.min(repeats, lab.nodes.length); repeat++) {
        const node = lab.nodes[repeat] ?? '';
        for (const [name, step] of Object.entries(stepsOf(lab, node))) {
          say(`${name}, ${repeat + 1} of ${Math.min(repeats, lab.nodes.length)}`);
          yield* await noticed(lab, name, step);
        }
      }
    }),
};

// --- internal ---

type Step = () => Promise<unknown>;

function stepsOf(lab: Lab, node: HostName): Readonly<Record<string, Step>> {
  const home = async (): Promise<void> => {
    await settled(lab, 240_000);
    await atHome(lab);
  };
  return {
    cordoned: async () => {
      await lab.kubectl(['cordon', node]);
      await replanned(lab);
    },
    uncordoned: async () => {
      await lab.kubectl(['uncordon', node]);
      await replanned(lab);
    },
    'drained by kubectl, then its power lost': async () => {
      await lab.apply(workloadOn(node, WORKLOAD));
      await lab.kubectl(['wait', '-n', NAMESPACE, `pod/${WORKLOAD}`, '--for=condition=Ready', '--timeout=60s']);
      await lab.kubectl(['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=120s']);
      await lab.fail(node, 'power-off');
      await elsewhere(lab, node);
    },
    'given power and uncordoned': async () => {
      await lab.heal(node);
      await lab.kubectl(['uncordon', node]);
      await home();
    },
    'drained by the plugin, one at a time': () => plugin(lab, ['drain', node], 300_000),
    'undrained by the plugin, five at a time': async () => {
      await plugin(lab, ['undrain', node, '--at-once', '5'], 300_000);
      await home();
    },
    'rebooted: on its way out': async () => {
      await Promise.all((['keepalived', 'agent', 'kubelet', 'kube-proxy'] as const).map((program) => lab.signal(node, program, 'TERM')));
      await elsewhere(lab, node);
      await lab.fail(node, 'power-off');
    },
    'rebooted: on its way home': async () => {
      await lab.heal(node);
      await home();
    },
    'every pod of the group replaced': async () => {
      const pods = await Promise.all(lab.nodes.map((one) => podOn(lab, one)));
      await lab.kubectl(['rollout', 'restart', '-n', NAMESPACE, 'daemonset/vips']);
      await lab.waitFor('every node has another pod', () => areOthers(lab, new Set(pods.map(({ metadata }) => metadata.name))), 240_000);
      await home();
    },
    'Node deleted': async () => {
      await lab.kubectl(['delete', 'node', node]);
      await elsewhere(lab, node);
    },
    'Node made again': async () => {
      await lab.signal(node, 'kubelet', 'KILL');
      await lab.restart(node);
      await lab.waitFor(`${node} runs the group`, async () => podOn(lab, node), 120_000);
      await home();
      // It was lost so often here that it would be given nothing for minutes.
      await forgetLosses(lab);
    },
    'made even again by the plugin': async () => {
      await plugin(lab, ['rebalance'], 300_000);
      await home();
    },
  };
}

async function noticed(lab: Lab, name: string, step: Step): Promise<Sample[]> {
  const since = Date.now();
  const probes = await lab.probes(addresses, EVERY_MS);
  const [outcome] = await Promise.allSettled([fates(lab, addresses, 1, step)]);
  const asked = await probes.stop();
  if (outcome?.status === 'rejected') throw outcome.reason;
  const talks = outcome?.value ?? [];
  const moves = await journal(lab);
  const moved = addresses.map((address) => (moves.get(address) ?? []).filter((time) => time >= since).length);
  const lost = asked.map(({ sent, received }) => sent - received);
  const samples: readonly (readonly [string, string, number])[] = [
    ['addresses that moved', 'addresses', moved.filter((count) => count > 0).length],
    ['most moves of one', 'moves', Math.max(...moved)],
    ['packets lost', 'packets', lost.reduce((sum, count) => sum + count, 0)],
    ['most packets lost of one', 'packets', Math.max(...lost)],
    ['longest without an answer', 'ms', longestOf(asked)],
    ['connections that went on', 'connections', talks.filter(({ how }: Fate) => how === 'open').length],
  ];
  return samples.map(([of, unit, value]) => ({ of: `${name}: ${of}`, unit, value }));
}

const longestOf = (asked: readonly ProbeResult[]): number =>
  Math.max(0, ...asked.flatMap(({ gaps }) => gaps.map(({ lengthMs }) => lengthMs)));

/** When each address moved, as it is written down: milliseconds since 1970. What one step did may be written in the next. */
async function journal(lab: Lab): Promise<ReadonlyMap<string, readonly number[]>> {
  const { items } = JSON.parse(await lab.kubectl(['get', 'virtualips', '-o', 'json']));
  return new Map(
    (items as readonly VirtualIP[]).map(({ spec, status }) => [spec.address, (status?.moves ?? []).map(({ time }) => Date.parse(time))]),
  );
}

/** What is planned after something runs on every node, and then that a Service is gone again. */
async function replanned(lab: Lab): Promise<void> {
  await lab.apply(echoService('meanwhile', '192.0.2.231'));
  await settled(lab);
  await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'meanwhile']);
  await settled(lab);
}

/** Every address is on one node, and that is another one. */
const elsewhere = (lab: Lab, node: HostName): Promise<true> =>
  lab.waitFor(
    `no address is on ${node}`,
    async () => {
      const held = await lab.held();
      const others = [...held].filter(([host]) => host !== node).map(([, has]) => has);
      const wrong = addresses.filter(
        (address) => held.get(node)?.has(address) === true || others.filter((has) => has.has(address)).length !== 1,
      );
      if (wrong.length > 0) throw new Error(wrong.join(', '));
      return true as const;
    },
    120_000,
  );

async function areOthers(lab: Lab, pods: ReadonlySet<string>): Promise<true | undefined> {
  const now = await Promise.all(lab.nodes.map((node) => podOn(lab, node)));
  return now.every(({ metadata }) => !pods.has(metadata.name)) || undefined;
}
