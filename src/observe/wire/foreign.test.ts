import { describe, expect, it } from 'vitest';
import { aReport } from '../../../test/builders/object.ts';
import { aWord } from '../../../test/builders/word.ts';
import type { WireAdvert } from '../../api/node/wire.ts';
import type { Word } from '../evidence.ts';
import { FOREIGN_LASTING, type Foreign, type ForeignLook, lookAtForeign, NOTHING_FOREIGN } from './foreign.ts';

const NODES = ['node1', 'node2', 'node3'];
const STRANGER = '192.0.2.66';
const WALL = 1_000_000;
const routers = [
  { name: 'web/web', addresses: ['192.0.2.200'], ranks: NODES, id: 7 },
  { name: 'web/web/ipv6', addresses: ['2001:db8::200'], ranks: NODES, id: 7 },
];
const advert: WireAdvert = {
  source: STRANGER,
  id: 7,
  version: 2,
  priority: 100,
  addresses: ['192.0.2.9'],
  differs: ['addresses'],
  since: 0,
};

interface Says {
  readonly adverts?: readonly WireAdvert[] | undefined;
  readonly addresses?: readonly string[];
  readonly silentSince?: number;
  readonly offset?: number;
}
function word(node: string, { adverts = [], addresses = [`192.0.2.${node.at(-1)}`], silentSince, offset = 0 }: Says = {}): Word {
  const report = { ...aReport(node, 'r', []), link: { name: 'eth0', addresses }, wire: { findings: [], ...(adverts && { adverts }) } };
  return aWord(report, 0, { clock: { offset, error: 1, found: 0 }, ...(silentSince !== undefined && { silentSince }) });
}
function look(now: number, words: readonly Word[], before: Foreign = NOTHING_FOREIGN, changes: Partial<ForeignLook> = {}): Foreign {
  const owners = new Map([['web/web', { kind: 'Owned', node: 'node1' }]] as const);
  return lookAtForeign(before, {
    nodes: NODES,
    routers,
    owners,
    isOurs: () => false,
    macs: new Map(),
    words,
    now,
    wall: WALL + now,
    ...changes,
  });
}
const hearing = (...adverts: readonly WireAdvert[]): Word[] => [word('node1'), word('node2', { adverts }), word('node3')];
const told = ({ adverts }: Foreign): string[] => adverts.map(({ source, id, router }) => `${source} ${id} ${router}`);

describe('a stranger that sends adverts', () => {
  it('is told once they have lasted, with the virtual router of its family, who hears it, and since when', () => {
    const soon = look(1000, hearing(advert));
    expect([soon.adverts, soon.again]).toEqual([[], FOREIGN_LASTING.known - 1000]);
    const [seen] = look(FOREIGN_LASTING.known, hearing(advert)).adverts;
    expect(seen).toMatchObject({
      router: 'web/web',
      ownership: { kind: 'Owned' },
      source: STRANGER,
      hearers: ['node2'],
      untold: [],
      since: WALL,
    });
    expect(told(look(5000, hearing({ ...advert, source: 'fe80::66' })))).toEqual(['fe80::66 7 web/web/ipv6']);
  });
  it('is told once, of all who hear it, since the first of them did, by the words of one that knows its MAC address', () => {
    const mac = '02:00:00:00:00:66';
    const words = [word('node1', { adverts: [advert] }), word('node2', { adverts: [{ ...advert, mac }], offset: -500 }), word('node3')];
    const { adverts } = look(9000, words);
    expect(adverts).toHaveLength(1);
    expect(adverts[0]).toMatchObject({ hearers: ['node1', 'node2'], mac, since: WALL - 500 });
  });
  it('with an address of the group under another id is told without a virtual router', () =>
    expect(told(look(9000, hearing({ ...advert, id: 99, differs: ['id'], addresses: ['192.0.2.200'] })))).toEqual([
      `${STRANGER} 99 undefined`,
    ]));
  it('is none by the address or the link-layer address of a node, of whichever group, whatever it sends', () => {
    expect(told(look(9000, hearing({ ...advert, source: '192.0.2.3' })))).toEqual([]);
    expect(told(look(9000, hearing(advert), NOTHING_FOREIGN, { isOurs: (source) => source === STRANGER }))).toEqual([]);
    const mac = '02:00:00:00:00:03';
    expect(told(look(9000, hearing({ ...advert, mac }), NOTHING_FOREIGN, { macs: new Map([['node3', [mac]]]) }))).toEqual([]);
  });
  it('is none by the link-local address of a virtual router, which says nothing of its sender', () =>
    expect(told(look(9000, hearing({ ...advert, source: 'fe80::200:5eff:fe00:207' })))).toEqual([]));
  it('is none by the address of a node that has fallen silent, or left', () => {
    const before = look(0, [...hearing(), word('node4', { addresses: [STRANGER] })]);
    expect(told(look(9000, hearing(advert), before))).toEqual([]);
  });
  it('is told later while nodes of the group have not said which addresses they have, which is said', () => {
    const words = [word('node1'), word('node2', { adverts: [advert] })];
    const before = look(9000, words);
    expect(before).toMatchObject({ adverts: [], again: FOREIGN_LASTING.untold });
    expect(look(9000 + FOREIGN_LASTING.untold, words, before).adverts[0]).toMatchObject({ untold: ['node3'] });
  });
  it('waits for as long as one node after the other says which addresses it has', () => {
    const nodes = [...NODES, 'node4', 'node5'];
    const words = hearing(advert);
    const first = look(200_000, words, NOTHING_FOREIGN, { nodes });
    const second = look(400_000, [...words, word('node4')], first, { nodes });
    expect([second.adverts, second.again]).toEqual([[], FOREIGN_LASTING.untold]);
    expect(told(look(400_000, [...words, word('node4'), word('node5')], second, { nodes }))).toEqual([`${STRANGER} 7 web/web`]);
  });
  it('goes on being told while a node comes, since the same moment, whatever clocks say', () => {
    const before = look(9000, hearing(advert));
    const { adverts } = look(9100, hearing(advert), before, { nodes: [...NODES, 'node4'], wall: WALL });
    expect(adverts).toMatchObject([{ since: WALL, untold: ['node4'] }]);
  });
  it('is not known by a node that is silent, nor by one that does not listen', () => {
    expect(look(9000, [word('node1'), word('node2', { adverts: [advert], silentSince: 8000 }), word('node3')]).adverts).toEqual([]);
    const deaf = look(
      9000,
      NODES.map((node) => ({ ...word(node), report: { ...word(node).report, wire: { findings: [] } } })),
    );
    expect([deaf.isListening, look(9000, hearing()).isListening]).toEqual([false, true]);
  });
  it('leaves what is known of addresses as it is while nothing changes', () => {
    const words = hearing();
    const { own } = look(0, words);
    expect(look(1000, words, { ...NOTHING_FOREIGN, own }).own).toBe(own);
  });
});
