import { describe, expect, it } from 'vitest';
import { type SteadyLink, steady } from './steady-link.ts';

/** The links after each look; `.` is none, and eth9 is the one that doesn't exist. */
function links(...seen: readonly string[]): string[] {
  let state: SteadyLink = { link: null, other: null };
  return seen.map((name) => {
    state = steady(state, name === '.' ? null : name, (known) => known !== 'eth9');
    return state.link ?? '.';
  });
}

describe('the link', () => {
  it.each([
    ['is the first that is seen', ['.', 'eth0'], ['.', 'eth0']],
    ['stays while the route is away', ['eth0', '.', '.', 'eth0'], ['eth0', 'eth0', 'eth0', 'eth0']],
    ['stays when another is seen once', ['eth0', 'eth1', 'eth0', 'eth1'], ['eth0', 'eth0', 'eth0', 'eth0']],
    ['is another when that is seen twice', ['eth0', 'eth1', 'eth1'], ['eth0', 'eth0', 'eth1']],
    ['is another at once when it is gone', ['eth9', 'eth1'], ['eth9', 'eth1']],
    ['is none when it is gone and nothing is seen', ['eth9', '.'], ['eth9', '.']],
  ])('%s', (_, seen, expected) => {
    expect(links(...seen)).toEqual(expected);
  });
});
