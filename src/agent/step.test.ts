import { describe, expect, it } from 'vitest';
import { API, StagedAgent, WEB } from '../../test/builders/agent.ts';
import { hangs } from './observation/observed.ts';
import type { State } from './state.ts';

const HOUR = 3_600_000;
/** Another node comes first in its order, so that it has no head start here. */
const LATER = { ...API, block: API.block?.filter(({ keyword }) => keyword !== 'priority') ?? [] };

/** An agent whose daemon runs the first revision. */
function running(): StagedAgent {
  const agent = new StagedAgent().pass(20);
  agent.masters = ['ns/web'];
  agent.pass(3000);
  agent.did();
  return agent;
}

const activation = ({ newest }: State) => (newest?.kind === 'attempt' ? newest.activation : newest);
const problems = (agent: StagedAgent) =>
  agent.done.flatMap((action) => (action.do === 'log' && action.level !== 'info' ? action.message : []));

describe('an agent that starts', () => {
  it('tests the file, puts it in place, has it read and asks until it runs', () => {
    const agent = new StagedAgent().pass(20);
    expect(agent.did()).toEqual(['install new', 'reload']);
    expect(activation(agent.state)).toEqual({ kind: 'running', reloads: 1, proven: true });
    expect(agent.state.active?.candidate.revision).toBe('r1');
  });

  it('reloads nothing when its daemon runs the file', () => {
    const before = running();
    const agent = new StagedAgent();
    agent.file = before.file;
    agent.process = 100;
    expect(agent.pass(20).did()).toEqual([]);
    expect(activation(agent.state)).toEqual({ kind: 'running', reloads: 0, proven: true });
  });

  it('waits for a daemon that does not run, and does not take it for told', () => {
    const agent = new StagedAgent();
    agent.process = null;
    agent.pass(1000);
    expect(agent.did()).toEqual(['install new']);
    expect(activation(agent.state)).toEqual({ kind: 'waiting' });
    agent.process = 101;
    expect(agent.pass(300).did()).toEqual([]);
    expect(activation(agent.state)).toEqual({ kind: 'running', reloads: 0, proven: true });
  });

  it('says what it can not use, once, and goes on when it can', () => {
    const agent = new StagedAgent();
    agent.node = { ...agent.node, interfaces: [], link: null } as StagedAgent['node'];
    agent.pass(11_000);
    expect(problems(agent)).toEqual(['the configuration can not be used']);
    agent.node = new StagedAgent().node;
    expect(activation(agent.pass(5100).state)).toMatchObject({ kind: 'running' });
  });
});

describe('a change', () => {
  it('of an instance is one reload', () => {
    const agent = running().put('r2', WEB, LATER);
    agent.pass(50);
    expect(agent.did()).toEqual(['install new', 'reload']);
    expect(agent.state.active?.candidate.revision).toBe('r2');
  });

  it('that brings an instance for this node first runs with a head start, until it is master, and then as it is', () => {
    const agent = running().put('r2', WEB, API).pass(50);
    expect(agent.did()).toEqual(['install first', 'reload', 'install new', 'reload']);
    expect(activation(agent.state)).toMatchObject({ kind: 'running', reloads: 2 });
  });

  it('waits no longer than that for a head start that makes no master', () => {
    const agent = running();
    agent.deaf = true;
    agent.put('r2', WEB, API).pass(200);
    expect(agent.did()).toEqual(['install first', 'reload']);
    expect(agent.pass(200).did()).toEqual(['install new', 'reload']);
  });

  it('that is refused leaves in place what runs, and is tried again after half a minute', () => {
    const agent = running();
    agent.refuses = (text) => text.includes('ns/api');
    agent.put('r2', WEB, API).pass(20_000);
    expect(agent.did()).toEqual(['discard first']);
    expect(activation(agent.state)).toMatchObject({ kind: 'refused' });
    expect(agent.state.active?.candidate.revision).toBe('r1');
    agent.refuses = () => false;
    expect(activation(agent.pass(16_000).state)).toMatchObject({ kind: 'running' });
  });

  it('that the daemon does not take is asked for twice in five seconds, and told', () => {
    const agent = running();
    agent.deaf = true;
    agent.put('r2', WEB, LATER).pass(6000);
    expect(agent.did()).toEqual(['install new', 'reload', 'reload']);
    expect(activation(agent.state)).toMatchObject({ kind: 'unconfirmed', reloads: 2, differences: ['ns/api does not run'] });
  });

  it('that follows a reload at once waits a moment, so that changes join', () => {
    const agent = running().put('r2', WEB, LATER).pass(30);
    agent.put('r3', WEB).put('r4', WEB);
    expect(agent.pass(100).state.active?.candidate.revision).toBe('r2');
    expect(agent.pass(300).state.active?.candidate.revision).toBe('r4');
  });

  it('is no news for a daemon that dies before it has read it: it waits', () => {
    const agent = running();
    agent.answers = false;
    agent.put('r2', WEB, LATER).pass(20);
    agent.process = null;
    expect(activation(agent.pass(20).state)).toEqual({ kind: 'waiting' });
  });
});

