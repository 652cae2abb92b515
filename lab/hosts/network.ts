/** The switch that all hosts of a lab are plugged into, and what can be done to a host's link. */
import { run } from '../machine/run.ts';
import { addressesOf, type HostName, podSubnets } from './address.ts';
import { type Host, inside, onNetworkOf } from './host.ts';

/** Makes a host into the switch. Does nothing when it is one. */
export async function makeSwitch(host: Host): Promise<void> {
  if ((await run(onNetworkOf(host, ['ip', 'link', 'show', BRIDGE]), { allowFailure: true })).code === 0) return;
  // Snooping would hold back IPv6 VRRP from ports that never asked for it.
  await batch(host, [`link add ${BRIDGE} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`, `link set ${BRIDGE} up`]);
}

/** Gives a host its interface `eth0` on the switch, with its addresses. */
export async function plug(host: Host, into: Host): Promise<void> {
  const { v4, v6, mac } = addressesOf(host.name);
  await batch(into, [`link delete ${host.name}`], { mayFail: true });
  await run([
    'ip',
    'link',
    'add',
    'eth0',
    'address',
    mac,
    'netns',
    String(host.init.pid),
    'type',
    'veth',
    'peer',
    host.name,
    'netns',
    String(into.init.pid),
  ]);
  await batch(into, [`link set ${host.name} master ${BRIDGE} up`]);
  await batch(host, ['link set eth0 up', `address add ${v4}/24 dev eth0`, `address add ${v6}/64 dev eth0 nodad`]);
}

/** Routes from one host to the pods of the nodes. */
export async function routeToPods(host: Host, nodes: readonly HostName[]): Promise<void> {
  const others = nodes.filter((node) => node !== host.name);
  await batch(
    host,
    others.flatMap((node) => [
      `route replace ${podSubnets(node).v4} via ${addressesOf(node).v4}`,
      `route replace ${podSubnets(node).v6} via ${addressesOf(node).v6}`,
    ]),
  );
}

/** What the cable of a host is like: `down` takes the carrier away; `cut` leaves it, but nothing passes. */
export type Cable = 'good' | 'down' | 'cut';

export async function setCable(host: HostName, into: Host, cable: Cable): Promise<void> {
  const commands = {
    good: `link set ${host} master ${BRIDGE} up`,
    down: `link set ${host} down`,
    cut: `link set ${host} nomaster`,
  };
  await batch(into, [commands[cable]]);
}

// --- internal ---

const BRIDGE = 'bridge';

async function batch(host: Host, commands: readonly string[], { mayFail = false } = {}): Promise<void> {
  if (commands.length === 0) return;
  await run(inside(host, ['ip', '-batch', '-']), { input: `${commands.join('\n')}\n`, allowFailure: mayFail });
}
