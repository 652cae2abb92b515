import { log, type News, type State, type Step } from '../state.ts';

/** Notes whether another program has the agent's port. */
export function hear(state: State, news: News): Step {
  if (news.kind !== 'port') return { state, actions: [] };
  const { taken } = news;
  if (taken === null) return { state: { ...state, portProblem: null }, actions: [] };
  const message = `port ${taken.port} of the node is taken (${taken.reason}): VIPs are served, and this agent's state and metrics are not; end what has the port: groups of one cluster have ports of their own`;
  return {
    state: { ...state, portProblem: { reason: 'PortTaken', message } },
    actions: state.portProblem ? [] : [log('warn', { ...taken }, 'the port is taken')],
  };
}

export const goOn = (state: State): Step => ({ state, actions: [] });
export const dueAt = (): number => Number.POSITIVE_INFINITY;
