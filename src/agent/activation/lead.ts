import type { Candidate } from '../../localise/candidate.ts';
import type { HeadStart } from '../../localise/head-start.ts';
import type { Moment } from '../../vrrp/moment.ts';
import type { Action } from '../facts.ts';
import type { Dump } from '../observation/observed.ts';
import { inTurn, type State, type Step, type Work } from '../state.ts';
import { confirmNew } from './confirm.ts';
import { finish } from './rest.ts';

type Lead = Extract<Work, { kind: 'lead' }>;
type Revive = Extract<Work, { kind: 'revive' }>;

/** Milliseconds. */
const TIMES = {
  /** Longer than keepalived takes to make an instance of priority 255 a master. */
  headStart: 300,
  /** Between two questions whether it has. */
  pause: 5,
  /** For a daemon that was killed to start again, before other nodes take over. */
  back: 2500,
};

const ASK: Action = { do: 'ask', limit: TIMES.headStart };

/** Runs the file with the head start, by a reload. */
export function lead(state: State, candidate: Candidate, first: HeadStart, now: Moment): Step {
  const { state: leading, actions } = led(state, { candidate, first, reloads: 1 }, now);
  return { state: leading, actions: [{ do: 'install', file: 'first' }, { do: 'reload' }, ...actions] };
}

/** Lets a daemon that was killed start with the head start, so that what it left on the node stays in service. */
export function revive(state: State, candidate: Candidate, first: HeadStart, now: Moment): Step {
  const work: Revive = { kind: 'revive', candidate, first, until: now.at + TIMES.back };
  return { state: { ...state, work }, actions: [{ do: 'install', file: 'first' }] };
}

/** A daemon that is back leads; after so long without it other nodes have taken over. */
export function onRevival(state: State, { candidate, first, until }: Revive, isEnding: boolean, now: Moment): Step {
  if (now.at >= until || isEnding) return follow(state, candidate, 0, now);
  return state.pid === null ? { state, actions: [] } : led(state, { candidate, first, reloads: 0 }, now);
}

/** Once its instances are masters, or could have been, the file itself follows. */
export function onAnswer(state: State, work: Lead, dump: Dump, now: Moment): Step {
  const masters = dump.kind === 'dump' ? dump.instances.filter(({ state }) => state === 'MASTER').map(({ name }) => name) : [];
  if (now.at >= work.until || work.first.names.every((name) => masters.includes(name)))
    return follow(state, work.candidate, work.reloads, now);
  return { state: { ...state, work: { ...work, again: now.at + TIMES.pause } }, actions: [] };
}

/** Asks again when it is time. */
export function onPause(state: State, work: Lead, isEnding: boolean, now: Moment): Step {
  if (isEnding) return follow(state, work.candidate, work.reloads, now);
  if (work.again === null || now.at < work.again) return { state, actions: [] };
  return { state: { ...state, work: { ...work, again: null } }, actions: [ASK] };
}

/** Puts the candidate's own file in place; a daemon that does not run reads it when it starts. */
export function follow(state: State, candidate: Candidate, leads: number, now: Moment): Step {
  return inTurn(
    state,
    (same) => ({ state: same, actions: [{ do: 'install', file: 'new' }] }),
    (same) => (same.pid === null ? finish(same, candidate, { kind: 'waiting' }, now) : confirmNew(same, candidate, leads, now)),
  );
}

// --- internal ---

function led(state: State, work: Pick<Lead, 'candidate' | 'first' | 'reloads'>, now: Moment): Step {
  const leading: Lead = { kind: 'lead', ...work, until: now.at + TIMES.headStart, again: null };
  return { state: { ...state, observed: { ...state.observed, changed: now.at }, work: leading }, actions: [ASK] };
}
