/** Whatever nodes and managers go through, a journal is short, and has each move once. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JournalWorld, SILENCE } from '../../../test/builders/journal.ts';
import { MOST_MOVES } from '../../api/virtual-ip/virtual-ip.ts';
import { nameOf } from './move.ts';

const node = fc.constantFrom('node1', 'node2', 'node3');
type Step = (world: JournalWorld) => unknown;
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ to: node, after: fc.integer({ min: 1, max: 900 }), isKnown: fc.boolean(), resigned: fc.boolean(), fault: fc.boolean() })
      .map(
        ({ to, after, isKnown, resigned, fault }): Step =>
          (world) => {
            for (const name of ['node1', 'node2', 'node3'])
              if (name !== to) world.becomes(name, fault ? 'FAULT' : 'BACKUP', fault ? { why: 'LinkLost', message: 'x' } : {});
            world.pass(after).becomes(to, 'MASTER', { ...(isKnown && { silence: SILENCE }), resigned });
          },
      ),
  },
  {
    weight: 2,
    arbitrary: node.map(
      (name): Step =>
        (world) =>
          world.becomes(name, 'MASTER', { silence: SILENCE }),
    ),
  },
  {
    weight: 2,
    arbitrary: node.map(
      (name): Step =>
        (world) =>
          world.becomes(name, 'BACKUP'),
    ),
  },
  {
    weight: 2,
    arbitrary: node.map(
      (name): Step =>
        (world) =>
          world.becomes(name, 'STOP', { why: 'DaemonStopped' }),
    ),
  },
  {
    weight: 1,
    arbitrary: node.map(
      (name): Step =>
        (world) =>
          world.silent.add(name),
    ),
  },
  { weight: 1, arbitrary: fc.constant((world: JournalWorld) => world.silent.clear()) },
  {
    weight: 1,
    arbitrary: node.map(
      (name): Step =>
        (world) =>
          world.forgets(name),
    ),
  },
  {
    weight: 1,
    arbitrary: node.map(
      (name): Step =>
        (world) =>
          world.old.has(name) ? world.old.delete(name) : world.old.add(name),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 400_000 }).map(
      (time): Step =>
        (world) =>
          world.pass(time),
    ),
  },
  { weight: 4, arbitrary: fc.constant((world: JournalWorld) => world.look()) },
  { weight: 1, arbitrary: fc.constant((world: JournalWorld) => world.restarts()) },
);
const skews = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -600_000, max: 600_000 })));

/** Each move once, no more than may be, and from where the one before went. */
function check(world: JournalWorld): string[] {
  const written = world.written ?? [];
  const names = written.map(nameOf);
  expect(written.length).toBeLessThanOrEqual(MOST_MOVES);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(world.toldNames).size).toBe(world.toldNames.length);
  expect(written.slice(1).map(({ from }) => from)).toEqual(written.slice(0, -1).map(({ to }) => to));
  const gaps = written.flatMap(({ withoutOwner }) => withoutOwner ?? []);
  expect(gaps.filter(({ atLeastMilliseconds: least, atMostMilliseconds: most }) => least < 0 || least > most)).toEqual([]);
  return names;
}

it('has each move once and no more than it may, also over managers, and follows the address from node to node', () => {
  fc.assert(
    fc.property(skews, fc.array(steps, { maxLength: 60 }), (off, history) => {
      const world = new JournalWorld(off).look();
      for (const happens of history) {
        happens(world);
        world.pass(1);
      }
      const before = check(world.look());
      const after = check(world.restarts().look());
      const kept = before.filter((name) => after.includes(name));
      expect(after.slice(0, kept.length)).toEqual(kept);
      if (after.length < MOST_MOVES) expect(kept).toEqual(before);
    }),
    { numRuns: 2000 },
  );
});
