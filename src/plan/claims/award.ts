import type { Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { parseGroupReference } from '../../api/group/reference.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { Problem } from '../../api/problem.ts';
import { compareAddresses, parseAddress } from '../../net/address.ts';
import { locate } from '../../net/range.ts';
import { byText } from '../../net/text-order.ts';
import type { PlanInput } from '../input.ts';
import { keyOf, serviceReference } from '../reference.ts';
import { Budget } from './budget.ts';
import { fenceOf, type Refusal } from './fence.ts';
import { gatewayReservations, gatewaysNow } from './gateway.ts';
import { type Holdings, holdersToSave, holdingsOf, writtenBefore } from './holding.ts';
import { Register } from './register.ts';
import { addressTexts, type Fenced, type Limits, type Request, requestsOf } from './request.ts';
import { reservations } from './reserved-address.ts';
import { assignedByOthers, keptThough, reservedFor } from './verdict.ts';

export { addressTexts } from './request.ts';

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
  /** By address the Services of this group that have it, who had it first comes first. */
  readonly tenants: ReadonlyMap<string, readonly Service[]>;
  /** The Service of this group that has each address, or had it while a node may still have it. */
  readonly holders: Readonly<Record<string, string>>;
}

/**
 * Gives each address to one of the Services that ask for it, of those that the fences of their groups let have it: the one that has it
 * already, else the oldest, by name among equals; and to those that can share it with that one. What is refused is nobody's, so asking for it takes it from no one.
 */
export function award(input: PlanInput): Awards {
  const own = input.services.filter(isLive);
  const limits = limitsOf(input);
  const written = writtenBefore([input.group, ...input.otherGroups]);
  const services = [...own, ...(input.otherServices ?? []).filter(isLive)].map((service) => ({
    service,
    written: written.get(keyOf(service)) ?? NOTHING,
    ...limits(service),
  }));
  const register = new Register(holdingsOf(input));
  const judged = judge(services.flatMap(requestsOf), input, register);
  const verdicts = Map.groupBy(judged, ({ request }) => keyOf(request.service));
  const byService = new Map(
    services.map((one): [string, Award] => [keyOf(one.service), awardOf(one, verdicts.get(keyOf(one.service)) ?? [])]),
  );
  const tenants = register.tenantsIn(keyOf(input.group));
  const nobodys = new Set(judged.flatMap(({ request, verdict }) => (isNobodys(verdict) ? [request.address.text] : [])));
  return {
    byService,
    claimed: new Set(judged.flatMap(({ request, verdict }) => (isAnybodys(verdict) ? [request.address.text] : []))),
    tenants,
    holders: holdersToSave(input, {
      given: new Map([...tenants].flatMap(([address, [first]]) => (first ? [[address, keyOf(first)] as const] : []))),
      // Of what is nobody's no Service was ever the holder, or the next plan would let it stay.
      isNobodys: (address) => nobodys.has(address),
    }),
  };
}

// --- internal ---

const NOTHING: ReadonlySet<string> = new Set();

type Verdict = Partial<Refusal> & { readonly isGiven: boolean };

interface Judged {
  readonly request: Request;
  readonly verdict: Verdict;
}

const isLive = ({ metadata }: Service): boolean => metadata.deletionTimestamp === undefined;

/** The limits of the group that a Service names; of one that is in no list of groups they are this group's. */
function limitsOf(input: PlanInput): (service: Service) => Limits {
  const { group, otherGroups, nodes } = input;
  const limits = (one: KeepalivedGroup, gateways = one.status?.gateways): Limits => ({
    group: keyOf(one),
    shared: one.status?.sharedAddresses ?? {},
    fence: fenceOf(one),
    gateway: gatewayReservations(one, gateways),
    budget: new Budget(one, nodes),
  });
  const ours = limits(group, gatewaysNow(input));
  const others = new Map(otherGroups.map((one) => [keyOf(one), limits(one)]));
  const own = new Set(input.services);
  return (service) => {
    if (own.has(service)) return ours;
    const reference = parseGroupReference(service.metadata.annotations?.[SERVICE_ANNOTATIONS.group] ?? '');
    return others.get(`${reference?.namespace}/${reference?.name}`) ?? { ...ours, group: '' };
  };
}

