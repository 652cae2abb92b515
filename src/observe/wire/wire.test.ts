import { beforeEach, describe, expect, it } from 'vitest';
import { aReport } from '../../../test/builders/object.ts';
import { aWord } from '../../../test/builders/word.ts';
import type { WireFinding, WireReport } from '../../api/node/wire.ts';
import type { Word } from '../evidence.ts';
import { type Before, observe, type Truth } from '../observe.ts';
import { PATIENCE } from './judge.ts';
import type { WireVerdict } from './verdict.ts';

const VIP = '192.0.2.200';
const NODES = ['node1', 'node2', 'node3'];
const MACS: Readonly<Record<string, string>> = { node1: '02:00:00:00:00:01', node2: '02:00:00:00:00:02', node3: '02:00:00:00:00:03' };
const STRANGER = '02:00:00:00:00:99';
const CLOCK = { offset: 0, error: 1, found: 0 };

/** What a node says at a moment: whether it is master, and what it found. */
interface Says {
  readonly isMaster?: boolean;
  readonly found?: Omit<WireFinding, 'address'>;
  readonly wire?: WireReport | undefined;
  readonly macs?: readonly string[] | undefined;
  readonly silentSince?: number;
}
const word = (node: string, at: number, says: Says): Word => {
  const { isMaster = false, found, macs = [MACS[node] ?? ''] } = says;
  const wire = 'wire' in says ? says.wire : { findings: found === undefined ? [] : [{ address: VIP, ...found }] };
  const report = {
    ...aReport(node, 'r', [isMaster ? { state: 'MASTER', addresses: [VIP], held: [VIP] } : {}]),
    link: { name: 'eth0', addresses: [], macs },
    ...(wire && { wire }),
  };
  return aWord(report, at, { clock: CLOCK, ...(says.silentSince !== undefined && { silentSince: says.silentSince }) });
};

let truth: Before;
beforeEach(() => {
  truth = undefined;
});
const routers = [{ name: 'web/web', addresses: [VIP], ranks: NODES, id: 7 }];
function look(now: number, says: Readonly<Record<string, Says>>, nodes: readonly string[] = NODES): Truth {
  const words = Object.entries(says).map(([node, one]) => word(node, now, one));
  const seen = observe({ nodes, routers }, words, truth, now, { wall: 1_000_000 + now, recordedOf: () => undefined });
  truth = seen;
  return seen;
}
const shown = (seen: Truth): WireVerdict | undefined => seen.wire.judged.get(VIP)?.shown;
/** What is told when this is seen for so long, looked at each second. */
function toldAfter(
  seconds: number,
  from: number,
  says: Readonly<Record<string, Says>>,
  nodes?: readonly string[],
): WireVerdict | undefined {
  let last: WireVerdict | undefined;
  for (let second = 0; second <= seconds; second++) last = shown(look(from + second * 1000, says, nodes));
  return last;
}

const owner: Says = { isMaster: true };
const answered = (mac = MACS.node1, since = 0): Says => ({ found: { is: 'answered', ...(mac && { mac }), since } });
const unresolved = (since: number): Says => ({ found: { is: 'unresolved', since } });
const silent = (since: number): Says => ({ found: { is: 'silent', mac: MACS.node1 ?? '', since } });
const WELL = { node1: owner, node2: answered(), node3: answered() };

