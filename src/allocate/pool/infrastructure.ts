import { type Family, parseAddress } from '../../net/address.ts';
import { contains, containsAny, type Located, parseRange } from '../../net/range.ts';
import { type RangeSet, rangeSet } from '../../net/range-set.ts';
import { NO_HOST } from '../../plan/claims/reserved-address.ts';
import type { AllocationInput } from '../input.ts';

/** Addresses of the cluster itself, which no pool gives. */
export interface Infrastructure {
  readonly ranges: Readonly<Record<Family, RangeSet>>;
  /** What the address is, as the end of a sentence; undefined for every other. */
  readonly describe: (located: Located) => string | undefined;
}

/** What belongs to nodes, pods, Services, API servers and gateways, and what is no single host's. */
export function infrastructure(input: AllocationInput): Infrastructure {
  const named = namedRanges(input).flatMap(({ range: text, is }) => {
    const range = parseRange(text);
    return range === undefined ? [] : [{ range, is }];
  });
  const ranges = named.map(({ range }) => range);
  const isAny = containsAny(ranges);
  return {
    ranges: { IPv4: rangeSet(ranges, 'IPv4'), IPv6: rangeSet(ranges, 'IPv6') },
    describe: (located) => (isAny(located) ? named.find(({ range }) => contains(range, located))?.is : undefined),
  };
}

// --- internal ---

interface Named {
  readonly range: string;
  readonly is: string;
}

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
      .filter((address) => parseAddress(address) !== undefined)
      .map((range) => ({ range, is: `the cluster IP of Service ${namespace}/${name}` })),
  ),
  ...(settings.reservedAddresses ?? []),
  ...NO_HOST,
];
