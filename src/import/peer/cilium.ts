import type { LabelSelector } from '../../api/core.ts';
import { type Found, type FoundPool, Notes, type Place, placeOf } from '../found.ts';
import { isEmpty, isOf, list, type Manifest, nameOf, record, selectorOf, specOf, text, texts } from '../manifest.ts';

/** CiliumLoadBalancerIPPools, and by the first CiliumL2AnnouncementPolicy where they are announced. */
export function fromCilium(objects: readonly Manifest[]): Found {
  const notes = new Notes();
  const kinds = (kind: string): Manifest[] => objects.filter((one) => isOf(one, 'cilium.io', kind));
  const policies = kinds('CiliumL2AnnouncementPolicy').filter((one) => specOf(one).loadBalancerIPs === true);
  const [policy] = policies;
  const place = policy === undefined ? {} : placeIn(policy, notes);
  for (const one of policies.slice(1))
    notes.add(one, `a pool has one group; ${nameOf(policy ?? one)} is taken for all pools, and this is left out`);
  for (const kind of ['CiliumBGPPeeringPolicy', 'CiliumBGPClusterConfig', 'CiliumBGPPeerConfig', 'CiliumBGPAdvertisement'])
    for (const one of kinds(kind))
      notes.add(one, 'BGP has no counterpart: the addresses are announced on the network of the nodes, by VRRP');
  return { pools: kinds('CiliumLoadBalancerIPPool').flatMap((one) => poolIn(one, place, notes) ?? []), notes: notes.all };
}

// --- internal ---

/** Keys by which a selector of Services names them and their namespace. */
const NAMESPACE_KEY = 'io.kubernetes.service.namespace';
const NAME_KEY = 'io.kubernetes.service.name';

function placeIn(policy: Manifest, notes: Notes): Place {
  const { interfaces, nodeSelector, serviceSelector, externalIPs } = specOf(policy);
  if (serviceSelector !== undefined && !isEmpty(selectorOf(serviceSelector) ?? {}))
    notes.add(policy, 'spec.serviceSelector has no counterpart; Services choose by their pool');
  if (externalIPs === true)
    notes.add(
      policy,
      'spec.externalIPs: Services with external IPs name a KeepalivedGroup by the annotation keepalived-operator.redhat-cop.io/keepalivedgroup',
    );
  return placeOf(
    notes.interfaceOf(policy, 'spec.interfaces', texts(interfaces)),
    nodeSelector === undefined ? undefined : notes.nodeSelector(policy, 'spec.nodeSelector', [nodeSelector]),
  );
}

function poolIn(pool: Manifest, place: Place, notes: Notes): FoundPool | undefined {
  const { blocks, cidrs, allowFirstLastIPs, disabled, serviceSelector } = specOf(pool);
  const ranges = notes.ranges(pool, [...list(blocks), ...list(cidrs)].map(record).flatMap(rangeOf));
  if (ranges.length === 0) {
    notes.add(pool, 'it has no addresses, so it is left out');
    return undefined;
  }
  if (disabled === true) notes.add(pool, 'it is disabled, which has no counterpart; it gives addresses to Services that ask for them only');
  return {
    name: nameOf(pool),
    spec: {
      addresses: ranges,
      ...(disabled === true && { assignment: 'OnRequest' as const }),
      ...choiceOf(pool, selectorOf(serviceSelector) ?? {}, notes),
      useFirstAndLast: allowFirstLastIPs !== 'No',
    },
    place,
  };
}

function rangeOf({ cidr, start, stop }: Manifest): string[] {
  const [whole, first, last] = [text(cidr), text(start), text(stop)];
  if (whole !== undefined) return [whole];
  return first === undefined ? [] : [last === undefined ? first : `${first}-${last}`];
}

/** Which Services may use the pool. Cilium's selector names the namespace by a label of its own. */
function choiceOf(
  pool: Manifest,
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  notes: Notes,
): { readonly namespaces?: readonly string[]; readonly serviceSelector?: LabelSelector } {
  const { [NAMESPACE_KEY]: namespace, [NAME_KEY]: name, ...labels } = matchLabels;
  const isNamespaces = ({ key, operator }: { readonly key: string; readonly operator: string }): boolean =>
    key === NAMESPACE_KEY && operator === 'In';
  const named = matchExpressions.filter(isNamespaces).flatMap(({ values = [] }) => values);
  const others = matchExpressions.filter((one) => !isNamespaces(one) && one.key !== NAMESPACE_KEY && one.key !== NAME_KEY);
  if (name !== undefined || matchExpressions.some((one) => one.key === NAME_KEY || (one.key === NAMESPACE_KEY && !isNamespaces(one))))
    notes.add(
      pool,
      'spec.serviceSelector chooses Services by name, or namespaces otherwise than by a list, which has no counterpart; give those Services or namespaces a label, and select that',
    );
  const namespaces = namespace === undefined ? named : [namespace];
  const selector: LabelSelector = {
    ...(Object.keys(labels).length > 0 && { matchLabels: labels }),
    ...(others.length > 0 && { matchExpressions: others }),
  };
  return { ...(namespaces.length > 0 && { namespaces }), ...(!isEmpty(selector) && { serviceSelector: selector }) };
}
