import { describe, expect, it } from 'vitest';
import { aReport } from '../../../test/builders/object.ts';
import { MOST_MACS, MOST_WIRE_ADDRESSES } from '../../api/node/wire.ts';
import { reportIn } from './fetch-report.ts';

const MAC = '02:00:00:00:00:01';
const finding = { address: '192.0.2.1', is: 'answered', mac: MAC, since: 5 };
const contested = { address: '192.0.2.1', macs: [MAC, '02:00:00:00:00:02'], since: 5 };
const advert = { source: '192.0.2.66', id: 7, version: 2, priority: 100, addresses: ['192.0.2.1'], differs: ['version'], since: 5 };
const told = (wire: unknown) => reportIn(JSON.stringify({ ...aReport('node1', 'r1'), wire }))?.wire;
const macs = (value: unknown) =>
  reportIn(JSON.stringify({ ...aReport('node1', 'r1'), link: { name: 'eth0', addresses: [], macs: value } }))?.link?.macs;

describe('what an agent says of the wire', () => {
  it.each<[string, unknown, unknown]>([
    ['is taken as it is', { findings: [finding] }, { findings: [finding] }],
    ['may be missing, as from older agents', undefined, undefined],
    ['is left out where it is none', 'x', undefined],
    ['is left out where its findings are none', { findings: 'x' }, undefined],
    [
      'keeps no finding that can not be read',
      {
        findings: [
          { ...finding, address: '192.0.2.300' },
          { ...finding, is: 'yes' },
          { ...finding, mac: 'x' },
          { ...finding, mac: undefined },
          { ...finding, since: 'now' },
          null,
          { address: '2001:db8::1', is: 'unresolved', since: 1 },
        ],
      },
      { findings: [{ address: '2001:db8::1', is: 'unresolved', since: 1 }] },
    ],
    [
      'keeps which addresses the node answers for',
      {
        findings: [],
        answersFor: [
          { interface: 'kube-ipvs0', addresses: ['192.0.2.1'] },
          { interface: 'a b', addresses: [] },
          { interface: 'lo', addresses: ['x'] },
        ],
      },
      { findings: [], answersFor: [{ interface: 'kube-ipvs0', addresses: ['192.0.2.1'] }] },
    ],
    ['keeps that no advert of a stranger is heard', { findings: [], adverts: [] }, { findings: [], adverts: [] }],
    [
      'keeps adverts that can be read',
      {
        findings: [],
        adverts: [
          advert,
          { ...advert, mac: MAC },
          { ...advert, source: 'x' },
          { ...advert, mac: 'x' },
          { ...advert, id: 256 },
          { ...advert, priority: '1' },
          { ...advert, addresses: ['x'] },
          { ...advert, addresses: Array.from({ length: 9 }, () => '192.0.2.1') },
          { ...advert, differs: ['x'] },
          { ...advert, since: null },
          null,
        ],
      },
      { findings: [], adverts: [advert, { ...advert, mac: MAC }] },
    ],
    [
      'keeps for which addresses several hosts answer',
      {
        findings: [],
        contested: [
          contested,
          { ...contested, address: 'x' },
          { ...contested, macs: ['x'] },
          { ...contested, macs: [MAC, MAC, MAC, MAC, MAC] },
          { ...contested, since: null },
          { ...contested, macs: MAC },
          7,
        ],
      },
      { findings: [], contested: [contested] },
    ],
    ['keeps nothing of several hosts where that is no list', { findings: [], contested: 'x' }, { findings: [] }],
  ])('%s', (_, wire, expected) => expect(told(wire)).toEqual(expected));

  it('is bounded', () => {
    const many = Array.from({ length: MOST_WIRE_ADDRESSES + 10 }, () => finding);
    expect(told({ findings: many })?.findings).toHaveLength(MOST_WIRE_ADDRESSES);
    const crowd = Array.from({ length: MOST_WIRE_ADDRESSES + 10 }, () => contested);
    expect(told({ findings: [], contested: crowd })?.contested).toHaveLength(MOST_WIRE_ADDRESSES);
    expect(macs(Array.from({ length: 100 }, () => MAC))).toHaveLength(MOST_MACS);
  });
  it('has only link-layer addresses that are some', () => {
    expect(macs([MAC, 'x', 7])).toEqual([MAC]);
    expect(macs(undefined)).toBeUndefined();
    expect(macs('x')).toBeUndefined();
  });
});
