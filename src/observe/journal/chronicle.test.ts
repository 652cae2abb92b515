import { beforeEach, describe, expect, it } from 'vitest';
import { JournalWorld, SILENCE } from '../../../test/builders/journal.ts';
import { MOST_MOVES } from '../../api/virtual-ip/virtual-ip.ts';

const MINUTE = 60_000;
/** The successor has yet to find out whether the owner had given way. */
const NOT_JUDGED: object = { resigned: undefined };
let world: JournalWorld;
/** node1 is the first owner; the nodes' wall clocks are minutes apart. */
beforeEach(() => {
  world = new JournalWorld([0, 3 * MINUTE, -7 * MINUTE]).look().pass(1000);
  world.becomes('node1', 'MASTER').look().pass(10_000);
});
const takesOver = (node = 'node2'): JournalWorld => world.becomes(node, 'MASTER', { silence: SILENCE });

describe('a move is written down with its cause, and how long nobody had the address', () => {
  it('at the first election', () => expect(world.moves).toEqual(['>node1 FirstElection']));

  it.each<[string, () => unknown, string]>([
    [
      'the owner fell silent: by what its successor knows of its last advert',
      () => {
        world.silent.add('node1');
        takesOver(world.pass(700) && 'node2').look();
      },
      'node1>node2 NodeSilent 0.51 to 0.76 s',
    ],
    [
      'the owner said that it gives up, and is silent since: it was shut down',
      () => {
        world.silent.add('node1');
        world.becomes('node2', 'MASTER', { silence: SILENCE, resigned: true }).look();
      },
      'node1>node2 Resigned at most 0.76 s',
    ],
    [
      'the pod of the owner ended and handed over',
      () => {
        takesOver().pass(3).becomes('node1', 'BACKUP', { why: 'Drained' }).look();
      },
      'node1>node2 Drained none',
    ],
    [
      'the owner lost its link',
      () => {
        world.becomes('node1', 'FAULT', { why: 'LinkLost', message: 'interface eth0 is down or has no carrier' }).pass(310);
        takesOver().look();
      },
      'node1>node2 LinkLost 0.3 to 0.32 s',
    ],
    [
      'what the owner tracks took its priority',
      () => {
        takesOver().pass(1).becomes('node1', 'BACKUP', { why: 'HealthLost', message: 'no endpoints' }).look();
      },
      'node1>node2 HealthLost none',
    ],
    [
      'keepalived on the owner was killed: its kernel may have gone on answering',
      () => {
        world.becomes('node1', 'STOP', { why: 'DaemonStopped' }).pass(600);
        takesOver().look();
      },
      'node1>node2 DaemonStopped at most 0.61 s',
    ],
    [
      'keepalived on the owner was killed, and was back before another node took over',
      () => {
        world.becomes('node1', 'STOP', { why: 'DaemonStopped' }).pass(400).becomes('node1', 'MASTER').look();
      },
      'node1>node1 DaemonRevived at most 0.41 s',
    ],
    [
      'the owner rests, keeps what it has, and was cut off for a moment',
      () => {
        world.expected = { ...world.expected, standing: new Map([['node1', 'unsteady']]) };
        world.becomes('node2', 'MASTER', { silence: SILENCE, resigned: false }).pass(200).becomes('node1', 'BACKUP').look();
      },
      'node1>node2 NodeSilent 0.51 to 0.76 s',
    ],
    [
      'the owner rests, and gives up at once to a node that comes before it',
      () => {
        world.expected = { ...world.expected, standing: new Map([['node1', 'unsteady']]) };
        world.becomes('node2', 'MASTER', { silence: SILENCE, resigned: false }).pass(40).becomes('node1', 'BACKUP').look();
      },
      'node1>node2 NodeUnfit none',
    ],
    [
      'the plan puts another node first',
      () => {
        world.expected = {
          ...world.expected,
          routers: world.expected.routers.map((one) => ({ ...one, ranks: ['node2', 'node1', 'node3'] })),
        };
        world.look().pass(100);
        takesOver().pass(2).becomes('node1', 'BACKUP').look();
      },
      'node1>node2 PlanChanged none',
    ],
    [
      'the node was drained',
      () => {
        world.expected = { ...world.expected, standing: new Map([['node1', 'emptied']]) };
        takesOver().pass(2).becomes('node1', 'BACKUP').look();
      },
      'node1>node2 Drained none',
    ],
    [
      'the node is no longer a node of the group',
      () => {
        world.expected = { ...world.expected, nodes: ['node2', 'node3'] };
        takesOver().pass(2).becomes('node1', 'BACKUP').look();
      },
      'node1>node2 NodeLeft none',
    ],
    [
      'the instance was taken from the node',
      () => {
        world.becomes('node1', 'FAULT', { why: 'Removed' }).pass(20);
        takesOver().look();
      },
      'node1>node2 PlanChanged 0.014 to 0.026 s',
    ],
    ['nobody says why', () => takesOver().pass(2).becomes('node1', 'BACKUP').look(), 'node1>node2 Resigned none'],
  ])('%s', (_, happens, expected) => {
    happens();
    expect(world.moves).toEqual(['>node1 FirstElection', expected]);
    expect(world.told.at(-1)).toContain(expected.split(' ')[0]);
    expect(world.told).toHaveLength(2);
  });

  it('when the owner rests, was cut off for a moment, and was not asked again before it had the address back', () => {
    world.expected = { ...world.expected, standing: new Map([['node1', 'unsteady']]) };
    world.unasked.add('node1');
    world.becomes('node2', 'MASTER', { silence: SILENCE, resigned: false }).pass(1500).becomes('node2', 'BACKUP').look();
    expect(world.moves.slice(1)).toEqual(['node1>node2 NodeSilent 0.51 to 0.76 s', 'node2>node1 Preferred none']);
  });

  it('when the owner rests, and is cut off for a moment once more: it never stopped', () => {
    world.expected = { ...world.expected, standing: new Map([['node1', 'unsteady']]) };
    for (const times of ['once', 'once more']) {
      if (times === 'once more') world.unasked.add('node1');
      world.becomes('node2', 'MASTER', { silence: SILENCE, resigned: false }).pass(1500).becomes('node2', 'BACKUP').look().pass(2000);
    }
    const [cut, back] = ['node1>node2 NodeSilent 0.51 to 0.76 s', 'node2>node1 Preferred none'];
    expect(world.moves.slice(1)).toEqual([cut, back, cut, back]);
  });

  /** node1 gives it to node2, which has it for 0.25 s and is asked by nobody meanwhile. */
  const hasItUnseen = (): JournalWorld => {
    world.unasked.add('node2');
    return world.becomes('node2', 'MASTER').pass(2).becomes('node1', 'BACKUP').pass(250);
  };
  const [away, lost] = ['node1>node2 Resigned none', 'NodeSilent 0.51 to 0.76 s'];

  it.each([
    ['node1', [away, `node2>node1 ${lost}`]],
    ['node3', [away, `node2>node3 ${lost}`]],
  ])('when the owner is lost before anybody has asked it, and %s takes over', (next, expected) => {
    hasItUnseen().silent.add('node2');
    world.pass(750).becomes(next, 'MASTER', { silence: SILENCE }).look();
    expect(world.moves.slice(1)).toEqual(expected);
    world.unasked.clear();
    world.silent.clear();
    world.pass(20_000).becomes('node2', 'BACKUP').look();
    expect(world.moves.slice(1)).toEqual(expected);
    world.restarts().look();
    expect(world.moves.slice(1)).toEqual(expected);
  });

  it('when the owner is lost before anybody has asked it, and tells it itself before it is known to be silent', () => {
    hasItUnseen();
    world.pass(750).becomes('node2', 'BACKUP').becomes('node1', 'MASTER', { silence: SILENCE });
    world.unasked.clear();
    world.look();
    expect(world.moves.slice(1, 2)).toEqual([away]);
    expect(world.moves.at(-1)).toMatch(/^node2>node1 /);
  });

  it('when the owner is lost before anybody has asked it, and it could be any of two', () => {
    hasItUnseen().silent.add('node2').add('node3');
    world.pass(750).becomes('node1', 'MASTER', { silence: SILENCE }).look();
    expect(world.moves.slice(1)).toEqual(['node1>node1 Resigned 0.99 to 1.01 s']);
  });

  it('when the preferred node takes it back', () => {
    world.becomes('node1', 'STOP', { why: 'DaemonStopped' }).pass(600);
    takesOver().look().pass(5000);
    world.becomes('node1', 'MASTER').pass(4).becomes('node2', 'BACKUP').look();
    expect(world.moves.at(-1)).toBe('node2>node1 Preferred none');
  });
});

