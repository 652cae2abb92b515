import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeApi, refusal } from '../../../test/fakes/api.ts';
import { FakeClock, settled } from '../../../test/fakes/clock.ts';
import { silentLog } from '../../telemetry/log.ts';
import { ApiServers } from './api-servers.ts';

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const endpoints = (...addresses: string[]) => addresses.map((address) => ({ addresses: [address] }));
const slice = (...addresses: string[]) => ({ metadata: { namespace: 'default', name: 'kubernetes' }, endpoints: endpoints(...addresses) });

describe("the addresses of the API server's hosts", () => {
  let [api, clock, stop] = [new FakeApi(), new FakeClock(), new AbortController()];
  let [told, warnings, isAnswered] = [0, 0, false];
  let ended: Promise<void>;
  let servers: ApiServers;

  const start = async (): Promise<void> => {
    const log = { ...silentLog, warn: () => void warnings++ };
    servers = new ApiServers({ client: api, clock, log, onChange: () => void told++ });
    void servers.answered.then(() => {
      isAnswered = true;
    });
    ended = servers.run(stop.signal);
    await settled();
  };
  const answers = (status: number | null): void => {
    api.fault = (request) => {
      if (status !== null) throw refusal(status, 'Refused', request);
    };
  };
  const put = async (method: 'POST' | 'PUT', ...addresses: string[]): Promise<void> => {
    const path = method === 'POST' ? SLICES : `${SLICES}/kubernetes`;
    await api.request({ method, path, body: slice(...addresses) });
    await settled();
  };

  beforeEach(() => {
    [api, clock, stop] = [new FakeApi(), new FakeClock(), new AbortController()];
    [told, warnings, isAnswered] = [0, 0, false];
  });
  afterEach(async () => {
    stop.abort();
    await ended;
  });

  it('are those of its EndpointSlice, in one spelling', async () => {
    await put('POST', '192.0.2.2', '2001:DB8::2', 'no-address');
    await start();
    expect({ addresses: servers.addresses, isAnswered, warnings }).toEqual({
      addresses: ['192.0.2.2', '2001:db8::2'],
      isAnswered: true,
      warnings: 0,
    });
  });

  it('are told when one joins, and stay when one is down', async () => {
    await put('POST', '192.0.2.2');
    await start();
    await put('PUT', '192.0.2.3');
    expect(servers.addresses).toEqual(['192.0.2.2', '192.0.2.3']);
    expect(told).toBe(2);
    await put('PUT', '192.0.2.2');
    expect(told).toBe(2);
  });

  it.each([403, 404])('are given up with one line where the API server says %i, until it says something else', async (status) => {
    await put('POST', '192.0.2.2');
    answers(status);
    await start();
    await clock.pass(20 * 60_000);
    expect({ addresses: servers.addresses, isAnswered, warnings }).toEqual({ addresses: [], isAnswered: true, warnings: 1 });
    answers(null);
    await clock.pass(5 * 60_000);
    expect(servers.addresses).toEqual(['192.0.2.2']);
  });

  it('are waited for while there is no answer: without them a Service could take one', async () => {
    await put('POST', '192.0.2.2');
    answers(503);
    await start();
    await clock.pass(10_000);
    expect({ isAnswered, warnings }).toEqual({ isAnswered: false, warnings: 1 });
    answers(null);
    await clock.pass(1000);
    expect({ isAnswered, addresses: servers.addresses }).toEqual({ isAnswered: true, addresses: ['192.0.2.2'] });
  });
});