describe('who answers for an address', () => {
  it('is its owner, told at once', () => expect(shown(look(0, WELL))).toEqual({ kind: 'Owner', answers: true }));
  it('is the same verdict while nothing changes, so that nobody writes it anew', () => {
    const first = shown(look(0, WELL));
    expect(shown(look(1000, WELL))).toBe(first);
  });
  it('is its owner where only ARP is answered', () =>
    expect(shown(look(0, { ...WELL, node2: { found: { is: 'resolved', mac: MACS.node1 ?? '', since: 0 } }, node3: {} }))).toEqual({
      kind: 'Owner',
    }));
  it('is its owner where it answers from the address that VRRP gives it', () =>
    expect(shown(look(0, { ...WELL, node2: answered('00:00:5e:00:01:07'), node3: {} }))).toEqual({ kind: 'Owner', answers: true }));
  it('is its owner where one of two askers gets no answer: that one may be cut off itself', () => {
    look(0, WELL);
    expect(toldAfter(30, 1000, { ...WELL, node2: unresolved(1000) })).toEqual({ kind: 'Owner', answers: true });
  });

  it('is a stranger with a MAC address that no node has, once it has lasted', () => {
    look(0, WELL);
    const says = { ...WELL, node3: answered(STRANGER, 1000) };
    expect(shown(look(1000, says))).toEqual({ kind: 'Owner', answers: true });
    expect(toldAfter(3, 2000, says)).toEqual({ kind: 'Stranger', mac: STRANGER, askers: ['node3'], untold: [], since: 1_001_000 });
  });
  it('is a stranger, or a node that has told no MAC address', () => {
    const says = { ...WELL, node2: { ...answered(STRANGER, 1000), macs: [] } };
    look(0, { ...WELL, node2: { ...answered(), macs: [] } });
    expect(toldAfter(3, 1000, says)).toMatchObject({ kind: 'Stranger', untold: ['node2'] });
  });
  it('is nobody known as a stranger where the MAC address of the owner is not known', () =>
    expect(toldAfter(20, 0, { ...WELL, node1: { ...owner, macs: [] } })).toEqual({ kind: 'Unknown', why: 'OwnerUnknown' }));
  it('is another node, by its MAC address', () => {
    look(0, WELL);
    expect(toldAfter(3, 1000, { ...WELL, node2: answered(MACS.node3, 1000) })).toEqual({
      kind: 'OtherNode',
      node: 'node3',
      mac: MACS.node3,
      askers: ['node2'],
    });
  });
  it('is other nodes where their kernels answer for what they have on another interface', () => {
    const copy: Says = { wire: { findings: [], answersFor: [{ interface: 'kube-ipvs0', addresses: [VIP] }] } };
    expect(toldAfter(3, 0, { node1: owner, node2: copy, node3: copy })).toEqual({
      kind: 'LocalCopies',
      nodes: ['node2', 'node3'],
      interface: 'kube-ipvs0',
    });
  });
  it('is its owner again when that has lasted: of two hosts that answer, kernels believe now one and now the other', () => {
    look(0, WELL);
    const disputed = { ...WELL, node3: answered(STRANGER, 1000) };
    const calm = { ...WELL, node3: answered(MACS.node1, 5000) };
    expect(toldAfter(3, 1000, disputed)).toMatchObject({ kind: 'Stranger' });
    expect(toldAfter(9, 5000, calm)).toMatchObject({ kind: 'Stranger' });
    expect(toldAfter(1, 15_000, disputed)).toMatchObject({ kind: 'Stranger' });
    expect(toldAfter(9, 17_000, calm)).toMatchObject({ kind: 'Stranger' });
    expect(shown(look(27_000, calm))).toEqual({ kind: 'Owner', answers: true });
  });
  it('is its owner again at once where nobody answered', () => {
    look(0, WELL);
    const nobody = { ...WELL, node2: unresolved(1000), node3: unresolved(1000) };
    expect(toldAfter(8, 1000, nobody)).toMatchObject({ kind: 'Nobody' });
    expect(shown(look(10_000, WELL))).toEqual({ kind: 'Owner', answers: true });
  });
  it('is nobody where all askers find so, and the owner has said since that it is the owner', () => {
    look(0, WELL);
    const says = { node1: owner, node2: unresolved(1000), node3: unresolved(1500) };
    expect(toldAfter(2, 1000, says)).toEqual({ kind: 'Owner', answers: true });
    expect(toldAfter(3, 4000, says)).toEqual({ kind: 'Nobody', askers: ['node2', 'node3'] });
  });
  it('is nobody any more where packets were answered and are not', () => {
    look(0, WELL);
    expect(toldAfter(6, 1000, { node1: owner, node2: silent(1000), node3: unresolved(1000) })).toEqual({
      kind: 'Silent',
      askers: ['node2', 'node3'],
    });
  });
  it('is nobody by the word of one asker only where there is no other', () => {
    look(0, WELL);
    expect(toldAfter(10, 1000, { node1: owner, node2: unresolved(1000), node3: {} })).toEqual({ kind: 'Owner', answers: true });
    truth = undefined;
    look(0, { node1: owner, node2: answered() }, ['node1', 'node2']);
    expect(toldAfter(6, 1000, { node1: owner, node2: unresolved(1000) }, ['node1', 'node2'])).toMatchObject({ kind: 'Nobody' });
  });
  it('is not nobody by the word of one asker that the manager alone still hears: both may be cut off', () => {
    look(0, WELL);
    const cut = (at: number) => ({
      node1: { ...owner, silentSince: at },
      node2: unresolved(1000),
      node3: { ...answered(), silentSince: at },
    });
    expect(toldAfter(10, 1000, cut(1000))).toEqual({ kind: 'Owner', answers: true });
    expect(toldAfter(25, 11_000, cut(1000))).toMatchObject({ kind: 'Nobody' });
  });
  it('is nobody where the owner is silent, too, and no other node takes over within the time of a takeover', () => {
    look(0, WELL);
    const says = { node1: { ...owner, silentSince: 1000 }, node2: silent(1000), node3: silent(1000) };
    expect(toldAfter(PATIENCE.takeover / 1000 - 1, 1000, says)).toEqual({ kind: 'Owner', answers: true });
    expect(toldAfter(1, 1000 + PATIENCE.takeover, says)).toMatchObject({ kind: 'Silent' });
  });

  it.each<[string, Readonly<Record<string, Says>>, string]>([
    ['no node asks', { node1: owner, node2: { wire: undefined }, node3: { wire: undefined } }, 'NobodyAsks'],
    ['no node found out', { node1: owner, node2: {}, node3: {} }, 'NoEvidence'],
  ])('is not known where %s', (_, says, why) => {
    expect(toldAfter(5, 0, says)).toBeUndefined();
    expect(toldAfter(20, 6000, says)).toEqual({ kind: 'Unknown', why });
  });
});

