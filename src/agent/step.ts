import type { Moment } from '../vrrp/moment.ts';
import * as activation from './activation/work.ts';
import * as ending from './ending/ending.ts';
import type { Facts, News } from './facts.ts';
import * as observation from './observation/observation.ts';
import * as serving from './serving/serving.ts';
import { inTurn, type State, type Step } from './state.ts';
import * as members from './wire/members.ts';

/** Longest time between two steps, in milliseconds: kubelet starts keepalived again within a second, and what it left has to be seen to before. */
const PULSE = 200;

/**
 * What follows from a state and what the shell has gathered since: the next state, what is to be done in order, and the milliseconds until the
 * next step if nothing happens before. Knows no clock, file or process, so that every situation is a table in a test.
 */
export function step(before: State, { pid, news }: Facts, now: Moment): Step & { readonly wait: number } {
  const heard = news.flatMap((one) =>
    CONCERNS.map(
      ({ hear }) =>
        (state: State) =>
          hear(state, one, now),
    ),
  );
  const due = CONCERNS.map(
    ({ goOn }) =>
      (state: State) =>
        goOn(state, now),
  );
  const { state, actions } = inTurn(before, (same) => observation.onProcess(same, pid, now), ...heard, ...due);
  const next = Math.min(...CONCERNS.map(({ dueAt }) => dueAt(state)));
  return { state, actions, wait: Math.max(0, Math.min(PULSE, next - now.at)) };
}

// --- internal ---

interface Concern {
  hear(state: State, news: News, now: Moment): Step;
  goOn(state: State, now: Moment): Step;
  dueAt(state: State): number;
}

/** What is heard of the daemon counts before what is decided by it. */
const CONCERNS: readonly Concern[] = [observation, serving, members, activation, ending];
