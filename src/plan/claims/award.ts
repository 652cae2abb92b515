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
import { type Fence, fenceOf, type Refusal } from './fence.ts';
import { gatewayReservations, gatewaysNow } from './gateway.ts';
import { type Holdings, holdersToSave, holdingsOf, writtenBefore } from './holding.ts';
import { addressTexts, type Fenced, type Limits, type Request, requestsOf } from './request.ts';
import { reservations } from './reserved-address.ts';
import { assignedByOthers, conflictWith, keptThough, reservedFor, stillHeld } from './verdict.ts';

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
  /** The Service of this group that has each address, or had it while a node may still have it. */
  readonly holders: Readonly<Record<string, string>>;
}

/**
 * Gives each address to one of the Services that ask for it, of those that the fences of their groups let have it: the one that has it
 * already, else the oldest, by name among equals. What is refused is nobody's, so asking for it takes it from no one.
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
  const judged = judge(services.flatMap(requestsOf), input);
  const verdicts = Map.groupBy(judged, ({ request }) => keyOf(request.service));
  const byService = new Map(
    services.map((one): [string, Award] => [keyOf(one.service), awardOf(one, verdicts.get(keyOf(one.service)) ?? [])]),
  );
  const nobodys = new Set(judged.flatMap(({ request, verdict }) => (isNobodys(verdict) ? [request.address.text] : [])));
  return {
    byService,
    claimed: new Set(judged.flatMap(({ request, verdict }) => (isAnybodys(verdict) ? [request.address.text] : []))),
    holders: holdersToSave(input, own, {
      addressesOf: (service) => byService.get(keyOf(service))?.addresses ?? [],
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
    fence: fenceOf(one),
    gateway: gatewayReservations(one, gateways),
    budget: new Budget(one, nodes),
  });
  const ours = limits(group, gatewaysNow(input));
  const others = new Map(otherGroups.map((one) => [keyOf(one), limits(one)]));
  return ({ metadata }) => {
    const reference = parseGroupReference(metadata.annotations?.[SERVICE_ANNOTATIONS.group] ?? '');
    return others.get(`${reference?.namespace}/${reference?.name}`) ?? ours;
  };
}

function judge(requests: readonly Request[], input: PlanInput): Judged[] {
  const reserved = reservations(input);
  const register: Register = { holdings: holdingsOf(input), owners: new Map(), counts: new Counts() };
  const ordered = requests.map((request) => ordering(request, register.holdings)).sort(inOrder);
  return ordered.map(({ request, isHolder }) => {
    const { address, gateway, service, budget } = request;
    const located = locate(address);
    const reservation = reserved(address.text, located) ?? gateway(address.text, located);
    const mayStay = isHolder && reservation?.yields === true;
    const refusal =
      (reservation && !mayStay ? (request.isAssigned ? assignedByOthers : reservedFor)(address.text, reservation) : undefined) ??
      request.fence.refusesAddress(address.text, located) ??
      takenBy(request, isHolder, register) ??
      tooMuch(request, isHolder, register);
    if (refusal !== undefined) return { request, verdict: { ...refusal, isGiven: false } };
    register.owners.set(address.text, keyOf(service));
    register.counts.add(request);
    budget.add(service, address);
    const warning = reservation && keptThough(address.text, reservation);
    return { request, verdict: { ...warning, isGiven: true } };
  });
}

/** What is known when a request is judged: what was before, and what those before it were given. */
interface Register {
  readonly holdings: Holdings;
  readonly owners: Map<string, string>;
  readonly counts: Counts;
}

function takenBy({ address: { text } }: Request, isHolder: boolean, { owners, holdings }: Register): Refusal | undefined {
  const owner = owners.get(text);
  if (owner !== undefined) return conflictWith(text, owner);
  const lingering = isHolder ? undefined : holdings.lingering(text);
  return lingering && stillHeld(text, lingering);
}

const tooMuch = (request: Request, isHolder: boolean, { counts }: Register): Refusal | undefined =>
  request.fence.refusesOneMore(request.address.text, counts.of(request)) ??
  (isHolder ? undefined : request.budget.refuses(request.service, request.address));

interface Ordered {
  readonly request: Request;
  readonly isHolder: boolean;
}

/** What only another controller assigned is held by what our own status says: the Go operator took up the nodes' own addresses, too. */
function ordering(request: Request, { had, wasServed }: Holdings): Ordered {
  const [address, service] = [request.address.text, keyOf(request.service)];
  return { request, isHolder: had(address, service) || (!request.isAssigned && wasServed(address, service)) };
}

/** Who has an address comes first, then age, then name; of one Service its addresses as they are. */
const inOrder = (a: Ordered, b: Ordered): number =>
  Number(b.isHolder) - Number(a.isHolder) ||
  byText(a.request.service.metadata.creationTimestamp ?? '', b.request.service.metadata.creationTimestamp ?? '') ||
  byText(keyOf(a.request.service), keyOf(b.request.service));

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
      message: `${JSON.stringify(text)} is no IP address; correct it in spec.externalIPs or status.loadBalancer`,
    }));
