import type { ObjectReference, Service } from '../../api/core.ts';
import type { HealthCheck } from '../../api/node/config.ts';
import type { Problem } from '../../api/problem.ts';
import type { Statement } from '../../conf/tree.ts';
import { compareAddresses, type Family, familyOf } from '../../net/address.ts';
import { byText } from '../../net/text-order.ts';
import { keyOf } from '../reference.ts';
import { isSpreadName, namesakeOf, type RouterNames, type TenantsByAddress } from './router-names.ts';

/** A virtual router that Services ask for, before it has an id and an order of nodes. */
export interface WantedRouter {
  /** `namespace/service` or, spread, `namespace/service/address`. It may be called after a Service that has left it. */
  readonly name: string;
  /** `namespace/name` of the Service that decides how it behaves: the one that it is called after, or else who came first. */
  readonly service: string;
  /** Whether the Service's other routers are to be on other nodes. */
  readonly isSpread: boolean;
  /** Canonical; IPv4 before IPv6, each by its number. */
  readonly addresses: readonly string[];
  /** The family whose instance has the bare name, where it isn't IPv4 as far as there is any. */
  readonly bare?: Family;
  readonly trackFile?: string;
  readonly verbatim: readonly Statement[];
  /** The Service that decides. */
  readonly object: ObjectReference;
  /** All Services that have addresses of it, by name. */
  readonly services: readonly CarriedService[];
}

export interface CarriedService {
  readonly service: ObjectReference;
  /** Canonical and sorted. */
  readonly addresses: readonly string[];
}

/** Whether it needs a VRRP instance that carries nothing else. */
export const needsOwnInstance = ({ trackFile, verbatim }: WantedRouter): boolean => trackFile !== undefined || verbatim.length > 0;

/** What a Service brings to its virtual routers. */
export interface Tenant {
  readonly service: Service;
  readonly object: ObjectReference;
  /** What it was given, sorted. */
  readonly addresses: readonly string[];
  readonly verbatim: readonly Statement[];
  readonly check?: HealthCheck;
}

export interface WantedRouters {
  /** By name. */
  readonly routers: readonly WantedRouter[];
  readonly checks: readonly HealthCheck[];
  readonly problems: readonly Problem[];
}

/** The virtual routers of all addresses. Each behaves as one of its Services says, so that another that joins or leaves changes nothing. */
export function wantedRouters(all: readonly Tenant[], tenants: TenantsByAddress, names: RouterNames): WantedRouters {
  const byRouter = new Map<string, Member[]>();
  for (const tenant of all)
    for (const [router, addresses] of Map.groupBy(tenant.addresses, (address) => names.routers.get(address) ?? ''))
      add(byRouter, router, { tenant, addresses });
  const built = [...byRouter].sort(([a], [b]) => byText(a, b)).map(([name, members]) => routerOf(name, members, { tenants, names }));
  const checks = new Map(built.flatMap(({ check }) => (check ? [[check.trackFile, check] as const] : [])));
  return {
    routers: built.map(({ router }) => router),
    checks: [...checks.values()].sort((a, b) => byText(a.trackFile, b.trackFile)),
    problems: built.flatMap(({ problems }) => problems),
  };
}

// --- internal ---

interface Member {
  readonly tenant: Tenant;
  readonly addresses: readonly string[];
}

interface Built {
  readonly router: WantedRouter;
  readonly check?: HealthCheck;
  readonly problems: readonly Problem[];
}

function add(byRouter: Map<string, Member[]>, router: string, member: Member): void {
  const members = byRouter.get(router);
  if (members === undefined) byRouter.set(router, [member]);
  else members.push(member);
}

interface Sharing {
  readonly tenants: TenantsByAddress;
  readonly names: RouterNames;
}

function routerOf(name: string, members: readonly Member[], { tenants, names }: Sharing): Built {
  const leader = leaderOf(name, members, tenants);
  const { service, object, verbatim } = leader.tenant;
  // The endpoints are the same for all, so any port tells of them.
  const port = (leader.tenant.check ?? members.find(({ tenant }) => tenant.check)?.tenant.check)?.port;
  const bare = names.bare.get(name);
  const isNamesake = keyOf(service) === namesakeOf(name);
  const check = port === undefined ? undefined : { trackFile: isNamesake ? keyOf(service) : name, port };
  return {
    router: {
      name,
      service: keyOf(service),
      object,
      isSpread: isSpreadName(name),
      verbatim,
      addresses: members.length === 1 ? leader.addresses : sorted(members.flatMap(({ addresses }) => addresses)),
      services: members.map(({ tenant, addresses }) => ({ service: tenant.object, addresses })),
      ...(bare && { bare }),
      ...(check && { trackFile: check.trackFile }),
    },
    ...(check && { check }),
    problems: members.flatMap((member) => (member === leader ? [] : withoutLines(member, keyOf(service)))),
  };
}

/** The one whose name it has, or else who had one of its addresses first. */
function leaderOf(name: string, members: readonly Member[], tenants: TenantsByAddress): Member {
  const [first] = members;
  if (first === undefined) throw new Error(`virtual router ${name} has no Service`);
  if (members.length === 1) return first;
  const namesake = members.find(({ tenant }) => keyOf(tenant.service) === namesakeOf(name));
  const address = members.flatMap(({ addresses }) => addresses).sort(byText)[0] ?? '';
  const eldest = tenants.get(address)?.[0];
  return namesake ?? members.find(({ tenant }) => tenant.service === eldest) ?? first;
}

const sorted = (addresses: readonly string[]): string[] =>
  [...new Set(addresses)]
    .map((text) => ({ text, family: familyOf(text) }))
    .sort(compareAddresses)
    .map(({ text }) => text);

function withoutLines({ tenant, addresses }: Member, leader: string): Problem[] {
  if (tenant.verbatim.length === 0) return [];
  const words = tenant.verbatim.map(({ keyword }) => keyword).join(', ');
  const message = `the lines ${words} are left out for ${addresses.join(', ')}: Services share the address, and its virtual router has the lines of Service ${leader}; write them there, or give the Service an address of its own`;
  return [{ object: tenant.object, reason: 'VerbatimRefused', message }];
}
