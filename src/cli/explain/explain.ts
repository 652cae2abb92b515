import type { Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { parseGroupReference } from '../../api/group/reference.ts';
import { SERVICE_ANNOTATIONS, SERVICE_CONDITION } from '../../api/names.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { parseAddress } from '../../net/address.ts';
import { hasAddress } from '../../plan/claims/holding.ts';
import { addressTexts } from '../../plan/claims/request.ts';
import { misspelledAnnotations, strayProblems } from '../../plan/claims/stray.ts';
import { keyOf } from '../../plan/reference.ts';
import { concerned } from '../history/history.ts';
import { wrongConditions } from '../status/amiss.ts';
import { nextOf } from '../status/spare.ts';
import { troubles } from '../status/view.ts';

/** One address that the Service asks for. */
export interface ExplainedAddress {
  readonly address: string;
  /** As the group's status has it; `NotCarried` where no node is to have it for this Service, `Unlisted` where the status only counts. */
  readonly state: string;
  readonly virtualRouter?: string;
  readonly virtualRouterID?: number;
  readonly node?: string;
  /** The node that takes over when that one is lost, as far as it is saved. */
  readonly next?: string;
  /** The node that is to have it while all is well. */
  readonly plannedNode?: string;
}

export interface Explanation {
  /** `namespace/name`. */
  readonly service: string;
  /** `namespace/name`; absent when the Service names none that there is. */
  readonly group?: string;
  readonly addresses: readonly ExplainedAddress[];
  /** What keeps the Service's addresses from working, or may: sentences, what is nearest to the Service first. */
  readonly sentences: readonly string[];
}

/** Why a Service has its addresses, or has none, from what the operator wrote on the Service, on its group and on its VirtualIPs. */
export function explain(service: Service, groups: readonly KeepalivedGroup[], virtualIPs: readonly VirtualIP[] = []): Explanation {
  const key = keyOf(service);
  const value = service.metadata.annotations?.[SERVICE_ANNOTATIONS.group];
  if (value === undefined) return { service: key, addresses: [], sentences: [withoutGroup(groups), ...misspelled(service)] };
  const group = groups.find((one) => keyOf(one) === referenceOf(value));
  if (group === undefined)
    return { service: key, addresses: [], sentences: strayProblems(service, groups.map(keyOf)).map(({ message }) => message) };
  const addresses = addressTexts(service, writtenOf(group, key)).map((text) => explained(parseAddress(text)?.text ?? text, key, group));
  return {
    service: key,
    group: keyOf(group),
    addresses,
    sentences: [...ofService(service, addresses), ...misspelled(service), ...ofAddresses(key, virtualIPs), ...ofGroup(group)],
  };
}

/** Whether every address that is asked for is held by one node that has all of the instance. */
export const isServed = ({ addresses }: Explanation): boolean =>
  addresses.length > 0 && addresses.every(({ state }) => state === 'Owned' || state === 'Unlisted');

// --- internal ---

function referenceOf(value: string): string | undefined {
  const reference = parseGroupReference(value);
  return reference && `${reference.namespace}/${reference.name}`;
}

const writtenOf = ({ status }: KeepalivedGroup, key: string): Set<string> =>
  new Set(Object.entries(status?.writtenAddresses ?? {}).flatMap(([address, service]) => (service === key ? [address] : [])));

function explained(address: string, service: string, { status = {} }: KeepalivedGroup): ExplainedAddress {
  if (!hasAddress(status, address, service)) return { address, state: 'NotCarried' };
  const router = status.virtualRouters?.find(({ addresses }) => addresses.includes(address));
  if (router === undefined) return { address, state: 'Unlisted' };
  const { name, virtualRouterID, node, plannedNode, state } = router;
  const next = nextOf(router, status);
  return {
    address,
    state,
    virtualRouter: name,
    virtualRouterID,
    ...(node !== undefined && { node }),
    ...(next !== undefined && { next }),
    ...(plannedNode !== undefined && { plannedNode }),
  };
}

function ofService({ spec, status }: Service, addresses: readonly ExplainedAddress[]): string[] {
  const told = status?.conditions?.find(({ type }) => type === SERVICE_CONDITION);
  if (told !== undefined) return [`${told.reason}: ${told.message}`];
  if (addresses.length > 0) return [];
  const way = spec?.type === 'LoadBalancer' ? 'nothing has assigned an address to it' : 'it is of another type than LoadBalancer';
  return [
    `The Service asks for no address: spec.externalIPs is empty, and ${way}. Make an AddressPool for its group and the Service of type LoadBalancer, or write its addresses into spec.externalIPs.`,
  ];
}

const misspelled = (service: Service): string[] => misspelledAnnotations(service).map(({ message }) => message);

/** What was observed of the addresses of the Service, and is not as it should be; each sentence once. */
function ofAddresses(key: string, virtualIPs: readonly VirtualIP[]): string[] {
  const wrong = concerned(virtualIPs, { kind: 'service', key })
    .flatMap(wrongConditions)
    .filter(({ status }) => status === 'False');
  return [...Map.groupBy(wrong, ({ message }) => message)].map(
    ([message, some]) => `${some.map(({ type }) => `${type} False`).join(', ')}: ${message}`,
  );
}

function ofGroup(group: KeepalivedGroup): string[] {
  if (group.status === undefined)
    return [`KeepalivedGroup ${keyOf(group)} has no status: no manager has seen it. Look at the operator's Deployment.`];
  return troubles(group).map((sentence) => `KeepalivedGroup ${keyOf(group)}: ${sentence}`);
}

function withoutGroup(groups: readonly KeepalivedGroup[]): string {
  const known = groups.map(keyOf).join(', ');
  return `The Service names no KeepalivedGroup: it has no annotation ${SERVICE_ANNOTATIONS.group}. ${known === '' ? 'There is no group yet: create one.' : `Groups: ${known}.`}`;
}
