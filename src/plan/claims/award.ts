import type { Service } from '../../api/core.ts';
import { type KeepalivedGroup, MOST_HOLDERS } from '../../api/group/keepalived-group.ts';
import { parseGroupReference } from '../../api/group/reference.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { Problem } from '../../api/problem.ts';
import { type Address, compareAddresses, parseAddress } from '../../net/address.ts';
import { type Located, locate } from '../../net/range.ts';
import { byText } from '../../net/text-order.ts';
import type { PlanInput } from '../input.ts';
import { keyOf, serviceReference } from '../reference.ts';
import { writtenAddresses } from '../service-status.ts';
import { type Fence, fenceOf, type Refusal } from './fence.ts';
import { gatewayReservations, gatewaysNow } from './gateway.ts';
import { type Reservation, reservations } from './reserved-address.ts';

/** What a Service gets of what it asks for. */
export interface Award {
  /** Canonical; IPv4 before IPv6, each by its number. */
  readonly addresses: readonly string[];
  readonly problems: readonly Problem[];
}

export interface Awards {
  /** By `namespace/name` of the Service, of this group's and the others'. */
  readonly byService: ReadonlyMap<string, Award>;
  /** Every address that a Service has, and those that are somebody else's: none of them is a leftover on a node. */
  readonly claimed: ReadonlySet<string>;
  /** The Service of this group that has each address. */
  readonly holders: Readonly<Record<string, string>>;
}

/**
 * Gives each address to one of the Services that ask for it, of those that the fences of their groups let have it: the one that has it
 * already, else the oldest, by name among equals. What is refused is nobody's, so asking for it takes it from no one.
 */
export function award(input: PlanInput): Awards {
  const own = input.services.filter(isLive);
  const limits = limitsOf(input);
  const services = [...own, ...(input.otherServices ?? []).filter(isLive)].map((service) => ({ service, ...limits(service) }));
  const judged = judge(services.flatMap(requestsOf), input);
  const verdicts = Map.groupBy(judged, ({ request }) => keyOf(request.service));
  const byService = new Map(
    services.map((one): [string, Award] => [keyOf(one.service), awardOf(one, verdicts.get(keyOf(one.service)) ?? [])]),
  );
  return {
    byService,
    claimed: new Set(judged.flatMap(({ request, verdict }) => (isAnybodys(verdict) ? [request.address.text] : []))),
    holders: holdersOf(own, byService),
  };
}

/** Texts that stand where a Service's addresses are: assigned ones and external ones, as they are written. */
export function addressTexts(service: Service): string[] {
  const { spec, status } = service;
  const written = writtenAddresses(service);
  const assigned = spec?.type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []) : [];
  return [...new Set([...assigned.filter((ip) => !written.has(ip)), ...(spec?.externalIPs ?? [])])];
}

// --- internal ---

/** What a group lets its Services have. */
interface Limits {
  readonly fence: Fence;
  readonly gateway: (address: string, located: Located) => Reservation | undefined;
}

interface Fenced extends Limits {
  readonly service: Service;
}

interface Request extends Fenced {
  readonly address: Address;
}

type Verdict = Partial<Refusal> & { readonly isGiven: boolean };

interface Judged {
  readonly request: Request;
  readonly verdict: Verdict;
}

const isLive = ({ metadata }: Service): boolean => metadata.deletionTimestamp === undefined;

/** The limits of the group that a Service names; of one that is in no list of groups they are this group's. */
function limitsOf(input: PlanInput): (service: Service) => Limits {
  const { group, otherGroups } = input;
  const limits = (one: KeepalivedGroup, gateways = one.status?.gateways): Limits => ({
    fence: fenceOf(one),
    gateway: gatewayReservations(one, gateways),
  });
  const ours = limits(group, gatewaysNow(input));
  const others = new Map(otherGroups.map((one) => [keyOf(one), limits(one)]));
  return ({ metadata }) => {
    const reference = parseGroupReference(metadata.annotations?.[SERVICE_ANNOTATIONS.group] ?? '');
    return others.get(`${reference?.namespace}/${reference?.name}`) ?? ours;
  };
}

/** One for each address that is one; none from a namespace that may not use the group. */
function requestsOf(fenced: Fenced): Request[] {
  const { service, fence } = fenced;
  if (fence.refusesNamespace(namespaceOf(service))) return [];
  const addresses = new Map(
    addressTexts(service)
      .flatMap((text) => parseAddress(text) ?? [])
      .map((address) => [address.text, address]),
  );
  return [...addresses.values()].sort(compareAddresses).map((address) => ({ ...fenced, address }));
}

