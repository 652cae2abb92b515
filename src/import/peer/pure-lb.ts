import { type Found, type FoundPool, Notes, type Place, placeOf } from '../found.ts';
import { isOf, list, type Manifest, nameOf, namespaceOf, record, specOf, text, texts } from '../manifest.ts';

/** ServiceGroups with addresses of the nodes' own network, and by LBNodeAgents the interface. */
export function fromPureLB(objects: readonly Manifest[]): Found {
  const notes = new Notes();
  const agents = objects.filter((one) => isOf(one, 'purelb.io', 'LBNodeAgent'));
  const [agent] = agents;
  const place = agent === undefined ? {} : placeIn(agent, notes);
  for (const one of agents.slice(1))
    notes.add(one, `a group has one interface for all nodes; ${nameOf(agent ?? one)} is taken, and this is left out`);
  for (const one of objects.filter((object) => isOf(object, 'bgp.purelb.io', 'BGPConfiguration')))
    notes.add(one, 'BGP has no counterpart: the addresses are announced on the network of the nodes, by VRRP');
  const groups = objects.filter((one) => isOf(one, 'purelb.io', 'ServiceGroup'));
  return { pools: groups.flatMap((one) => poolIn(one, place, notes) ?? []), notes: notes.all };
}

// --- internal ---

/** The pool of Services that name none. */
const DEFAULT = 'default';

function placeIn(agent: Manifest, notes: Notes): Place {
  const local = record(specOf(agent).local);
  notes.without(agent, local, ['garpConfig', 'addressConfig', 'addressGuard', 'interfaces'], 'spec.local');
  const name = text(local.localInterface) ?? text(local.localint) ?? DEFAULT;
  const selector = specOf(agent).nodeSelector;
  return placeOf(
    name === DEFAULT ? undefined : notes.interfaceOf(agent, 'spec.local.localInterface', [name]),
    selector === undefined ? undefined : notes.nodeSelector(agent, 'spec.nodeSelector', [selector]),
  );
}

function poolIn(group: Manifest, place: Place, notes: Notes): FoundPool | undefined {
  const { local, remote, external, netbox, namespaces, enforceNamespaces, namespaceDefault } = specOf(group);
  for (const [name, value, why] of [
    ['remote', remote, 'addresses of another network, announced by BGP'],
    ['external', external, 'addresses of another IPAM'],
    ['netbox', netbox, 'addresses of NetBox'],
  ] as const)
    if (value !== undefined) notes.add(group, `spec.${name} has no counterpart (${why}) and is left out`);
  const ranges = rangesIn(group, record(local), notes);
  if (ranges.length === 0) return undefined;
  const names = texts(namespaces);
  if (names.length > 0 && enforceNamespaces !== true)
    notes.add(
      group,
      'spec.namespaces is a default there, which others may pass by naming the ServiceGroup; here no other namespace may use the pool',
    );
  if (namespaceDefault === true)
    notes.add(group, 'spec.namespaceDefault has no counterpart; set spec.priority of the pool where a namespace has several');
  const namespace = namespaceOf(group);
  return {
    name: nameOf(group),
    ...(namespace !== undefined && { namespace }),
    spec: {
      addresses: ranges,
      ...(names.length === 0 && nameOf(group) !== DEFAULT && { assignment: 'OnRequest' as const }),
      // The ServiceGroups of a namespace come before the common one.
      ...(names.length > 0 && { namespaces: names, priority: 1 }),
      // PureLB gives a prefix whole.
      useFirstAndLast: true,
    },
    place,
  };
}

/** The ranges of all forms that the kind has had. */
function rangesIn(group: Manifest, local: Manifest, notes: Notes): string[] {
  const entries = [local.v4pool, ...list(local.v4pools), local.v6pool, ...list(local.v6pools), ...('pool' in local ? [local] : [])].map(
    record,
  );
  notes.without(group, local, ['skipIPv6DAD', 'multiPool', 'balancePools'], 'spec.local');
  for (const { aggregation } of entries)
    if (text(aggregation) !== undefined && aggregation !== 'default')
      notes.add(group, `aggregation ${String(aggregation)} has no counterpart: nodes hold the addresses as host addresses`);
  return notes.ranges(
    group,
    entries.flatMap(({ pool }) => text(pool) ?? []),
  );
}
