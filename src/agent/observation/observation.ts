import type { Moment } from '../../vrrp/moment.ts';
import type { News } from '../facts.ts';
import { instancesKnown, log, type State, type Step } from '../state.ts';
import { afterAnswer, afterLine, type Dump, hangs, isDead } from './observed.ts';

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
  if (news.kind === 'notified')
    return {
      // Why an instance is in FAULT is seen by a look.
      state: { ...state, isPoked: state.isPoked || news.event.state === 'FAULT', observed: afterLine(state.observed, news.event, now) },
      actions: [log('info', { ...news.event }, 'transition')],
    };
  if (news.kind === 'answered') return onAnswer(state, news.dump, now);
  return { state, actions: [] };
}

/** Notes whether the daemon's process is another one than before. */
export function onProcess(state: State, pid: number | null): Step {
  if (pid === state.pid) return { state, actions: [] };
  const observed = { ...state.observed, runs: pid !== null, hasAnswered: false, silence: null };
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
  const observed = afterAnswer(before.observed, dump, instancesKnown(before), now);
  const state = { ...before, observed };
  if (isDead(observed, now.at)) return kill(state, now);
  const { silence } = observed;
  if (silence === null || silence.isTold || !hangs(observed, now.at)) return { state, actions: [] };
  return {
    state: { ...state, observed: { ...observed, silence: { ...silence, isTold: true } } },
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
