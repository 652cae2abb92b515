import { type Standing, WHY, type Why } from '../plan/placement/standing.ts';
import type { Word } from './evidence.ts';
import { isCutOff, isMissed } from './journal/gap.ts';
import type { PlannedChange } from './journal/planned.ts';
import type { Tenure } from './journal/tenure.ts';
import type { ExpectedRouter } from './ownership.ts';

/** Why a virtual router left a node, as far as the nodes' words show it. */
export type Cause =
  /** Nobody had it before. */
  | { readonly kind: 'FirstElection' }
  /** The plan has the node no longer. */
  | { readonly kind: 'NodeLeft' }
  | { readonly kind: 'NodeSilent' }
  | { readonly kind: 'DaemonStopped'; readonly hung?: true }
  /** keepalived ended or hung, and had the address again before another node took it. */
  | { readonly kind: 'DaemonRevived' }
  /** In the agent's own words, where it has some. */
  | { readonly kind: 'LinkLost' | 'Fault'; readonly message?: string }
  /** `isFault`: the node could not have it at all, instead of coming after others. */
  | { readonly kind: 'HealthLost'; readonly message?: string; readonly isFault: boolean }
  /** The node's pod ended and handed it over. */
  | { readonly kind: 'Drained' }
  /** The node is to give its addresses up. */
  | { readonly kind: 'NodeUnfit'; readonly why: Why | 'draining' }
  /** In words, what changed. */
  | { readonly kind: 'PlanChanged'; readonly change: string }
  /** The node that has it now comes before the one that had it. */
  | { readonly kind: 'Preferred' }
  /** The node gave it up, and nobody has said why. */
  | { readonly kind: 'Resigned' };

export interface Departure {
  readonly from?: string | undefined;
  readonly to: string;
}

/** The nodes of a plan, and which of them are to give their addresses up. */
export interface Members {
  readonly nodes: readonly string[];
  readonly standing?: Standing;
  /** Those of them that somebody takes one address after the other from. */
  readonly draining?: readonly string[];
}

/** What is known of one move. */
export interface MoveEvidence {
  readonly router: ExpectedRouter;
  readonly departure: Departure;
  readonly members: Members;
  readonly words: readonly Word[];
  readonly before?: Tenure | undefined;
  readonly after?: Tenure | undefined;
  /** How the plan changed since the last move; absent where it didn't so that this follows. */
  readonly change?: PlannedChange | undefined;
}

/** The cause: by the old owner's own word where it has said why, else by what is seen of it. */
export function causeOf(evidence: MoveEvidence): Cause {
  const { departure, members, words, before, after } = evidence;
  const { from } = departure;
  if (from === undefined) return { kind: 'FirstElection' };
  if (!members.nodes.includes(from)) return { kind: 'NodeLeft' };
  if (before !== undefined && after !== undefined && isCutOff(before, after)) return { kind: 'NodeSilent' };
  const own = ownWord(evidence);
  if (own !== undefined) return own;
  const word = words.find(({ report }) => report.node === from);
  // One that said nothing since, and whose adverts were missed, is as good as silent: it was not asked yet.
  const isUnheard = before !== undefined && before.end === undefined && after !== undefined && before.lastKnown < after.start.at;
  const isSilent = word === undefined || word.silentSince !== undefined || (isUnheard && isMissed(after));
  if (isSilent && before?.end?.at === undefined) return { kind: after?.resigned ? 'Resigned' : 'NodeSilent' };
  return seen(evidence, from, word);
}

/** Why, as a part of a sentence that names both nodes before. */
export function causeInWords(cause: Cause, { from = '', to }: Departure): string {
  switch (cause.kind) {
    case 'FirstElection':
      return `${to} is the first owner`;
    case 'NodeLeft':
      return `${from} is no longer a node of the group`;
    case 'NodeSilent':
      return `${from} does not answer`;
    case 'DaemonStopped':
      return cause.hung ? `keepalived on ${from} hung` : `keepalived on ${from} does not run`;
    case 'DaemonRevived':
      return `keepalived on ${from} ended or hung and was started again`;
    case 'LinkLost':
    case 'HealthLost':
    case 'Fault':
      return cause.message === undefined ? `${from} reports FAULT` : `${from} reports: ${cause.message}`;
    case 'Drained':
      return `the pod on ${from} ended and handed over`;
    case 'NodeUnfit':
      return `${from} ${cause.why === 'draining' ? 'is being drained' : WHY[cause.why]}`;
    case 'PlanChanged':
      return cause.change;
    case 'Preferred':
      return `${to} comes before ${from}`;
    case 'Resigned':
      return `${from} gave it up`;
  }
}

