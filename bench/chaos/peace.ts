/** What has to be so once nothing is wrong: objects and hosts say the same. Pure. */
import type { HostName } from '../../lab/hosts/address.ts';
import type { Node, Service } from '../../src/api/core.ts';
import type { KeepalivedGroup } from '../../src/api/group/keepalived-group.ts';
import { LOAD_BALANCER_CLASS, SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import type { VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import type { Held } from './watcher.ts';

/** What the API has of all that is judged. */
export interface Objects {
  readonly group: KeepalivedGroup;
  /** Of all namespaces. */
  readonly services: readonly Service[];
  readonly virtualIPs: readonly VirtualIP[];
  readonly nodes: readonly Node[];
}

/** What is not as it has to be, in sentences; empty when all is well. */
export function complaintsIn(objects: Objects, held: Held, nodes: readonly HostName[]): string[] {
  const claims = claimsIn(objects);
  const holders = (address: string): HostName[] => nodes.filter((node) => held.get(node)?.has(address));
  return [
    ...objects.nodes.flatMap(({ metadata, status }) => (isTrue(status?.conditions, 'Ready') ? [] : `Node ${metadata.name} is not Ready`)),
    ...groupComplaints(objects.group),
    ...objects.services.flatMap((service) => serviceComplaints(service)),
    ...collisionsIn(objects),
    ...[...claims.keys()].flatMap((address) => addressComplaints(objects, address, holders(address))),
    ...objects.virtualIPs.flatMap(({ spec, status }) =>
      claims.has(spec.address) || status?.node === undefined ? [] : `VirtualIP ${spec.address} says ${status.node}, but no Service has it`,
    ),
  ];
}

/** The Services of an address; those that were refused it are in it too. */
export function claimsIn({ services }: Pick<Objects, 'services'>): Map<string, Service[]> {
  const claims = new Map<string, Service[]>();
  for (const service of services.filter(isOurs))
    for (const address of addressesOfService(service)) claims.set(address, [...(claims.get(address) ?? []), service]);
  return claims;
}

/** Two Services of one address with the same port. */
export function collisionsIn(objects: Pick<Objects, 'services'>): string[] {
  return [...claimsIn(objects)].flatMap(([address, services]) => {
    const ports = services.flatMap(({ spec }) => (spec?.ports ?? []).map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`));
    const twice = ports.filter((port, index) => ports.indexOf(port) !== index);
    return twice.map((port) => `${services.map(nameOf).join(' and ')} have ${port} of ${address}`);
  });
}

/** Ids and homes of the virtual routers that carry these Services and were known before: what changed of them. */
export function changedIds(before: KeepalivedGroup, now: KeepalivedGroup, services: readonly string[]): string[] {
  const facts = ({ status }: KeepalivedGroup, name: string): string =>
    JSON.stringify({ id: status?.routerIDs?.[name], homes: status?.homes?.[name] });
  return services.flatMap((name) => {
    const [then, after] = [facts(before, name), facts(now, name)];
    return then === after ? [] : `${name} had ${then} and has ${after}`;
  });
}

/** Where an address is at home, undefined where the group doesn't say. A Service's virtual router of IPv6 has the home of its other one. */
export function homeOf({ status }: KeepalivedGroup, address: string): HostName | undefined {
  const router = status?.virtualRouters?.find(({ addresses = [] }) => addresses.includes(address));
  return router && status?.homes?.[(router.name ?? '').replace(/\/ipv6$/, '')]?.[0];
}

// --- internal ---

const GOOD = ['Ready', 'Available', 'AddressesOwned', 'UpToDate', 'ReconcileSuccess', 'Accepted'] as const;
/** A hint that stays for minutes, and that nothing is wrong with. */
const UNSTEADY = 'NodeUnsteady';

const nameOf = ({ metadata }: Service): string => `${metadata.namespace}/${metadata.name}`;
const isTrue = (conditions: readonly { readonly type: string; readonly status: string }[] | undefined, type: string): boolean =>
  conditions?.some((one) => one.type === type && one.status === 'True') ?? false;

const isOurs = ({ metadata, spec }: Service): boolean =>
  metadata.deletionTimestamp === undefined &&
  (metadata.annotations?.[SERVICE_ANNOTATIONS.group] !== undefined || spec?.loadBalancerClass === LOAD_BALANCER_CLASS);

const addressesOfService = ({ spec, status }: Service): string[] => [
  ...new Set([...(spec?.externalIPs ?? []), ...(status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])]),
];

function groupComplaints({ metadata, status }: KeepalivedGroup): string[] {
  const bad = GOOD.flatMap((type) => {
    const condition = status?.conditions?.find((one) => one.type === type);
    if (condition?.status === 'True' || condition?.reason === UNSTEADY) return [];
    return `${type} of the group is ${condition?.status ?? 'absent'}: ${condition?.message ?? ''}`;
  });
  return status?.observedGeneration === metadata.generation ? bad : [...bad, 'the newest spec of the group is not observed'];
}

function serviceComplaints(service: Service): string[] {
  if (!isOurs(service)) return [];
  const refused = service.status?.conditions?.filter(({ type, status }) => type.endsWith('/Accepted') && status !== 'True') ?? [];
  return [
    ...refused.map(({ message }) => `Service ${nameOf(service)} is refused: ${message}`),
    ...(addressesOfService(service).length === 0 ? [`Service ${nameOf(service)} has no address`] : []),
  ];
}

function addressComplaints({ group, virtualIPs }: Objects, address: string, holders: readonly HostName[]): string[] {
  const [holder] = holders;
  if (holder === undefined || holders.length > 1) return [`${address} is held by ${holders.join(', ') || 'nobody'}, expected one node`];
  const record = virtualIPs.find(({ spec }) => spec.address === address);
  const router = group.status?.virtualRouters?.find(({ addresses = [] }) => addresses.includes(address));
  const { node, state, moves, conditions } = record?.status ?? {};
  return [
    ...(node === holder && state === 'Owned' ? [] : [`VirtualIP ${address} says ${state} by ${node}, held by ${holder}`]),
    ...(router === undefined || router.node === holder ? [] : [`the group says that ${router.node} has ${address}, held by ${holder}`]),
    ...(moves?.[0] === undefined || moves[0].to === holder ? [] : [`the last move of ${address} is to ${moves[0].to}, held by ${holder}`]),
    ...(conditions ?? []).flatMap(({ type, status, message }) => (status === 'False' ? `${type} of ${address} is False: ${message}` : [])),
  ];
}
