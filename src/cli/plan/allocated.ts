import { allocate } from '../../allocate/allocate.ts';
import type { ServiceChange } from '../../allocate/service/service-change.ts';
import type { KubernetesObject, Namespace, Service } from '../../api/core.ts';
import { KIND, POOL_KIND, VIRTUAL_IP_KIND } from '../../api/names.ts';
import type { AddressPool } from '../../api/pool/address-pool.ts';
import type { Problem } from '../../api/problem.ts';
import { keyOf } from '../../plan/reference.ts';
import { closedTo, NAME_LABEL, type Undecided, undecided, undecidedNote } from './unknown-namespaces.ts';

/** Objects in whose Services the addresses of pools are, and why some Services have none. */
export interface Allocated {
  readonly objects: readonly KubernetesObject[];
  readonly problems: readonly Problem[];
  /** What the objects leave open, in sentences. */
  readonly questions: readonly string[];
}

/**
 * What becomes of the objects when the pools among them give their addresses. Files know no time, so every reservation lasts. Of a namespace that no
 * file defines only the name is known: a pool that asks for its labels gives its Services nothing, and that is said.
 */
export function allocated(objects: readonly KubernetesObject[]): Allocated {
  const ofKind = <T>(kind: string): T[] => objects.filter((object) => object.kind === kind) as unknown as T[];
  const pools = ofKind<AddressPool>(POOL_KIND);
  if (pools.length === 0) return { objects, problems: [], questions: [] };
  const open = undecided(objects, pools, ofKind('Service'));
  const { services, problems } = allocate({
    pools: pools.map((pool) => {
      const found = open.find((one) => one.pool === pool);
      return found === undefined ? pool : closedTo(found);
    }),
    virtualIPs: ofKind(VIRTUAL_IP_KIND),
    services: ofKind('Service'),
    groups: ofKind(KIND),
    namespaces: namespacesOf(objects),
    nodes: ofKind('Node'),
    settings: {},
    now: 0,
  });
  const changes = new Map(services.map((change) => [`${change.object.namespace}/${change.object.name}`, change]));
  const withAddress = (object: KubernetesObject): KubernetesObject => {
    const change = object.kind === 'Service' ? changes.get(keyOf(object as Service)) : undefined;
    return change === undefined ? object : changed(object, change);
  };
  return {
    objects: objects.map(withAddress),
    problems: problems.filter((problem) => !isLeftOpen(problem, open)),
    questions: open.map(undecidedNote),
  };
}

// --- internal ---

/** Whether it says that no pool admits a Service, and nobody knows that. */
const isLeftOpen = ({ object, reason }: Problem, open: readonly Undecided[]): boolean =>
  reason === 'NoPool' && open.some(({ services }) => services.some((service) => keyOf(service) === `${object.namespace}/${object.name}`));

function namespacesOf(objects: readonly KubernetesObject[]): Namespace[] {
  const defined = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => [metadata.name, metadata.labels] as const);
  const named = objects.flatMap(({ metadata }) => metadata.namespace ?? []).map((name) => [name, {}] as const);
  return [...new Map([...named, ...defined])].map(([name, labels]) => ({ metadata: { name, labels: { ...labels, [NAME_LABEL]: name } } }));
}

function changed(service: KubernetesObject & Pick<Service, 'status'>, { ingress, annotations }: ServiceChange): KubernetesObject {
  const all = Object.entries({ ...service.metadata.annotations, ...annotations });
  const kept = all.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]));
  const status = { ...service.status, loadBalancer: { ...service.status?.loadBalancer, ingress } };
  return { ...service, metadata: { ...service.metadata, annotations: Object.fromEntries(kept) }, status } as KubernetesObject;
}