describe('keepalived that was killed', () => {
  it('is to start as the master that it was, and the file itself follows', () => {
    const agent = running();
    agent.present = ['192.0.2.107'];
    agent.process = null;
    expect(agent.pass(20).did()).toEqual(['install first']);
    agent.process = 101;
    expect(agent.pass(20).did()).toEqual(['install new', 'reload']);
    expect(activation(agent.state)).toMatchObject({ kind: 'running' });
    expect(agent.state.active?.since).toBe(running().state.active?.since);
  });

  it('is not, once others have taken over, nor a second time in ten minutes', () => {
    const agent = running();
    agent.present = ['192.0.2.107'];
    agent.process = null;
    agent.pass(2400);
    expect(agent.did()).toEqual(['install first']);
    agent.pass(200);
    expect(agent.did()).toEqual(['install new']);
    agent.process = 101;
    agent.pass(1000);
    agent.process = null;
    expect(agent.pass(1000).did()).toEqual([]);
  });

  it('is not where its addresses are gone', () => {
    const agent = running();
    agent.process = null;
    expect(agent.pass(3000).did()).toEqual([]);
  });
});

describe('a clock that jumps', () => {
  it.each([HOUR, -HOUR, -20_000, 10_000])('by %d ms changes nothing that is done', (offset) => {
    const agent = running();
    agent.offset = offset;
    agent.put('r2', WEB, LATER).pass(50);
    expect(agent.did()).toEqual(['install new', 'reload']);
    expect(activation(agent.state)).toMatchObject({ kind: 'running' });
    agent.pid = null;
    agent.pass(20);
    expect(agent.state.observed.runs).toBe(false);
  });

  it('while a daemon is asked makes no false refusal', () => {
    const agent = running();
    agent.deaf = true;
    agent.put('r2', WEB, API).pass(1000);
    agent.offset = HOUR;
    expect(agent.pass(20).state.work.kind).toBe('confirm');
    agent.deaf = false;
    expect(activation(agent.pass(4000).state)).toMatchObject({ kind: 'running' });
  });
});

describe('keepalived that hangs', () => {
  const hung = (): StagedAgent => {
    const agent = running();
    agent.answers = false;
    return agent;
  };

  it('is told within seconds', () => {
    const agent = hung().pass(9000);
    expect(hangs(agent.state.observed, agent.now)).toBe(true);
    expect(problems(agent)).toEqual(['keepalived hangs: it answers no question']);
    expect(agent.did()).toEqual([]);
  });

  it('is killed in a quarter of a minute, once, and starts again as any other, not as the master that it was', () => {
    const agent = hung();
    agent.present = ['192.0.2.107'];
    agent.pass(15_000);
    expect(agent.did()).toEqual(['kill keepalived']);
    agent.process = null;
    agent.pass(500);
    agent.answers = true;
    agent.process = 101;
    expect(agent.pass(5000).did()).toEqual([]);
    expect(agent.state.observed).toMatchObject({ runs: true, silence: null });
  });

  it('is left alone when it answers again', () => {
    const agent = hung().pass(9000);
    agent.answers = true;
    agent.pass(60_000);
    expect(agent.did()).toEqual([]);
    expect(hangs(agent.state.observed, agent.now)).toBe(false);
  });

  it('is not one that is built without JSON', () => {
    const agent = running();
    agent.isMute = true;
    agent.pass(120_000);
    expect(agent.did()).toEqual([]);
    expect(hangs(agent.state.observed, agent.now)).toBe(false);
  });

  it('does not take a new file, which is told', () => {
    const agent = hung().put('r2', WEB, LATER).pass(6000);
    expect(activation(agent.state)).toMatchObject({ kind: 'unconfirmed', differences: ['keepalived does not answer'] });
  });
});

describe('a file of which keepalived refuses verbatim lines', () => {
  const WITH = { ...LATER, block: [...LATER.block, { keyword: 'foo', words: ['1'] }] };
  const marks = [{ object: 'Service ns/api', instances: ['ns/api'], keywords: ['foo'] }];
  const given = (agent: StagedAgent): StagedAgent => {
    agent.refuses = (text) => text.includes('foo');
    agent.settings = { ...agent.settings, verbatim: marks };
    return agent.put('r2', WEB, WITH).pass(3000);
  };

  it('runs without them, says which, and is not tested again', () => {
    const agent = given(running());
    expect(agent.did()).toEqual(['discard first', 'install new', 'reload']);
    expect(agent.file).not.toContain('foo');
    expect(agent.state.active?.candidate).toMatchObject({ revision: 'r2', leftOut: [{ object: 'Service ns/api', line: 'foo 1' }] });
    agent.pass(HOUR, true);
    expect(agent.pass(20_000).done.filter((action) => action.do === 'test')).toEqual([]);
  });

  it('is not reloaded by an agent that starts beside a daemon that runs it', () => {
    const before = given(running());
    const agent = new StagedAgent();
    agent.file = before.file;
    agent.process = 100;
    agent.refuses = before.refuses;
    agent.settings = before.settings;
    agent.conf = before.conf;
    expect(agent.pass(3000).did()).toEqual(['discard first']);
    expect(agent.state.active?.candidate.leftOut).toHaveLength(1);
  });

  it('is refused as before where they are not the cause', () => {
    const agent = running();
    agent.refuses = (text) => text.includes('ns/api');
    agent.settings = { ...agent.settings, verbatim: marks };
    agent.put('r2', WEB, WITH).pass(3000);
    expect(activation(agent.state)).toMatchObject({ kind: 'refused' });
    expect(agent.state.active?.candidate.revision).toBe('r1');
  });
});
