import { describe, expect, it } from 'vitest';
import { API, StagedAgent, WEB } from '../../../test/builders/agent.ts';

const TERM = { kind: 'SIGTERM' } as const;
const ASKED = { kind: 'asked' } as const;

function running(): StagedAgent {
  const agent = new StagedAgent().pass(20);
  agent.masters = ['ns/web'];
  agent.pass(3000);
  agent.did();
  return agent;
}

/** Agents in every state that one can be in. */
const STATES: readonly [string, () => StagedAgent][] = [
  ['that has not looked yet', () => new StagedAgent()],
  ['that rests', running],
  [
    'whose file was refused',
    () => {
      const agent = running();
      agent.refuses = () => true;
      return agent.put('r2', API).pass(20);
    },
  ],
  [
    'that asks the daemon for a new file',
    () => {
      const agent = running();
      agent.deaf = true;
      return agent.put('r2', WEB, API).pass(1000);
    },
  ],
  [
    'whose daemon did not take the file',
    () => {
      const agent = running();
      agent.deaf = true;
      return agent.put('r2', WEB, API).pass(7000);
    },
  ],
  [
    'that runs a head start',
    () => {
      const agent = running();
      agent.deaf = true;
      return agent.put('r2', WEB, API).pass(50);
    },
  ],
  [
    'that lets a killed daemon start again',
    () => {
      const agent = running();
      agent.present = ['192.0.2.107'];
      agent.process = null;
      return agent.pass(50);
    },
  ],
  [
    'whose daemon hangs',
    () => {
      const agent = running();
      agent.answers = false;
      return agent.pass(4000);
    },
  ],
  ['whose port is taken', () => running().step({ kind: 'port', taken: { port: 9650, reason: 'EADDRINUSE', addresses: ['::1'] } })],
];

describe.each(STATES)('an agent %s', (_, make) => {
  it('that gets a SIGTERM alone gives nothing up, leaves the file itself in place, and ends in time', () => {
    const agent = make().step(TERM).pass(6000);
    const did = agent.did();
    expect(did).not.toContain('give up');
    expect(did.at(-1)).toBe('exit');
    expect(agent.file ?? '').not.toContain('priority 255');
  });

  it.each([
    ['SIGTERM and then kubelet says that the pod ends', [TERM, ASKED]],
    ['kubelet says that the pod ends and then SIGTERM', [ASKED, TERM]],
  ])('gives its addresses up when there is %s', (_, news) => {
    const agent = make();
    agent.process = 102;
    agent.did();
    for (const one of news) agent.step(one).pass(100);
    agent.masters = [];
    agent.pass(12_000);
    const did = agent.did();
    expect(did.filter((one) => one === 'give up')).toHaveLength(1);
    expect(did.filter((one) => one.startsWith('answer'))).toHaveLength(1);
    agent.process = null;
    expect(agent.pass(20).did().slice(-1)).toEqual(['exit']);
    expect(agent.file ?? '').not.toContain('priority 255');
  });
});

describe('the question whether a node is drained', () => {
  it('moves nothing without a SIGTERM, and is refused', () => {
    const agent = running().step(ASKED).pass(6000);
    expect(agent.did()).toEqual(['answer the agent was not asked to end, so it drains nothing']);
    expect(agent.state.ending).toBeNull();
    agent.put('r2', WEB).pass(50);
    expect(agent.state.active?.candidate.revision).toBe('r2');
  });

  it('is answered when another node has taken over', () => {
    const agent = running().step(TERM, ASKED).pass(1000);
    expect(agent.did()).toEqual(['give up']);
    agent.masters = [];
    expect(agent.pass(100).did()).toEqual(['answer given up']);
    expect(agent.step(ASKED).did()).toEqual(['answer given up']);
  });

  it('is answered in time when nobody takes over', () => {
    expect(running().step(TERM, ASKED).pass(4600).did()).toEqual(['give up', 'answer nobody took over']);
  });

  it('is not answered with "given up" by the silence of a master', () => {
    const agent = running();
    agent.answers = false;
    expect(agent.step(TERM, ASKED).pass(4600).did()).toEqual(['give up', 'answer keepalived does not answer']);
  });

  it('is answered by what the daemon told by its FIFO, when it writes no dumps', () => {
    const agent = new StagedAgent();
    agent.isMute = true;
    agent.pass(6000).step({ kind: 'notified', event: { kind: 'instance', name: 'ns/web', state: 'MASTER', priority: 254 } });
    agent.did();
    expect(agent.step(TERM, ASKED).pass(1000).did()).toEqual(['give up']);
    agent.step({ kind: 'notified', event: { kind: 'instance', name: 'ns/web', state: 'BACKUP', priority: 1 } });
    expect(agent.pass(100).did()).toEqual(['answer given up']);
  });

  it('is answered at once when keepalived does not run', () => {
    const agent = running();
    agent.process = null;
    expect(agent.step(TERM, ASKED).did()).toEqual(['give up', 'answer given up', 'exit']);
  });
});

it('an agent that ends alone with its daemon ends at once', () => {
  const agent = running();
  agent.process = null;
  expect(agent.step(TERM).did()).toEqual(['exit']);
});
