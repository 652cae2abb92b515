import type { Candidate } from '../../localise/candidate.ts';
import type { Moment } from '../../vrrp/moment.ts';
import { log, type State, type Step } from '../state.ts';
import type { Activation } from './attempt.ts';

/** Milliseconds. */
const TIMES = {
  /** Between looks at mount and interfaces when no event comes. */
  poll: 5000,
  /** Between looks while the daemon does not run or has not read the file. */
  waiting: 200,
  /** Between two reloads: changes in that time join. */
  spacing: 300,
};

/** Rests until something is poked, and for so many milliseconds at most. */
export const rest = (state: State, now: Moment, milliseconds: number): State => ({
  ...state,
  work: { kind: 'rest', from: now.at, until: now.at + milliseconds },
});

/** Rests for as long as a daemon in this state allows. */
export const restAsRuns = (state: State, now: Moment): State => rest(state, now, state.pid === null ? TIMES.waiting : TIMES.poll);

/** Notes what became of a candidate, and rests. */
export function finish(state: State, candidate: Candidate, activation: Activation, now: Moment): Step {
  const reloads = 'reloads' in activation ? activation.reloads : 0;
  const rested = rest(state, now, activation.kind === 'waiting' ? TIMES.waiting : TIMES.poll);
  const from = now.at + (reloads > 0 ? TIMES.spacing : 0);
  const after: State = {
    ...rested,
    work: rested.work.kind === 'rest' ? { ...rested.work, from } : rested.work,
    newest: { kind: 'attempt', candidate, activation, at: now.at },
    reloads: state.reloads + reloads,
    active: activation.kind === 'running' ? activeAfter(state, candidate, now) : state.active,
  };
  return { state: after, actions: told(state, candidate, activation) };
}

// --- internal ---

/** A file that ran before runs since then. */
const activeAfter = ({ active }: State, candidate: Candidate, { wall }: Moment): State['active'] =>
  active?.candidate.text === candidate.text && active.candidate.revision === candidate.revision ? active : { candidate, since: wall };

function told({ newest }: State, { revision }: Candidate, activation: Activation): Step['actions'] {
  const { kind } = activation;
  if (kind === 'refused' || kind === 'unconfirmed') return [log('warn', { revision, activation }, 'configuration not taken')];
  const before = newest?.kind === 'attempt' ? newest.activation.kind : null;
  return kind !== before || kind === 'running' ? [log('info', { revision, activation }, 'configuration taken')] : [];
}