/** What the agent of the old owner noted when it lost it; undefined where it noted nothing. */
export function ownWord({ departure: { from, to }, members, before }: OwnEvidence): Cause | undefined {
  const { why, message, isFault = false } = before?.end ?? {};
  const words = message === undefined ? {} : { message };
  switch (why) {
    case undefined:
      return undefined;
    case 'DaemonStopped':
    case 'DaemonHung':
      if (from === to) return { kind: 'DaemonRevived' };
      return { kind: 'DaemonStopped', ...(why === 'DaemonHung' && { hung: true }) };
    case 'Drained':
      return { kind: 'Drained' };
    case 'HealthLost':
      return { kind: 'HealthLost', ...words, isFault };
    case 'Removed':
      return { kind: 'PlanChanged', change: `${from} does not carry it any more` };
    case 'LinkLost':
      return { kind: 'LinkLost', ...words };
    case 'Fault':
      return unfitness(from, to, members) ?? { kind: 'Fault', ...words };
  }
}

// --- internal ---

type OwnEvidence = Pick<MoveEvidence, 'departure' | 'before'> & Partial<Pick<MoveEvidence, 'members'>>;

/** What is seen of the old owner where it doesn't say why. */
function seen(evidence: MoveEvidence, from: string, word: Word | undefined): Cause {
  const { router, departure, before, after, change } = evidence;
  const { to } = departure;
  const { name, ranks } = router;
  // A node that tells when it lost it, and no reason, was well.
  const isWell = before?.end?.at !== undefined && !before.end.isFault;
  if (!isWell && word !== undefined && !word.report.daemon.running) return { kind: 'DaemonStopped' };
  const unfit = givenUp(evidence);
  if (unfit !== undefined) return unfit;
  const [problem] = word?.report.problems ?? [];
  if (!isWell && problem !== undefined) return { kind: 'Fault', message: problem.message };
  if (!isWell && word?.report.instances.find((instance) => instance.name === name)?.state === 'FAULT') return { kind: 'Fault' };
  if (change !== undefined) return { kind: 'PlanChanged', change: change.words };
  const rankOf = (node: string): number => (ranks.includes(node) ? ranks.indexOf(node) : ranks.length);
  if (rankOf(to) < rankOf(from) || priorityOn(to, evidence) > priorityOn(from, evidence)) return { kind: 'Preferred' };
  // Of one that this manager never heard as the owner its successor knows at least that it was heard no longer.
  return before === undefined && isMissed(after) ? { kind: 'NodeSilent' } : { kind: 'Resigned' };
}

/** That keepalived of a node runs with, which has yet to hear of the newest plan; none where it isn't known. */
const priorityOn = (node: string, { router: { name }, words }: MoveEvidence): number =>
  words.find(({ report }) => report.node === node)?.report.instances.find((one) => one.name === name)?.priority ?? Number.NaN;

/** Whether the old owner is drained, or came to have to give it up: a plan that changed later is the cause itself. */
function givenUp({ change, members, departure: { from = '', to } }: MoveEvidence): Cause | undefined {
  const { draining = [] } = members;
  if (change === undefined) return unfitness(from, to, members);
  if (draining.includes(from) && !draining.includes(to)) return { kind: 'NodeUnfit', why: 'draining' };
  return change.wasUnfit ? undefined : unfitness(from, to, members);
}

function unfitness(from: string | undefined, to: string, members: Members | undefined): Extract<Cause, { kind: 'NodeUnfit' }> | undefined {
  const why = from === undefined ? undefined : members?.standing?.get(from);
  return why === undefined || members?.standing?.has(to) ? undefined : { kind: 'NodeUnfit', why };
}
