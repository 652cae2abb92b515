import type { Problem } from '../../api/problem.ts';
import type { Statement } from '../../conf/tree.ts';
import { byText } from '../../net/text-order.ts';
import type { WantedRouter } from '../claims/claim.ts';
import type { PlanInput } from '../input.ts';
import { keyOf } from '../reference.ts';
import { boundedGroup } from './bound-group.ts';
import { type Arp, arpOf, MOST, MOST_INSTANCES, NOTHING, plus, type Sending, sendingOf, UNITS } from './sending.ts';
import type { VrrpSettings } from './vrrp-settings.ts';

/** What is asked for together, and what is left of it so that no node sends more than it can beside the adverts of others. */
export interface Asked {
  readonly routers: readonly WantedRouter[];
  readonly settings: VrrpSettings;
  readonly globals: readonly Statement[];
}

/**
 * First what the group itself asks for is brought within the bounds, then its Services' lines, the oldest Service first. The lines of one
 * namespace come to half of a bound at most, so that another's still have room.
 */
export function bounded(asked: Asked, { group, services }: PlanInput): Asked & { readonly problems: readonly Problem[] } {
  const addresses = asked.routers.reduce((sum, router) => sum + router.addresses.length, 0);
  const own = boundedGroup(asked, { group, addresses, routers: asked.routers.length });
  const arp = arpOf(own.settings, own.globals, addresses);
  const base = asked.routers.map(({ addresses }) => sendingOf(addresses, [], own.settings, arp)).reduce(plus, NOTHING);
  const room = new Room({ ...base, adverts: Math.min(base.adverts, MOST_INSTANCES / (own.settings.advertInterval / 1000)) });
  const created = new Map(services.map((service) => [keyOf(service), service.metadata.creationTimestamp ?? '']));
  const byService = [...Map.groupBy(asked.routers, ({ service }) => service)].sort(
    ([a], [b]) => byText(created.get(a) ?? '', created.get(b) ?? '') || byText(a, b),
  );
  const judged = byService.flatMap(([, siblings]) => boundedService(siblings, { settings: own.settings, arp, room }));
  const lines = new Map(judged.flatMap(({ routers }) => routers).map((router) => [router.name, router]));
  return {
    routers: asked.routers.map((router) => lines.get(router.name) ?? router),
    settings: own.settings,
    globals: own.globals,
    problems: [...own.problems, ...judged.flatMap(({ problems }) => problems)],
  };
}

// --- internal ---

type Kind = keyof Sending;
const KINDS: readonly Kind[] = ['adverts', 'refresh', 'burst'];

const KEYWORDS: Readonly<Record<Kind, ReadonlySet<string>>> = {
  adverts: new Set(['advert_int']),
  refresh: new Set(['garp_master_refresh', 'garp_master_refresh_repeat']),
  burst: new Set(['garp_master_repeat', 'garp_lower_prio_repeat']),
};
/** What is given out, and to which namespaces. */
class Room {
  #group: Sending;
  readonly #namespaces = new Map<string, Sending>();

  constructor(base: Sending) {
    this.#group = base;
  }

  /** Takes so much more of one kind for the namespace; false, and nothing is taken, when there is not as much. */
  take(kind: Kind, more: number, namespace: string): boolean {
    const has = this.#namespaces.get(namespace) ?? NOTHING;
    if (more > 0 && (this.#group[kind] + more > MOST[kind] || has[kind] + more > MOST[kind] / 2)) return false;
    this.#group = { ...this.#group, [kind]: this.#group[kind] + more };
    this.#namespaces.set(namespace, { ...has, [kind]: has[kind] + Math.max(more, 0) });
    return true;
  }
}

interface Context {
  readonly settings: VrrpSettings;
  readonly arp: Arp;
  readonly room: Room;
}

function boundedService(
  siblings: readonly WantedRouter[],
  { settings, arp, room }: Context,
): { readonly routers: readonly WantedRouter[]; readonly problems: readonly Problem[] }[] {
  const [first] = siblings;
  if (first === undefined || first.verbatim.length === 0) return [];
  const problems: Problem[] = [];
  let verbatim = first.verbatim;
  const sum = (lines: readonly Statement[]): Sending =>
    siblings.map(({ addresses }) => sendingOf(addresses, lines, settings, arp)).reduce(plus, NOTHING);
  for (const kind of KINDS) {
    const asked = sum(verbatim)[kind];
    if (room.take(kind, asked - sum([])[kind], first.object.namespace ?? '')) continue;
    const over = verbatim.filter(({ keyword }) => KEYWORDS[kind].has(keyword));
    verbatim = verbatim.filter((line) => !over.includes(line));
    const texts = over.map(({ keyword, words }) => JSON.stringify([keyword, ...words].join(' '))).join(', ');
    const message = `${texts} ${over.length > 1 ? 'are' : 'is'} left out: the Service would have a node send ${Math.ceil(asked)} ${UNITS[kind]}. The limit is ${MOST[kind]} for the group and ${MOST[kind] / 2} for the lines of a namespace; ask for less`;
    problems.push({ object: first.object, reason: 'VerbatimRefused', message });
  }
  return [{ routers: siblings.map((router) => ({ ...router, verbatim })), problems }];
}
