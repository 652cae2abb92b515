import { describe, expect, it } from 'vitest';
import type { VrrpState } from '../api/node/report.ts';
import { COUNTERS, type Counters, type DumpedInstance } from './dump.ts';
import { afterDump, afterNotify, type Histories, type InstanceHistory } from './history.ts';
import type { Moment } from './moment.ts';
import type { NotifyEvent } from './notify-line.ts';

/** The clock of the wall is a year ahead of the monotonic one, so that each is seen to be used for its own. */
const AHEAD = 1_700_000_000_000;
const T = 1_000_000;
const moment = (at: number): Moment => ({ at, wall: AHEAD + at });
const history = (state: VrrpState, since: Moment, transitions: number): InstanceHistory => ({ state, priority: 200, since, transitions });
const event = (state: NotifyEvent['state'], name = 'a'): NotifyEvent => ({ kind: 'instance', name, state, priority: 200 });
const dumped = (state: VrrpState, seconds: number, name = 'a'): DumpedInstance => ({
  name,
  interface: 'eth0',
  virtualRouterId: 1,
  state,
  basePriority: 200,
  effectivePriority: 200,
  lastTransition: AHEAD / 1000 + seconds,
  addresses: [],
  counters: Object.fromEntries(COUNTERS.map((counter) => [counter, 0])) as Counters,
});
const known = (state: VrrpState, since = moment(T), transitions = 3): Histories => new Map([['a', history(state, since, transitions)]]);

describe('a line of the FIFO', () => {
  it('begins a history without a transition', () => {
    expect(afterNotify(new Map(), event('BACKUP'), moment(T))).toEqual(known('BACKUP', moment(T), 0));
  });
  it('with another state is a transition now', () => {
    expect(afterNotify(known('BACKUP'), event('MASTER'), moment(T + 5))).toEqual(known('MASTER', moment(T + 5), 4));
  });
  it('with the same state is none', () => {
    expect(afterNotify(known('BACKUP'), event('BACKUP'), moment(T + 5))).toEqual(known('BACKUP', moment(T), 3));
  });
  it('that tells of a removed instance leaves it stopped', () => {
    expect(afterNotify(known('BACKUP'), event('DELETED'), moment(T + 5)).get('a')?.state).toBe('STOP');
  });
  it('of a sync group changes nothing', () => {
    const before = known('BACKUP');
    expect(afterNotify(before, { ...event('MASTER'), kind: 'group' }, moment(T))).toBe(before);
  });
  it('leaves the other instances and the histories before as they were', () => {
    const before = known('BACKUP');
    expect(afterNotify(before, event('MASTER', 'b'), moment(T)).get('a')).toEqual(history('BACKUP', moment(T), 3));
    expect(before.size).toBe(1);
  });
});

describe('a dump', () => {
  it('begins a history at its last transition, as far as people are told, and when it was asked for as far as anything is decided', () => {
    const since = { at: T, wall: AHEAD + 900_000 };
    expect(afterDump(new Map(), [dumped('MASTER', 900)], moment(T))).toEqual(known('MASTER', since, 0));
  });
  it('with the same state keeps the time that the FIFO told, though a reload renewed the last transition', () => {
    expect(afterDump(known('MASTER', moment(900_000)), [dumped('MASTER', 950)], moment(T))).toEqual(known('MASTER', moment(900_000)));
  });
  it('with a state that was missed is one transition', () => {
    expect(afterDump(known('BACKUP', moment(900_000)), [dumped('MASTER', 950)], moment(T))).toEqual(
      known('MASTER', { at: T, wall: AHEAD + 950_000 }, 4),
    );
  });
  it('that was asked for before the last line is older than it', () => {
    expect(afterDump(known('MASTER', moment(T + 1)), [dumped('BACKUP', 900)], moment(T))).toEqual(known('MASTER', moment(T + 1)));
  });
  it('never sets a transition in the future', () => {
    expect(afterDump(new Map(), [dumped('MASTER', 99_999)], moment(T))).toEqual(known('MASTER', moment(T), 0));
  });
  it('without an instance forgets it', () => {
    expect(afterDump(known('MASTER'), [dumped('BACKUP', 900, 'b')], moment(T)).has('a')).toBe(false);
  });
});
