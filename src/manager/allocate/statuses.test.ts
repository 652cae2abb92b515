import { describe, expect, it } from 'vitest';
import { FakeApi } from '../../../test/fakes/api.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { API_VERSION, VIRTUAL_IP_KIND } from '../../api/names.ts';
import type { AddressPool } from '../../api/pool/address-pool.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { collectionPath } from '../../kube/object.ts';
import { Store } from '../../kube/store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { VIRTUAL_IPS } from '../cluster/resource.ts';
import { Newest } from './newest.ts';
import { Statuses } from './statuses.ts';

/** More than are written at a time. */
const COUNT = 120;

describe('the statuses of many VirtualIPs', () => {
  it('are written some each second, and looked through no oftener, whatever asks for it', async () => {
    const [api, clock, store] = [new FakeApi(), new FakeClock(), new Store<VirtualIP>()];
    for (let index = 0; index < COUNT; index += 1) {
      const address = `192.0.2.${index + 1}`;
      const body = { apiVersion: API_VERSION, kind: VIRTUAL_IP_KIND, metadata: { name: address }, spec: { address } };
      store.set(await api.request<VirtualIP>({ method: 'POST', path: collectionPath(VIRTUAL_IPS), body }));
    }
    const virtualIPs = new Newest(store, clock);
    let looks = 0;
    const seen = {
      serviceOf: () => undefined,
      groupOf: () => undefined,
      routerOf: () => undefined,
      movesOf: () => [],
      verdictOf: () => undefined,
      isUnserved: () => false,
    };
    const counted = {
      get: (key: string) => virtualIPs.get(key),
      wrote: (one: VirtualIP) => virtualIPs.wrote(one),
      list: () => {
        looks += 1;
        return virtualIPs.list();
      },
    } as Newest<VirtualIP>;
    const pools = new Newest(new Store<AddressPool>(), clock);
    const statuses = new Statuses({
      client: api,
      pools,
      virtualIPs: counted,
      seen,
      budget: { take: async () => {} },
      clock,
      log: silentLog,
    });
    const before = api.writes.length;
    const written: number[] = [];
    for (let second = 0; second < 4; second += 1) {
      let after: number | undefined;
      for (let reason = 0; reason < 10; reason += 1) after = await statuses.write([]);
      written.push(api.writes.length - before);
      await clock.pass(after ?? 1000);
    }
    expect(written).toEqual([50, 100, 120, 120]);
    // The last time there is nothing to write, and whatever may be new is looked at at once.
    expect(looks).toBe(3 + 10);
  });
});
