import { matches } from '../../allocate/pool/selector.ts';
import type { KubernetesObject, LabelSelector, Service } from '../../api/core.ts';
import { ALLOCATION_ANNOTATIONS, LOAD_BALANCER_CLASS, SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { AddressPool } from '../../api/pool/address-pool.ts';

/** The label of every namespace that holds its name (Kubernetes: well-known labels). */
export const NAME_LABEL = 'kubernetes.io/metadata.name';

/** A pool, and the namespaces of which nobody can say whether it selects them: the input doesn't hold them, and it asks for their labels. */
export interface Undecided {
  readonly pool: AddressPool;
  /** Those in such namespaces that may get addresses of the pool. */
  readonly services: readonly Service[];
  readonly namespaces: readonly string[];
}

/** Pools that may be for Services of the input in namespaces of which only the name is known. */
export function undecided(objects: readonly KubernetesObject[], pools: readonly AddressPool[], services: readonly Service[]): Undecided[] {
  const defined = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
  return pools.flatMap((pool) => {
    const { namespaceSelector, namespaces = [] } = pool.spec ?? {};
    if (namespaceSelector === undefined) return [];
    const isOpen = ({ metadata: { namespace = '' } }: Service): boolean =>
      !defined.has(namespace) && !namespaces.includes(namespace) && dependsOnLabels(namespaceSelector, namespace);
    const open = services.filter((service) => mayAsk(service, pool) && isOpen(service));
    const names = new Set(open.map(({ metadata }) => metadata.namespace ?? ''));
    return open.length === 0 ? [] : [{ pool, services: open, namespaces: [...names].sort() }];
  });
}

/** The pool as one that surely doesn't select those namespaces. */
export function closedTo({ pool, namespaces }: Undecided): AddressPool {
  const { matchExpressions = [], ...selector } = pool.spec?.namespaceSelector ?? {};
  const others = { key: NAME_LABEL, operator: 'NotIn', values: namespaces };
  return { ...pool, spec: { ...pool.spec, namespaceSelector: { ...selector, matchExpressions: [...matchExpressions, others] } } };
}

export const undecidedNote = ({ pool, namespaces }: Undecided): string =>
  `AddressPool ${pool.metadata.name} selects namespaces by labels, and the input does not hold Namespace ${namespaces.join(', ')}, so whether it gives their Services addresses is left open; add the output of kubectl get namespace ${namespaces.join(' ')} -o yaml`;

// --- internal ---

/** Whether the Service gets addresses of pools, and may get them of this one if the namespace does. */
function mayAsk({ metadata, spec }: Service, { metadata: { name }, spec: pool }: AddressPool): boolean {
  const { [SERVICE_ANNOTATIONS.group]: group, [ALLOCATION_ANNOTATIONS.pool]: asked = name } = metadata.annotations ?? {};
  const isOurs = spec?.loadBalancerClass === LOAD_BALANCER_CLASS || (spec?.loadBalancerClass === undefined && group !== undefined);
  const isForGroup = group === undefined || group.trim() === pool?.group;
  const isSelected = pool?.serviceSelector === undefined || matches(pool.serviceSelector, metadata.labels ?? {});
  return spec?.type === 'LoadBalancer' && isOurs && isForGroup && asked.trim() === name && isSelected;
}

/** Whether the name doesn't rule the namespace out, and labels other than the name are asked for. */
function dependsOnLabels({ matchLabels = {}, matchExpressions = [] }: LabelSelector, name: string): boolean {
  const [ofName, others] = [true, false].map((isOfName): Required<LabelSelector> => {
    const isWanted = (key: string): boolean => (key === NAME_LABEL) === isOfName;
    return {
      matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([key]) => isWanted(key))),
      matchExpressions: matchExpressions.filter(({ key }) => isWanted(key)),
    };
  }) as [Required<LabelSelector>, Required<LabelSelector>];
  const asks = Object.keys(others.matchLabels).length + others.matchExpressions.length;
  return asks > 0 && matches(ofName, { [NAME_LABEL]: name });
}