describe('hosts that answer the same question', () => {
  const contested = (since: number, ...macs: (string | undefined)[]): Says => ({
    wire: {
      findings: [{ address: VIP, is: 'answered', mac: MACS.node1 ?? '', since: 0 }],
      contested: [{ address: VIP, macs: macs.flatMap((mac) => mac ?? []), since }],
    },
  });
  const stranger = { kind: 'Stranger', mac: STRANGER, askers: ['node2'], untold: [], since: 1_001_000 };

  it('are told, once it has lasted, although the kernels of all nodes know the owner', () => {
    look(0, WELL);
    const says = { ...WELL, node2: contested(1000, MACS.node1, STRANGER) };
    expect(shown(look(1000, says))).toEqual({ kind: 'Owner', answers: true });
    expect(toldAfter(3, 2000, says)).toEqual(stranger);
    expect(toldAfter(10, 9000, WELL)).toEqual({ kind: 'Owner', answers: true });
  });
  it('are told by the owner, which hears the other one alone', () => {
    look(0, WELL);
    const { wire } = contested(1000, STRANGER);
    expect(toldAfter(3, 1000, { ...WELL, node1: { ...owner, wire } })).toEqual({ ...stranger, askers: ['node1'] });
  });
  it('are told by the owner where no other node asks', () => {
    look(0, { node1: owner }, ['node1']);
    const { wire } = contested(1000, STRANGER);
    expect(toldAfter(3, 1000, { node1: { ...owner, wire } }, ['node1'])).toMatchObject({ kind: 'Stranger' });
  });
  it('are another node, by its MAC address', () => {
    look(0, WELL);
    expect(toldAfter(3, 1000, { ...WELL, node2: contested(1000, MACS.node1, MACS.node3) })).toMatchObject({
      kind: 'OtherNode',
      node: 'node3',
      askers: ['node2'],
    });
  });
  it('are the same stranger of several, whichever node tells first', () => {
    look(0, WELL);
    const both = contested(1000, '02:00:00:00:00:98', STRANGER);
    expect(toldAfter(3, 1000, { ...WELL, node2: contested(1000, MACS.node1, STRANGER), node3: both })).toMatchObject({
      mac: '02:00:00:00:00:98',
      askers: ['node3'],
    });
  });
  it.each<[string, readonly (string | undefined)[]]>([
    ['of the same node, such as those of a bond', [MACS.node1, '02:00:00:00:01:01']],
    ['of the owner and of the virtual router', [MACS.node1, '00:00:5e:00:01:07']],
  ])('are no trouble with MAC addresses %s', (_, macs) => {
    const says = { ...WELL, node1: { ...owner, macs: [MACS.node1 ?? '', '02:00:00:00:01:01'] } };
    look(0, says);
    expect(toldAfter(80, 1000, { ...says, node2: contested(1000, ...macs) })).toEqual({ kind: 'Owner', answers: true });
  });
  it('are no trouble where both are nodes that say that they own it, which is told as such', () => {
    look(0, WELL);
    const says = { ...WELL, node2: { isMaster: true }, node3: contested(1000, MACS.node1, MACS.node2) };
    expect(toldAfter(10, 1000, says)).toEqual({ kind: 'Owner', answers: true });
    expect(look(12_000, says).owners.get('web/web')?.kind).toBe('SeveralOwners');
  });
  it('are a stranger all the same while nodes may be changing places', () => {
    look(0, WELL);
    const says = { ...WELL, node2: { isMaster: true }, node3: contested(1000, MACS.node1, STRANGER) };
    expect(toldAfter(2, 1000, says)).toMatchObject({ kind: 'Stranger' });
  });
  it('are no trouble where a move came after', () => {
    look(0, WELL);
    const says = { node1: {}, node2: { isMaster: true }, node3: contested(500, MACS.node1, MACS.node2) };
    expect(toldAfter(10, 1000, says)).toEqual({ kind: 'Owner', answers: true });
    expect(shown(look(11_000, { ...says, node3: answered(MACS.node2, 9000) }))).toEqual({ kind: 'Owner', answers: true });
  });
  it('are no trouble where the other one is a node that had it until then; it is where that one goes on answering', () => {
    look(0, WELL);
    look(1000, { ...WELL, node3: { isMaster: true } });
    const says = { ...WELL, node1: { ...owner, ...contested(1500, MACS.node3) } };
    expect(toldAfter(7, 2000, says)).toEqual({ kind: 'Owner', answers: true });
    expect(toldAfter(2, 10_000, says)).toMatchObject({ kind: 'OtherNode', node: 'node3', askers: ['node1'] });
  });
  it('are no sign that the owner answers, where packets are not answered', () => {
    look(0, WELL);
    const silentOne = { wire: { findings: [{ address: VIP, is: 'unresolved', since: 1000 } as const], contested: [] } };
    expect(toldAfter(8, 1000, { node1: owner, node2: silentOne, node3: silentOne })).toMatchObject({ kind: 'Nobody' });
  });
});