it('when a node takes it back before it has heard that it is to rest', () => {
  world.priorities.set('node1', 254);
  world.becomes('node1', 'STOP', { why: 'DaemonStopped' }).pass(600);
  takesOver().look().pass(5000);
  world.expected = { ...world.expected, routers: world.expected.routers.map((one) => ({ ...one, ranks: ['node2', 'node3', 'node1'] })) };
  world.look().pass(100);
  world.becomes('node1', 'MASTER').pass(4).becomes('node2', 'BACKUP').look();
  expect(world.moves.at(-1)).toBe('node2>node1 Preferred none');
});

describe('what is said of the time without an owner', () => {
  it('is of the nodes, however far apart their clocks are, and waits for the old owner to say when', () => {
    world.becomes('node1', 'FAULT').pass(310);
    const expected = new Date(world.epoch + world.now + 3 * MINUTE).toISOString();
    takesOver().look();
    expect(world.moves.at(-1)).toBe('node1>node2 Fault 0.3 to 0.32 s');
    const last = world.written?.at(-1);
    expect(last?.time).toBe(expected);
    expect(last?.withoutOwner).toMatchObject({ atLeastMilliseconds: 304, atMostMilliseconds: 316, by: 'Transitions' });
  });

  it('is the successor’s word where a node was cut off and went on as master', () => {
    world.silent.add('node1');
    world.pass(700);
    takesOver().look().pass(30_000);
    world.silent.clear();
    world.becomes('node1', 'BACKUP').look();
    expect(world.moves.at(-1)).toBe('node1>node2 NodeSilent 0.51 to 0.76 s');
  });

  it('gets better, and the cause with it, when a node whose link was down is heard again', () => {
    world.silent.add('node1');
    world.becomes('node1', 'FAULT', { why: 'LinkLost', message: 'interface eth0 is down or has no carrier' }).pass(650);
    takesOver().look();
    expect(world.moves.at(-1)).toBe('node1>node2 NodeSilent 0.51 to 0.76 s');
    world.silent.clear();
    world.pass(20_000).look();
    expect(world.moves).toEqual(['>node1 FirstElection', 'node1>node2 LinkLost 0.64 to 0.66 s']);
    expect(world.told).toHaveLength(2);
  });

  it('gets a better cause when the node finds out later why it was in FAULT', () => {
    world
      .becomes('node1', 'FAULT')
      .reports('node1', { problems: [{ reason: 'InFault', message: 'web/web is in FAULT' }] })
      .pass(310);
    takesOver().look();
    expect(world.moves.at(-1)).toBe('node1>node2 Fault 0.3 to 0.32 s');
    world.learns('node1', { why: 'LinkLost', message: 'interface eth0 is down or has no carrier' }).look();
    expect(world.moves.slice(1)).toEqual(['node1>node2 LinkLost 0.3 to 0.32 s']);
    expect(world.told).toHaveLength(2);
    world.learns('node1', { why: 'Fault', message: 'web/web is in FAULT' }).look();
    expect(world.moves.slice(1)).toEqual(['node1>node2 LinkLost 0.3 to 0.32 s']);
  });

  it('is bounded by the last report of an agent that doesn’t tell moments', () => {
    world.old.add('node1').add('node2').add('node3');
    world.restarts().becomes('node1', 'MASTER').look().pass(2000);
    world.becomes('node1', 'BACKUP').becomes('node2', 'MASTER').look();
    expect(world.moves.at(-1)).toBe('node1>node2 Resigned at most 2.01 s');
  });
});

