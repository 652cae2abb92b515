import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aLoadBalancer, anInput, aService } from '../../../test/builders/object.ts';
import type { Service } from '../../api/core.ts';
import type { PlanInput } from '../input.ts';
import { vrrpSettings } from '../lines/vrrp-settings.ts';
import { claims as claimsWith } from './claim.ts';

const claims = (input: PlanInput) => claimsWith(input, vrrpSettings(input.group).settings);
const routersOf = (...services: readonly Service[]) =>
  claims(anInput({ services })).routers.map(({ name, addresses }) => [name, ...addresses].join(' '));
const reasonsOf = (...services: readonly Service[]) =>
  claims(anInput({ services })).problems.map(({ object, reason }) => `${object.name} ${reason}`);

describe('the addresses that Services claim', () => {
  it.each<[string, readonly Service[], readonly string[]]>([
    ['are external IPs', [aService('a', ['192.0.2.1'])], ['web/a 192.0.2.1']],
    ['are addresses of a load balancer', [aLoadBalancer('a', ['192.0.2.1'])], ['web/a 192.0.2.1']],
    [
      'are both, each once',
      [aLoadBalancer('a', ['192.0.2.1', '192.0.2.2'], { spec: { type: 'LoadBalancer', externalIPs: ['192.0.2.2', '192.0.2.3'] } })],
      ['web/a 192.0.2.1 192.0.2.2 192.0.2.3'],
    ],
    ['are no host names', [aLoadBalancer('a', ['example', '192.0.2.1'])], ['web/a 192.0.2.1']],
    [
      'are not what is left in the status of another type',
      [{ ...aLoadBalancer('a', ['192.0.2.1']), spec: { type: 'ClusterIP', externalIPs: ['192.0.2.2'] } }],
      ['web/a 192.0.2.2'],
    ],
    [
      'are in the order of numbers, IPv4 first',
      [aService('a', ['2001:db8::1', '192.0.2.10', '192.0.2.9'])],
      ['web/a 192.0.2.9 192.0.2.10 2001:db8::1'],
    ],
    ['are written in one way', [aService('a', ['2001:DB8:0:0::1', '2001:db8::1'])], ['web/a 2001:db8::1']],
    [
      'are routers of their own when spread',
      [aService('a', ['192.0.2.1', '192.0.2.2'], { annotations: { spread: 'true' } })],
      ['web/a/192.0.2.1 192.0.2.1', 'web/a/192.0.2.2 192.0.2.2'],
    ],
    [
      'stay together for any other value',
      [aService('a', ['192.0.2.1', '192.0.2.2'], { annotations: { spread: 'yes' } })],
      ['web/a 192.0.2.1 192.0.2.2'],
    ],
    ['end with their Service', [aService('a', ['192.0.2.1'], { deleted: true })], []],
  ])('%s', (_, services, expected) => {
    expect(routersOf(...services)).toEqual(expected);
  });

  it.each<[string, readonly Service[], readonly string[], readonly string[]]>([
    ['no address', [aLoadBalancer('a', []), aService('b', ['192.0.2.2'])], ['a NoAddress'], ['web/b 192.0.2.2']],
    ['a host name only', [aLoadBalancer('a', ['example'], { annotations: { spread: 'true' } })], ['a NoAddress'], []],
    ['a text that is not an address', [aService('a', ['192.0.2.300', '192.0.2.1'])], ['a InvalidAddress'], ['web/a 192.0.2.1']],
    ['a number with leading zeros', [aService('a', ['192.0.2.010'])], ['a InvalidAddress'], []],
    [
      'an address of an older Service',
      [aService('a', ['192.0.2.1'], { created: '2026-01-02T00:00:00Z' }), aService('b', ['192.0.2.1'])],
      ['a AddressConflict'],
      ['web/b 192.0.2.1'],
    ],
    [
      'an address of a Service of the same age and an earlier name',
      [aService('b', ['192.0.2.1', '192.0.2.2']), aService('a', ['192.0.2.1'])],
      ['b AddressConflict'],
      ['web/a 192.0.2.1', 'web/b 192.0.2.2'],
    ],
    [
      'Local without a health port',
      [aService('a', ['192.0.2.1'], { spec: { externalTrafficPolicy: 'Local' } })],
      ['a NoHealthCheckPort'],
      ['web/a 192.0.2.1'],
    ],
  ])('%s is told, and harms nobody else', (_, services, reasons, routers) => {
    expect(reasonsOf(...services)).toEqual(reasons);
    expect(routersOf(...services)).toEqual(routers);
  });

  it('yield to an older Service of another group', () => {
    const input = anInput({
      services: [aService('a', ['192.0.2.1'], { created: '2026-01-02T00:00:00Z' })],
      otherServices: [aService('b', ['192.0.2.1'])],
    });
    expect(claims(input).problems.map(({ reason }) => reason)).toEqual(['AddressConflict']);
    expect(claims(input).routers).toEqual([]);
  });

  it('carry a health check when the policy is Local', () => {
    const service = aLoadBalancer('a', ['192.0.2.1'], {
      spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_001 },
    });
    expect(claims(anInput({ services: [service] }))).toMatchObject({
      routers: [{ trackFile: 'web/a' }],
      checks: [{ trackFile: 'web/a', port: 30_001 }],
    });
  });

  it('have one owner each, whatever the Services are', () => {
    const text = fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:DB8::1', 'nonsense', '');
    const service = fc
      .tuple(fc.nat(5), fc.array(text, { maxLength: 4 }), fc.boolean())
      .map(([day, texts, spread], index = 0) => ({ day, texts, spread, index }));
    fc.assert(
      fc.property(fc.array(service, { maxLength: 6 }), (many) => {
        const services = many.map(({ day, texts, spread }, index) =>
          aService(`s${index}`, texts, { created: `2026-01-0${day + 1}T00:00:00Z`, annotations: { spread: String(spread) } }),
        );
        const carried = claims(anInput({ services })).routers.flatMap(({ addresses }) => addresses);
        expect(new Set(carried).size).toBe(carried.length);
        expect(claims(anInput({ services: services.toReversed() }))).toEqual(claims(anInput({ services })));
      }),
    );
  });
});
