/** Whether the journal of a VIP says why it moved and for how long nobody had it, beside what the client host missed. Every figure is printed; `JOURNAL_RUNS=10` does each so often. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { gapInWords } from '../../src/observe/journal/move.ts';
import {
  cameHome,
  labUnderTest,
  lossWhile,
  NAMESPACE,
  page,
  plugin,
  podOn,
  reportOf,
  settled,
  soleHolder,
  VIP,
  whyNoLab,
  withoutManagers,
} from './lab-under-test.ts';
import { type MoveRecord, movesOf, movesSince } from './moves.ts';

/** Milliseconds that the client's own gap may be beside the bounds. */
const TOLERANCE = 100;
const RUNS = Array.from({ length: Number(process.env.JOURNAL_RUNS ?? 1) }, (_, index) => index + 1);
const figures: string[] = [];
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`the journal of a VIP${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  beforeEach(() => cameHome(lab));
  // One that fails leaves no node as it is to those after it.
  afterEach(async () => {
    for (const node of lab.nodes) await lab.heal(node);
  });
  afterAll(() => {
    console.log(['', 'What the journal says, and what the client missed, asking every 10 ms:', ...figures, ''].join('\n'));
  });

  it.each(
    (
      [
        ['power-off', ['NodeSilent'], 'LastAdvert'],
        ['link-down', ['LinkLost'], 'Transitions'],
        ['cut', ['NodeSilent'], 'LastAdvert'],
        ['kill', ['DaemonRevived', 'DaemonStopped'], 'Transitions'],
      ] as const
    ).flatMap((way) => RUNS.map((run) => [...way, run] as const)),
  )('records %s with its cause and the time without an owner', async (how, causes, by) => {
    const owner = await soleHolder(lab, VIP);
    const before = await movesOf(lab, VIP);
    const { longestMs } = await lossWhile(lab, VIP, async () => {
      await lab.fail(owner, how);
      await lab.waitFor('it is answered', async () => (await lab.holders(VIP)).length > 0 && page(lab, VIP), 30_000);
      if (how !== 'kill') await soleHolderBut(owner);
    });
    const isIt = (one: MoveRecord): boolean => one.from === owner && one.withoutOwner?.by === by;
    // A node that is cut off for a moment only, and rests after former losses, is told apart from one that gives way by nothing.
    if (how === 'cut') await firstSince(before, (one) => one.from === owner);
    // Another pod has no back-off, which grows with each time that its keepalived ended.
    const killed = how === 'kill' ? await firstSince(before, isIt) : undefined;
    if (killed === undefined) await lab.heal(owner);
    else await deletePod(owner);
    await settled(lab, 120_000);
    const move = killed ?? (await firstSince(before, isIt));
    note(how, move, longestMs);
    await isOf(causes, move);
    within(move, longestMs);
  });

  it.each(RUNS)('records that a pod was deleted (%i)', async () => {
    const owner = await soleHolder(lab, VIP);
    const before = await movesOf(lab, VIP);
    const { longestMs } = await lossWhile(lab, VIP, async () => {
      await deletePod(owner);
      await settled(lab);
    });
    const move = await firstSince(before, ({ from }) => from === owner);
    note('pod deleted', move, longestMs);
    await isOf(['Drained'], move);
    within(move, longestMs);
  });

  it.each(RUNS)('records a drain and a move (%i)', async () => {
    const owner = await soleHolder(lab, VIP);
    const before = await movesOf(lab, VIP);
    const { longestMs } = await lossWhile(lab, VIP, () => plugin(lab, ['drain', owner]));
    const drained = await firstSince(before, ({ from }) => from === owner);
    note('drain', drained, longestMs);
    await plugin(lab, ['undrain', owner]);
    await settled(lab);
    await isOf(['Drained'], drained);
    within(drained, longestMs);

    const home = await soleHolder(lab, VIP);
    const away = lab.nodes.find((node) => node !== home) ?? home;
    const known = await movesOf(lab, VIP);
    const loss = await lossWhile(lab, VIP, () => plugin(lab, ['move', VIP, '--to', away]));
    const moved = await firstSince(known, ({ from }) => from === home);
    note('move', moved, loss.longestMs);
    await plugin(lab, ['move', VIP, '--home']);
    await settled(lab);
    await isOf(['PlanChanged'], moved);
    within(moved, loss.longestMs);
  });

  it.each(RUNS)('is completed by a manager that did not run meanwhile (%i)', async () => {
    const owner = await soleHolder(lab, VIP);
    const before = await movesOf(lab, VIP);
    let longestMs = Number.NaN;
    await withoutManagers(lab, async () => {
      ({ longestMs } = await lossWhile(lab, VIP, async () => {
        await lab.fail(owner, 'link-down');
        await soleHolderBut(owner);
      }));
      await lab.heal(owner);
      await settled(lab, 120_000);
    });
    const move = await firstSince(before, (one) => one.from === owner && one.withoutOwner?.by === 'Transitions');
    note('link-down, no manager', move, longestMs);
    await isOf(['LinkLost'], move);
    within(move, longestMs);
    // A node that rested after former losses may take it back later still.
    expect((await movesSince(lab, VIP, before)).slice(-2).map(({ cause }) => cause)).toEqual(['Preferred', 'LinkLost']);
    console.log(await plugin(lab, ['history', VIP, '-o', 'wide']));
  });
});

// --- internal ---

const deletePod = async (node: HostName): Promise<string> =>
  lab.kubectl(['delete', 'pod', '-n', NAMESPACE, (await podOn(lab, node)).metadata.name]);

function note(what: string, { from, to, cause, withoutOwner }: MoveRecord, missed: number): void {
  figures.push(
    `  ${what}: ${from}>${to} ${cause}, ${gapInWords(withoutOwner) ?? 'unknown'} (${withoutOwner?.by}); the client missed ${Math.round(missed)} ms`,
  );
}

/** The cause is one of these; else prints what the nodes tell of the address. */
async function isOf(causes: readonly string[], move: MoveRecord): Promise<void> {
  if (!causes.includes(move.cause))
    for (const node of lab.nodes) {
      const { transitions = [] } = (await reportOf(lab, node)) ?? {};
      console.log(node, JSON.stringify(transitions.filter(({ name }) => name === 'web/web')));
    }
  expect(causes, JSON.stringify(move)).toContain(move.cause);
}

/** What the client missed is within the bounds, but for {@link TOLERANCE}. */
function within({ withoutOwner }: MoveRecord, missed: number): void {
  expect(withoutOwner).toBeDefined();
  expect(missed).toBeGreaterThanOrEqual((withoutOwner?.atLeastMilliseconds ?? 0) - TOLERANCE);
  expect(missed).toBeLessThanOrEqual((withoutOwner?.atMostMilliseconds ?? 0) + TOLERANCE);
}

const firstSince = (before: readonly MoveRecord[], isIt: (move: MoveRecord) => boolean): Promise<MoveRecord> =>
  lab.waitFor(
    'the move is written down',
    async () => {
      const moves = await movesSince(lab, VIP, before);
      const found = moves.findLast(isIt);
      if (found === undefined) throw new Error(JSON.stringify(moves));
      return found;
    },
    60_000,
  );

const soleHolderBut = (owner: string): Promise<unknown> =>
  lab.waitFor(
    `another node than ${owner} has ${VIP} and answers`,
    async () => ((await lab.holders(VIP)).some((host) => host !== owner) ? page(lab, VIP) : undefined),
    30_000,
  );