it('a node that was cut off for a moment, and answered the manager all the time, was not heard', () => {
  world.pass(700);
  takesOver().pass(1500).becomes('node2', 'BACKUP').pass(300).look();
  expect(world.moves.slice(1)).toEqual(['node1>node2 NodeSilent 0.51 to 0.76 s', 'node2>node1 Preferred none']);
});

describe('a virtual router that goes and comes again under its name', () => {
  it('has no move of its former life', () => {
    const { routers } = world.expected;
    world.expected = { ...world.expected, routers: [] };
    world.becomes('node1', 'FAULT', { why: 'Removed' }).pass(20).becomes('node2', 'MASTER').pass(30);
    world.becomes('node2', 'FAULT', { why: 'Removed' }).look().pass(5000);
    world.expected = { ...world.expected, routers };
    world.written = [];
    world.look().pass(400).becomes('node3', 'MASTER').look();
    expect(world.moves).toEqual(['>node3 FirstElection']);
  });
});

it('is the same list while nothing is new in it, also where nobody will ever know more', () => {
  world.silent.add('node1');
  takesOver(world.pass(700) && 'node2').look();
  const before = world.written;
  world
    .pass(1000)
    .reports('node2', { gateways: ['192.0.2.254'] })
    .look();
  expect(world.written).toBe(before);
});

