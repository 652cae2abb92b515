import { ALLOCATION_ANNOTATIONS, LOAD_BALANCER_CLASS, SERVICE_ANNOTATIONS } from '../api/names.ts';
import { familyOf, parseAddress } from '../net/address.ts';
import { containsAny, locateText, parseRange } from '../net/range.ts';
import type { Notes } from './found.ts';
import { list, type Manifest, record, specOf, text, textMap } from './manifest.ts';

/** A pool as it is printed: what a Service may name or get an address of. */
export interface PrintedPool {
  readonly name: string;
  /** As its peer calls it. */
  readonly formerName: string;
  readonly group: string;
  readonly addresses: readonly string[];
}

/** The Service with our annotations instead of a peer's; undefined where no peer is named and its class is nobody's that we replace. */
export function importService(object: Manifest, pools: readonly PrintedPool[], notes: Notes): Manifest | undefined {
  const metadata = record(object.metadata);
  const annotations = textMap(metadata.annotations);
  const spec = specOf(object);
  const formerClass = text(spec.loadBalancerClass);
  const isTheirs = formerClass === undefined ? Object.keys(annotations).some(isOfPeer) : CLASSES.test(formerClass);
  if (object.kind !== 'Service' || spec.type !== 'LoadBalancer' || !isTheirs) return undefined;
  const asked = askedAddresses(object, annotations, notes);
  const pool = poolOf(object, annotations, { pools, asked, notes });
  const sharingKey = annotated(annotations, MEANINGS.sharingKey);
  if (sharingKey !== undefined && asked.length === 0)
    notes.add(
      object,
      `it shares an address by a key, and here Services share the address that they name; add annotation ${ALLOCATION_ANNOTATIONS.addresses} to each`,
    );
  for (const name of Object.keys(annotations).filter((one) => isOfPeer(one) && !KNOWN.has(one) && !WRITTEN.test(one)))
    notes.add(object, `annotation ${name} has no counterpart and is left out`);
  if (formerClass !== undefined)
    notes.add(
      object,
      `spec.loadBalancerClass ${formerClass} can not be changed on a Service that exists; delete it and make this one in its place`,
    );
  const kept = Object.entries(annotations).filter(([name]) => !isOfPeer(name) && name !== LAST_APPLIED);
  const ours = {
    ...(formerClass === undefined && pools.length > 0 && { [SERVICE_ANNOTATIONS.group]: (pool ?? pools[0])?.group }),
    ...(asked.length > 0 && { [ALLOCATION_ANNOTATIONS.addresses]: asked.join(',') }),
    ...(pool !== undefined && annotated(annotations, MEANINGS.pool) !== undefined && { [ALLOCATION_ANNOTATIONS.pool]: pool.name }),
    ...(sharingKey !== undefined && { [ALLOCATION_ANNOTATIONS.sharingKey]: sharingKey }),
  };
  const { loadBalancerIP: _, ...others } = spec;
  const { name, namespace, labels } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      annotations: { ...Object.fromEntries(kept), ...ours },
    },
    spec: { ...others, ...(formerClass !== undefined && { loadBalancerClass: LOAD_BALANCER_CLASS }) },
  };
}

// --- internal ---

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const PEERS = /^(metallb\.io|metallb\.universe\.tf|kube-vip\.io|purelb\.io|lbipam\.cilium\.io)\/|^io\.cilium\/lb-/;
const CLASSES = /metallb|^kube-vip\.io\/|^purelb\.io\/|^io\.cilium\//;
/** What peers write themselves: it goes with them. */
const WRITTEN =
  /^(metallb\.(io|universe\.tf)\/ip-allocated-from-pool|kube-vip\.io\/(vipHost|hwaddr|requestedIP)|purelb\.io\/(allocated-by|allocated-from|pool-type|announcing-.*|re-evaluate|allow-local))$/;

/** Annotations of peers by what they mean, those of newer versions first. */
const MEANINGS = {
  addresses: [
    ...['metallb.io/loadBalancerIPs', 'metallb.universe.tf/loadBalancerIPs', 'kube-vip.io/loadbalancerIPs', 'purelb.io/addresses'],
    ...['lbipam.cilium.io/ips', 'io.cilium/lb-ipam-ips'],
  ],
  pool: ['metallb.io/address-pool', 'metallb.universe.tf/address-pool', 'purelb.io/service-group'],
  sharingKey: [
    ...['metallb.io/allow-shared-ip', 'metallb.universe.tf/allow-shared-ip', 'purelb.io/allow-shared-ip'],
    ...['lbipam.cilium.io/sharing-key', 'io.cilium/lb-ipam-sharing-key'],
  ],
} as const;
const KNOWN: ReadonlySet<string> = new Set(Object.values(MEANINGS).flat());

const isOfPeer = (name: string): boolean => PEERS.test(name);
const annotated = (annotations: Readonly<Record<string, string>>, names: readonly string[]): string | undefined =>
  names.flatMap((name) => text(annotations[name]) ?? [])[0];

/** Addresses that the Service asks for, or else has: those it is to keep. At most one of each family. */
function askedAddresses(object: Manifest, annotations: Readonly<Record<string, string>>, notes: Notes): string[] {
  const ingress = list(record(record(object.status).loadBalancer).ingress).flatMap((one) => text(record(one).ip) ?? []);
  const named = [...(annotated(annotations, MEANINGS.addresses) ?? '').split(','), text(specOf(object).loadBalancerIP) ?? ''];
  const wanted = named.flatMap((one) => text(one) ?? []);
  const found = (wanted.length > 0 ? wanted : ingress).flatMap((one) => parseAddress(one)?.text ?? []);
  const first = [...new Set(found)].filter((one, index, all) => all.findIndex((other) => familyOf(other) === familyOf(one)) === index);
  const left = [...new Set(found)].filter((one) => !first.includes(one));
  if (left.length > 0)
    notes.add(object, `a Service has one address of each family from a pool; ${left.join(', ')} is left out: make a Service for it`);
  return first;
}

interface Choice {
  readonly pools: readonly PrintedPool[];
  readonly asked: readonly string[];
  readonly notes: Notes;
}

/** The pool that the Service names, or that holds its address. */
function poolOf(object: Manifest, annotations: Readonly<Record<string, string>>, { pools, asked, notes }: Choice): PrintedPool | undefined {
  const named = annotated(annotations, MEANINGS.pool);
  const found = pools.find(({ formerName }) => formerName === named);
  if (named !== undefined && found === undefined)
    notes.add(object, `it names pool ${named}, which is not in the input; the name is left out`);
  const holding = pools.find(({ addresses }) => {
    const isIn = containsAny(addresses.flatMap((one) => parseRange(one) ?? []));
    return asked.some((one) => isIn(locateText(one)));
  });
  if (asked.length > 0 && holding === undefined) notes.add(object, `no pool of the input holds ${asked.join(', ')}; add it to one`);
  return found ?? holding;
}
