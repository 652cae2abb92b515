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

describe('a report', () => {
  it.each([
    ['fields that nobody knows yet', { of: { tomorrow: true } }],
    ['a daemon that tells less', { daemon: {} }],
    ['an instance that tells less', { instances: [{ name: 'a/b', state: 'MASTER', virtualRouterId: 1, addresses: [], held: [] }] }],
  ])('may have %s', (_, more) => {
    expect(reportIn(JSON.stringify({ ...aReport('node1', 'r1'), ...more }))).toMatchObject(more);
  });

  it.each([
    ['a list as its config', { config: [] }],
    ['a text as its daemon', { daemon: 'runs' }],
    ['an instance without addresses', { instances: [{ name: 'a/b', state: 'MASTER', virtualRouterId: 1 }] }],
    ['another version', { version: 2 }],
  ])('has not %s', (_, more) => {
    expect(reportIn(JSON.stringify({ ...aReport('node1', 'r1'), ...more }))).toBeUndefined();
  });

  it.each(['null', '[]', '7', '"x"', '{}'])('is not %s', (text) => expect(reportIn(text)).toBeUndefined());
});