function judge(requests: readonly Request[], input: PlanInput): Judged[] {
  const reserved = reservations(input);
  const held = holdings([input.group, ...input.otherGroups]);
  const owners = new Map<string, string>();
  const counts = new Counts();
  const ordered = requests.map((request) => ({ request, isHolder: held(request.address.text, keyOf(request.service)) })).sort(inOrder);
  return ordered.map(({ request, isHolder }) => {
    const { address, fence, gateway, service } = request;
    const located = locate(address);
    const reservation = reserved(address.text, located) ?? gateway(address.text, located);
    const refusal =
      (reservation && !(isHolder && reservation.yields) ? notAnybodys(address.text, reservation) : undefined) ??
      fence.refusesAddress(address.text, located) ??
      conflict(address.text, owners.get(address.text)) ??
      fence.refusesOneMore(address.text, counts.of(request));
    if (refusal !== undefined) return { request, verdict: { ...refusal, isGiven: false } };
    owners.set(address.text, keyOf(service));
    counts.add(request);
    const warning = reservation && doubtful(address.text, reservation);
    return { request, verdict: { ...warning, isGiven: true } };
  });
}

type Ordered = { readonly request: Request; readonly isHolder: boolean };

/** Who has an address comes first, then age, then name; of one Service its addresses as they are. */
const inOrder = (a: Ordered, b: Ordered): number =>
  Number(b.isHolder) - Number(a.isHolder) ||
  byText(a.request.service.metadata.creationTimestamp ?? '', b.request.service.metadata.creationTimestamp ?? '') ||
  byText(keyOf(a.request.service), keyOf(b.request.service));

/** Of more than {@link MOST_HOLDERS}, as many of each namespace: one with thousands must not push the others' out. */
function holdersOf(services: readonly Service[], byService: ReadonlyMap<string, Award>): Record<string, string> {
  const seen = new Map<string, number>();
  const all = [...services]
    .sort((a, b) => byText(keyOf(a), keyOf(b)))
    .flatMap((service) => (byService.get(keyOf(service))?.addresses ?? []).map((address) => ({ address, service })))
    .map(({ address, service }) => {
      const turn = seen.get(namespaceOf(service)) ?? 0;
      seen.set(namespaceOf(service), turn + 1);
      return { address, service: keyOf(service), turn };
    });
  const kept = all.sort((a, b) => a.turn - b.turn).slice(0, MOST_HOLDERS);
  return Object.fromEntries(kept.map(({ address, service }) => [address, service] as const).sort(([a], [b]) => byText(a, b)));
}

/** Whether the status of a group says that the Service has the address. */
function holdings(groups: readonly KeepalivedGroup[]): (address: string, service: string) => boolean {
  const maps = groups.flatMap(({ status }) => (status?.holders ? [new Map(Object.entries(status.holders))] : []));
  return (address, service) => maps.some((map) => map.get(address) === service);
}

/** How many addresses of a group a Service and a namespace have. A fence is a group's, and so tells groups apart. */
class Counts {
  readonly #counts = new Map<Fence, Map<string, number>>();

  of({ service, fence }: Request): { ofService: number; ofNamespace: number; namespace: string } {
    const counts = this.#counts.get(fence);
    const namespace = namespaceOf(service);
    return { ofService: counts?.get(keyOf(service)) ?? 0, ofNamespace: counts?.get(namespace) ?? 0, namespace };
  }

  add(request: Request): void {
    const { ofService, ofNamespace, namespace } = this.of(request);
    const counts = this.#counts.get(request.fence) ?? new Map<string, number>();
    this.#counts.set(request.fence, counts.set(keyOf(request.service), ofService + 1).set(namespace, ofNamespace + 1));
  }
}

const namespaceOf = ({ metadata }: Service): string => metadata.namespace ?? '';

const isAnybodys = ({ isGiven, reason }: Verdict): boolean => isGiven || reason === 'AddressReserved';

const notAnybodys = (address: string, { is, allow }: Reservation): Refusal => ({
  reason: 'AddressReserved',
  message: `${address} is ${is}, which no Service may take; give the Service another address${allow === undefined ? '' : `, ${allow}`}`,
});

const doubtful = (address: string, { is, allow = 'or off that host' }: Reservation): Refusal => ({
  reason: 'AddressAlsoReserved',
  message: `${address} is also ${is}; the Service had it before and keeps it: take it out of the Service, ${allow}`,
});

const conflict = (address: string, owner: string | undefined): Refusal | undefined =>
  owner === undefined
    ? undefined
    : {
        reason: 'AddressConflict',
        message: `${address} belongs to Service ${owner}, which had it first; give one of the two another address, or join them into one Service`,
      };

function awardOf({ service, fence }: Fenced, judged: readonly Judged[]): Award {
  const object = serviceReference(service);
  const outside = fence.refusesNamespace(namespaceOf(service));
  const told = outside ? [outside] : [...unreadable(service), ...judged.flatMap(({ verdict }) => refusalIn(verdict))];
  const given = judged.flatMap(({ request, verdict }) => (verdict.isGiven ? [request.address] : []));
  return {
    addresses: given.sort(compareAddresses).map(({ text }) => text),
    problems: told.map(({ reason, message }) => ({ object, reason, message })),
  };
}

const refusalIn = ({ reason, message }: Verdict): Refusal[] => (reason === undefined || message === undefined ? [] : [{ reason, message }]);

const unreadable = (service: Service): Refusal[] =>
  addressTexts(service)
    .filter((text) => parseAddress(text) === undefined)
    .map((text) => ({
      reason: 'InvalidAddress',
      message: `${JSON.stringify(text)} is no IP address; correct it in spec.externalIPs or status.loadBalancer`,
    }));
