import type { WireAdvert } from '../../api/node/wire.ts';
import { familyOf } from '../../net/address.ts';
import { byText } from '../../net/text-order.ts';
import type { Word } from '../evidence.ts';
import { instantOf } from '../journal/clock.ts';
import type { ExpectedRouter, Ownership } from '../ownership.ts';

/** VRRP adverts of a host that is no node of the cluster, with an id or an address of the group. */
export interface ForeignAdverts extends Omit<WireAdvert, 'since'> {
  /** The virtual router of the group whose id they have; absent where they have none of the group's and announce an address of the group. */
  readonly router?: string;
  /** Of that virtual router. */
  readonly ownership?: Ownership;
  /** Nodes that hear them, sorted. */
  readonly hearers: readonly string[];
  /** Nodes of the group that have not said which addresses they have; sorted. */
  readonly untold: readonly string[];
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** What is known of strangers' adverts. */
export interface Foreign {
  readonly adverts: readonly ForeignAdverts[];
  /** Whether any node listens. */
  readonly isListening: boolean;
  /** Addresses of the nodes by node, also of those that are silent by now. */
  readonly own: ReadonlyMap<string, readonly string[]>;
  /** When a node told its addresses for the first time. */
  readonly learned: number;
  /** Milliseconds until what is heard has lasted; absent where time alone changes nothing. */
  readonly again?: number;
}

export const NOTHING_FOREIGN: Foreign = { adverts: [], isListening: false, own: new Map(), learned: Number.NEGATIVE_INFINITY };

/** Milliseconds. */
export const FOREIGN_LASTING = {
  /** Since the first advert: before that, a node that has just come may not have said yet which addresses are its own. */
  known: 4000,
  /**
   * While nodes of the group have not said it, also since the last one did. Where pods of a former version are replaced node by node, those that
   * wait for their turn send adverts, too, and from an interface that only they know.
   */
  untold: 300_000,
};

export interface ForeignLook {
  readonly nodes: readonly string[];
  readonly routers: readonly ExpectedRouter[];
  readonly owners: ReadonlyMap<string, Ownership>;
  /** Whether a node of the cluster has the address or the link-layer address, as others than the group's nodes say. */
  readonly isOurs: (source: string, mac: string | undefined) => boolean;
  /** Link-layer addresses of the group's nodes. */
  readonly macs: ReadonlyMap<string, readonly string[]>;
  readonly words: readonly Word[];
  /** Monotonic and wall's milliseconds. */
  readonly now: number;
  readonly wall: number;
}

/**
 * Which adverts are strangers'. Nodes send adverts that differ from the configuration while it changes, so a sender is judged by its address
 * alone: a node of the cluster, or one that was, is none.
 */
export function lookAtForeign(before: Foreign, look: ForeignLook): Foreign {
  const { nodes, words, now, wall } = look;
  const own = ownAfter(before.own, words);
  const learned = own.size > before.own.size ? now : before.learned;
  const listening = words.filter(({ silentSince, clock, report }) => silentSince === undefined && clock && report.wire?.adverts);
  const untold = nodes.filter((node) => !own.has(node)).sort();
  const heard = listening.flatMap(heardBy).filter(({ advert }) => !isOwn(advert, own, look));
  const due = (since: number): number =>
    untold.length > 0 ? Math.max(since, learned) + FOREIGN_LASTING.untold : since + FOREIGN_LASTING.known;
  const senders = [...Map.groupBy(heard, ({ advert }) => keyOf(advert))].map(([key, all]) => {
    const since = Math.min(...all.map((one) => one.since));
    const known = before.adverts.find((one) => keyOf(one) === key);
    return { all, since: known?.since ?? Math.round(wall - now + since), wait: known === undefined ? due(since) - now : 0 };
  });
  const adverts = senders.flatMap(({ all, since, wait }) => (wait > 0 ? [] : summed(all, { look, untold, since })));
  const waits = senders.flatMap(({ wait }) => (wait > 0 ? wait : []));
  return {
    adverts: adverts.sort((a, b) => byText(a.source, b.source) || a.id - b.id),
    isListening: listening.length > 0,
    own,
    learned,
    ...(waits.length > 0 && { again: Math.min(...waits) }),
  };
}

// --- internal ---

const keyOf = ({ source, id }: Pick<WireAdvert, 'source' | 'id'>): string => `${source} ${id}`;

interface Heard {
  readonly node: string;
  readonly advert: WireAdvert;
  /** By the manager's clock. */
  readonly since: number;
}

const heardBy = ({ report: { node, wire }, clock }: Word): Heard[] =>
  clock === undefined ? [] : (wire?.adverts ?? []).map((advert) => ({ node, advert, since: instantOf(advert.since, clock).at }));

/** With `use_vmac` an IPv6 sender may have the address that belongs to the MAC address of its virtual router, whoever it is. */
const OF_A_VIRTUAL_ROUTER = /^fe80::200:5eff:fe00:[12][\da-f]{2}$/;

function isOwn({ source, mac }: WireAdvert, own: Foreign['own'], { isOurs, macs }: ForeignLook): boolean {
  if (OF_A_VIRTUAL_ROUTER.test(source)) return true;
  const isTold = [...own.values()].some((addresses) => addresses.includes(source));
  return isTold || (mac !== undefined && [...macs.values()].some((all) => all.includes(mac))) || isOurs(source, mac);
}

/** The same map while nothing changes. */
function ownAfter(known: Foreign['own'], words: readonly Word[]): Foreign['own'] {
  const told = words.flatMap(({ report: { node, link } }) =>
    link?.addresses.length && known.get(node) !== link.addresses ? [[node, link.addresses] as const] : [],
  );
  return told.length === 0 ? known : new Map([...known, ...told]);
}

interface Summary {
  readonly look: ForeignLook;
  readonly untold: readonly string[];
  readonly since: number;
}

/** What several nodes hear of one sender and id: as the node says it that knows most. */
function summed(all: readonly Heard[], { look: { routers, owners }, untold, since }: Summary): ForeignAdverts {
  const sorted = all.toSorted((a, b) => Number(b.advert.mac !== undefined) - Number(a.advert.mac !== undefined) || byText(a.node, b.node));
  const [{ advert }] = sorted as [Heard];
  const { since: _, ...same } = advert;
  const router = routers.find((one) => one.id === same.id && familyOf(one.addresses[0] ?? '') === familyOf(same.source));
  return {
    ...(router && { router: router.name, ownership: owners.get(router.name) ?? { kind: 'Unknown' } }),
    ...same,
    hearers: all.map(({ node }) => node).sort(),
    untold,
    since,
  };
}
