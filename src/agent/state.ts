import type { AgentSettings } from '../api/node/config.ts';
import type { Candidate } from '../localise/candidate.ts';
import type { HeadStart } from '../localise/head-start.ts';
import { instancesOf } from '../localise/instance.ts';
import type { NetworkInterface } from '../localise/node-facts.ts';
import type { Problem } from '../localise/problem.ts';
import type { Newest } from './activation/attempt.ts';
import type { LineSearch } from './activation/line-search.ts';
import { holding, type PasswordHold } from './activation/password-hold.ts';
import type { SteadyLink } from './activation/steady-link.ts';
import type { ConfigTest } from './activation/verdict.ts';
import type { Action, FileNotWritten, Look, Staged } from './facts.ts';
import { NOTHING_HEARD, type Observed } from './observation/observed.ts';
import type { Members } from './wire/members.ts';

/** All that the agent knows and is at. Times are the monotonic clock's, in milliseconds. */
export interface State {
  readonly work: Work;
  readonly ending: Ending | null;
  readonly observed: Observed;
  /** When the daemon was last asked only to know how it is. */
  readonly asked: number;
  /** keepalived's process at the step before. */
  readonly pid: number | null;
  /** Whether something happened since the last look that a look may find. */
  readonly isPoked: boolean;
  readonly newest: Newest | null;
  readonly active: { readonly candidate: Candidate; readonly since: number } | null;
  readonly settings: AgentSettings | null;
  /** The text that keepalived refused last, and the file that it takes in its place. */
  readonly reduced: { readonly of: string; readonly candidate: Candidate } | null;
  readonly link: SteadyLink;
  /** As the newest look found them. */
  readonly interfaces: readonly NetworkInterface[];
  /** Which nodes share each VRRP instance; null before the first look. */
  readonly members: Members | null;
  readonly hold: PasswordHold;
  /** Addresses at which the agent answers. */
  readonly serves: readonly string[];
  readonly portProblem: Problem | null;
  /** A file that the newest attempt at a configuration could not write. */
  readonly notWritten: FileNotWritten | null;
  readonly reloads: number;
  /** When a daemon that was killed was last to start as the master that it was. */
  readonly revived: number;
}

/** What the activation of configurations is at. */
export type Work =
  /** Nothing: the next look comes at a poke, not before `from`, and at the latest at `until`. */
  | { readonly kind: 'rest'; readonly from: number; readonly until: number }
  /** The mount and the node are being looked at. */
  | { readonly kind: 'look' }
  /** keepalived's check has the file, and the one with the head start; `isRevival` when that is for a daemon that was killed. */
  | {
      readonly kind: 'test';
      readonly candidate: Candidate;
      readonly first: HeadStart | null;
      readonly isRevival: boolean;
      readonly seen: Look;
      readonly verdicts: Partial<Record<Staged, ConfigTest>>;
    }
  /** keepalived refused the file; it is checked without verbatim lines, until it is known which of them are to go. */
  | { readonly kind: 'search'; readonly candidate: Candidate; readonly search: LineSearch; readonly seen: Look }
  /** The file with the head start waits for kubelet to start keepalived. */
  | { readonly kind: 'revive'; readonly candidate: Candidate; readonly first: HeadStart; readonly until: number }
  /** The file with the head start runs until its instances are masters; `again` is null while a dump is asked for. */
  | {
      readonly kind: 'lead';
      readonly candidate: Candidate;
      readonly first: HeadStart;
      readonly reloads: number;
      readonly until: number;
      readonly again: number | null;
    }
  /** The file is in place; the daemon is asked until it says that it runs it. */
  | {
      readonly kind: 'confirm';
      readonly candidate: Candidate;
      /** Whether the file was in place before, so that a reload is asked for only when the daemon runs something else. */
      readonly told: boolean;
      readonly leads: number;
      readonly reloads: number;
      readonly since: number;
      readonly reloaded: number;
      readonly pause: number;
      readonly again: number | null;
      readonly differing: readonly string[] | null;
    };

/** How the agent ends, once somebody has told it to. */
export type Ending =
  /** It got a SIGTERM, and not kubelet's word that the pod ends. */
  | { readonly kind: 'alone'; readonly until: number }
  /** Somebody asked whether the node is drained, and nothing else happened. */
  | { readonly kind: 'asked'; readonly until: number }
  | { readonly kind: 'draining'; readonly since: number; readonly until: number; readonly again: number | null }
  | { readonly kind: 'drained'; readonly words: Drained; readonly until: number }
  | { readonly kind: 'over' };

/** How a drain ended: nothing is held any more, or nobody took it, or nobody knows. */
export type Drained = 'given up' | 'nobody took over' | 'keepalived does not answer';

/** A state, and what is to be done on the way to it. */
export interface Step {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** The state of an agent that starts; `used` is the password in keepalived's file. */
export const starting = (used: string | null): State => ({
  work: { kind: 'rest', from: Number.NEGATIVE_INFINITY, until: Number.NEGATIVE_INFINITY },
  ending: null,
  observed: NOTHING_HEARD,
  asked: Number.NEGATIVE_INFINITY,
  pid: null,
  isPoked: false,
  newest: null,
  active: null,
  settings: null,
  reduced: null,
  link: { link: null, other: null },
  interfaces: [],
  members: null,
  hold: holding(used),
  serves: [],
  portProblem: null,
  notWritten: null,
  reloads: 0,
  revived: Number.NEGATIVE_INFINITY,
});

/** What the daemon has to say, as far as is known: before a file is confirmed it may have instances or not. */
export function instancesKnown({ active, newest }: State): 'some' | 'none' | 'perhaps' {
  const told = newest?.kind === 'attempt' && newest.activation.kind === 'unconfirmed' ? newest.candidate : null;
  const candidate = active?.candidate ?? told;
  return candidate === null ? 'perhaps' : instancesOf(candidate.conf).length > 0 ? 'some' : 'none';
}

/** Whether the agent was told to end: then it begins nothing new. */
export const isTold = ({ ending }: State): boolean => ending !== null && ending.kind !== 'asked';

/** One step after the other, each from the state that the one before has left. */
export function inTurn(state: State, ...steps: readonly ((state: State) => Step)[]): Step {
  const start: Step = { state, actions: [] };
  return steps.reduce((before, next) => {
    const after = next(before.state);
    return { state: after.state, actions: [...before.actions, ...after.actions] };
  }, start);
}

export const log = (level: 'info' | 'warn' | 'error', fields: Readonly<Record<string, unknown>>, message: string): Action => ({
  do: 'log',
  level,
  fields,
  message,
});
