import { describe, expect, it } from 'vitest';
import { FakeClock, settled } from '../../../test/fakes/clock.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Client, Request } from '../../kube/client.ts';
import { silentLog } from '../../telemetry/log.ts';
import { type Infrastructure, nameOfKeepalivedCluster, readReservedRouterIds } from './openshift.ts';

const infrastructure = (type: string, platform: object, apiServerInternalURI = 'https://api-int.ostest.example.com:6443') =>
  ({
    status: { infrastructureName: 'ostest-x7k2p', apiServerInternalURI, platformStatus: { type, [type.toLowerCase()]: platform } },
  }) as Infrastructure;
const ADDRESSES = { apiServerInternalIPs: ['192.0.2.5'], ingressIPs: ['192.0.2.4'] };

describe('an OpenShift cluster keeps addresses alive by keepalived', () => {
  it.each<[string, Infrastructure, string | undefined]>([
    ['on bare metal', infrastructure('BareMetal', ADDRESSES), 'ostest'],
    ['on vSphere', infrastructure('VSphere', ADDRESSES), 'ostest'],
    ['of a version with one address each', infrastructure('OpenStack', { apiServerInternalIP: '192.0.2.5' }), 'ostest'],
    [
      'with its own load balancer',
      infrastructure('BareMetal', { ...ADDRESSES, loadBalancer: { type: 'OpenShiftManagedDefault' } }),
      'ostest',
    ],
    [
      'and not with one that somebody else runs',
      infrastructure('BareMetal', { ...ADDRESSES, loadBalancer: { type: 'UserManaged' } }),
      undefined,
    ],
    ['and not without addresses', infrastructure('VSphere', {}), undefined],
    ['and not on a cloud', infrastructure('AWS', { region: 'eu-central-1' }), undefined],
    ['and not without a platform', infrastructure('None', {}), undefined],
    ['and not where no name is in its API', infrastructure('BareMetal', ADDRESSES, 'https://192.0.2.5:6443'), undefined],
    ['and not before it has a status', {}, undefined],
  ])('%s', (_, object, name) => expect(nameOfKeepalivedCluster(object)).toBe(name));
});

describe('the ids that the cluster uses itself', () => {
  const read = (...answers: readonly (Infrastructure | ApiError)[]) => {
    const queue = [...answers];
    const client = {
      request: async (_: Request) => {
        const answer = queue.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      },
    } as unknown as Client;
    const [clock, stop] = [new FakeClock(), new AbortController()];
    return { clock, stop, left: queue, ids: readReservedRouterIds({ client, clock, log: silentLog }, stop.signal) };
  };
  const failed = (status: number) => new ApiError({ kind: status === 0 ? 'network' : 'response', status, message: `HTTP ${status}` });

  it('are those of its API and its ingress, by its name', async () => {
    const reserved = await read(infrastructure('BareMetal', ADDRESSES)).ids;
    expect(reserved.map(({ user }) => user)).toEqual([
      'the OpenShift cluster ostest itself (APIVirtualRouterID)',
      'the OpenShift cluster ostest itself (IngressVirtualRouterID)',
    ]);
  });

  it.each([404, 403])('are none where the API server says %i', async (status) => {
    expect(await read(failed(status)).ids).toEqual([]);
  });

  it('are asked for again while there is no answer', async () => {
    const { clock, ids, left } = read(failed(0), failed(503), infrastructure('BareMetal', ADDRESSES));
    await clock.pass(2000);
    expect(left).toEqual([]);
    expect(await ids).toHaveLength(2);
  });

  it('are waited for no longer once the process ends', async () => {
    const { stop, ids } = read(failed(503), failed(503));
    await settled();
    stop.abort();
    expect(await ids).toEqual([]);
  });
});
