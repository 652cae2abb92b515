import type { Candidate } from '../../localise/candidate.ts';
import { instancesOf } from '../../localise/instance.ts';
import type { Moment } from '../../vrrp/moment.ts';
import type { Action } from '../facts.ts';
import type { Dump } from '../observation/observed.ts';
import type { State, Step, Work } from '../state.ts';
import type { Activation } from './attempt.ts';
import { differences } from './expectation.ts';
import { finish } from './rest.ts';

type Confirm = Extract<Work, { kind: 'confirm' }>;

/** Milliseconds. */
const TIMES = {
  /** For the daemon to run a new file. */
  patience: 5000,
  /** For one answer. */
  answer: 300,
  /** Between two questions, at first and at most. */
  firstPause: 5,
  longestPause: 200,
};

const ASK: Action = { do: 'ask', limit: TIMES.answer };

/** Has the daemon read the file that was just put in place, and asks it until it runs the file; `leads` reloads were spent on a head start. */
export function confirmNew(state: State, candidate: Candidate, leads: number, now: Moment): Step {
  return reload(state, { ...first(candidate, now), leads }, now);
}

/** Asks the daemon about a file that was in place before: it is reloaded only when it says that it runs something else. */
export function confirmTold(state: State, candidate: Candidate, now: Moment): Step {
  return { state: { ...state, work: { ...first(candidate, now), told: true, again: null } }, actions: [ASK] };
}

/** What follows from an answer; one that was asked for before the last reload says nothing. */
export function onAnswer(state: State, work: Confirm, dump: Dump, now: Moment): Step {
  if (dump.asked < work.reloaded) return { state: { ...state, work: { ...work, again: now.at + TIMES.firstPause } }, actions: [] };
  const differing = compare(work.candidate, dump);
  const waited = now.at - work.since;
  if (differing?.length === 0) return ended(state, work, { kind: 'running', reloads: 0, proven: true }, now);
  if (waited >= TIMES.patience) return ended(state, work, verdict(dump, differing), now);
  const next: Confirm = { ...work, differing, again: now.at + work.pause, pause: Math.min(work.pause * 2, TIMES.longestPause) };
  // A reload can be lost while the daemon starts.
  const isDue = work.reloads === 0 ? differing !== null : work.reloads === 1 && waited > TIMES.patience / 2;
  return isDue ? reload(state, next, now) : { state: { ...state, work: next }, actions: [] };
}

/** Asks again when it is time; a daemon that is gone reads the file when it starts. */
export function onPause(state: State, work: Confirm, now: Moment): Step {
  if (state.pid === null) return ended(state, work, { kind: 'waiting' }, now);
  if (work.again === null || now.at < work.again) return { state, actions: [] };
  return { state: { ...state, work: { ...work, again: null } }, actions: [ASK] };
}

// --- internal ---

const first = (candidate: Candidate, { at }: Moment): Confirm => ({
  kind: 'confirm',
  candidate,
  told: false,
  leads: 0,
  reloads: 0,
  since: at,
  reloaded: at,
  pause: TIMES.firstPause,
  again: at + TIMES.firstPause,
  differing: null,
});

const reload = (state: State, work: Confirm, { at }: Moment): Step => ({
  state: { ...state, observed: { ...state.observed, changed: at }, work: { ...work, reloads: work.reloads + 1, reloaded: at } },
  actions: [{ do: 'reload' }],
});

function ended(state: State, { candidate, reloads, leads }: Confirm, activation: Activation, now: Moment): Step {
  return finish(state, candidate, 'reloads' in activation ? { ...activation, reloads: reloads + leads } : activation, now);
}

function verdict(dump: Dump, differing: readonly string[] | null): Activation {
  if (differing !== null) return { kind: 'unconfirmed', reloads: 0, differences: differing };
  if (dump.kind === 'silent') return { kind: 'unconfirmed', reloads: 0, differences: ['keepalived does not answer'] };
  if (dump.kind === 'cut') return { kind: 'unconfirmed', reloads: 0, differences: [], isUnread: true };
  return { kind: 'running', reloads: 0, proven: false };
}

/** What the daemon runs that differs from the file; null while it does not say. Without instances it has nothing to say. */
function compare({ conf }: Candidate, dump: Dump): readonly string[] | null {
  if (dump.kind === 'dump') return differences(conf, dump.instances);
  return dump.kind === 'silent' && instancesOf(conf).length === 0 ? [] : null;
}
