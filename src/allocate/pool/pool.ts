import type { Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { type AddressPool, type AddressPoolSpec, KEEP_SECONDS } from '../../api/pool/address-pool.ts';
import type { Family } from '../../net/address.ts';
import { type AddressRange, addressAt, containsAny, type Located, parseRange } from '../../net/range.ts';
import { common, type RangeSet, rangeSet, without } from '../../net/range-set.ts';
import { byText } from '../../net/text-order.ts';
import { type Fence, fenceOf } from '../../plan/claims/fence.ts';
import { keyOf } from '../../plan/reference.ts';
import type { AllocationInput } from '../input.ts';
import type { Infrastructure } from './infrastructure.ts';
import { matches } from './selector.ts';

/** An AddressPool, ready to give. */
export interface Pool {
  readonly name: string;
  readonly object: AddressPool;
  /** `namespace/name` of the KeepalivedGroup. */
  readonly group: string;
  /** What counts its addresses: itself and its group. */
  readonly scopes: readonly [pool: string, group: string];
  /** Absent while there is no such group: then the pool gives nothing. */
  readonly fence?: Fence;
  readonly isAutomatic: boolean;
  readonly keepSeconds: number;
  readonly mostPerNamespace: number;
  /** What is in `spec.addresses` and not excluded. */
  readonly listed: Readonly<Record<Family, RangeSet>>;
  /** What can be given of it: what is the cluster's own, and what the group doesn't carry, is left out. */
  readonly gives: Readonly<Record<Family, RangeSet>>;
  readonly lists: (located: Located) => boolean;
  readonly admits: (service: Service) => boolean;
  /** The lowest address that hasn't been passed and isn't taken; what was passed stays so. */
  readonly next: (family: Family, isTaken: (address: string) => boolean) => string | undefined;
}

/** The pools in the order in which they give: by priority, the highest first, then by name. */
export function poolsOf(input: AllocationInput, surroundings: Infrastructure): readonly Pool[] {
  const groups = new Map(input.groups.map((group) => [keyOf(group), group]));
  const labels = new Map(input.namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  return input.pools
    .map((pool) => poolOf(pool, { surroundings, labels, group: groups.get(pool.spec?.group ?? '') }))
    .sort((a, b) => (b.object.spec?.priority ?? 0) - (a.object.spec?.priority ?? 0) || byText(a.name, b.name));
}

/** What counts the addresses of a group. */
export const groupScope = (group: string): string => `group ${group}`;

/** Texts of the pool's ranges that can't be read. */
export const malformedEntries = ({ spec }: AddressPool): string[] =>
  [...(spec?.addresses ?? []), ...(spec?.excludedAddresses ?? [])].filter((text) => parseRange(text) === undefined);

// --- internal ---

interface Surroundings {
  readonly surroundings: Infrastructure;
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly group: KeepalivedGroup | undefined;
}

function poolOf(object: AddressPool, { surroundings, labels, group }: Surroundings): Pool {
  const { name } = object.metadata;
  const spec = object.spec ?? {};
  const listed = perFamily((family) => without(rangeSet(entries(spec), family), rangeSet(read(spec.excludedAddresses), family)));
  const gives = perFamily((family) => without(carriedBy(group, listed[family], family), surroundings.ranges[family]));
  return {
    name,
    object,
    group: spec.group ?? '',
    scopes: [`pool ${name}`, groupScope(spec.group ?? '')],
    ...(group && { fence: fenceOf(group) }),
    isAutomatic: spec.assignment !== 'OnRequest',
    keepSeconds: spec.keepSeconds ?? KEEP_SECONDS,
    mostPerNamespace: spec.addressesPerNamespace ?? Number.POSITIVE_INFINITY,
    listed,
    gives,
    lists: containsAny([...listed.IPv4, ...listed.IPv6]),
    admits: (service) => admits(spec, service, labels),
    next: cursor(gives),
  };
}

const perFamily = <T>(of: (family: Family) => T): Readonly<Record<Family, T>> => ({ IPv4: of('IPv4'), IPv6: of('IPv6') });
const read = (texts: readonly string[] = []): AddressRange[] => texts.flatMap((text) => parseRange(text) ?? []);

/** What is listed; of prefixes that have more than two addresses not the first and the last, unless the pool says so. */
function entries({ addresses = [], useFirstAndLast = false }: AddressPoolSpec): AddressRange[] {
  return addresses.flatMap((text) => {
    const range = parseRange(text);
    if (range === undefined) return [];
    const isWhole = useFirstAndLast || !text.includes('/') || range.last - range.first < 2n;
    return [isWhole ? range : { family: range.family, first: range.first + 1n, last: range.last - 1n }];
  });
}

/** What the group's fences let Services have; nothing where there is no group. */
function carriedBy(group: KeepalivedGroup | undefined, listed: RangeSet, family: Family): RangeSet {
  if (group === undefined) return [];
  const { addresses, excludedAddresses } = group.spec?.fences ?? {};
  const inside = addresses === undefined ? listed : common(listed, rangeSet(read(addresses), family));
  return without(inside, rangeSet(read(excludedAddresses), family));
}

function admits(
  { namespaces, namespaceSelector, serviceSelector }: AddressPoolSpec,
  { metadata }: Service,
  labels: ReadonlyMap<string, Readonly<Record<string, string>>>,
): boolean {
  const namespace = metadata.namespace ?? '';
  const isOpen = namespaces === undefined && namespaceSelector === undefined;
  const isSelected = namespaceSelector !== undefined && matches(namespaceSelector, labels.get(namespace) ?? {});
  if (!isOpen && !isSelected && !namespaces?.includes(namespace)) return false;
  return serviceSelector === undefined || matches(serviceSelector, metadata.labels ?? {});
}

function cursor(gives: Readonly<Record<Family, RangeSet>>): Pool['next'] {
  const at = perFamily(() => ({ range: 0, number: undefined as bigint | undefined }));
  return (family, isTaken) => {
    const place = at[family];
    for (; place.range < gives[family].length; place.range++, place.number = undefined) {
      const { first, last } = gives[family][place.range] as AddressRange;
      for (place.number ??= first; place.number <= last; place.number++) {
        const address = addressAt({ family, number: place.number });
        if (!isTaken(address)) return address;
      }
    }
    return undefined;
  };
}