function judge(requests: readonly Request[], input: PlanInput, register: Register): Judged[] {
  const reserved = reservations(input);
  const ordered = requests.map((request) => ordering(request, register.holdings)).sort(inOrder);
  return ordered.map(({ request, isHolder }) => {
    const { address, gateway } = request;
    const located = locate(address);
    const reservation = reserved(address.text, located) ?? gateway(address.text, located);
    const mayStay = isHolder && reservation?.yields === true;
    const refusal =
      (reservation && !mayStay ? (request.isAssigned ? assignedByOthers : reservedFor)(address.text, reservation) : undefined) ??
      request.fence.refusesAddress(address.text, located) ??
      register.refuses(request, isHolder);
    if (refusal !== undefined) return { request, verdict: { ...refusal, isGiven: false } };
    register.give(request);
    const warning = reservation && keptThough(address.text, reservation);
    return { request, verdict: { ...warning, isGiven: true } };
  });
}

interface Ordered {
  readonly request: Request;
  readonly isHolder: boolean;
  /** Among those that share an address, who had it before whom. */
  readonly place: number;
}

/** What only another controller assigned is held by what our own status says: the Go operator took up the nodes' own addresses, too. */
function ordering(request: Request, { had, shared, wasServed }: Holdings): Ordered {
  const [address, service] = [request.address.text, keyOf(request.service)];
  const together = shared(address);
  const place = together?.group === request.group ? together.services.indexOf(service) : -1;
  if (together !== undefined) return { request, isHolder: place >= 0, place: Math.max(place, 0) };
  return { request, isHolder: had(address, service) || (!request.isAssigned && wasServed(address, service)), place: 0 };
}

/** Who has an address comes first, then age, then name; of one Service its addresses as they are. */
const inOrder = (a: Ordered, b: Ordered): number =>
  Number(b.isHolder) - Number(a.isHolder) ||
  a.place - b.place ||
  byText(a.request.service.metadata.creationTimestamp ?? '', b.request.service.metadata.creationTimestamp ?? '') ||
  byText(keyOf(a.request.service), keyOf(b.request.service));

const namespaceOf = ({ metadata }: Service): string => metadata.namespace ?? '';

const isNobodys = ({ isGiven, reason }: Verdict): boolean =>
  !isGiven && (reason === 'AddressReserved' || reason === 'AssignedAddressReserved');

const isAnybodys = (verdict: Verdict): boolean => verdict.isGiven || isNobodys(verdict);

function awardOf(fenced: Fenced, judged: readonly Judged[]): Award {
  const { service, fence } = fenced;
  const object = serviceReference(service);
  const outside = fence.refusesNamespace(namespaceOf(service));
  const told = outside ? [outside] : [...unreadable(fenced), ...judged.flatMap(({ verdict }) => refusalIn(verdict))];
  const given = judged.flatMap(({ request, verdict }) => (verdict.isGiven ? [request.address] : []));
  return {
    addresses: given.sort(compareAddresses).map(({ text }) => text),
    problems: told.map(({ reason, message }) => ({ object, reason, message })),
  };
}

const refusalIn = ({ reason, message }: Verdict): Refusal[] => (reason === undefined || message === undefined ? [] : [{ reason, message }]);

const unreadable = ({ service, written }: Fenced): Refusal[] =>
  addressTexts(service, written)
    .filter((text) => parseAddress(text) === undefined)
    .map((text) => ({
      reason: 'InvalidAddress',
      message: `${JSON.stringify(text)} is not an IP address; correct it in spec.externalIPs or status.loadBalancer`,
    }));
