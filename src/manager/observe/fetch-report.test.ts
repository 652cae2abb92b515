import { describe, expect, it } from 'vitest';
import { aReport } from '../../../test/builders/object.ts';
import { MOST_NEXT_HOPS } from '../../api/node/report.ts';
import { reportIn } from './fetch-report.ts';

const told = (gateways: unknown): readonly string[] | undefined =>
  reportIn(JSON.stringify({ ...aReport('node1', 'r1'), gateways }))?.gateways;

describe('the gateways in a report', () => {
  it.each<[string, unknown, readonly string[] | undefined]>([
    ['are taken in one spelling, each once', ['192.0.2.1', '2001:DB8::01', '192.0.2.1'], ['192.0.2.1', '2001:db8::1']],
    ['are left out where they are no addresses', ['192.0.2.0/24', '0.0.0.0/0', 'x', '192.0.2.1'], ['192.0.2.1']],
    ['may be missing, as from older agents', undefined, undefined],
    ['may be none', [], []],
  ])('%s', (_, gateways, expected) => expect(told(gateways)).toEqual(expected));

  it('are not more than a node may tell', () => {
    expect(told(Array.from({ length: 1000 }, (_, index) => `198.18.${index >> 8}.${index & 255}`))).toHaveLength(MOST_NEXT_HOPS);
  });

  it.each([
    ['a text', '192.0.2.1'],
    ['numbers', [1, 2]],
    ['null', null],
  ])('make it no report as %s', (_, gateways) => {
    expect(reportIn(JSON.stringify({ ...aReport('node1', 'r1'), gateways }))).toBeUndefined();
  });
});
