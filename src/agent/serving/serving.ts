import { instancesOf } from '../../localise/instance.ts';
import type { Look, News } from '../facts.ts';
import { log, type State, type Step } from '../state.ts';
import { addressesToServe } from './own-address.ts';

/** What one piece of news means to what the agent serves: at which addresses, and whether another program has the port there. */
export function hear(state: State, news: News): Step {
  if (news.kind === 'looked') return onLook(state, news);
  return news.kind === 'port' ? onPort(state, news) : { state, actions: [] };
}

export const goOn = (state: State): Step => ({ state, actions: [] });
export const dueAt = (): number => Number.POSITIVE_INFINITY;

// --- internal ---

function onLook(state: State, { interfaces, podAddresses }: Look): Step {
  const carried = state.active === null ? [] : instancesOf(state.active.candidate.conf).flatMap(({ addresses }) => addresses);
  const serves = addressesToServe({ interfaces, podAddresses, carried });
  if (`${serves}` === `${state.serves}`) return { state, actions: [] };
  return { state: { ...state, serves }, actions: [{ do: 'serve', addresses: serves }] };
}

function onPort(state: State, { taken }: Extract<News, { kind: 'port' }>): Step {
  if (taken === null) return { state: { ...state, portProblem: null }, actions: [] };
  const message = `port ${taken.port} of the node is taken at ${taken.addresses.join(', ')} (${taken.reason}): VIPs are served, and this agent's state and metrics are not; end what has the port: groups of one cluster have ports of their own`;
  return {
    state: { ...state, portProblem: { reason: 'PortTaken', message } },
    actions: state.portProblem ? [] : [log('warn', { ...taken }, 'the port is taken')],
  };
}
