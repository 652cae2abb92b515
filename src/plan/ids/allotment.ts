import { byText } from '../../net/text-order.ts';
import { needsOwnInstance, type WantedRouter } from '../claims/claim.ts';
import type { Fence, Refusal } from '../claims/fence.ts';
import { carrierName, MOST_CARRIERS } from './carrier.ts';

/** Ids that are left free when carriers begin, for Services to come that need a virtual router of their own. */
export const RESERVE = 16;
/** The last ids, which a namespace gets only while it has fewer than are left, unless its group says how many it may have (docs/adr/0023). */
export const KEPT = 8;

/** By name of the router. */
export type Ids = [string, number][];

export interface Allotment {
  readonly own: Ids;
  readonly carriers: Ids;
  /** Routers that need an id of their own, which their namespace may not have. */
  readonly refused: ReadonlyMap<string, Refusal>;
}

export interface Stock {
  readonly fence: Fence;
  /** Names of the group's routers that have an id. */
  readonly had: readonly string[];
  /** Names of those that are gone and whose ids nodes may still run. */
  readonly lingering: readonly string[];
  readonly hasCarriers: boolean;
  /** With how many carriers the group may begin. */
  readonly mostCarriers: number;
  /** Ids that nobody has, ascending. */
  readonly free: readonly number[];
}

/** Ids for new routers, and for carriers where they begin: those come from the upper end, as ids of Services are the lowest that are free. */
export function allot(fresh: readonly WantedRouter[], stock: Stock): Allotment {
  const { hasCarriers, free, mostCarriers } = stock;
  const { dedicated, shareable, refused, sharing } = admitted(fresh, stock);
  if (hasCarriers || shareable.length + sharing === 0) return { own: numbered(dedicated, free), carriers: [], refused };
  const all = [...dedicated, ...shareable].sort((a, b) => byText(a.name, b.name));
  if (sharing === 0 && all.length + MOST_CARRIERS + RESERVE <= free.length) return { own: numbered(all, free), carriers: [], refused };
  // With few ids left, most of them: carriers are what serves everybody.
  const count = Math.min(mostCarriers, Math.ceil((free.length * 2) / 3), Math.max(1, free.length - dedicated.length));
  const left = free.length - count;
  const withOwnId = shareable.slice(0, Math.max(0, left - dedicated.length - RESERVE));
  const both = [...dedicated.slice(0, left), ...withOwnId].sort((a, b) => byText(a.name, b.name));
  return { own: numbered(both, free), carriers: free.slice(left).map((id, index) => [carrierName(index + 1), id]), refused };
}

// --- internal ---

interface Admitted {
  /** Those that need an id, as far as there are ids and their namespaces may have them. */
  readonly dedicated: readonly WantedRouter[];
  /** Those that could do without, as far as their namespaces may have ids. */
  readonly shareable: readonly WantedRouter[];
  /** How many could do without and have to. */
  readonly sharing: number;
  readonly refused: ReadonlyMap<string, Refusal>;
}

function admitted(fresh: readonly WantedRouter[], { fence, had, lingering, hasCarriers, free }: Stock): Admitted {
  const kept = Math.min(KEPT + (hasCarriers ? 0 : MOST_CARRIERS), Math.floor((had.length + free.length) / 4));
  // What lingers counts too: else who makes and deletes Services while a node is silent would get every id.
  const counts = countsOf([...had, ...lingering]);
  const refused = new Map<string, Refusal>();
  const dedicated: WantedRouter[] = [];
  for (const router of fresh.filter(needsOwnInstance)) {
    const left = free.length - dedicated.length;
    const refusal = left > 0 ? fence.refusesOneMoreRouter(router.name, { ...askedBy(router, counts), left, kept }) : undefined;
    if (refusal !== undefined) refused.set(router.name, refusal);
    else if (left > 0) dedicated.push(add(router, counts));
  }
  const others = fresh.filter((router) => !needsOwnInstance(router));
  const all = countsOf([...had, ...dedicated.map(({ name }) => name)]);
  const plenty = { left: Number.POSITIVE_INFINITY, kept };
  const shareable = others.flatMap((router) =>
    fence.refusesOneMoreRouter(router.name, { ...askedBy(router, all), ...plenty }) ? [] : add(router, all),
  );
  return { dedicated, shareable, sharing: others.length - shareable.length, refused };
}

/** How many ids each namespace has. */
type Counts = Map<string, number>;

const namespaceOf = (router: string): string => router.slice(0, router.indexOf('/'));

const countsOf = (routers: readonly string[]): Counts =>
  new Map([...Map.groupBy(routers, namespaceOf)].map(([namespace, names]) => [namespace, names.length]));

function askedBy({ name }: WantedRouter, counts: Counts): { readonly namespace: string; readonly had: number } {
  const namespace = namespaceOf(name);
  return { namespace, had: counts.get(namespace) ?? 0 };
}

function add(router: WantedRouter, counts: Counts): WantedRouter {
  const { namespace, had } = askedBy(router, counts);
  counts.set(namespace, had + 1);
  return router;
}

const numbered = (routers: readonly WantedRouter[], free: readonly number[]): Ids =>
  routers.slice(0, free.length).map(({ name }, index) => [name, free[index] ?? 0]);
