import { describe, expect, it } from 'vitest';
import { aService, type ServiceOptions } from '../../../test/builders/object.ts';
import { refusal } from '../../../test/fakes/api.ts';
import type { Service } from '../../api/core.ts';
import type { AddressPool } from '../../api/pool/address-pool.ts';
import type { Client } from '../../kube/client.ts';
import { answerExternalIPs } from './command.ts';
import { externalIPsIn } from './external-ips.ts';

const pool: AddressPool = {
  metadata: { name: 'lan' },
  spec: { group: 'web/vips', addresses: ['192.0.2.0/28', '2001:db8::/120'], excludedAddresses: ['192.0.2.9'] },
};
const service = (addresses: readonly string[], spec: object = {}, options: ServiceOptions = {}): Service =>
  aService('a', addresses, { ...options, spec: { type: 'ClusterIP', externalIPs: addresses, ...spec } });
const answering = (services: readonly Service[], pools: readonly AddressPool[] | undefined): Client => ({
  request: async <T>({ path }: { readonly path: string }): Promise<T> => {
    if (path.endsWith('/services')) return { items: services } as T;
    if (pools === undefined) throw refusal(404, 'NotFound', { path });
    return { items: pools } as T;
  },
  stream: async function* () {},
});

describe('a Service with external IPs', () => {
  it.each<[string, Service, object]>([
    ['in a pool of its group', service(['192.0.2.1', '2001:DB8::1']), { pool: 'lan', addresses: ['192.0.2.1', '2001:db8::1'] }],
    ['in no pool', service(['198.51.100.1']), { obstacle: 'no AddressPool of group web/vips holds 198.51.100.1; add it to one' }],
    ['that the pool excludes', service(['192.0.2.9']), { obstacle: expect.stringContaining('holds 192.0.2.9') }],
    [
      'in a pool of another group',
      service(['192.0.2.1'], {}, { annotations: { group: 'web/other' } }),
      { obstacle: expect.stringContaining('web/other') },
    ],
    ['two of a family', service(['192.0.2.1', '192.0.2.2']), { obstacle: expect.stringContaining('several addresses of one family') }],
    ['that are none', service(['x']), { obstacle: '"x" is not an IP address; correct it' }],
    ['and no cluster IP', service(['192.0.2.1'], { clusterIP: 'None' }), { obstacle: expect.stringContaining('without a cluster IP') }],
    ['of another class', service(['192.0.2.1'], { loadBalancerClass: 'x/y' }), { obstacle: "its class x/y is another's" }],
  ])('%s', (_, one, expected) => expect(externalIPsIn([one], [pool])).toMatchObject([expected]));

  it('is listed, and what keeps it from a pool is said', async () => {
    const { stdout, notes, status } = await answerExternalIPs(answering([service(['192.0.2.1'])], undefined), {});
    expect(stdout.split('\n')[1]).toMatch(/^web +a +ClusterIP +192\.0\.2\.1 +web\/vips +<none>$/);
    expect([notes, status]).toEqual([['Service web/a: no AddressPool of group web/vips holds 192.0.2.1; add it to one'], 0]);
  });

  it('is converted by commands that first add and then take away', async () => {
    const { stdout } = await answerExternalIPs(answering([service(['192.0.2.1']), aService('none', [])], [pool]), { convert: true });
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
      'set -e',
      '# Service web/a',
      'kubectl annotate --overwrite service -n web a keepalived-operator.redhat-cop.io/addresses=192.0.2.1',
      `kubectl patch service -n web a --patch '{"spec":{"type":"LoadBalancer","loadBalancerClass":"keepalived-operator.redhat-cop.io/vip","allocateLoadBalancerNodePorts":false}}'`,
      `until test "$(kubectl get service -n web a -o jsonpath='{.status.loadBalancer.ingress[?(@.ip=="192.0.2.1")].ip}')"; do sleep 1; done`,
      `kubectl patch service -n web a --type=json --patch '[{"op":"test","path":"/spec/externalIPs","value":["192.0.2.1"]},{"op":"remove","path":"/spec/externalIPs"}]'`,
    ]);
  });
});
