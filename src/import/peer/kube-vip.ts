import { byText } from '../../net/text-order.ts';
import { type Found, type FoundPool, Notes, placeOf } from '../found.ts';
import { type Manifest, nameOf, text, textMap } from '../manifest.ts';

/** The ConfigMap `kubevip` of kube-vip's cloud provider: a pool for each namespace that it has ranges for, and one for all. */
export function fromKubeVip(objects: readonly Manifest[]): Found {
  const notes = new Notes();
  const pools = objects.filter((one) => one.kind === 'ConfigMap' && nameOf(one) === 'kubevip').flatMap((one) => poolsIn(one, notes));
  return { pools, notes: notes.all };
}

// --- internal ---

const GLOBAL = 'global';
const KEY = /^(cidr|range|interface|allow-share)-(.+)$/;

function poolsIn(map: Manifest, notes: Notes): FoundPool[] {
  const data = textMap(map.data);
  const { 'search-order': order, 'skip-end-ips-in-cidr': skipsEnds } = data;
  for (const key of Object.keys(data).sort(byText))
    if (!KEY.test(key) && key !== 'search-order' && key !== 'skip-end-ips-in-cidr')
      notes.add(map, `data.${key} has no counterpart and is left out`);
  if (order !== undefined && order !== 'asc') notes.add(map, `data.search-order is ${order}; addresses are given from the lowest upwards`);
  const owners = new Set(Object.keys(data).flatMap((key) => (/^(cidr|range)-/.test(key) ? (KEY.exec(key)?.[2] ?? []) : [])));
  const pools = [...owners].sort(byText).flatMap((owner): FoundPool[] => {
    const all = ['cidr', 'range'].flatMap((kind) => (data[`${kind}-${owner}`] ?? '').split(',')).flatMap((one) => text(one) ?? []);
    const dynamic = all.filter((one) => DHCP.test(one));
    if (dynamic.length > 0)
      notes.add(map, `${dynamic.join(', ')} of ${owner} stands for addresses of a DHCP server, which have no counterpart`);
    const addresses = notes.ranges(
      map,
      all.filter((one) => !DHCP.test(one)),
    );
    if (addresses.length === 0) return [];
    if (data[`allow-share-${owner}`] === 'true')
      notes.add(
        map,
        `data.allow-share-${owner}: Services share an address only if they name the same one (annotation keepalived-operator.redhat-cop.io/addresses)`,
      );
    const isGlobal = owner === GLOBAL;
    return [
      {
        name: isGlobal ? 'kubevip' : `kubevip-${owner}`,
        spec: {
          addresses,
          ...(!isGlobal && { namespaces: [owner], priority: 1 }),
          useFirstAndLast: skipsEnds !== 'true',
        },
        place: placeOf(
          notes.interfaceOf(
            map,
            `data.interface-${owner}`,
            (data[`interface-${owner}`] ?? '').split(',').flatMap((one) => text(one) ?? []),
          ),
          undefined,
        ),
      },
    ];
  });
  if (pools.length > 1 && owners.has(GLOBAL))
    notes.add(
      map,
      'a Service of a namespace with a pool of its own gets an address of the common pool when that is full; kube-vip leaves it without one',
    );
  return pools;
}

const DHCP = /^(0\.0\.0\.0|::)(\/\d+)?$/;
