import type { Service } from '../../api/core.ts';
import { MOST_SHARED, MOST_SHARERS, type SharedAddress } from '../../api/group/keepalived-group.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import { type Family, familyOf } from '../../net/address.ts';
import { byText } from '../../net/text-order.ts';
import { keyOf } from '../reference.ts';
import { reachOf } from './tenants.ts';

/** By address the Services that have it, who had it first comes first. */
export type TenantsByAddress = ReadonlyMap<string, readonly Service[]>;
export interface RouterNames {
  /** By address the name of the virtual router that carries it. */
  readonly routers: ReadonlyMap<string, string>;
  /** By router, the family whose instance has its bare name, where that was saved. Otherwise it is IPv4 if there is any. */
  readonly bare: ReadonlyMap<string, Family>;
}

/** What the VRRP instance is called that stands beside another of that name. */
export const besideName = (name: string, family: Family): string => `${name}/${family.toLowerCase()}`;

/**
 * The virtual router of each address. It is called after the Service that had the address first; what is saved of shared addresses outlives
 * that Service, so who joins or leaves moves nothing. Addresses that different nodes may have are never in one.
 */
export function routerNames(tenants: TenantsByAddress, saved: Readonly<Record<string, SharedAddress>>): RouterNames {
  const names = new Map<string, string>();
  const bare = new Map<string, Family>();
  const members = new Map<string, Set<string>>();
  for (const [address, services] of [...tenants].sort(([a], [b]) => byText(a, b))) {
    const instance = saved[address]?.router;
    if (instance === undefined) continue;
    const router = instance.replace(BESIDE, '');
    names.set(address, router);
    bare.set(router, bareFamily(instance, familyOf(address)));
    members.set(router, new Set([...(members.get(router) ?? []), ...services.map(keyOf)]));
  }
  for (const [address, [first]] of [...tenants].sort(([a], [b]) => byText(a, b)))
    if (first !== undefined && !names.has(address)) names.set(address, nameFor(first, address, members));
  return { routers: apart(tenants, names), bare };
}

/** What `status.sharedAddresses` has to say: of each virtual router that Services share or that bears another's name, all addresses. */
export function sharedToSave(tenants: TenantsByAddress, { routers, bare }: RouterNames): Record<string, SharedAddress> {
  const byRouter = Map.groupBy([...tenants], ([address]) => routers.get(address) ?? '');
  const shared = [...byRouter].flatMap(([router, members]) => {
    const families = new Set(members.map(([address]) => familyOf(address)));
    const usual: Family = families.has('IPv4') ? 'IPv4' : 'IPv6';
    const chosen = bare.get(router) ?? usual;
    const isPlain =
      chosen === usual && members.every(([address, [first, second]]) => first && !second && router === nameOf(first, address));
    return isPlain ? [] : members.map(([address, services]) => [address, sharedOf(services, instanceOf(router, chosen, address))] as const);
  });
  return Object.fromEntries(fairly(shared));
}

/** Whether the virtual router is one of several of a spread Service, by its name. */
export const isSpreadName = (router: string): boolean => namesakeOf(router) !== router;

/** The Service, `namespace/name`, that a virtual router is called after. */
export const namesakeOf = (router: string): string => router.split('/', 2).join('/');

// --- internal ---

const BESIDE = /\/ipv[46]$/;

const bareFamily = (instance: string, family: Family): Family => {
  if (!BESIDE.test(instance)) return family;
  return instance.endsWith('6') ? 'IPv4' : 'IPv6';
};

function instanceOf(router: string, bare: Family, address: string): string {
  const family = familyOf(address);
  return family === bare ? router : besideName(router, family);
}

const sharedOf = (services: readonly Service[], router: string): SharedAddress => ({
  router,
  services: services.slice(0, MOST_SHARERS).map(keyOf),
});

const nameOf = (service: Service, address: string): string =>
  service.metadata.annotations?.[SERVICE_ANNOTATIONS.spread] === 'true' ? `${keyOf(service)}/${address}` : keyOf(service);

/** One that has its name from a Service that was is for those only that were in it, so a new Service of that name has another. */
function nameFor(service: Service, address: string, members: Map<string, Set<string>>): string {
  const key = keyOf(service);
  const isOpen = (router: string): boolean => members.get(router)?.has(key) ?? true;
  const name = nameOf(service, address);
  if (isOpen(name)) return name;
  const own = [...members].flatMap(([router, services]) => (namesakeOf(router) === key && services.has(key) ? [router] : []));
  const chosen = own.sort(byText)[0] ?? `${key}/${address}`;
  members.set(chosen, new Set([...(members.get(chosen) ?? []), key]));
  return chosen;
}

/** Puts those out of a virtual router whose Services want their nodes chosen otherwise than the first one's. */
function apart(tenants: TenantsByAddress, names: Map<string, string>): ReadonlyMap<string, string> {
  const byRouter = Map.groupBy([...names.keys()].sort(byText), (address) => names.get(address) ?? '');
  for (const [router, addresses] of byRouter) {
    if (addresses.length < 2) continue;
    const firsts = addresses.map((address) => ({ address, first: tenants.get(address)?.[0] }));
    if (firsts.every(({ first }) => first === firsts[0]?.first)) continue;
    const leader = firsts.find(({ first }) => first !== undefined && keyOf(first) === namesakeOf(router)) ?? firsts[0];
    const reach = leader?.first && reachOf(leader.first);
    for (const { address, first } of firsts)
      if (first !== undefined && reachOf(first) !== reach) names.set(address, `${keyOf(first)}/${address}`);
  }
  return names;
}

/** As many of each namespace, where there are too many; by address. */
function fairly(shared: readonly (readonly [string, SharedAddress])[]): (readonly [string, SharedAddress])[] {
  const sorted = [...shared].sort(([a], [b]) => byText(a, b));
  const byNamespace = [...Map.groupBy(sorted, ([, { router }]) => router.slice(0, router.indexOf('/'))).values()];
  const turns = byNamespace.flatMap((ofOne) => ofOne.map((one, turn) => ({ one, turn })));
  const kept = turns.sort((a, b) => a.turn - b.turn || byText(a.one[0], b.one[0])).slice(0, MOST_SHARED);
  return kept.map(({ one }) => one).sort(([a], [b]) => byText(a, b));
}
