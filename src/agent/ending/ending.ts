import { instancesOf } from '../../localise/instance.ts';
import type { Moment } from '../../vrrp/moment.ts';
import type { News } from '../facts.ts';
import type { Dump } from '../observation/observed.ts';
import { type Drained, type Ending, instancesKnown, inTurn, log, type State, type Step } from '../state.ts';

/** Milliseconds. */
const TIMES = {
  /** Between kubelet's question whether the node is drained and its SIGTERM, in whatever order they come. */
  word: 5000,
  /** Between two questions to the daemon whether it is a master still. */
  pause: 50,
  /** For one answer. */
  answer: 500,
  /** For other nodes to take over. */
  longest: 10_000,
  /** For the daemon to end before the agent does. */
  ending: 20_000,
};

/**
 * What one piece of news means to the end of the agent. Only a pod that ends gives its addresses up, which kubelet tells by two signs at about
 * the same time: SIGTERM to the agent, and its question at the daemon's container. Either alone moves nothing.
 */
export function hear(state: State, news: News, now: Moment): Step {
  const { ending } = state;
  if (news.kind === 'SIGTERM') {
    if (ending === null) return { state: { ...state, ending: { kind: 'alone', until: now.at + TIMES.word } }, actions: [] };
    return ending.kind === 'asked' ? drain(state, now) : { state, actions: [] };
  }
  if (news.kind === 'asked') {
    if (ending === null) return { state: { ...state, ending: { kind: 'asked', until: now.at + TIMES.word } }, actions: [] };
    if (ending.kind === 'drained') return { state, actions: [{ do: 'answer', status: 200, words: ending.words }] };
    return ending.kind === 'alone' ? drain(state, now) : { state, actions: [] };
  }
  if (news.kind === 'answered' && ending?.kind === 'draining') return onAnswer(state, ending, news.dump, now);
  return { state, actions: [] };
}

/** What is due now. */
export function goOn(state: State, now: Moment): Step {
  const { ending, pid } = state;
  switch (ending?.kind) {
    case 'asked':
      return now.at < ending.until ? { state, actions: [] } : refuse(state);
    case 'alone':
      return now.at < ending.until && pid !== null ? { state, actions: [] } : exit(state, 'only the agent ends; keepalived goes on');
    case 'draining':
      return whileDraining(state, ending, now);
    case 'drained':
      return now.at < ending.until && pid !== null ? { state, actions: [] } : exit(state, 'the pod ends');
    default:
      return { state, actions: [] };
  }
}

/** When something will be due, if no news comes before. */
export function dueAt({ ending }: State): number {
  if (ending === null || ending.kind === 'over') return Number.POSITIVE_INFINITY;
  return ending.kind === 'draining' ? Math.min(ending.until, ending.again ?? Number.POSITIVE_INFINITY) : ending.until;
}

// --- internal ---

type Draining = Extract<Ending, { kind: 'draining' }>;

/** Lets every instance stay a master only until another node has taken over, or as long as that takes where there is one. */
function drain(state: State, { at }: Moment): Step {
  const ending: Draining = { kind: 'draining', since: at, until: at + patience(state), again: null };
  return { state: { ...state, ending }, actions: [{ do: 'give up' }, { do: 'ask', limit: TIMES.answer }] };
}

/** A backup takes over when it has missed the adverts of an equal or better node for some intervals; one more is for its skew and ours. */
function patience({ active }: State): number {
  const waits = active === null ? [] : instancesOf(active.candidate.conf).map(({ interval, patience }) => patience + interval);
  return Math.min(TIMES.longest, Math.max(0, ...waits) * 1000 + 500);
}

function onAnswer(state: State, ending: Draining, dump: Dump, now: Moment): Step {
  if (dump.asked >= ending.since && !isMaster(state, dump)) return drained(state, 'given up', now);
  return { state: { ...state, ending: { ...ending, again: now.at + TIMES.pause } }, actions: [] };
}

/** A daemon that does not answer is what its notifications said last. */
function isMaster(state: State, dump: Dump): boolean {
  if (dump.kind === 'dump') return dump.instances.some(({ state }) => state === 'MASTER');
  if (dump.kind === 'not running' || instancesKnown(state) === 'none') return false;
  return [...state.observed.histories.values()].some(({ state }) => state === 'MASTER');
}

function whileDraining(state: State, ending: Draining, now: Moment): Step {
  if (now.at >= ending.until) return drained(state, state.observed.silence ? 'keepalived does not answer' : 'nobody took over', now);
  if (ending.again === null || now.at < ending.again) return { state, actions: [] };
  return { state: { ...state, ending: { ...ending, again: null } }, actions: [{ do: 'ask', limit: TIMES.answer }] };
}

function drained(state: State, words: Drained, now: Moment): Step {
  const milliseconds = Math.round(state.ending?.kind === 'draining' ? now.at - state.ending.since : 0);
  return {
    state: { ...state, ending: { kind: 'drained', words, until: now.at + TIMES.ending } },
    actions: [log('info', { milliseconds }, `drained: ${words}`), { do: 'answer', status: 200, words }],
  };
}

const refuse = (state: State): Step => ({
  state: { ...state, ending: null },
  actions: [{ do: 'answer', status: 409, words: 'the agent was not asked to end, so it drains nothing' }],
});

/** Not before the file with a head start has been followed by the file itself: a daemon that starts would read it. */
function exit(state: State, message: string): Step {
  if (state.work.kind === 'lead' || state.work.kind === 'revive') return { state, actions: [] };
  return inTurn({ ...state, ending: { kind: 'over' } }, (over) => ({ state: over, actions: [log('info', {}, message), { do: 'exit' }] }));
}
