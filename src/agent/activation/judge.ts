import type { AgentSettings } from '../../api/node/config.ts';
import { type Candidate, candidateOf, type Unusable } from '../../localise/candidate.ts';
import { headStart, headStartAgain } from '../../localise/head-start.ts';
import type { NodeFacts } from '../../localise/node-facts.ts';
import type { Moment } from '../../vrrp/moment.ts';
import type { Look } from '../facts.ts';
import { isPresent } from '../observation/present.ts';
import { inTurn, log, type State, type Step } from '../state.ts';
import { afterLook, holding, passwordOf, settlesIn } from './password-hold.ts';
import { steady } from './steady-link.ts';

/** What a look at the mount and the node comes to. */
export type Judgement =
  | Candidate
  | Unusable
  /** A round of the password was just called; what is mounted a moment later counts. */
  | { readonly kind: 'settling'; readonly milliseconds: number };

/** Judges a look; the state remembers the settings, the link and the password that were seen. */
export function judge(state: State, look: Look, now: Moment): Step & { readonly judgement: Judgement } {
  const { bundle, node } = look;
  if (bundle.kind === 'unusable') return { state, actions: [], judgement: bundle };
  const { settings } = bundle;
  if (node === null) return { state, actions: [], judgement: noFacts(settings.revision) };
  const held = holdPassword({ ...state, interfaces: node.interfaces }, settings, node, now);
  const milliseconds = settlesIn(held.state.hold, now.at);
  if (milliseconds > 0) return { ...held, judgement: { kind: 'settling', milliseconds } };
  const linked = withSteadyLink(held.state, settings, node);
  const facts = { ...node, link: linked.link.link, password: passwordOf(linked.hold, node.password) };
  return { state: linked, actions: held.actions, judgement: candidateOf(bundle, facts, look.paths) };
}

/** Milliseconds before a file that keepalived refused or did not take is tried again unchanged. */
const RETRY = 30_000;

/** Whether there is nothing to do for this candidate now. */
export function isSettled({ newest, observed }: State, { text, revision }: Candidate, now: Moment): boolean {
  if (newest?.kind !== 'attempt' || newest.candidate.text !== text || newest.candidate.revision !== revision) return false;
  if (newest.activation.kind === 'running') return true;
  if (newest.activation.kind === 'unconfirmed' && newest.activation.isUnread && !observed.isCut) return false;
  return newest.activation.kind !== 'waiting' && now.at - newest.at < RETRY;
}

/** The head start that a candidate has over the file that runs. */
export const headStartOf = ({ active }: State, { conf }: Candidate, { healthy }: Look) =>
  active && headStart(conf, active.candidate.conf, healthy);

/** Milliseconds between two times that a killed daemon starts as a master: one that dies again and again is none. */
const SOUND = 600_000;

/** The head start of a daemon that was killed, released nothing, and is to start again as the master that it was. */
export const revivalOf = ({ revived }: State, { conf }: Candidate, { interfaces, healthy }: Look, now: Moment) =>
  now.at - revived < SOUND ? null : headStartAgain(conf, isPresent(interfaces), healthy);

// --- internal ---

function holdPassword(state: State, settings: AgentSettings, { password }: NodeFacts, now: Moment): Step {
  const { revision, passwordRound: round = 0 } = settings;
  const before = state.hold;
  const hold = settings.password ? afterLook(before, { password, round, now: now.at }) : holding(null);
  const isNewWait = hold.waitsSince !== null && before.waitsSince === null;
  return inTurn(
    { ...state, hold },
    said(isNewWait, { revision, round }, 'a changed password waits until all nodes take it up'),
    said(hold.used !== before.used, { revision, round }, 'another password is used'),
  );
}

const said =
  (isSo: boolean, fields: Readonly<Record<string, unknown>>, message: string) =>
  (state: State): Step => ({ state, actions: isSo ? [log('info', fields, message)] : [] });

/** Another link in the settings counts at once; one that the routes name now and then does not. */
function withSteadyLink(state: State, settings: AgentSettings, { link, interfaces }: NodeFacts): State {
  const isSame = JSON.stringify(settings.link) === JSON.stringify(state.settings?.link);
  const before = isSame ? state.link : { link: null, other: null };
  return { ...state, settings, link: steady(before, link, (name) => interfaces.some((known) => known.name === name)) };
}

function noFacts(revision: string): Unusable {
  const message = 'the interfaces of the node could not be read (ip -json address show); see the log of the agent';
  return { kind: 'unusable', revision, problem: { reason: 'InterfaceNotFound', message } };
}
