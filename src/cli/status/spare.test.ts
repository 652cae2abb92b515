import { describe, expect, it } from 'vitest';
import { nextInWords, nextOf, sparesOf } from './spare.ts';

const router = { name: 'web/web', virtualRouterID: 1, addressCount: 1, addresses: ['192.0.2.1'], state: 'Owned', node: 'node2' } as const;
const running = (...names: readonly string[]) => ({
  revision: 'r',
  homes: { 'web/web': ['node1', 'node2'] },
  nodeStates: [...names.map((name) => ({ name, revision: 'r' })), { name: 'node9', revision: 'older' }],
});

describe('who takes over from the owner', () => {
  it.each([
    ['the node that is saved, if it runs the configuration', ['node3', 'node1', 'node2'], 'node1', ['node1', 'node3']],
    ['the only one that does, if that does not', ['node2', 'node3'], 'node3', ['node3']],
    ['one of several that do, whichever', ['node2', 'node3', 'node4'], 'one of 2', ['node3', 'node4']],
    ['nobody, where no other does', ['node2'], '<none>', []],
  ] as const)('is %s', (_, names, words, spares) => {
    expect(nextInWords(router, running(...names))).toBe(words);
    expect(sparesOf(router, running(...names))).toEqual(spares);
  });

  it('is the one that is saved, where the status tells of no node', () => {
    const { homes } = running();
    expect(nextOf(router, { homes })).toBe('node1');
    expect(sparesOf(router, { homes })).toBeUndefined();
  });

  it('is nobody while there is no owner', () => {
    const { node: _, ...lost } = router;
    expect(nextInWords(lost, running('node1', 'node3'))).toBe('<none>');
  });
});
