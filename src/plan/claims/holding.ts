import {
  HOLDERS_BYTES,
  type KeepalivedGroup,
  type KeepalivedGroupStatus,
  LEAST_HOLDERS,
  type SharedAddress,
} from '../../api/group/keepalived-group.ts';
import type { Problem } from '../../api/problem.ts';
import { byText } from '../../net/text-order.ts';
import type { PlanInput } from '../input.ts';
import { mayHold, unheardNodes } from '../quarantine.ts';
import { groupReference, keyOf } from '../reference.ts';

/** Who had which address before, by what the groups' status says. */
export interface Holdings {
  /** Whether the Service had the address before. */
  had(address: string, service: string): boolean;
  /** The group in which Services share or shared the address, and those that have it there. */
  shared(address: string): (SharedAddress & { readonly group: string }) | undefined;
  /** Whether the Go operator served the Service, as far as the status says: it saved an id for it, and never who holds what. */
  wasServed(address: string, service: string): boolean;
  /** The Service that had the address, and nodes that may still have it: nobody else gets it yet. */
  lingering(address: string): Lingering | undefined;
}

export interface Lingering {
  readonly holder: string;
  readonly nodes: string;
  /** When the next Service gets it. */
  readonly until: string;
}

/** Whether a Service, `namespace/name`, has the address, alone or with others, as the status of a group says. */
export const hasAddress = (status: KeepalivedGroupStatus | undefined, address: string, service: string): boolean =>
  status?.holders?.[address] === service || status?.sharedAddresses?.[address]?.services.includes(service) === true;

export function holdingsOf(input: PlanInput): Holdings {
  const others = [...input.otherGroups, ...(input.formerGroups ?? [])];
  const groups = [input.group, ...others];
  const maps = groups.map(({ status }) => new Map(Object.entries(status?.holders ?? {})));
  const legacyIds = new Set(groups.flatMap(({ status }) => (status?.holders === undefined ? Object.keys(status?.routerIDs ?? {}) : [])));
  const [own, ...theirs] = maps;
  const unheard = unheardNodes(input);
  // Of two groups that say so, each plan has to take the same one.
  const shares = new Map(
    [input.group, ...input.otherGroups]
      .sort((a, b) => byText(keyOf(b), keyOf(a)))
      .flatMap((group) =>
        Object.entries(group.status?.sharedAddresses ?? {}).map(([ip, one]) => [ip, { ...one, group: keyOf(group) }] as const),
      ),
  );
  return {
    shared: (address) => shares.get(address),
    had: (address, service) => maps.some((map) => map.get(address) === service),
    wasServed: (address, service) => legacyIds.has(service) || legacyIds.has(`${service}/${address}`),
    lingering: (address) => {
      const holder = own?.get(address);
      if (holder !== undefined && unheard.length > 0) return { holder, nodes: nodesInWords(unheard), until: HEARD };
      const index = theirs.findIndex((map) => map.has(address));
      const group = others[index];
      const other = theirs[index]?.get(address);
      if (group === undefined || other === undefined) return undefined;
      return index < input.otherGroups.length
        ? { holder: other, nodes: `a node of KeepalivedGroup ${keyOf(group)}`, until: HEARD }
        : { holder: other, nodes: `a node of the deleted KeepalivedGroup ${keyOf(group)}`, until: 'the last pod of that group is gone' };
    },
  };
}

/** What came of this plan's requests. */
export interface Awarded {
  /** By address the Service of the group that has it; of several, the first. */
  readonly given: ReadonlyMap<string, string>;
  /** Whether a Service asked for an address that no Service may have. */
  isNobodys(address: string): boolean;
}

/**
 * What `status.holders` has to say: who has what, and who had what nodes may still have. Of more than there is room for, as many of each
 * namespace: one with thousands must not push the others' out.
 */
export function holdersToSave(input: PlanInput, { given, isNobodys }: Awarded): Record<string, string> {
  const isHeld = mayHold(input);
  const left = Object.entries(input.group.status?.holders ?? {}).filter(
    ([address]) => !given.has(address) && !isNobodys(address) && isHeld(address),
  );
  return fairly([...given, ...left]);
}

/** Of the pairs of address and Service {@link LEAST_HOLDERS}, or as many as go into {@link HOLDERS_BYTES}; as many of each namespace, sorted by address. */
export function fairly(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const turns = new Map<string, number>();
  const all = [...pairs]
    .sort(([one, a], [other, b]) => byText(a, b) || byText(one, other))
    .map((pair) => {
      const namespace = pair[1].slice(0, pair[1].indexOf('/'));
      const turn = turns.get(namespace) ?? 0;
      turns.set(namespace, turn + 1);
      return { pair, turn };
    });
  let bytes = 0;
  const hasRoom = ([address, service]: readonly [string, string], index: number): boolean => {
    bytes += address.length + service.length + PUNCTUATION;
    return index < LEAST_HOLDERS || bytes <= HOLDERS_BYTES;
  };
  const kept = all.sort((a, b) => a.turn - b.turn).filter(({ pair }, index) => hasRoom(pair, index));
  return Object.fromEntries(kept.map(({ pair }) => pair).sort(([a], [b]) => byText(a, b)));
}

/** That the group's Services have more addresses than its status has room for. @param addresses - each once */
export function holderHints(group: KeepalivedGroup, addresses: readonly string[], holders: Readonly<Record<string, string>>): Problem[] {
  const saved = addresses.filter((address) => holders[address] !== undefined).length;
  if (saved === addresses.length) return [];
  const message = `the Services of the group have ${addresses.length} addresses, and status.holders has room for ${saved} of them. All are carried; but an external IP that is not in there has no VirtualIP, and if two Services request it, the older one gets it. Put Services into another group, or give them addresses of an AddressPool`;
  return [{ object: groupReference(group), reason: 'HoldersFull', message }];
}

/** By address the Service in whose status we wrote it, as the status of a group says. */
export const writtenBefore = (groups: readonly KeepalivedGroup[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const pairs = groups.flatMap(({ status }) => Object.entries(status?.writtenAddresses ?? {}));
  return new Map([...Map.groupBy(pairs, ([, service]) => service)].map(([service, all]) => [service, new Set(all.map(([ip]) => ip))]));
};

// --- internal ---

/** Of a pair in JSON: four quotes, a colon and a comma. */
const PUNCTUATION = 6;

const SHOWN = 3;

const HEARD = 'that node runs the newest configuration, or when its Node object is deleted';

const nodesInWords = (nodes: readonly string[]): string =>
  nodes.length > SHOWN ? `${nodes.slice(0, SHOWN).join(', ')} and ${nodes.length - SHOWN} more` : nodes.join(', ');
