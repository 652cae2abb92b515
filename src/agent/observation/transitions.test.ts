import { beforeEach, describe, expect, it } from 'vitest';
import { StagedAgent } from '../../../test/builders/agent.ts';
import { aDumped } from '../../../test/builders/instance.ts';
import { MOST_TRANSITIONS } from '../../api/node/report.ts';
import type { Counters } from '../../vrrp/dump.ts';
import type { NotifyState } from '../../vrrp/notify-line.ts';
import { afterDump, type Transitions, withState } from './transitions.ts';

let agent: StagedAgent;
beforeEach(() => {
  agent = new StagedAgent();
  agent.pass(100);
});
const told = (state: NotifyState, priority = 254, name = 'ns/web'): StagedAgent =>
  agent.step({ kind: 'notified', event: { kind: 'instance', name, state, priority } });
const remembered = (): string[] =>
  agent.state.observed.transitions.map(({ name, state, why, message }) => [name, state, why, message].filter(Boolean).join(' '));

describe('what an agent remembers of an instance', () => {
  it('is when it became MASTER, and when it was it no longer', () => {
    told('MASTER').pass(1000);
    told('BACKUP').pass(1000);
    told('BACKUP');
    expect(agent.state.observed.transitions).toMatchObject([
      { name: 'ns/web', state: 'MASTER', time: '2026-01-01T00:00:00.100Z', at: 100 },
      { name: 'ns/web', state: 'BACKUP', time: '2026-01-01T00:00:01.100Z', at: 1100 },
    ]);
  });

  it('is the moment at which the line was read, not that of the step', () => {
    const heard = { at: 42, wall: Date.UTC(2026, 0, 1, 12) };
    agent.step({ kind: 'notified', event: { kind: 'instance', name: 'ns/web', state: 'MASTER', priority: 254 }, heard });
    expect(agent.state.observed.transitions).toMatchObject([{ at: 42, time: '2026-01-01T12:00:00.000Z' }]);
  });

  it.each<[string, () => unknown, string]>([
    ['another node came before it', () => told('BACKUP'), 'ns/web BACKUP'],
    [
      'what it tracks takes its priority',
      () => told('BACKUP', 154),
      'ns/web BACKUP HealthLost what it tracks takes its priority from 254 to 154',
    ],
    ['keepalived ends', () => told('STOP'), 'ns/web STOP DaemonStopped'],
    [
      'keepalived is killed',
      () => {
        agent.process = null;
        agent.pass(200);
      },
      'ns/web STOP DaemonStopped',
    ],
    [
      'keepalived hangs',
      () => {
        agent.answers = false;
        agent.pass(8000);
      },
      'ns/web STOP DaemonHung',
    ],
    [
      'its pod ends',
      () => {
        agent.step({ kind: 'SIGTERM' }).step({ kind: 'asked' });
        told('BACKUP', 1);
      },
      'ns/web BACKUP Drained',
    ],
    [
      'its interface goes down',
      () => {
        agent.node = agent.node && { ...agent.node, interfaces: [{ name: 'eth0', isUp: false, addresses: [] }] };
        agent.masters = [];
        told('FAULT').pass(1000);
      },
      'ns/web FAULT LinkLost interface eth0 is down or has no carrier',
    ],
  ])('is why it is no longer MASTER: %s', (_, happens, expected) => {
    agent.masters = ['ns/web'];
    told('MASTER').pass(3000);
    happens();
    expect(remembered()).toEqual(['ns/web MASTER', expected]);
  });

  it.each<[NotifyState, string]>([
    ['FAULT', 'FAULT'],
    ['DELETED', 'STOP'],
  ])('is that its file has it no longer, where keepalived says %s', (state, remains) => {
    told('MASTER', 254, 'ns/gone').pass(1000);
    told(state, 254, 'ns/gone').pass(3000);
    expect(remembered()).toEqual(['ns/gone MASTER', `ns/gone ${remains} Removed`]);
  });

  it('is that a daemon that was killed is MASTER again, although its state was never another one', () => {
    told('MASTER').pass(100);
    agent.process = null;
    agent.pass(300);
    agent.process = 200;
    told('MASTER');
    expect(remembered()).toEqual(['ns/web MASTER', 'ns/web STOP DaemonStopped', 'ns/web MASTER']);
  });

  it('is how long the one before had been silent, where it had listened for long enough', () => {
    told('BACKUP').pass(2000);
    told('MASTER');
    expect(agent.state.observed.transitions.at(-1)).not.toHaveProperty('silence');
    told('BACKUP').pass(10_000);
    told('MASTER', 253);
    expect(agent.state.observed.transitions.at(-1)).toMatchObject({ silence: { atLeast: 2012, atMost: 3012 } });
  });

  it('stays the same while nothing happens, so that its report does, too', () => {
    told('MASTER').pass(5000);
    const before = agent.state.observed.transitions;
    agent.pass(20_000);
    expect(agent.state.observed.transitions).toBe(before);
  });
});

