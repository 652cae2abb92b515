/** Groups of every kind on one switch, each with one instance for each thing that a stranger may do to it. */
import type { AgentSettings } from '../../src/api/node/config.ts';
import { type Conf, line, type Statement } from '../../src/conf/tree.ts';
import { type Family, isInstance } from '../../src/localise/instance.ts';
import { type Localised, localise, POD_PATHS } from '../../src/localise/localise.ts';
import { advertIn, frameOf, MULTICAST } from './advert.ts';
import { Bridge, ip } from './bridge.ts';
import { group, instance } from './build.ts';
import { Frames } from './frames.ts';
import { TestNode } from './node.ts';

export const PASSWORD = 'adverts1';

export interface Kind {
  /** The two nodes; the first is master. */
  readonly hosts: readonly [Host, Host];
  readonly isUnicast?: true;
  readonly version: 2 | 3;
  readonly family: Family;
  readonly hasPassword?: true;
  readonly checksSender?: true;
}
const MULTICAST_GROUP = { hosts: ['m1', 'm2'], version: 2, family: 'IPv4' } as const;
const UNICAST_GROUP = { hosts: ['u1', 'u2'], isUnicast: true, version: 2, family: 'IPv4' } as const;
/** Whose nodes let VRRP in from each other's addresses alone, as docs/security.md advises. */
const FILTERED = { hosts: ['f1', 'f2'] } as const;
const THREE = { version: 3 } as const;
const SIX = { version: 3, family: 'IPv6' } as const;
export const KINDS: Readonly<Record<string, Kind>> = {
  multicast: MULTICAST_GROUP,
  'multicast with password': { ...MULTICAST_GROUP, hasPassword: true },
  'multicast, version 3': { ...MULTICAST_GROUP, ...THREE },
  'multicast, IPv6': { ...MULTICAST_GROUP, ...SIX },
  unicast: UNICAST_GROUP,
  'unicast with password': { ...UNICAST_GROUP, hasPassword: true },
  'unicast, version 3': { ...UNICAST_GROUP, ...THREE },
  'unicast, IPv6': { ...UNICAST_GROUP, ...SIX },
  'unicast with check_unicast_src': { ...UNICAST_GROUP, checksSender: true },
  'unicast with password and check_unicast_src': { ...UNICAST_GROUP, hasPassword: true, checksSender: true },
  'unicast with check_unicast_src, version 3': { ...UNICAST_GROUP, ...THREE, checksSender: true },
  'unicast with check_unicast_src, IPv6': { ...UNICAST_GROUP, ...SIX, checksSender: true },
  'multicast behind a filter': { ...MULTICAST_GROUP, ...FILTERED },
  'unicast behind a filter': { ...UNICAST_GROUP, ...FILTERED },
};

export interface Forgery {
  readonly to: 'multicast' | 'nodes';
  readonly from: 'stranger' | 'peer';
  readonly password?: string;
}
export const FORGERIES: Readonly<Record<string, Forgery>> = {
  'by multicast': { to: 'multicast', from: 'stranger' },
  'by multicast, with the password': { to: 'multicast', from: 'stranger', password: PASSWORD },
  "by multicast, from a peer's address": { to: 'multicast', from: 'peer' },
  'to the nodes': { to: 'nodes', from: 'stranger' },
  'to the nodes, with the password': { to: 'nodes', from: 'stranger', password: PASSWORD },
  "to the nodes, from a peer's address": { to: 'nodes', from: 'peer' },
  "to the nodes, from a peer's address, with the password": { to: 'nodes', from: 'peer', password: PASSWORD },
};

/** One instance, and what is done to it: a forgery, the replay of its master's adverts, or nothing. */
export interface Target {
  readonly kind: Kind;
  readonly of: string;
  readonly attack: string;
  readonly id: number;
  readonly vip: string;
}
export const REPLAY = 'replay';
const NOTHING = 'nothing';

export const TARGETS: readonly Target[] = Object.entries(KINDS)
  .flatMap(([of, kind]) => [...Object.keys(FORGERIES), REPLAY, NOTHING].map((attack) => ({ of, kind, attack })))
  .filter(({ kind, attack }) => kind.version === 2 || FORGERIES[attack]?.password === undefined)
  .map((one, index) => ({ ...one, id: index + 1, vip: vipOf(one.kind.family, index + 1) }));

const FAMILIES = ['IPv4', 'IPv6'] as const;
const NODES = ['m1', 'm2', 'u1', 'u2', 'f1', 'f2'] as const;
const HOSTS = [...NODES, 'rogue'] as const;
const MASTERS = ['m1', 'u1', 'f1'] as const;
type Host = (typeof HOSTS)[number];
export const addressOf = (host: Host, family: Family): string =>
  `${family === 'IPv4' ? '192.0.2.' : '2001:db8::'}${HOSTS.indexOf(host) + 1}`;

/**
 * Two nodes for the groups that use multicast, two for those that use unicast, and two behind a filter; the first of two is every instance's
 * master. They run without an agent, on the file that one writes.
 */
export class ForgedGroups implements AsyncDisposable {
  readonly #bridge = new Bridge('forged');
  readonly #nodes = new Map<Host, TestNode>();
  /** A host of no group. */
  readonly rogue: Frames;

