import { describe, expect, it } from 'vitest';
import { refusal } from '../../../test/fakes/api.ts';
import type { Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { SERVICE_CONDITION } from '../../api/names.ts';
import type { Client } from '../../kube/client.ts';
import { answerExplain, type ExplainOptions } from './command.ts';
import { explain, isServed } from './explain.ts';

const GROUP = 'keepalived-operator.redhat-cop.io/keepalivedgroup';
const service = (
  externalIPs: readonly string[],
  annotations: Record<string, string> = { [GROUP]: 'web/vips' },
  rest: object = {},
): Service => ({
  metadata: { name: 'shop', namespace: 'web', annotations },
  spec: { externalIPs, type: 'ClusterIP' },
  ...rest,
});
const condition = (type: string, status: 'True' | 'False', reason = 'Because', message = 'a sentence') => ({
  ...{ type, status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' },
});
const group = (status?: KeepalivedGroup['status']): KeepalivedGroup => ({
  metadata: { name: 'vips', namespace: 'web' },
  ...(status && { status }),
});
const SERVED = group({
  holders: { '192.0.2.1': 'web/shop', '192.0.2.2': 'web/other', '2001:db8::1': 'web/shop' },
  homes: { 'web/shop': ['node1', 'node2'] },
  virtualRouters: [
    {
      name: 'web/shop',
      virtualRouterID: 7,
      addressCount: 1,
      addresses: ['192.0.2.1'],
      node: 'node1',
      plannedNode: 'node1',
      state: 'Owned',
    },
    {
      name: 'web/shop/ipv6',
      virtualRouterID: 7,
      addressCount: 1,
      addresses: ['2001:db8::1'],
      node: 'node2',
      plannedNode: 'node1',
      state: 'Owned',
    },
  ],
  conditions: [condition('Ready', 'True'), condition('ReconcileError', 'False')],
});

describe('the explanation of a Service', () => {
  it('tells which node has each address, and which takes over', () => {
    const found = explain(service(['192.0.2.1', '2001:DB8::1']), [SERVED]);
    expect(found).toEqual({
      service: 'web/shop',
      group: 'web/vips',
      addresses: [
        {
          ...{ address: '192.0.2.1', state: 'Owned', virtualRouter: 'web/shop', virtualRouterID: 7 },
          ...{ node: 'node1', next: 'node2', plannedNode: 'node1' },
        },
        {
          ...{ address: '2001:db8::1', state: 'Owned', virtualRouter: 'web/shop/ipv6', virtualRouterID: 7 },
          ...{ node: 'node2', next: 'node1', plannedNode: 'node1' },
        },
      ],
      sentences: [],
    });
    expect(isServed(found)).toBe(true);
  });

  it('knows an address that the Service shares with the one that had it first', () => {
    const { status = {} } = SERVED;
    const sharedAddresses = { '192.0.2.1': { router: 'web/shop', services: ['web/first', 'web/shop'] } };
    const shared = group({ ...status, holders: { '192.0.2.1': 'web/first' }, sharedAddresses });
    expect(explain(service(['192.0.2.1']), [shared]).addresses).toMatchObject([{ state: 'Owned', node: 'node1' }]);
  });

  it('says what the operator wrote on the Service about an address that another Service has', () => {
    const refused = {
      status: { conditions: [condition(SERVICE_CONDITION, 'False', 'AddressConflict', '192.0.2.2 belongs to web/other')] },
    };
    const found = explain(service(['192.0.2.2'], undefined, refused), [SERVED]);
    expect(found.addresses).toEqual([{ address: '192.0.2.2', state: 'NotCarried' }]);
    expect(found.sentences).toEqual(['AddressConflict: 192.0.2.2 belongs to web/other']);
    expect(isServed(found)).toBe(false);
  });

  it.each<[string, Service, readonly KeepalivedGroup[], RegExp]>([
    ['no annotation, and which groups there are', service(['192.0.2.1'], {}), [SERVED], /names no KeepalivedGroup.*Groups: web\/vips\./],
    ['no annotation, and that there is no group', service(['192.0.2.1'], {}), [], /There is no group yet: create one\./],
    [
      'a group that is not there, and the one that was meant',
      service(['192.0.2.1'], { [GROUP]: 'web/vip' }),
      [SERVED],
      /did you mean web\/vips\?/,
    ],
    ['a text that is no reference', service(['192.0.2.1'], { [GROUP]: 'vips' }), [SERVED], /write NAMESPACE\/NAME of a KeepalivedGroup/],
    ['a group that no manager has seen', service(['192.0.2.1']), [group()], /no manager has seen it/],
    ['a Service that asks for nothing', service([]), [SERVED], /asks for no address: spec\.externalIPs is empty/],
    [
      'what is wrong with the group',
      service(['192.0.2.1']),
      [group({ holders: { '192.0.2.1': 'web/shop' }, conditions: [condition('Available', 'False', 'NoPods', 'no pod runs')] })],
      /^KeepalivedGroup web\/vips: Available False: NoPods: no pod runs$/,
    ],
    [
      'a key that is a slip away',
      service(['192.0.2.1'], { [GROUP]: 'web/vips', 'keepalived-operator.redhat-cop.io/spreadvip': 'true' }),
      [SERVED],
      /did you mean .*\/spreadvips\?/,
    ],
  ])('names %s', (_, one, groups, sentence) => expect(explain(one, groups).sentences.join('\n')).toMatch(sentence));
});

describe('kubectl keepalived explain', () => {
  const asked: string[] = [];
  let addresses: readonly object[] = [];
  const client: Client = {
    async request<T>({ path }: { readonly path: string }): Promise<T> {
      asked.push(path);
      if (path.endsWith('/nobody')) throw refusal(404, 'NotFound', { path });
      if (path.endsWith('/virtualips')) return { items: addresses } as T;
      return (path.includes('/services/') ? service(['192.0.2.1']) : { items: [SERVED] }) as T;
    },
    stream: () => {
      throw new Error('explain watches nothing');
    },
  };
  const answer = (argument: string, options: Partial<ExplainOptions> = {}) =>
    answerExplain(client, argument, { output: 'text', ...options }, 'web');

  it.each(['service/shop', 'svc/shop', 'shop'])('prints a line, a table and what is to do for %s', async (argument) =>
    expect(await answer(argument)).toEqual({
      stdout:
        'Service web/shop of KeepalivedGroup web/vips is served\n' +
        'ADDRESS     STATE   NODE    NEXT    ROUTER     ID\n' +
        '192.0.2.1   Owned   node1   node2   web/shop   7\n',
      notes: [],
      status: 0,
    }),
  );

  it('says what was observed of the address of the Service, and not of others', async () => {
    const wrong = condition('EndpointsReady', 'False', 'NoReadyEndpoint', 'no node of the group has a ready endpoint');
    const virtualIP = (address: string, name: string) => ({
      ...{ metadata: { name: address }, spec: { address, claims: [{ namespace: 'web', service: name, source: 'ExternalIP' }] } },
      status: { conditions: [wrong, condition('Unique', 'True')] },
    });
    addresses = [virtualIP('192.0.2.9', 'other')];
    expect((await answer('shop')).stdout).not.toContain('EndpointsReady');
    addresses = [virtualIP('192.0.2.1', 'shop')];
    expect((await answer('shop')).stdout).toMatch(/web\/shop +7\nEndpointsReady False: no node of the group has a ready endpoint\n/);
    addresses = [];
  });

  it('adds, wide, the node that is to have each address', async () =>
    expect((await answer('shop', { output: 'wide' })).stdout).toMatch(/ID +PLANNED\n.* 7 +node1\n/));

  it('asks in the namespace of the context or the one that is named', async () => {
    await answer('shop');
    await answer('shop', { namespace: 'other' });
    await answer('service/third/shop', { namespace: 'other' });
    expect(asked.filter((path) => path.includes('/services/')).slice(-3)).toEqual([
      '/api/v1/namespaces/web/services/shop',
      '/api/v1/namespaces/other/services/shop',
      '/api/v1/namespaces/third/services/shop',
    ]);
  });

  it('says what to write instead', async () => {
    expect(await answer('nobody')).toMatchObject({
      status: 1,
      notes: ['error: there is no Service nobody in namespace web; -n names another namespace'],
    });
    expect(await answer('pod/a')).toMatchObject({
      status: 1,
      notes: ['error: "pod/a" names no Service; write service/NAME or service/NAMESPACE/NAME'],
    });
  });
});