describe('a moment that is no move', () => {
  it('is a node that was master beside the owner until it heard it', () => {
    takesOver().pass(40).becomes('node2', 'BACKUP').look();
    expect(world.moves).toEqual(['>node1 FirstElection']);
  });
  it('is one that nothing has followed yet: two are master', () => {
    takesOver().look().pass(60_000).look();
    expect(world.moves).toEqual(['>node1 FirstElection']);
    expect(world.truth?.again).toBeUndefined();
    world.becomes('node1', 'BACKUP').look();
    expect(world.moves).toHaveLength(2);
  });
  it('is an agent that begins anew', () => {
    world.forgets('node1').look().pass(10_000).look();
    expect(world.moves).toEqual(['>node1 FirstElection']);
  });
});

describe('another manager', () => {
  it('goes on with what is written, and tells nothing twice', () => {
    world.becomes('node1', 'FAULT', { why: 'LinkLost', message: 'x' }).pass(300);
    takesOver().look().pass(5000);
    const before = world.written;
    world.restarts().look().pass(5000).look();
    expect(world.written).toEqual(before);
    expect(world.told).toHaveLength(2);
  });

  it('learns from the nodes what happened while none was there', () => {
    world.pass(20_000).becomes('node1', 'FAULT', { why: 'LinkLost', message: 'x' }).pass(300);
    takesOver().pass(100_000);
    world.becomes('node1', 'MASTER').pass(5).becomes('node2', 'BACKUP').pass(100_000);
    world.becomes('node1', 'STOP', { why: 'DaemonStopped' }).pass(250).becomes('node1', 'MASTER').pass(100_000);
    world.restarts().look();
    expect(world.moves).toEqual([
      '>node1 FirstElection',
      'node1>node2 LinkLost 0.29 to 0.31 s',
      'node2>node1 Preferred none',
      'node1>node1 DaemonRevived at most 0.26 s',
    ]);
    expect(world.told).toHaveLength(4);
  });

  it.each([
    ['is silent', () => world.silent.add('node1')],
    ['is back, and has begun anew', () => world.forgets('node1').becomes('node1', 'BACKUP').forgets('node1')],
  ])('knows of an owner that it never heard how long nobody did, when that %s', (_, happens) => {
    world.restarts().pass(700);
    takesOver();
    happens();
    world.look();
    expect(world.moves.at(-1)).toBe('node1>node2 NodeSilent 0.51 to 0.76 s');
  });

  it('is told later how long nobody had it, where the successor of an owner that it never heard is late to say', () => {
    world.restarts().pass(700);
    world.silent.add('node1');
    world.becomes('node2', 'MASTER', { silence: SILENCE, ...NOT_JUDGED }).look();
    expect(world.moves.at(-1)).toBe('node1>node2 NodeSilent');
    world.learns('node2', { resigned: false }).look();
    expect(world.moves.at(-1)).toBe('node1>node2 NodeSilent 0.51 to 0.76 s');
    expect(world.told).toHaveLength(2);
  });

  it('is not held up by an owner whose agent began anew meanwhile', () => {
    world.forgets('node1').becomes('node1', 'BACKUP').pass(300).becomes('node1', 'MASTER').pass(60_000);
    world.restarts().look();
    world.becomes('node1', 'FAULT', { why: 'LinkLost', message: 'x' }).pass(300);
    takesOver().look();
    expect(world.moves.at(-1)).toBe('node1>node2 LinkLost 0.29 to 0.31 s');
  });

  it('tells of the first election also where it could not read at first that there was none', () => {
    world = new JournalWorld();
    world.written = null;
    world.becomes('node1', 'MASTER').look();
    world.written = [];
    expect(world.look().moves).toEqual(['>node1 FirstElection']);
  });

  it('tells nothing before it can read what is written', () => {
    const before = world.written;
    world.written = null;
    world.restarts().look();
    world.written = before;
    world.look();
    expect(world.written).toEqual(before);
    expect(world.told).toHaveLength(1);
  });
});

it('a node that was cut off, and had never stopped, has it back when it is heard', () => {
  world.silent.add('node1');
  world.pass(700);
  takesOver().look().pass(30_000);
  world.silent.clear();
  world.becomes('node2', 'BACKUP').look();
  expect(world.moves.slice(1)).toEqual(['node1>node2 NodeSilent 0.51 to 0.76 s', 'node2>node1 Preferred none']);
  world.restarts().look();
  expect(world.moves).toHaveLength(3);
});

it('remembers the latest moves, and no more than it may', () => {
  for (let times = 0; times < 40; times += 1) {
    const [from, to] = times % 2 === 0 ? ['node1', 'node2'] : ['node2', 'node1'];
    world.becomes(to, 'MASTER').pass(2).becomes(from, 'BACKUP').look().pass(1000);
  }
  expect(world.moves).toHaveLength(MOST_MOVES);
  expect(world.told).toHaveLength(41);
});
