import { describe, expect, it } from 'vitest';
import type { RunCommand } from '../run-command.ts';
import { deviceIn, interfacesIn, nextHopsIn, readFacts } from './node-reader.ts';

const ADDRESSES = JSON.stringify([
  { ifname: 'lo', addr_info: [{ local: '127.0.0.1', prefixlen: 8 }] },
  {},
  { ifname: 'eth0', addr_info: [{}, { local: '192.0.2.1', prefixlen: 24 }] },
]);

describe('what ip prints', () => {
  it('is read without the empty objects that it filters with', () => {
    expect(interfacesIn(ADDRESSES)).toEqual([
      { name: 'lo', addresses: [{ address: '127.0.0.1', prefixLength: 8 }] },
      { name: 'eth0', addresses: [{ address: '192.0.2.1', prefixLength: 24 }] },
    ]);
    expect(interfacesIn('Object "address" is unknown')).toBeNull();
  });
  it.each([
    ['the device of a route', '[{"dst":"203.0.113.1","dev":"eth1"}]', 'eth1'],
    ['no device without a route', '[]', null],
    ['no device of what is not JSON', 'RTNETLINK answers: Network is unreachable', null],
  ])('gives %s', (_, text, expected) => {
    expect(deviceIn(text)).toBe(expected);
  });
});

describe('the next hops of a node', () => {
  const route = (dst: string, more: object): object => ({ dst, dev: 'eth0', flags: [], ...more });
  it.each<[string, readonly object[], readonly string[]]>([
    [
      'are those of default routes first',
      [route('10.1.0.0/16', { gateway: '192.0.2.9' }), route('default', { gateway: '192.0.2.254' })],
      ['192.0.2.254', '192.0.2.9'],
    ],
    ['are of both families, in one spelling', [route('default', { gateway: '2001:DB8::00FE' })], ['2001:db8::fe']],
    [
      'are told once',
      [route('default', { gateway: '192.0.2.1' }), route('10.0.0.0/8', { gateway: '192.0.2.1', table: '100' })],
      ['192.0.2.1'],
    ],
    [
      'are several where a route has several',
      [route('default', { nexthops: [{ gateway: '192.0.2.8' }, { gateway: '192.0.2.9' }] })],
      ['192.0.2.8', '192.0.2.9'],
    ],
    ['are of the other family', [route('10.9.0.0/16', { via: { family: 'inet6', host: '2001:db8::1' } })], ['2001:db8::1']],
    ['are no link-local ones', [route('default', { gateway: 'fe80::1' }), route('10.0.0.0/8', { gateway: '169.254.1.1' })], []],
    [
      'are none of what is on the link',
      [route('192.0.2.0/24', { prefsrc: '192.0.2.1' }), { type: 'unreachable', dst: '10.99.0.0/16' }],
      [],
    ],
  ])('%s', (_, routes, expected) => expect(nextHopsIn(JSON.stringify(routes))).toEqual(expected));
  it('are unknown when ip prints no list', () => expect(nextHopsIn('Dump terminated')).toBeNull());
});

describe('the link of a node', () => {
  const run: RunCommand = async (_file, args) => {
    if (args.includes('address')) return { status: 0, stdout: ADDRESSES, stderr: '' };
    const device = { '203.0.113.1': 'eth1', '127.0.0.9': 'lo' }[args.at(-1) ?? ''];
    return device === undefined
      ? { status: 2, stdout: '', stderr: '' }
      : { status: 0, stdout: JSON.stringify([{ dev: device }]), stderr: '' };
  };
  const linkTo = async (to: string): Promise<string | null | undefined> =>
    (await readFacts({ node: 'n1', pod: 'p' }, { link: { kind: 'route', to }, passwordFile: '/nowhere' }, run))?.link;

  it.each([
    ['is the one that has the address itself', '192.0.2.1', 'eth0'],
    ['is the one of the route', '203.0.113.1', 'eth1'],
    ['is none without a route', '198.51.100.1', null],
    ['is never the loopback', '127.0.0.9', null],
  ])('%s', async (_, to, expected) => {
    expect(await linkTo(to)).toBe(expected);
  });
  it('by name is none when there is no such interface', async () => {
    const wanted = { link: { kind: 'name' as const, name: 'eth7' }, passwordFile: '/nowhere' };
    expect(await readFacts({ node: 'n1', pod: 'p' }, wanted, run)).toMatchObject({ link: null, password: null });
  });
  it('is unknown when the kernel can not be asked', async () => {
    const wanted = { link: { kind: 'name' as const, name: 'eth0' }, passwordFile: '/nowhere' };
    expect(await readFacts({ node: 'n1', pod: 'p' }, wanted, async () => ({ status: 1, stdout: '', stderr: '' }))).toBeNull();
  });
});