  constructor() {
    for (const host of HOSTS) this.#bridge.host(host, [`${addressOf(host, 'IPv4')}/24`, `${addressOf(host, 'IPv6')}/64`]);
    this.rogue = new Frames(this.#bridge.namespaceOf('rogue'));
    for (const host of NODES) {
      const node = new TestNode(host, this.#bridge.namespaceOf(host));
      node.put(fileOf(host));
      node.setup();
      this.#nodes.set(host, node);
    }
    for (const host of FILTERED.hosts) ip('netns', 'exec', this.#bridge.namespaceOf(host), 'nft', FILTER);
    for (const node of this.#nodes.values()) node.startKeepalived();
  }

  /** Targets whose VIP the first or the second node has. */
  heldBy(rank: 0 | 1): Set<Target> {
    const held = new Map([...this.#nodes].map(([host, node]) => [host, new Set(node.addresses())]));
    return new Set(TARGETS.filter(({ kind, vip }) => held.get(kind.hosts[rank])?.has(vip)));
  }

  /** A frame of each instance on its way to the second node, taken from the master's own interface. */
  async recorded(): Promise<readonly Buffer[]> {
    return (await Promise.all(MASTERS.map((host) => this.#recordedOn(host)))).flat();
  }

  /** The frames of a target's forgery, with priority 255: one by multicast, or one to each of the two nodes. */
  forged({ kind, id, vip, attack }: Target): Buffer[] {
    const { to, from, password } = FORGERIES[attack] as Forgery;
    const { hosts, family, version } = kind;
    const stranger = to === 'multicast' && family === 'IPv6' ? 'fe80::66' : addressOf('rogue', family);
    const sender = (peer: Host): string => (from === 'peer' ? addressOf(peer, family) : stranger);
    const toNode = (host: Host, peer: Host) => ({ destination: addressOf(host, family), source: sender(peer) });
    const [first, second] = hosts;
    const ways =
      to === 'multicast' ? [{ destination: MULTICAST[family], source: sender(second) }] : [toNode(first, second), toNode(second, first)];
    const advert = { version, id, priority: 255, vip, ...(password && { password }) };
    return ways.map((way) =>
      frameOf({ ...advert, ...way }, this.#macOf(hosts.find((host) => addressOf(host, family) === way.destination))),
    );
  }

  /** The first nodes die, and their cables are out of the switch. */
  async loseMasters(): Promise<void> {
    for (const host of MASTERS) this.#bridge.connect(host, false);
    await Promise.all(MASTERS.map((host) => this.#nodes.get(host)?.signalKeepalived('SIGKILL')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rogue.stop();
    await Promise.all([...this.#nodes.values()].map((one) => one[Symbol.asyncDispose]()));
    this.#bridge[Symbol.dispose]();
  }

  // --- internal ---

  async #recordedOn(host: Host): Promise<Buffer[]> {
    const ids = TARGETS.filter(({ kind }) => kind.hosts[0] === host).map(({ id }) => id);
    await using ear = new Frames(this.#bridge.namespaceOf(host));
    const firstOf = (frames: readonly Buffer[], id: number) => frames.find((frame) => advertIn(frame)?.id === id);
    const frames = await ear.hear(`an advert of each instance on ${host}`, (heard) => ids.every((id) => firstOf(heard, id)));
    return ids.flatMap((id) => firstOf(frames, id) ?? []);
  }

  #macOf(host: Host | undefined): string | undefined {
    if (host === undefined) return undefined;
    return JSON.parse(ip('-n', this.#bridge.namespaceOf(host), '-json', 'link', 'show', 'dev', 'eth0'))[0].address;
  }
}

// --- internal ---

const FILTER = `table inet filter {
  chain input {
    type filter hook input priority 0
    meta l4proto 112 ip saddr != { ${FILTERED.hosts.map((host) => addressOf(host, 'IPv4')).join(', ')} } drop
  }
}`;

function vipOf(family: Family, id: number): string {
  return family === 'IPv4' ? `198.51.100.${id}` : `2001:db8:1::${id.toString(16)}`;
}

/** What the agent of the host makes of a group's file, for groups of every kind that the host is in. */
function fileOf(host: Host): Conf {
  const targets = TARGETS.filter(({ kind }) => kind.hosts.some((one) => one === host));
  const interfaces = [{ name: 'eth0', addresses: FAMILIES.map((family) => ({ address: addressOf(host, family), prefixLength: 64 })) }];
  const facts = { node: host, pod: host, interfaces, link: 'eth0', password: PASSWORD };
  return group(...targets.flatMap((target) => instancesIn(localise(group(asked(target)), settingsOf(target.kind), facts, POD_PATHS))));
}

const asked = ({ kind, id, vip }: Target): Statement =>
  instance(`v${id}`, {
    ...{ id, addresses: [vip], order: kind.hosts },
    lines: [...(kind.version === 3 ? [line('version', 3)] : []), ...(kind.checksSender ? [line('check_unicast_src')] : [])],
  });

function settingsOf({ hosts, isUnicast, hasPassword }: Kind): AgentSettings {
  const peers = Object.fromEntries(hosts.map((host) => [host, FAMILIES.map((family) => addressOf(host, family))]));
  return {
    ...{ version: 1, revision: 'r', group: 'ns/g', link: { kind: 'name', name: 'eth0' }, checks: [] },
    password: hasPassword === true,
    ...(isUnicast && { unicast: { peers } }),
  };
}

const instancesIn = (localised: Localised): Conf => (localised.kind === 'file' ? localised.conf.filter(isInstance) : []);
