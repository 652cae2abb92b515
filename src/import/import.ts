import { parseGroupReference } from '../api/group/reference.ts';
import { API_VERSION, KIND, POOL_KIND } from '../api/names.ts';
import { addressAt, parseRange } from '../net/range.ts';
import { type FoundPool, Notes, type Place } from './found.ts';
import type { Manifest } from './manifest.ts';
import { fromCilium } from './peer/cilium.ts';
import { fromKubeVip } from './peer/kube-vip.ts';
import { fromMetallb } from './peer/metallb.ts';
import { fromPureLB } from './peer/pure-lb.ts';
import { importService, type PrintedPool } from './service.ts';

/** What a peer's manifests become. */
export interface Imported {
  /** Groups, then pools, then Services. */
  readonly objects: readonly Manifest[];
  /** A sentence for each thing that has no counterpart. */
  readonly notes: readonly string[];
}

/**
 * Reads what MetalLB, kube-vip, PureLB and Cilium are told, and says the same in our kinds: a KeepalivedGroup for each place where addresses
 * are announced, an AddressPool for each pool, and Services with our annotations. What is narrower here is left narrow, and told.
 * @param group - `namespace/name` of the group; of several, the others have a number behind
 */
export function importManifests(objects: readonly Manifest[], group: string): Imported {
  const found = [fromMetallb, fromKubeVip, fromPureLB, fromCilium].map((from) => from(objects));
  const pools = found.flatMap((one) => one.pools);
  const groups = groupsOf(pools, group);
  const printed = namesOf(pools).map(
    ({ pool, name }): PrintedPool => ({
      name,
      formerName: pool.name,
      group: groups.get(placeKey(pool.place))?.reference ?? group,
      addresses: pool.spec.addresses,
    }),
  );
  const notes = new Notes();
  const services = objects.map((one) => importService(one, printed, notes)).filter((one) => one !== undefined);
  return {
    objects: [
      ...[...groups.values()].map((one) => one.manifest),
      ...printed.map(({ name, group: reference }, index) => poolManifest(name, reference, pools[index]?.spec)),
      ...services,
    ],
    notes: [...found.flatMap((one) => one.notes), ...renamed(pools, printed), ...notes.all],
  };
}

// --- internal ---

interface Group {
  readonly reference: string;
  readonly manifest: Manifest;
}

const placeKey = ({ interface: name = '', nodeSelector = {} }: Place): string =>
  JSON.stringify([name, Object.entries(nodeSelector).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** A group for each place, the first by the name that was asked for. */
function groupsOf(pools: readonly FoundPool[], wanted: string): Map<string, Group> {
  const { namespace, name } = parseGroupReference(wanted) ?? { namespace: 'vips', name: 'vips' };
  const groups = new Map<string, Group>();
  for (const { place, spec } of pools) {
    const key = placeKey(place);
    if (groups.has(key)) continue;
    const own = groups.size === 0 ? name : `${name}-${groups.size + 1}`;
    const range = parseRange(spec.addresses[0] ?? '');
    const seen = range && addressAt({ family: range.family, number: range.last > range.first ? range.first + 1n : range.first });
    groups.set(key, {
      reference: `${namespace}/${own}`,
      manifest: {
        apiVersion: API_VERSION,
        kind: KIND,
        metadata: { name: own, namespace },
        spec: {
          ...(place.interface === undefined ? { interfaceFromIP: seen } : { interface: place.interface }),
          ...(place.nodeSelector && { nodeSelector: place.nodeSelector }),
        },
      },
    });
  }
  return groups;
}

/** Pools are cluster-scoped: of two of one name, the second has its namespace or a number behind. */
function namesOf(pools: readonly FoundPool[]): { readonly pool: FoundPool; readonly name: string }[] {
  const taken = new Set<string>();
  return pools.map((pool) => {
    const candidates = [pool.name, ...(pool.namespace === undefined ? [] : [`${pool.name}-${pool.namespace}`])];
    let name = candidates.find((one) => !taken.has(one));
    for (let number = 2; name === undefined; number++) if (!taken.has(`${pool.name}-${number}`)) name = `${pool.name}-${number}`;
    taken.add(name);
    return { pool, name };
  });
}

const renamed = (pools: readonly FoundPool[], printed: readonly PrintedPool[]): string[] =>
  printed.flatMap(({ name }, index) => {
    const { name: former = name, namespace } = pools[index] ?? {};
    return former === name
      ? []
      : [`pool ${namespace === undefined ? '' : `${namespace}/`}${former}: another pool has that name, so this one is called ${name}`];
  });

const poolManifest = (name: string, group: string, { useFirstAndLast, ...spec }: Partial<FoundPool['spec']> = {}): Manifest => ({
  apiVersion: API_VERSION,
  kind: POOL_KIND,
  metadata: { name },
  spec: { group, ...spec, ...(useFirstAndLast === true && hasPrefix(spec.addresses) && { useFirstAndLast }) },
});

const hasPrefix = (addresses: readonly string[] = []): boolean => addresses.some((one) => one.includes('/'));
