import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { identify } from '../machine/process.ts';
import { DEFAULT_PROXY } from './proxy.ts';
import { changeState, checkName, hostOf, type LabState, labDir, labNames, readState, stateOf, writeState } from './state.ts';

const state = (changes: Partial<LabState> = {}): LabState => ({
  name: 'lab',
  nodes: ['node1'],
  kubernetes: { dir: '/k', version: '1.37.2', source: 'cache', passedOver: [] },
  proxy: DEFAULT_PROXY,
  apiPort: 40000,
  hosts: {},
  cables: {},
  relays: [],
  ...changes,
});

describe('what a lab writes down', () => {
  beforeEach(() => {
    vi.stubEnv('XDG_STATE_HOME', mkdtempSync(join(tmpdir(), 'state-')));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is read as it was written', () => {
    writeState(state());
    expect(readState('lab')).toEqual(state());
  });

  it('is nothing for a lab that is not there, and says how to start one', () => {
    expect(readState('lab')).toBeUndefined();
    expect(() => stateOf('lab')).toThrow('no lab "lab" runs; `./bin/lab up` starts one');
    expect(() => stateOf('big')).toThrow('`./bin/lab up --name big` starts one');
  });

  it('is kept apart for every lab', () => {
    writeState(state());
    writeState(state({ name: 'test', apiPort: 40001 }));
    expect(labNames().sort()).toEqual(['lab', 'test']);
    expect(labDir('lab')).not.toBe(labDir('test'));
  });

  it('keeps what two changes changed', () => {
    writeState(state());
    changeState('lab', (now) => ({ ...now, cables: { ...now.cables, node1: 'cut' } }));
    changeState('lab', (now) => ({ ...now, cables: { ...now.cables, node2: 'down' } }));
    expect(stateOf('lab').cables).toEqual({ node1: 'cut', node2: 'down' });
  });

  it('gives a host that is up, and names those for one that is not', () => {
    const own = identify(process.pid);
    const hosts = {
      node1: { name: 'node1', holder: own, init: own },
      node2: { name: 'node2', holder: { ...own, since: 0 }, init: { ...own, since: 0 } },
    };
    expect(hostOf(state({ hosts }), 'node1')).toBe(hosts.node1);
    expect(() => hostOf(state({ hosts }), 'node2')).toThrow('node2 isn\'t up in lab "lab"; up are: node1');
    expect(() => hostOf(state(), 'node1')).toThrow('up are: none');
  });
});

describe('the name of a lab', () => {
  it.each(['lab', 'test', 'a-1'])('may be "%s"', (name) => {
    expect(checkName(name)).toBe(name);
  });
  it.each(['', '..', 'a/b', 'Lab', '1a', 'a b', 'a'.repeat(21)])('may not be "%s"', (name) => {
    expect(() => checkName(name)).toThrow(`"${name}" can't name a lab`);
  });
});
