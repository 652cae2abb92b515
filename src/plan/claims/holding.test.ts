import { describe, expect, it } from 'vitest';
import { aGroup } from '../../../test/builders/object.ts';
import { HOLDERS_BYTES, LEAST_HOLDERS } from '../../api/group/keepalived-group.ts';
import { fairly, holderHints } from './holding.ts';

const ofNamespace = (namespace: string, count: number, nameLength = 5, offset = 0): [string, string][] =>
  Array.from({ length: count }, (_, index) => {
    const at = index + offset;
    return [
      `2001:db8:aaaa:bbbb:cccc:dddd:${(at >> 12) + 4096}:${(at & 4095) + 4096}`,
      `${namespace}/${`s${index}`.padEnd(nameLength, 'x')}`,
    ];
  });
const counts = (saved: Record<string, string>): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(Object.values(saved), (name) => name.split('/')[0] ?? '')].map(([name, all]) => [name, all.length]));

describe('who holds what, as it is saved', () => {
  it('is everything where the names are short: a namespace may have 5,000 addresses without a word', () => {
    const pairs = ofNamespace('web', 5000);
    expect(fairly(pairs.toReversed())).toEqual(Object.fromEntries(pairs));
    expect(JSON.stringify(fairly(pairs)).length).toBeLessThan(HOLDERS_BYTES);
  });

  it('is 4,096 in any case', () => {
    const pairs = ofNamespace('n'.repeat(63), 5000, 63);
    expect(Object.keys(fairly(pairs))).toHaveLength(LEAST_HOLDERS);
  });

  it('is as many of each namespace where there is too much', () => {
    const saved = fairly([...ofNamespace('large', 20_000, 20), ...ofNamespace('small', 1000, 20, 20_000)]);
    expect(counts(saved)).toMatchObject({ small: 1000 });
    expect(JSON.stringify(saved).length).toBeLessThan(HOLDERS_BYTES + 100);
    expect(JSON.stringify(saved).length).toBeGreaterThan(HOLDERS_BYTES - 100);
  });

  it('is said not to be everything, only where it is not', () => {
    const pairs = ofNamespace('n'.repeat(63), 5000, 63);
    const addresses = pairs.map(([address]) => address);
    expect(holderHints(aGroup(), addresses.slice(0, 4096), fairly(pairs.slice(0, 4096)))).toEqual([]);
    const lingering = { '192.0.2.1': 'web/gone' };
    expect(holderHints(aGroup(), addresses, { ...fairly(pairs), ...lingering })).toMatchObject([
      {
        object: { kind: 'KeepalivedGroup', name: 'vips' },
        reason: 'HoldersFull',
        message: expect.stringContaining('have 5000 addresses, and status.holders has room for 4096 of them'),
      },
    ]);
  });
});
