import { describe, expect, it } from 'vitest';
import { rulesFor } from './path.ts';

describe('the rules of the switch', () => {
  it('drop what goes from one host to another, one way', () => {
    const rules = rulesFor({ cuts: [{ from: 'node1', to: 'client' }], lostAdverts: 0 });
    expect(rules).toContain('iifname "node1" oifname "client" drop');
    expect(rules).not.toContain('iifname "client"');
    expect(rules).not.toContain('numgen');
  });

  it('drop a share of the adverts of both families', () => {
    const rules = rulesFor({ cuts: [], lostAdverts: 5 });
    expect(rules).toContain('ip protocol 112 numgen random mod 100 < 5 drop');
    expect(rules).toContain('ip6 nexthdr 112 numgen random mod 100 < 5 drop');
  });

  it('take the place of those before', () => {
    expect(rulesFor({ cuts: [], lostAdverts: 0 })).toMatch(/^table bridge lab\ndelete table bridge lab\n/);
  });
});
