/** Builders of pools, VirtualIPs and load balancer Services: a test names only what it is about. */

import type { Allocation } from '../../src/allocate/allocate.ts';
import type { AllocationInput } from '../../src/allocate/input.ts';
import type { Service } from '../../src/api/core.ts';
import { ALLOCATION_ANNOTATIONS, LOAD_BALANCER_CLASS, MANAGED_LABEL, SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import type { AddressPool, AddressPoolSpec } from '../../src/api/pool/address-pool.ts';
import { virtualIPName } from '../../src/api/virtual-ip/name.ts';
import type { VirtualIP, VirtualIPSpec } from '../../src/api/virtual-ip/virtual-ip.ts';
import { aGroup } from './object.ts';

/** 2026-01-01T00:00:00Z. */
export const NOW = Date.UTC(2026, 0, 1);

/** Pool `lan` of group `web/vips`. */
export const aPool = (
  addresses: readonly string[],
  { name = 'lan', ...spec }: AddressPoolSpec & { readonly name?: string } = {},
): AddressPool => ({
  metadata: { name, generation: 1 },
  spec: { group: 'web/vips', addresses, ...spec },
});

export interface BalancerOptions {
  readonly namespace?: string;
  readonly created?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly asks?: Readonly<Partial<Record<keyof typeof ALLOCATION_ANNOTATIONS, string>>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: Service['spec'];
  readonly ingress?: readonly string[];
  readonly deleted?: boolean;
}

/** Service `shop/NAME` of type LoadBalancer and our class; its port is 80/TCP. */
export function aBalancer(name: string, options: BalancerOptions = {}): Service {
  const {
    namespace = 'shop',
    created = '2025-01-01T00:00:00Z',
    labels,
    group,
    asks = {},
    annotations = {},
    spec,
    ingress,
    deleted,
  } = options;
  const asked = Object.entries(asks).map(([key, value]) => [ALLOCATION_ANNOTATIONS[key as 'pool'], value]);
  return {
    metadata: {
      name,
      namespace,
      creationTimestamp: created,
      ...(labels && { labels }),
      annotations: { ...(group && { [SERVICE_ANNOTATIONS.group]: group }), ...Object.fromEntries(asked), ...annotations },
      ...(deleted && { deletionTimestamp: '2026-01-02T00:00:00Z' }),
    },
    spec: {
      type: 'LoadBalancer',
      loadBalancerClass: LOAD_BALANCER_CLASS,
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80, protocol: 'TCP' }],
      ...spec,
    },
    ...(ingress && { status: { loadBalancer: { ingress: ingress.map((ip) => ({ ip, ipMode: 'VIP' })) } } }),
  };
}

/** A Service without a class. */
export const withoutClass = (service: Service): Service => {
  const { loadBalancerClass: _, ...spec } = service.spec ?? {};
  return { ...service, spec };
};

export const aVirtualIP = (address: string, spec: Partial<VirtualIPSpec> = {}, isManaged = true): VirtualIP => ({
  metadata: { name: virtualIPName(address), ...(isManaged && { labels: { [MANAGED_LABEL.key]: MANAGED_LABEL.value } }) },
  spec: { address, ...spec },
});

/** A VirtualIP that Services `shop/NAME` have of pool `lan`. */
export const claimedBy = (address: string, ...names: readonly string[]): VirtualIP =>
  aVirtualIP(address, {
    claims: names.map((text) => {
      const [namespace = 'shop', service = ''] = text.includes('/') ? text.split('/') : ['shop', text];
      return { namespace, service, source: 'Pool', pool: 'lan' };
    }),
  });

export const anAllocation = (more: Partial<AllocationInput> = {}): AllocationInput => ({
  pools: [aPool(['192.0.2.10-192.0.2.12'])],
  virtualIPs: [],
  services: [],
  groups: [aGroup()],
  namespaces: [],
  nodes: [],
  settings: {},
  now: NOW,
  ...more,
});

/** The cluster after everything was written, as the API server would have it. */
export function written(input: AllocationInput, { ledger, services }: Pick<Allocation, 'ledger' | 'services'>): AllocationInput {
  const records = new Map(input.virtualIPs.map((one) => [one.metadata.name, one]));
  for (const { kind, name, address, claims, keptFor } of ledger) {
    const before = records.get(name) ?? aVirtualIP(address);
    const { claims: _, keptFor: __, ...theirs } = before.spec;
    if (kind === 'delete') records.delete(name);
    else records.set(name, { ...before, spec: { ...theirs, ...(claims.length > 0 && { claims }), ...(keptFor && { keptFor }) } });
  }
  const changes = new Map(services.map((one) => [`${one.object.namespace}/${one.object.name}`, one]));
  return {
    ...input,
    virtualIPs: [...records.values()],
    services: input.services.map((service) => {
      const change = changes.get(`${service.metadata.namespace}/${service.metadata.name}`);
      if (change === undefined) return service;
      const annotations = Object.entries({ ...service.metadata.annotations, ...change.annotations }).filter(
        (entry): entry is [string, string] => entry[1] !== null,
      );
      return {
        ...service,
        metadata: { ...service.metadata, annotations: Object.fromEntries(annotations) },
        status: { loadBalancer: { ingress: change.ingress } },
      };
    }),
  };
}
