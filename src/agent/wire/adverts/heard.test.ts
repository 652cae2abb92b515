import { describe, expect, it } from 'vitest';
import { parse } from '../../../conf/parse.ts';
import { instancesOf } from '../../../localise/instance.ts';
import type { Advert } from './advert.ts';
import { advertsIn } from './advert.ts';
import { carriedIn, differences } from './carried.ts';
import { ADVERT_TIMES, afterAdverts, type HeardAdverts, toldOf } from './heard.ts';

const conf = parse(`
global_defs {
  vrrp_version 2
}
vrrp_instance web/web {
  virtual_router_id 7
  priority 254
  advert_int 1
  virtual_ipaddress {
    192.0.2.100/32
  }
  virtual_ipaddress_excluded {
    192.0.2.101/32
  }
}
vrrp_instance web/web/ipv6 {
  virtual_router_id 7
  priority 254
  virtual_ipaddress {
    2001:db8::100/128
  }
}
`);
const carried = carriedIn(instancesOf(conf), {
  revision: 'r',
  byInstance: new Map(),
  priorities: new Map([['web/web', new Set([254, 253])]]),
});
const OWN: Advert = { source: '192.0.2.2', family: 'IPv4', id: 7, version: 2, priority: 253, interval: 1000, addresses: ['192.0.2.100'] };
const STRANGE: Advert = { ...OWN, source: '192.0.2.66', priority: 255 };

describe('what socat prints', () => {
  const FOUR = `2026/11/26 20:31:53 socat[16112] N opening character device "/dev/null" for writing
2026/11/26 20:31:53 socat[16112] N received packet with 40 bytes from AF=2 192.0.2.66:0
> 2026/11/26 20:31:53.000451706  length=20 from=0 to=19
 21 07 c8 01 01 01 e6 12 c0 00 02 64 73 65 63 72 65 74 31 32
`;
  const SIX = `2026/11/26 20:31:53 socat[16113] N received packet with 40 bytes from AF=10 [fe80:0000:0000:0000:c86e:64ff:fedd:b646]:0
> 2026/11/26 20:31:53.000551234  length=40 from=0 to=39
 31 08 64 02 00 32 8c cd fd 99 00 00 00 00 00 00 00 00 00 00 00 00 01 00 fd 99 00 00 00 00 00 00 00 00 00 00 00 00 01 01
`;
  it('is read as adverts, without a password', () =>
    expect(advertsIn(FOUR + SIX)).toEqual({
      adverts: [
        { source: '192.0.2.66', family: 'IPv4', id: 7, version: 2, priority: 200, interval: 1000, addresses: ['192.0.2.100'] },
        {
          ...{ source: 'fe80::c86e:64ff:fedd:b646', family: 'IPv6', id: 8, version: 3, priority: 100, interval: 500 },
          addresses: ['fd99::100', 'fd99::101'],
        },
      ],
      rest: '',
    }));
  it('may come in pieces', () => {
    for (let at = 0; at < FOUR.length; at += 7) {
      const first = advertsIn(FOUR.slice(0, at));
      expect([...first.adverts, ...advertsIn(first.rest + FOUR.slice(at)).adverts]).toHaveLength(1);
    }
  });
  it.each([
    ['is too short for its addresses', ' 21 07 c8 05 01 01 e6 12 c0 00 02 64'],
    ['is no advertisement', ' 22 07 c8 01 01 01 e6 12 c0 00 02 64'],
    ['is nearly nothing', ' 21'],
  ])('is no advert where it %s', (_, bytes) => expect(advertsIn(FOUR.replace(/\n 21 .*\n/, `\n${bytes}\n`)).adverts).toEqual([]));
});

describe('an advert', () => {
  it.each<[string, Partial<Advert>, readonly string[] | null]>([
    ['as a node of the group sends it', {}, []],
    ['of a node that gives way', { priority: 0 }, []],
    ['with a priority that no node has', { priority: 255 }, ['priority']],
    ['of another version', { version: 3 }, ['version']],
    ['of version 2 at another pace', { interval: 2000 }, ['interval']],
    ['of another version, and more often', { version: 3, interval: 200 }, ['version', 'pace']],
    ['with other addresses', { addresses: ['192.0.2.100', '192.0.2.101'] }, ['addresses']],
    ['with another id and an address of the group, also one that is not advertised', { id: 9, addresses: ['192.0.2.101'] }, ['id']],
    ['with another id and other addresses', { id: 9, addresses: ['192.0.2.7'] }, null],
    ['of IPv6, which has another version by nature', { family: 'IPv6', version: 3, priority: 254, addresses: ['2001:db8::100'] }, []],
  ])('%s', (_, changes, expected) => expect(differences({ ...OWN, ...changes }, carried)).toEqual(expected));
});

describe('what is reported of a sender', () => {
  const hearing = (before: HeardAdverts, now: number, ...adverts: readonly Advert[]): HeardAdverts =>
    afterAdverts(before, adverts, carried, now);
  const heard = (): HeardAdverts => hearing(hearing(new Map(), 100, STRANGE), 1100, STRANGE);
  it('comes with the second advert, and stays the same, byte for byte, while it says the same', () => {
    expect(toldOf(hearing(new Map(), 0, STRANGE))).toEqual([]);
    const told = toldOf(heard());
    expect(told).toEqual([
      { source: '192.0.2.66', id: 7, version: 2, priority: 255, addresses: ['192.0.2.100'], differs: ['priority'], since: 100 },
    ]);
    expect(toldOf(hearing(heard(), 2100, STRANGE))).toEqual(told);
  });
  it('says what is heard now', () => {
    const [told] = toldOf(hearing(heard(), 2100, { ...STRANGE, priority: 1, addresses: ['192.0.2.7', '192.0.2.100'] }));
    expect(told).toMatchObject({ priority: 1, addresses: ['192.0.2.100', '192.0.2.7'], differs: ['addresses', 'priority'], since: 100 });
  });
  it('is over when nothing was heard for a while, or as soon as it sends what the group does, or gives way', () => {
    expect(toldOf(hearing(heard(), 1100 + ADVERT_TIMES.gone))).toHaveLength(1);
    expect(toldOf(hearing(heard(), 1101 + ADVERT_TIMES.gone))).toEqual([]);
    expect(toldOf(hearing(heard(), 2100, { ...STRANGE, priority: 253 }))).toEqual([]);
    expect(toldOf(hearing(heard(), 2100, { ...STRANGE, addresses: [], priority: 0 }))).toEqual([]);
  });
  it('lasts as long as its own interval asks for', () => {
    const slow = { ...STRANGE, interval: 20_000 };
    expect(toldOf(hearing(hearing(hearing(new Map(), 0, slow), 20_000, slow), 100_000))).toHaveLength(1);
  });
  it('is bounded, whatever is sent', () => {
    const flood = Array.from({ length: 2000 }, (_, index) => ({ ...STRANGE, source: `10.0.${index >> 8}.${index & 255}` }));
    expect(toldOf(hearing(hearing(new Map(), 0, ...flood), 1000, ...flood))).toHaveLength(32);
  });
});