describe('a move', () => {
  const moved = (node2: Says): Readonly<Record<string, Says>> => ({
    node1: {},
    node2: { ...node2, isMaster: true },
    node3: answered(MACS.node1, 0),
  });

  it('changes nothing while the askers still know the old owner', () => {
    look(0, WELL);
    expect(toldAfter(10, 1000, moved({}))).toEqual({ kind: 'Owner', answers: true });
  });
  it('leaves the old owner answering where that is found after it', () => {
    look(0, WELL);
    look(1000, moved({}));
    const says = { ...moved({}), node3: answered(MACS.node1, 2000) };
    expect(toldAfter(4, 2000, says)).toEqual({ kind: 'Owner', answers: true });
    expect(toldAfter(4, 7000, says)).toMatchObject({ kind: 'OtherNode', node: 'node1' });
  });
  it('makes what was found before it count when the kernels have asked anew', () => {
    look(0, WELL);
    expect(toldAfter(70, 1000, moved({}))).toMatchObject({ kind: 'OtherNode', node: 'node1' });
  });
  it('is no silence: what began before the new owner was known is not counted', () => {
    look(0, WELL);
    toldAfter(5, 1000, { node1: { ...owner, silentSince: 1000 }, node2: silent(1000), node3: silent(1000) });
    expect(toldAfter(6, 6500, { node1: { silentSince: 1000 }, node2: owner, node3: silent(1000) })).toEqual({
      kind: 'Owner',
      answers: true,
    });
  });
  it('to nobody who answers is told', () => {
    look(0, WELL);
    look(1000, { node1: {}, node2: owner, node3: silent(500) });
    expect(toldAfter(8, 2000, { node1: unresolved(2500), node2: owner, node3: unresolved(2500) })).toMatchObject({ kind: 'Nobody' });
  });
});

it("is announced by a stranger, told as soon as its adverts have lasted, and by the owner's answer again when they end", () => {
  const adverts = [{ source: '192.0.2.66', id: 99, version: 2, priority: 100, addresses: [VIP], differs: ['id' as const], since: 1000 }];
  const told = (now: number, heard: typeof adverts): Truth => {
    const words = NODES.map((node, index) => {
      const { report } = word(node, now, { ...(node === 'node1' ? owner : answered()) });
      const link = { name: 'eth0', addresses: [`192.0.2.${index + 1}`], macs: [MACS[node] ?? ''] };
      return aWord({ ...report, link, wire: { findings: report.wire?.findings ?? [], adverts: node === 'node2' ? heard : [] } }, now, {
        clock: CLOCK,
      });
    });
    const seen = observe({ nodes: NODES, routers }, words, truth, now, { wall: now, recordedOf: () => undefined });
    truth = seen;
    return seen;
  };
  expect(shown(told(4999, adverts))?.kind).toBe('Owner');
  expect(shown(told(5000, adverts))).toMatchObject({ kind: 'Advertised', by: { source: '192.0.2.66', id: 99, since: 1000 } });
  expect(shown(told(9000, adverts))).toBe(shown(told(10_000, adverts)));
  expect(shown(told(11_000, []))).toEqual({ kind: 'Owner', answers: true });
});
