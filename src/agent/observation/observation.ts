import type { Conf } from '../../conf/tree.ts';
import type { Moment } from '../../vrrp/moment.ts';
import type { Look, News } from '../facts.ts';
import { instancesKnown, log, type State, type Step } from '../state.ts';
import { findFault } from './fault.ts';
import { afterAnswer, afterLine, type Dump, hangs, isDead } from './observed.ts';
import { type NewState, type Transitions, unexplained, withState } from './transitions.ts';

/** Milliseconds. */
const TIMES = {
  /** Between two questions how the daemon is, when nobody asks otherwise. */
  look: 2000,
  /** The same, while it does not answer. */
  lookAgain: 1000,
  /** For one answer. */
  answer: 1000,
};

/** What one piece of news says of the daemon. */
export function hear(state: State, news: News, now: Moment): Step {
  if (news.kind === 'notified') {
    const context = { conf: confOf(state), isDraining: state.ending?.kind === 'draining' || state.ending?.kind === 'drained' };
    const observed = afterLine(state.observed, news.event, news.heard ?? now, context);
    // Why an instance is in FAULT is seen by a look.
    const isPoked = state.isPoked || news.event.state === 'FAULT';
    return { state: { ...state, isPoked, observed }, actions: [log('info', { ...news.event }, 'transition')] };
  }
  if (news.kind === 'answered') return onAnswer(state, news.dump, now);
  if (news.kind === 'looked') return { state: explained(state, news), actions: [] };
  return { state, actions: [] };
}

/** Notes whether the daemon's process is another one than before. */
export function onProcess(state: State, pid: number | null, now: Moment): Step {
  if (pid === state.pid) return { state, actions: [] };
  const isDraining = state.ending?.kind === 'draining' || state.ending?.kind === 'drained';
  const transitions = mastersEnd(state, isDraining ? 'Drained' : 'DaemonStopped', now);
  const observed = { ...state.observed, transitions, runs: pid !== null, hasAnswered: false, silence: null };
  return {
    state: { ...state, pid, isPoked: true, observed },
    actions: [log('info', { before: state.pid, now: pid }, 'the process of keepalived changed')],
  };
}

/** Asks the daemon how it is. */
export function goOn(state: State, now: Moment): Step {
  if (now.at < dueAt(state)) return { state, actions: [] };
  return { state: { ...state, asked: now.at }, actions: [{ do: 'ask', limit: TIMES.answer }] };
}

/** When something will be due, if no news comes before. */
export const dueAt = (state: State): number =>
  state.pid !== null && instancesKnown(state) !== 'none'
    ? Math.max(state.asked, state.observed.asked) + (state.observed.silence ? TIMES.lookAgain : TIMES.look)
    : Number.POSITIVE_INFINITY;

// --- internal ---

/** A daemon that is dead is killed, since kubelet can't know: then it starts again, as any that ended. */
function onAnswer(before: State, dump: Dump, now: Moment): Step {
  const observed = afterAnswer(before.observed, dump, instancesKnown(before), now, confOf(before));
  const state = { ...before, observed };
  if (isDead(observed, now.at)) return kill(state, now);
  const { silence } = observed;
  if (silence === null || silence.isTold || !hangs(observed, now.at)) return { state, actions: [] };
  const began = { at: silence.since, wall: now.wall - (now.at - silence.since) };
  return {
    state: {
      ...state,
      observed: { ...observed, transitions: mastersEnd(state, 'DaemonHung', began), silence: { ...silence, isTold: true } },
    },
    actions: [log('warn', { pid: state.pid }, 'keepalived hangs: it answers no question')],
  };
}

/** Others have its addresses by now, so it is not to start as the master that it was. */
const kill = (state: State, now: Moment): Step => ({
  state: { ...state, revived: now.at, observed: { ...state.observed, silence: null } },
  actions: [
    log('error', { pid: state.pid }, 'keepalived has hung for too long; it is killed, so that kubelet starts it again'),
    { do: 'kill keepalived' },
  ],
});

/** A daemon that is gone, or answers nothing, says no more of its instances. */
const mastersEnd = ({ observed: { histories, transitions } }: State, why: NonNullable<NewState['why']>, now: Moment): Transitions =>
  [...histories]
    .filter(([, { state }]) => state === 'MASTER')
    .reduce((some, [name]) => withState(some, { name, state: 'STOP', wasMaster: true, why }, now), transitions);

/** The file that the daemon runs, or was told to run. */
const confOf = ({ work, active }: State): Conf | null => (work.kind === 'confirm' ? work.candidate.conf : (active?.candidate.conf ?? null));

/** Says of each FAULT why it is, as the look finds it. */
function explained(state: State, { node, healthy }: Look): State {
  const { observed, settings, link, active } = state;
  const faults = unexplained(observed.transitions);
  if (node === null || active === null || link.link === null || faults.length === 0) return state;
  const withoutEndpoints = new Set((settings?.checks ?? []).flatMap(({ trackFile }) => (healthy.has(trackFile) ? [] : trackFile)));
  const suspects = { link: link.link, conf: active.candidate.conf, interfaces: node.interfaces, withoutEndpoints };
  const transitions = observed.transitions.map((one) => {
    if (!faults.includes(one)) return one;
    const { why, message } = findFault({ ...suspects, name: one.name });
    return { ...one, why, message };
  });
  return { ...state, observed: { ...observed, transitions } };
}
