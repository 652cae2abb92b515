import { describe, expect, it } from 'vitest';
import { aReport } from '../../../test/builders/object.ts';
import { aWord } from '../../../test/builders/word.ts';
import type { Node } from '../../api/core.ts';
import { Ours } from './ours.ts';

const MAC = '02:00:00:00:00:04';
const node = {
  metadata: { name: 'node9' },
  status: {
    addresses: [
      { type: 'Hostname', address: 'node9' },
      { type: 'InternalIP', address: '2001:DB8::9' },
    ],
  },
};
const report = { ...aReport('node4', 'r', []), link: { name: 'eth1', addresses: ['198.51.100.4', 'fe80::4'], macs: [MAC] } };
const ours = new Ours({
  nodes: { list: () => [node as Node] },
  groups: () => ['a/b', 'c/d'],
  wordsOf: (group) => (group === 'c/d' ? [aWord(report, 0)] : []),
});

describe('a host', () => {
  it.each<[string, string, string | undefined, boolean]>([
    ['with the address of a Node', '2001:db8::9', undefined, true],
    ['with an address that an agent of another group tells', 'fe80::4', undefined, true],
    ['with a link-layer address that it tells', '192.0.2.1', MAC, true],
    ['with none of them', '192.0.2.1', '02:00:00:00:00:05', false],
  ])('%s', (_, source, mac, isOurs) => expect(ours.has(source, mac)).toBe(isOurs));
});
