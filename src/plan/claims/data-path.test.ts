import { describe, expect, it } from 'vitest';
import { aLoadBalancer, anInput, aReport, aService } from '../../../test/builders/object.ts';
import type { Service } from '../../api/core.ts';
import { plan } from '../plan.ts';

const VIP = '192.0.2.150';
const PORTS = [{ port: 80 }];
const reports = [{ ...aReport('node1', 'r1'), networks: ['192.0.2.0/24', '2001:db8::/64'] }];
const hints = (service: Service, more = {}): string[] => {
  const { routers, problems } = plan(anInput({ services: [service], ...more }));
  expect(routers.length).toBeGreaterThan(0);
  return problems.map(({ reason, message }) => `${reason}: ${message}`);
};

describe('an address that is carried and at which nothing may answer', () => {
  it.each<[string, Service, string]>([
    ['of a headless Service', aService('db', [VIP], { spec: { clusterIP: 'None', selector: { app: 'db' }, ports: PORTS } }), 'headless'],
    ['of an ExternalName Service', aService('db', [VIP], { spec: { type: 'ExternalName', ports: PORTS } }), 'ExternalName'],
    ['of a Service without ports', aService('db', [VIP], { spec: { ports: [], selector: { app: 'db' } } }), 'has no ports'],
    ['of a Service without a selector', aService('db', [VIP], { spec: { ports: PORTS } }), 'has no selector'],
  ])('%s is carried with a hint', (_, service, words) => {
    expect(hints(service)).toEqual([expect.stringMatching(new RegExp(`^NothingForwards: .*${words}`))]);
  });

  it.each<[string, string, number]>([
    ['in no network of the interface', '192.0.3.200', 1],
    ['in no network of IPv6', '2001:db8:1::1', 1],
    ['in a network of the interface', VIP, 0],
    ['in a network of IPv6', '2001:db8::1', 0],
  ])('%s has as many hints', (_, address, count) => {
    expect(hints(aService('web', [address]), { reports }).filter((text) => text.startsWith('AddressOffNetwork'))).toHaveLength(count);
    expect(hints(aService('web', [address]))).toEqual([]);
  });

  it('is not the one in loadBalancerIP, which nothing assigned', () => {
    const spec = { type: 'LoadBalancer', loadBalancerIP: '192.0.2.77' };
    expect(hints(aLoadBalancer('web', [VIP], { spec }))).toEqual([expect.stringMatching(/^LoadBalancerIPUnused: .*192\.0\.2\.77/)]);
    expect(hints(aLoadBalancer('web', ['192.0.2.77'], { spec }))).toEqual([]);
  });
});
