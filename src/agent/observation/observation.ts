import type { Moment } from '../../vrrp/moment.ts';
import { hasInstances, log, type News, type State, type Step } from '../state.ts';
import { afterAnswer, afterLine } from './observed.ts';

/** Milliseconds. */
const TIMES = {
  /** Between two questions how the daemon is, when nobody asks otherwise. */
  look: 2000,
  /** For one answer. */
  answer: 1000,
};

/** What one piece of news says of the daemon. */
export function hear(state: State, news: News, now: Moment): Step {
  if (news.kind === 'notified')
    return {
      state: { ...state, observed: afterLine(state.observed, news.event, now) },
      actions: [log('info', { ...news.event }, 'transition')],
    };
  if (news.kind === 'answered')
    return { state: { ...state, observed: afterAnswer(state.observed, news.dump, hasInstances(state), now) }, actions: [] };
  return { state, actions: [] };
}

/** Notes whether the daemon's process is another one than before. */
export function onProcess(state: State, pid: number | null): Step {
  if (pid === state.pid) return { state, actions: [] };
  const observed = { ...state.observed, runs: pid !== null, silence: null };
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
  state.pid !== null && hasInstances(state) ? Math.max(state.asked, state.observed.asked) + TIMES.look : Number.POSITIVE_INFINITY;
