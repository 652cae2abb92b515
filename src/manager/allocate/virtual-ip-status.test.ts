import { describe, expect, it } from 'vitest';
import { aService } from '../../../test/builders/object.ts';
import type { MoveRecord, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import type { WireVerdict } from '../../observe/wire/verdict.ts';
import { type Seen, virtualIPStatus } from './virtual-ip-status.ts';

const move = (to: string, second: number): MoveRecord => ({
  time: `2026-01-01T00:01:${String(second).padStart(2, '0')}.000Z`,
  to,
  cause: 'Preferred',
  message: 'x',
});
const record = (moves?: readonly MoveRecord[]): VirtualIP => ({
  metadata: { name: '192.0.2.1', creationTimestamp: '2026-01-01T00:01:00Z' },
  spec: { address: '192.0.2.1', claims: [{ namespace: 'web', service: 'web', source: 'ExternalIP' }] },
  ...(moves && { status: { moves } }),
});
const seen = (moves: readonly MoveRecord[], verdict?: WireVerdict): Seen => ({
  serviceOf: () => aService('web', ['192.0.2.1']),
  groupOf: () => ({ metadata: { name: 'vips', namespace: 'web' }, status: {} }),
  routerOf: () => 'web/web',
  movesOf: () => moves,
  verdictOf: () => verdict,
  isUnserved: () => false,
});
const movesAfter = (known: readonly MoveRecord[], found: readonly MoveRecord[]) =>
  virtualIPStatus(record(known), seen(found), '2026-01-01T00:02:00Z')?.moves?.map(({ to, time }) => `${to} ${time.slice(17, 19)}`);

describe('the moves of a VirtualIP', () => {
  it('are the latest first, each once, behind those that are written', () =>
    expect(movesAfter([move('b', 2), move('a', 1)], [move('b', 2), move('c', 3)])).toEqual(['c 03', 'b 02', 'a 01']));
  it('are none from before there was the address', () =>
    expect(movesAfter([], [{ ...move('a', 1), time: '2026-01-01T00:00:59.000Z' }])).toBeUndefined());
  it('are sixteen at most', () =>
    expect(
      movesAfter(
        [],
        Array.from({ length: 30 }, (_, second) => move('a', second)),
      ),
    ).toHaveLength(16));

  it('are not written again when the API server has them in its own order of keys', () => {
    const [one] = [move('a', 1)];
    const written = virtualIPStatus(record(), seen([one]), '2026-01-01T00:02:00Z');
    const { message, cause, to, time } = one;
    const known = { ...record(), status: { ...written, moves: [{ cause, message, time, to }] } };
    expect(virtualIPStatus(known, seen([one]), '2026-01-01T00:03:00Z')).toBeUndefined();
  });
});

describe('since when a VirtualIP is on its node', () => {
  const LATER = '2026-01-01T00:03:00Z';
  const on = (node: string, moves: readonly MoveRecord[]): Seen => ({
    ...seen(moves),
    groupOf: () => ({
      metadata: { name: 'vips', namespace: 'web' },
      status: {
        virtualRouters: [{ name: 'web/web', virtualRouterID: 1, addressCount: 1, addresses: ['192.0.2.1'], node, state: 'Owned' }],
      },
    }),
  });
  const next = (before: VirtualIP, now: Seen): VirtualIP => {
    const status = virtualIPStatus(before, now, LATER);
    return { ...before, ...(status && { status }) };
  };

  it('is when the move was, also where that is known after the node', () => {
    expect(next(record(), on('a', [move('a', 1)])).status?.since).toBe('2026-01-01T00:01:01Z');
    const unknown = next(record(), on('a', []));
    expect(unknown.status?.since).toBe(LATER);
    expect(next(unknown, on('a', [move('a', 1)])).status?.since).toBe('2026-01-01T00:01:01Z');
  });

  it('is not the time of an older move there', () => {
    const first = next(record(), on('a', [move('a', 1)]));
    const gone = next(first, on('b', [move('a', 1)]));
    expect(gone.status?.since).toBe(LATER);
    expect(next(gone, on('a', [move('a', 1)])).status?.since).toBe(LATER);
  });
});

describe('the conditions of a VirtualIP', () => {
  const [FIRST, LATER] = ['2026-01-01T00:02:00Z', '2026-01-01T00:03:00Z'];
  const WELL: WireVerdict = { kind: 'Owner', answers: true };
  const STRANGER: WireVerdict = { kind: 'Stranger', mac: '02:00:00:00:00:99', askers: ['node2'], untold: [], since: 0 };
  const statusAfter = (before: VirtualIP, verdict: WireVerdict | undefined, time: string) =>
    virtualIPStatus(before, seen([], verdict), time);
  const shown = (status: VirtualIP['status']) => status?.conditions?.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`);
  const well = statusAfter(record(), WELL, FIRST);
  const known: VirtualIP = { ...record(), ...(well && { status: well }) };

  it('say who answers', () => {
    expect(shown(well)).toEqual(['Announced True OwnerAnswers', 'Unique True NoOtherAnswers', 'Reachable True PacketsAnswered']);
    expect(shown(statusAfter(known, STRANGER, LATER))).toEqual([
      'Announced False StrangerAnswers',
      'Unique False StrangerAnswers',
      'Reachable Unknown StrangerAnswers',
    ]);
  });
  it('are none where nobody has ever asked, as with older agents', () => {
    expect(statusAfter(record(), { kind: 'Unknown', why: 'NobodyAsks' }, FIRST)?.conditions).toBeUndefined();
    expect(shown(statusAfter(record(), { kind: 'Unknown', why: 'NoEvidence' }, FIRST))).toHaveLength(3);
    expect(shown(statusAfter(known, { kind: 'Unknown', why: 'NobodyAsks' }, LATER))).toContain('Unique Unknown NobodyAsks');
  });
  it('are not written again while nothing changes', () => expect(statusAfter(known, WELL, LATER)).toBeUndefined());
  it('stay while nothing is known', () => expect(statusAfter(known, undefined, LATER)).toBeUndefined());
  it('keep the time of what stays so', () => {
    const times = statusAfter(known, { kind: 'Owner' }, LATER)?.conditions?.map(
      ({ type, lastTransitionTime }) => `${type} ${lastTransitionTime}`,
    );
    expect(times).toEqual([`Announced ${FIRST}`, `Unique ${FIRST}`, `Reachable ${LATER}`]);
  });
  it('say that no node has an endpoint, and from then on whether one has', () => {
    const unserved: Seen = { ...seen([], WELL), isUnserved: (group, service) => `${group} ${service}` === 'web/vips web/web' };
    const none = virtualIPStatus(known, unserved, LATER);
    expect(shown(none)?.at(-1)).toBe('EndpointsReady False NoReadyEndpoint');
    const back = virtualIPStatus({ ...known, ...(none && { status: none }) }, { ...unserved, isUnserved: () => false }, LATER);
    expect(shown(back)?.at(-1)).toBe('EndpointsReady True ReadyEndpoint');
  });
  it('are none of an address that no group carries', () =>
    expect(virtualIPStatus(known, { ...seen([], WELL), routerOf: () => undefined }, LATER)?.conditions).toBeUndefined());
});
