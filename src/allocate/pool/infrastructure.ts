import { type Family, parseAddress } from '../../net/address.ts';
import { type AddressRange, addressAt, contains, containsAny, type Located, locate, parseRange } from '../../net/range.ts';
import { type RangeSet, rangeSet } from '../../net/range-set.ts';
import { NO_HOST } from '../../plan/claims/reserved-address.ts';
import type { AllocationInput } from '../input.ts';

/** Addresses of the cluster itself, which no pool gives. */
export interface Infrastructure {
  /** Those that a pool could give: single addresses that no pool lists are left out. */
  readonly ranges: Readonly<Record<Family, RangeSet>>;
  /** What the address is, as the end of a sentence; undefined for every other. */
  readonly describe: (located: Located) => string | undefined;
}

/** What belongs to nodes, pods, Services, API servers and gateways, and what is no single host's. */
export function infrastructure(input: AllocationInput): Infrastructure {
  const named = namedRanges(input);
  const isListed = containsAny(input.pools.flatMap(({ spec }) => (spec?.addresses ?? []).flatMap((text) => parseRange(text) ?? [])));
  const ranges: AddressRange[] = [];
  // A cluster has as many cluster IPs as Services: they are looked up by their text.
  const singles = new Set<string>();
  for (const { range: text } of named) {
    const address = parseAddress(text);
    if (address === undefined) ranges.push(...rangesIn(text));
    else {
      singles.add(address.text);
      const { family, number } = locate(address);
      if (isListed({ family, number })) ranges.push({ family, first: number, last: number });
    }
  }
  const isInRange = containsAny(ranges);
  const isKnown = (located: Located): boolean => isInRange(located) || singles.has(addressAt(located));
  return {
    ranges: { IPv4: rangeSet(ranges, 'IPv4'), IPv6: rangeSet(ranges, 'IPv6') },
    describe: (located) =>
      isKnown(located) ? said(named.find(({ range }) => rangesIn(range).some((one) => contains(one, located)))?.is) : undefined,
  };
}

// --- internal ---

interface Named {
  readonly range: string;
  /** Made only when somebody asks: most never do. */
  readonly is: string | (() => string);
}

const said = (is: Named['is'] | undefined): string | undefined => (typeof is === 'function' ? is() : is);

const rangesIn = (text: string): AddressRange[] => {
  const range = parseRange(text);
  return range === undefined ? [] : [range];
};

const namedRanges = ({ nodes, groups, services, settings }: AllocationInput): Named[] => [
  ...nodes.flatMap(({ metadata: { name }, status }) =>
    (status?.addresses ?? []).map(({ address }) => ({ range: address, is: `an address of Node ${name}` })),
  ),
  ...(settings.apiServers ?? []).map((range) => ({ range, is: 'the address of a host of the Kubernetes API' })),
  ...groups.flatMap(({ status }) =>
    Object.entries(status?.gateways ?? {}).map(([range, node]) => ({ range, is: `the gateway of Node ${node}` })),
  ),
  ...nodes.flatMap(({ metadata: { name }, spec }) =>
    (spec?.podCIDRs ?? []).map((range) => ({ range, is: `in a range that pods of Node ${name} get their addresses from` })),
  ),
  ...services.flatMap(({ metadata: { namespace, name }, spec }) =>
    (spec?.clusterIPs ?? [])
      .filter((address) => address !== 'None')
      .map((range) => ({ range, is: () => `the cluster IP of Service ${namespace}/${name}` })),
  ),
  ...(settings.reservedAddresses ?? []),
  ...NO_HOST,
];
