import { describe, expect, it } from 'vitest';
import type { Job, Place } from './job.ts';
import { reversed } from './job.ts';
import { advance, begin, type Next } from './progress.ts';
import { readUndo, withJobs } from './undo.ts';

const job = (router: string, more: Partial<Job> = {}): Job => ({
  ...{ group: 'web/vips', router, addresses: ['192.0.2.1'], from: 'node1', to: 'node2', after: 'node2' },
  ...more,
});
const at = (node: string, plannedNode = node): Place => ({ states: ['Owned'], node, plannedNode });
const LIMITS = { atOnce: 2, timeoutMs: 10_000 };
const progressOf = (next: Next) => (next.kind === 'revert' ? expect.fail(next.why) : next.progress);

describe('planned moves', () => {
  it('start as many as may be on their way, and the next when one has arrived', () => {
    const first = advance(begin(['a', 'b', 'c'].map((name) => job(name))), () => at('node1'), 0, LIMITS);
    expect(first).toMatchObject({ kind: 'go-on', start: [{ router: 'a' }, { router: 'b' }] });
    const second = advance(progressOf(first), ({ router }) => at(router === 'a' ? 'node2' : 'node1'), 4000, LIMITS);
    expect(second).toMatchObject({ kind: 'go-on', start: [{ router: 'c' }], progress: { arrived: [{ milliseconds: 4000 }] } });
    expect(advance(progressOf(second), () => at('node2'), 5000, LIMITS)).toMatchObject({ kind: 'done' });
  });

  it('are done where there is nothing to do', () => expect(advance(begin([]), () => at('node1'), 0, LIMITS).kind).toBe('done'));

  it.each<[string, Place, string]>([
    ['its node still has it', at('node1', 'node2'), '192.0.2.1 did not come to node2 within 10 s: node1 still has it'],
    ['the operator plans another', at('node1', 'node1'), 'the operator plans node1 for it; see the condition Accepted of the group'],
    ['nobody has it', { states: ['NoOwner'], plannedNode: 'node2' }, 'its state is NoOwner'],
    ['two have it', { states: ['SeveralOwners'], plannedNode: 'node2' }, 'its state is SeveralOwners'],
    [
      'a part of it is missing',
      { states: ['Incomplete'], node: 'node2', plannedNode: 'node2' },
      'it is on node2, but its state is Incomplete',
    ],
    ['it is gone', { states: [] }, 'the group has no such virtual router any more'],
  ])('are taken back, the last first, when in time %s', (_, place, why) => {
    const arrived = { job: job('a'), milliseconds: 1 };
    const progress = { waiting: [job('c')], running: [{ job: job('b'), since: 0 }], arrived: [arrived] };
    const look = ({ router }: Job): Place => (router === 'a' ? at('node2') : place);
    expect(advance(progress, look, 9999, LIMITS).kind).toBe('go-on');
    const late = advance(progress, look, 10_000, LIMITS);
    expect(late).toMatchObject({ kind: 'revert', why: expect.stringContaining(why) });
    expect(late.kind === 'revert' && late.started.map(({ router }) => router)).toEqual(['b', 'a']);
  });

  it('are undone by their reverse', () => {
    expect(reversed(job('a', { before: 'node3' }))).toEqual({ ...job('a'), from: 'node2', to: 'node1', before: 'node2', after: 'node3' });
    expect(reversed(job('a'))).not.toHaveProperty('after');
  });
});

describe('what a drain saves', () => {
  it.each([undefined, '', 'no JSON', 'null'])('is nothing where there is %j', (text) => expect(readUndo(text)).toEqual({}));

  it('is what stood there before, of two drains before the first', () => {
    const first = withJobs({}, [job('a', { before: 'node1' }), job('b')]);
    expect(first).toEqual({ 'web/vips': { a: { to: 'node2', before: 'node1' }, b: { to: 'node2' } } });
    const second = withJobs(first, [job('a', { before: 'node2', to: 'node3' }), job('b', { before: 'node9', to: 'node3' })]);
    expect(second).toEqual({ 'web/vips': { a: { to: 'node3', before: 'node1' }, b: { to: 'node3', before: 'node9' } } });
  });
});
