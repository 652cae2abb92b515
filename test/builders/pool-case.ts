/**
 * What Services ask of a pool and what becomes of it: the planner (src/allocate/refusal.test.ts) and a real API server with the admission
 * policies (test/api/admission-pools.test.ts) judge the same table.
 */
import type { Service } from '../../src/api/core.ts';
import type { AddressPool, AddressPoolSpec } from '../../src/api/pool/address-pool.ts';
import { aBalancer, aPool, type BalancerOptions, withoutClass } from './addresses.ts';

export interface PoolCase {
  readonly name: string;
  /** Of the pool; its group is the Service's unless it says so. */
  readonly pool?: AddressPoolSpec;
  /** `POOL` stands for the pool's name, `GROUP` for its group. */
  readonly asks?: BalancerOptions['asks'];
  readonly group?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: BalancerOptions['spec'];
  readonly isWithoutClass?: boolean;
  /** What the planner says, and with `isAdmitted` the planner alone; absent when the Service gets an address. */
  readonly sentence?: string;
  /** That only the planner can judge it. */
  readonly isAdmitted?: boolean;
}

const NOT_ADMITTED = 'does not admit the Service (see its namespaces and selectors)';
const OTHERS: AddressPoolSpec = { namespaces: ['others'] };

/** Pool `case-INDEX` of group `web/vips` and the Service of a case, in addresses of their own: all pools of an API server judge each Service. */
export function poolCase(
  { pool = {}, asks = {}, group, labels, spec, isWithoutClass = false }: PoolCase,
  index: number,
): { readonly pool: AddressPool; readonly service: Service } {
  const name = `case-${index}`;
  const own = <T>(value: T): T => JSON.parse(inAddressesOf(index, JSON.stringify(value)).replaceAll('POOL', name)) as T;
  const service = aBalancer(name, {
    asks: own(asks),
    ...(group !== undefined && { group: group.replace('GROUP', 'web/vips') }),
    ...(labels && { labels }),
    spec: { ...own(spec ?? {}) },
  });
  const ranges = own(['192.0.2.16/28', '2001:db8::10-2001:db8::1f']);
  return {
    pool: aPool(ranges, { name, excludedAddresses: own(['192.0.2.20']), ...pool }),
    service: isWithoutClass ? withoutClass(service) : service,
  };
}

export const inAddressesOf = (index: number, text: string): string =>
  text.replaceAll('192.0.2.', `198.18.${index}.`).replace(/2001:db8::/gi, `2001:db8:${index + 1}::`);

/** The namespace of the Services is `shop`, with label `team: a`; the pool holds 192.0.2.16/28 but for .20, and 2001:db8::10-2001:db8::1f. */
export const POOL_CASES: readonly PoolCase[] = [
  { name: 'the pool by name', asks: { pool: 'POOL' } },
  { name: 'an address of the pool', asks: { addresses: '192.0.2.17' } },
  { name: 'an address of the pool in spec.loadBalancerIP', spec: { loadBalancerIP: '192.0.2.18' } },
  { name: 'a pool of other namespaces', pool: OTHERS, asks: { pool: 'POOL' }, sentence: NOT_ADMITTED },
  { name: 'an address of a pool of other namespaces', pool: OTHERS, asks: { addresses: '192.0.2.17' }, sentence: NOT_ADMITTED },
  { name: 'such an address in spec.loadBalancerIP', pool: OTHERS, spec: { loadBalancerIP: '192.0.2.18' }, sentence: NOT_ADMITTED },
  { name: 'a pool that names the namespace', pool: { namespaces: ['others', 'shop'] }, asks: { pool: 'POOL' } },
  { name: 'a pool that selects the namespace', pool: { namespaceSelector: { matchLabels: { team: 'a' } } }, asks: { pool: 'POOL' } },
  {
    name: 'a pool that selects another label of namespaces',
    pool: { namespaceSelector: { matchLabels: { team: 'b' } } },
    asks: { pool: 'POOL' },
    sentence: NOT_ADMITTED,
  },
  {
    name: 'a pool that selects the namespace by expressions',
    pool: {
      namespaceSelector: {
        matchExpressions: [
          { key: 'team', operator: 'In', values: ['a', 'b'] },
          { key: 'team', operator: 'Exists' },
          { key: 'none', operator: 'NotIn', values: ['x'] },
          { key: 'none', operator: 'DoesNotExist' },
        ],
      },
    },
    asks: { pool: 'POOL' },
  },
  {
    name: 'a pool whose expression does not select the namespace',
    pool: { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['a'] }] } },
    asks: { pool: 'POOL' },
    sentence: NOT_ADMITTED,
  },
  { name: 'a pool that names others and selects the namespace', pool: { ...OTHERS, namespaceSelector: {} }, asks: { pool: 'POOL' } },
  {
    name: 'a pool of Services with another label',
    pool: { serviceSelector: { matchLabels: { tier: 'edge' } } },
    labels: { tier: 'back' },
    asks: { pool: 'POOL' },
    sentence: NOT_ADMITTED,
  },
  {
    name: 'a pool of Services with this label',
    pool: { serviceSelector: { matchLabels: { tier: 'edge' } } },
    labels: { tier: 'edge' },
    asks: { pool: 'POOL' },
  },
  { name: 'a pool of another group', group: 'web/other', asks: { pool: 'POOL' }, sentence: ', and the Service is for web/other' },
  {
    name: 'an address of a pool of another group',
    group: 'web/other',
    asks: { addresses: '192.0.2.17' },
    sentence: ', and the Service is for web/other',
  },
  {
    name: 'the pool, and an address that is not in it',
    asks: { pool: 'POOL', addresses: '198.51.100.1' },
    sentence: '198.51.100.1 is not among the addresses of pool',
  },
  {
    name: 'the pool, and an address that it excludes',
    asks: { pool: 'POOL', addresses: '192.0.2.20' },
    sentence: '192.0.2.20 is not among the addresses of pool',
  },
  { name: 'the pool, and an IPv6 address of it', asks: { pool: 'POOL', addresses: '2001:DB8::1A' }, spec: { ipFamilies: ['IPv6'] } },
  {
    name: 'the pool, and an IPv6 address beside its range, which only the planner can judge',
    asks: { pool: 'POOL', addresses: '2001:db8::20' },
    spec: { ipFamilies: ['IPv6'] },
    sentence: '2001:db8::20 is not among the addresses of pool',
    isAdmitted: true,
  },
  {
    name: 'an address that no pool holds, which only the planner can judge',
    asks: { addresses: '198.51.100.1' },
    sentence: 'no AddressPool holds 198.51.100.1',
    isAdmitted: true,
  },
  {
    name: 'without a class, a pool of its group that has other namespaces',
    isWithoutClass: true,
    group: 'GROUP',
    pool: OTHERS,
    asks: { pool: 'POOL' },
    sentence: NOT_ADMITTED,
  },
];
