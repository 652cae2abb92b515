import { matches } from '../../allocate/pool/selector.ts';
import { addressAt, parseRange } from '../../net/range.ts';
import { type Found, type FoundPool, Notes, type Place, placeOf } from '../found.ts';
import { isOf, list, type Manifest, nameOf, namespaceOf, number, record, selectorOf, specOf, textMap, texts } from '../manifest.ts';

/** IPAddressPools, and by L2Advertisements where they are announced. */
export function fromMetallb(objects: readonly Manifest[]): Found {
  const notes = new Notes();
  const kinds = (kind: string): Manifest[] => objects.filter((one) => isOf(one, 'metallb.io', kind));
  const [pools, layer2, bgp] = [kinds('IPAddressPool'), kinds('L2Advertisement'), kinds('BGPAdvertisement')];
  for (const kind of ['BGPAdvertisement', 'BGPPeer', 'BFDProfile', 'Community', 'ServiceBGPStatus'])
    for (const one of kinds(kind))
      notes.add(one, 'BGP has no counterpart: the addresses are announced on the network of the nodes, by VRRP');
  const places = new Map(layer2.map((one) => [one, placeIn(one, notes)]));
  const found = pools.flatMap((pool): FoundPool[] => {
    const announcing = layer2.filter((one) => announces(one, pool));
    if (announcing.length === 0 && bgp.some((one) => announces(one, pool))) {
      notes.add(pool, 'it is announced by BGP alone, so it is left out');
      return [];
    }
    if (announcing.length === 0) notes.add(pool, 'no L2Advertisement names it, so MetalLB may not announce it; its group is on every node');
    if (announcing.length > 1)
      notes.add(pool, `${announcing.length} L2Advertisements name it, and a pool has one group; the first is taken`);
    const spec = poolSpec(pool, notes);
    const [first] = announcing;
    return spec === undefined ? [] : [{ name: nameOf(pool), ...namespaced(pool), spec, place: (first && places.get(first)) ?? {} }];
  });
  return { pools: found, notes: notes.all };
}

// --- internal ---

const namespaced = (pool: Manifest) => {
  const namespace = namespaceOf(pool);
  return namespace === undefined ? {} : { namespace };
};

/** An advertisement that names no pool is for all. */
function announces(advertisement: Manifest, pool: Manifest): boolean {
  const { ipAddressPools, ipAddressPoolSelectors } = specOf(advertisement);
  const [names, selectors] = [texts(ipAddressPools), list(ipAddressPoolSelectors).flatMap((one) => selectorOf(one) ?? [])];
  if (names.length === 0 && selectors.length === 0) return true;
  const labels = textMap(record(pool.metadata).labels);
  return names.includes(nameOf(pool)) || selectors.some((one) => matches(one, labels));
}

function placeIn(advertisement: Manifest, notes: Notes): Place {
  const { nodeSelectors, interfaces } = specOf(advertisement);
  notes.without(advertisement, specOf(advertisement), ['serviceSelectors']);
  return placeOf(
    notes.interfaceOf(advertisement, 'spec.interfaces', texts(interfaces)),
    notes.nodeSelector(advertisement, 'spec.nodeSelectors', list(nodeSelectors)),
  );
}

function poolSpec(pool: Manifest, notes: Notes): FoundPool['spec'] | undefined {
  const { addresses, autoAssign, avoidBuggyIPs, serviceAllocation } = specOf(pool);
  const ranges = notes.ranges(pool, texts(addresses));
  if (ranges.length === 0) {
    notes.add(pool, 'it has no addresses, so it is left out');
    return undefined;
  }
  const { priority, namespaces, namespaceSelectors, serviceSelectors } = record(serviceAllocation);
  const excluded = avoidBuggyIPs === true ? ends(pool, ranges, notes) : [];
  const names = texts(namespaces);
  const namespaceSelector = notes.oneSelector(pool, 'spec.serviceAllocation.namespaceSelectors', list(namespaceSelectors));
  const serviceSelector = notes.oneSelector(pool, 'spec.serviceAllocation.serviceSelectors', list(serviceSelectors));
  const isPinned = names.length > 0 || namespaceSelector !== undefined || serviceSelector !== undefined;
  const rank = priorityOf(number(priority) ?? 0, isPinned);
  return {
    addresses: ranges,
    ...(excluded.length > 0 && { excludedAddresses: excluded }),
    ...(autoAssign === false && { assignment: 'OnRequest' as const }),
    ...(rank > 0 && { priority: rank }),
    ...(names.length > 0 && { namespaces: names }),
    ...(namespaceSelector && { namespaceSelector }),
    ...(serviceSelector && { serviceSelector }),
    // MetalLB gives a prefix whole.
    useFirstAndLast: true,
  };
}

/** With MetalLB pools for certain Services come first, then the lowest number, and those without one last; with us the highest comes first. */
function priorityOf(number: number, isPinned: boolean): number {
  const base = isPinned ? PINNED : 0;
  return number > 0 ? base + Math.max(PINNED - number, 1) : base;
}

const PINNED = 400_000;
const MOST_ENDS = 256;

/** The addresses of IPv4 that end in 0 or 255. */
function ends(pool: Manifest, ranges: readonly string[], notes: Notes): string[] {
  const found: string[] = [];
  for (const text of ranges) {
    const range = parseRange(text);
    if (range?.family !== 'IPv4') continue;
    if (range.last - range.first > BigInt(MOST_ENDS / 2) * 256n) {
      notes.add(
        pool,
        `spec.avoidBuggyIPs is left out for ${text}, which is too large; list the addresses that end in 0 and 255 in spec.excludedAddresses`,
      );
      continue;
    }
    for (let block = range.first / 256n; block <= range.last / 256n; block++)
      for (const number of [block * 256n, block * 256n + 255n])
        if (number >= range.first && number <= range.last) found.push(addressAt({ family: 'IPv4', number }));
  }
  return [...new Set(found)];
}