describe('a dump that comes before the line of the FIFO', () => {
  it('tells of the state once, and of the silence before it', () => {
    told('BACKUP').pass(10_000);
    agent.masters = ['ns/web'];
    agent.pass(3000);
    told('MASTER');
    expect(agent.state.observed.transitions).toMatchObject([{ state: 'MASTER', silence: { atLeast: 2008, atMost: 3008 } }]);
    agent.masters = [];
    agent.pass(3000);
    told('BACKUP');
    expect(remembered()).toEqual(['ns/web MASTER', 'ns/web BACKUP']);
  });
});

describe('a dump', () => {
  const became: Transitions = withState([], { name: 'a', state: 'MASTER', wasMaster: false }, { at: 100, wall: 0 });
  const counted = (counters: Partial<Counters>) => [aDumped('a', 7, { counters: { ...aDumped('a', 7).counters, ...counters } })];
  const never = { instances: counted({}), at: Number.POSITIVE_INFINITY };

  it.each([
    [3, 4, true],
    [3, 3, false],
  ])('tells whether the node before had said that it gives up: %i, then %i', (was, is, resigned) => {
    const before = { instances: counted({ pri_zero_rcvd: was }), at: 0 };
    const after = { instances: counted({ pri_zero_rcvd: is }), at: 101, wall: 1, heard: 101 };
    expect(afterDump(became, before, after)).toMatchObject([{ resigned }]);
  });
  // Ten adverts a second, eight may be missed.
  it.each([
    ['all along, and came after it', 1000, 20, true],
    ['all along, since a dump during the silence that others would be', 2500, 5, true],
    ['until it fell silent', 1000, 13, false],
    ['until it fell silent, and four adverts from before the dump were read after it', 1000, 17, false],
    ['until just before the dump, and another one that became MASTER with this one', 2500, 1, false],
    ['at a time that is not known', Number.POSITIVE_INFINITY, 20, false],
  ])('tells whether the node before was heard %s', (_, since, adverts, resigned) => {
    const silence = { atLeast: 700, atMost: 800 };
    const one = withState([], { name: 'a', state: 'MASTER', wasMaster: false, silence }, { at: 3000, wall: 0 });
    const before = { instances: counted({ advert_rcvd: 100 }), at: since };
    const after = { instances: counted({ advert_rcvd: 100 + adverts }), at: 3100, wall: 1, heard: 3100 };
    expect(afterDump(one, before, after)).toMatchObject([{ resigned }]);
  });
  it.each([
    ['that it gave way to at once', 33, false],
    ['that it gave way to at once, and before of one that had not fallen silent', 45, true],
  ])('is not misled by adverts of a node %s', (_, adverts, resigned) => {
    const silence = { atLeast: 700, atMost: 800 };
    const took = withState([], { name: 'a', state: 'MASTER', wasMaster: false, silence }, { at: 3000, wall: 0 });
    const gave = withState(took, { name: 'a', state: 'BACKUP', wasMaster: true }, { at: 3001, wall: 1 });
    const before = { instances: counted({ advert_rcvd: 100 }), at: 1000 };
    const after = { instances: counted({ advert_rcvd: 100 + adverts }), at: 5000, wall: 2000, heard: 5010 };
    expect(afterDump(gave, before, after)).toMatchObject([{ resigned }, { state: 'BACKUP' }]);
  });
  it('tells nothing of what happened after it was asked for', () =>
    expect(afterDump(became, never, { instances: counted({ pri_zero_rcvd: 4 }), at: 100, wall: 1, heard: 100 })).toBe(became));
  it('without the instance tells that the node has it no longer', () => {
    const over = withState(became, { name: 'a', state: 'FAULT', wasMaster: true }, { at: 200, wall: 100 });
    const none = { instances: [], at: 300, wall: 200, heard: 300 };
    expect(afterDump(over, never, none)).toMatchObject([{}, { state: 'FAULT', why: 'Removed' }]);
    const owned = { instances: [{ ...counted({})[0], state: 'MASTER' } as never], at: 0 };
    expect(afterDump(became, owned, none)).toMatchObject([{}, { state: 'STOP', why: 'Removed' }]);
  });
});

it('remembers so many transitions of one instance, and so many of all', () => {
  const states = Array.from({ length: 3000 }, (_, at) => ({ at, name: `i${at % 100}` }));
  const all = states.reduce(
    (some: Transitions, { at, name }) =>
      withState(some, { name, state: Math.floor(at / 100) % 2 === 0 ? 'MASTER' : 'BACKUP', wasMaster: false }, { at, wall: at }),
    [],
  );
  expect(all).toHaveLength(MOST_TRANSITIONS.ofAll);
  const one = Array.from({ length: 50 }, (_, at) => at).reduce(
    (some: Transitions, at) =>
      withState(some, { name: 'a', state: at % 2 === 0 ? 'MASTER' : 'BACKUP', wasMaster: false }, { at, wall: at }),
    [],
  );
  expect(one.map(({ at }) => at)).toEqual(Array.from({ length: MOST_TRANSITIONS.ofOne }, (_, index) => 34 + index));
});
