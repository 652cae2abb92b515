import type { AddressFact, Facts, NodeFact } from '../model/facts.ts';
import { orderOf } from './order.ts';
import type { Recent } from './recent.ts';
import { byName, HEALTH_WORDS, addresses as inWords, type Tone, toneOf } from './words.ts';

/** A node with its addresses, or the place of those that nobody has. */
export interface Lane {
  /** Absent: nobody. */
  readonly node?: NodeFact;
  /** Sorted by number. */
  readonly addresses: readonly AddressFact[];
  /** What was here a moment ago, and is no longer. */
  readonly left: readonly Recent[];
  /** Addresses that came a moment ago, by their text. */
  readonly came: ReadonlyMap<string, Recent>;
  readonly tone: Tone;
}

export interface Board {
  readonly nobody: Lane;
  readonly lanes: readonly Lane[];
  /** How much of an address there is room for: the Service beside it, itself, or a square. */
  readonly detail: 'rows' | 'names' | 'cells';
}

/** Up to so many addresses each is shown with its Service, and with its text. */
export const MOST_ROWS = 60;
export const MOST_NAMED = 260;

/** Who has what. Nodes that run no group and have no address are left out, unless no node is known to run one. */
export function boardOf({ addresses, nodes }: Pick<Facts, 'addresses' | 'nodes'>, recent: readonly Recent[]): Board {
  const carried = inOrder(addresses).filter(({ health }) => health !== 'Idle');
  const byNode = Map.groupBy(carried, laneOf);
  const came = Map.groupBy(recent, ({ to }) => to ?? '');
  const left = Map.groupBy(recent, ({ from }) => from ?? '');
  const lane = (name: string, node: NodeFact | undefined): Lane => {
    const own = byNode.get(name) ?? [];
    return {
      ...(node && { node }),
      addresses: own,
      left: (left.get(name) ?? []).filter(({ to }) => to !== name),
      came: new Map((came.get(name) ?? []).map((one) => [one.address, one])),
      tone: loudest(own, node),
    };
  };
  const known = Object.values(nodes);
  const members = known.filter(({ name, isMember }) => isMember || byNode.has(name));
  const shown = (members.length > 0 ? members : known).toSorted((a, b) => byName(a.name, b.name));
  return {
    nobody: lane('', undefined),
    lanes: shown.map((node) => lane(node.name, node)),
    detail: carried.length > MOST_NAMED ? 'cells' : carried.length > MOST_ROWS ? 'names' : 'rows',
  };
}

/** All addresses by number. Made once for each state of the table. */
export function inOrder(addresses: Facts['addresses']): readonly AddressFact[] {
  if (sorted?.of !== addresses) {
    const list = Object.values(addresses).map((one) => ({ one, order: orderOf(one.address) }));
    sorted = { of: addresses, list: list.sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ one }) => one) };
  }
  return sorted.list;
}

/** What there is to say of the addresses of which no single node is known to have them; the worst first. */
export function nobodyInWords({ addresses }: Pick<Lane, 'addresses'>): { readonly sign: string; readonly words: string } {
  const found = NOBODYS.flatMap(({ is, where }) => {
    const count = addresses.filter(({ health }) => (health === 'NoOwner' || health === 'SeveralOwners' ? health : 'Unknown') === is).length;
    return count === 0 ? [] : [{ is, words: `${inWords(count)} ${where}` }];
  });
  return { sign: HEALTH_WORDS[found[0]?.is ?? 'Unknown'].sign, words: found.map(({ words }) => words).join(', ') };
}

// --- internal ---

const NOBODYS = [
  { is: 'NoOwner', where: 'on no node' },
  { is: 'SeveralOwners', where: 'on several nodes' },
  { is: 'Unknown', where: 'on a node that is not known' },
] as const;

let sorted: { readonly of: Facts['addresses']; readonly list: readonly AddressFact[] } | undefined;

/** One of several owners is not named, so it stands with those that nobody has. */
const laneOf = ({ node = '' }: AddressFact): string => node;

function loudest(addresses: readonly AddressFact[], node: NodeFact | undefined): Tone {
  const tones = new Set(addresses.map(({ health }) => toneOf(health)));
  if (tones.has('alarm')) return 'alarm';
  return tones.has('doubt') || (node?.troubles.length ?? 0) > 0 ? 'doubt' : 'calm';
}
