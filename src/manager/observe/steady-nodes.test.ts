import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aNode } from '../../../test/builders/object.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import type { Node } from '../../api/core.ts';
import type { MoveRecord } from '../../api/virtual-ip/virtual-ip.ts';
import { Store } from '../../kube/store.ts';
import type { Cause } from '../../observe/cause.ts';
import type { Chronicle } from '../../observe/journal/chronicle.ts';
import type { Truth } from '../../observe/observe.ts';
import type { Ownership } from '../../observe/ownership.ts';
import { SteadyNodes } from './steady-nodes.ts';

describe('a node that was lost', () => {
  let [clock, stop, nodes] = [new FakeClock(), new AbortController(), new Store<Node>()];
  let told = 0;
  let steady: SteadyNodes;
  let ended: Promise<void>;

  const ready = (isReady: boolean): void => nodes.set(aNode('node1', { ready: isReady }));
  const owned = (...nodes: readonly string[]): ReadonlyMap<string, Ownership> =>
    new Map(nodes.map((node, index): [string, Ownership] => [`web/${index}`, { kind: 'Owned', node }]));
  const moved = (kind: Cause['kind'], owners = owned('node2', 'node2')): void => {
    const move = { router: 'web/0', from: 'node1', to: 'node2', cause: { kind } as Cause, time: '2026-01-01T00:00:00.000Z' };
    look({ owners, moves: [move] });
  };
  const look = (truth: Pick<Truth, 'owners' | 'moves'> & Partial<Truth>): void =>
    steady.looked('web/vips', undefined, { chronicles: new Map(), ...truth });
  const names = (): string[] => steady.unsteadyIn('web/vips').map(({ node }) => node);

  beforeEach(() => {
    [clock, stop, nodes] = [new FakeClock(), new AbortController(), new Store<Node>()];
    ready(true);
    steady = new SteadyNodes({ nodes, clock, onChange: () => void told++ });
    ended = steady.run(stop.signal);
    told = 0;
  });
  afterEach(async () => {
    stop.abort();
    await ended;
  });

  it('rests for a while when it is Ready again, and that it has rested is told', async () => {
    ready(false);
    await clock.pass(60_000);
    ready(true);
    expect(names()).toEqual(['node1']);
    const before = told;
    await clock.pass(9_000);
    expect([names(), told]).toEqual([['node1'], before]);
    await clock.pass(1_001);
    expect([names(), told]).toEqual([[], before + 1]);
  });

  it('rests when it lost its addresses for the third time', async () => {
    for (const expected of [[], [], ['node1']]) {
      moved('NodeSilent');
      expect(names()).toEqual(expected);
      await clock.pass(30_000);
    }
  });

  it('keeps what it has: only what it lost does it not take back', async () => {
    for (const _ of [1, 2, 3]) {
      moved('NodeSilent');
      await clock.pass(30_000);
    }
    look({ owners: owned('node2', 'node1'), moves: [] });
    expect(steady.unsteadyIn('web/vips')).toEqual([{ node: 'node1', losses: 3, owns: ['web/1'] }]);
    expect(steady.unsteadyIn('web/others')).toEqual([{ node: 'node1', losses: 3, owns: [] }]);
    steady.gone('web/vips');
    expect(steady.unsteadyIn('web/vips')).toEqual([{ node: 'node1', losses: 3, owns: [] }]);
  });

  it('has something else while it rests, and that is told, once', async () => {
    for (const _ of [1, 2, 3]) {
      moved('NodeSilent');
      await clock.pass(30_000);
    }
    const looks = (...owners: readonly string[]): number => {
      const before = told;
      look({ owners: owned(...owners), moves: [] });
      return told - before;
    };
    expect([looks('node2', 'node2'), looks('node2', 'node1'), looks('node2', 'node1'), looks('node2', 'node2')]).toEqual([0, 1, 0, 1]);
  });

  it('keeps what it has again by itself, also where it hears only then that it was to rest; not when it is lost once more', async () => {
    const ownsNow = (): readonly string[] | undefined => {
      const [node] = steady.unsteadyIn('web/vips');
      return node && [...new Set([...(node.owns ?? []), ...(node.gaveUp ?? [])])];
    };
    const resting: Cause = { kind: 'NodeUnfit', why: 'unsteady' };
    const moves = (from: string, to: string, cause: Cause): void =>
      look({ owners: owned(to), moves: [{ router: 'web/0', from, to, cause, time: '2026-01-01T00:00:00.000Z' }] });
    for (const _ of [1, 2, 3]) {
      moves('node1', 'node2', { kind: 'NodeSilent' });
      expect(ownsNow() ?? []).toEqual([]);
      moves('node2', 'node1', { kind: 'Preferred' });
      await clock.pass(10_000);
    }
    expect(ownsNow()).toEqual(['web/0']);
    moves('node1', 'node2', resting);
    expect(ownsNow()).toEqual(['web/0']);
    look({ owners: owned('node2'), moves: [] });
    expect(ownsNow()).toEqual(['web/0']);
    moves('node2', 'node3', { kind: 'NodeSilent' });
    expect(ownsNow()).toEqual([]);
    moves('node3', 'node1', { kind: 'Preferred' });
    moves('node1', 'node2', resting);
    moves('node2', 'node1', { kind: 'Preferred' });
    expect(ownsNow()).toEqual(['web/0']);
    moves('node1', 'node2', { kind: 'NodeSilent' });
    expect(ownsNow()).toEqual([]);
  });

  it('is not one that has others of them still: one virtual router alone is in FAULT there', async () => {
    for (const _ of [1, 2, 3]) {
      moved('Fault', owned('node2', 'node1'));
      await clock.pass(30_000);
    }
    expect(names()).toEqual([]);
  });

  it('is not one that gave them up because somebody wanted it', async () => {
    for (const kind of ['Resigned', 'Preferred', 'NodeLeft', 'NodeUnfit', 'Drained', 'PlanChanged'] as const) {
      moved(kind);
      await clock.pass(30_000);
    }
    expect(names()).toEqual([]);
  });

  it('rests also when the manager started meanwhile', () => {
    nodes.set(aNode('node2', { ready: false }));
    nodes.set(aNode('node2'));
    expect(names()).toEqual(['node2']);
  });

  describe('before this manager led', () => {
    const MINUTE = 60_000;
    /** Losses of node1 that were written down, so many milliseconds ago. */
    const written = (ages: readonly number[], more: Partial<MoveRecord> = {}): Truth['chronicles'] => {
      const journal = ages.map((age): MoveRecord => {
        const time = new Date(clock.now().getTime() - age).toISOString();
        return { time, from: 'node1', to: 'node2', cause: 'NodeSilent', message: '', ...more };
      });
      return new Map<string, Chronicle>([['web/0', { journal, tenures: [], origin: { since: 0, isNew: false } }]]);
    };
    const looks = (chronicles: Truth['chronicles'], moves: Truth['moves'] = []): void =>
      look({ owners: owned('node2'), moves, chronicles });

    it.each<[string, readonly number[], Partial<MoveRecord>, readonly string[]]>([
      ['three times, rests on', [3 * MINUTE, 2 * MINUTE, 20_000], {}, ['node1']],
      ['three times, and has rested since', [5 * MINUTE, 4 * MINUTE, 2 * MINUTE], {}, []],
      ['three times, and the clocks differ', [3 * MINUTE, 2 * MINUTE, -20_000], {}, ['node1']],
      ['twice, does not rest', [2 * MINUTE, 20_000], {}, []],
      ['three times long ago does not rest', [22 * MINUTE, 21 * MINUTE, 20 * MINUTE], {}, []],
      ['three times at about once was lost once', [20_000, 19_000, 18_000], {}, []],
      ['because somebody wanted it does not rest', [3 * MINUTE, 2 * MINUTE, 20_000], { cause: 'Drained' }, []],
      ['three times to itself does not rest', [3 * MINUTE, 2 * MINUTE, 20_000], { cause: 'DaemonStopped', to: 'node1' }, []],
    ])('%s', (_, ages, more, expected) => {
      looks(written(ages, more));
      expect(names()).toEqual(expected);
    });

    it('counts with what is lost from now on, and each once', () => {
      const chronicles = written([3 * MINUTE, 2 * MINUTE, 20_000]);
      const time = chronicles.get('web/0')?.journal.at(-1)?.time ?? '';
      looks(chronicles, [{ router: 'web/0', from: 'node1', to: 'node2', cause: { kind: 'NodeSilent' }, time }]);
      expect(steady.unsteadyIn('web/vips')).toEqual([{ node: 'node1', losses: 3, owns: [] }]);
      looks(chronicles);
      expect(steady.unsteadyIn('web/vips')).toEqual([{ node: 'node1', losses: 3, owns: [] }]);
    });

    it('is as the manager before told it, until it is known what was written down', () => {
      const status = { nodeStates: [{ name: 'node1', standsBack: 'Unsteady' }] } as const;
      const chronicles = new Map<string, Chronicle>([['web/0', { journal: [], tenures: [] }]]);
      looks(chronicles);
      expect(steady.unsteadyIn('web/vips', status).map(({ node }) => node)).toEqual(['node1']);
      const before = told;
      looks(written([]));
      expect([steady.unsteadyIn('web/vips', status), told]).toEqual([[], before + 1]);
    });
  });

  it('is forgotten when it is deleted', async () => {
    ready(false);
    ready(true);
    nodes.delete('node1');
    expect(names()).toEqual([]);
  });
});
