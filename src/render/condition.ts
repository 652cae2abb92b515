import type { Condition } from '../api/core.ts';
import type { NodeReport } from '../api/node/report.ts';
import { isHint, type Problem, SEVERITIES, severityOf, worstFirst } from '../api/problem.ts';
import type { Ownership } from '../observe/ownership.ts';
import type { Plan } from '../plan/plan.ts';

/** A condition without its times. */
export type Judgement = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

/** What is seen of a group's nodes. */
export interface NodesSeen {
  readonly reports: readonly NodeReport[];
  readonly owners: ReadonlyMap<string, Ownership>;
  /** By node without a pod that runs, why; undefined while that isn't known. */
  readonly missing?: ReadonlyMap<string, string> | undefined;
}

/**
 * The summary of the conditions that have to be True. A refused Service is no part of it: the group serves all others,
 * and `Accepted` says what it doesn't.
 */
export function ready(specific: readonly Judgement[]): Judgement {
  const type = 'Ready';
  const wrong = specific.find(({ status }) => status === 'False') ?? specific.find(({ status }) => status === 'Unknown');
  if (wrong === undefined) return { type, status: 'True', reason: 'Serving', message: 'every accepted address has its one owner' };
  return { type, status: wrong.status, reason: wrong.reason, message: `${wrong.type}: ${wrong.message}` };
}

/** Types and reasons, with their spelling, are those of the Go operator. */
export const reconciled = (error: string | undefined): Judgement => ({
  type: 'ReconcileSuccess',
  status: error === undefined ? 'True' : 'False',
  reason: error === undefined ? 'LastReconcileCycleSucceded' : 'LastReconcileCycleFailed',
  message: error === undefined ? 'the objects of the group are as they should be' : cut(error),
});

export const failed = (error: string | undefined): Judgement => ({
  type: 'ReconcileError',
  status: error === undefined ? 'False' : 'True',
  reason: error === undefined ? 'LastReconcileCycleSucceded' : 'LastReconcileCycleFailed',
  message: error === undefined ? '' : cut(error),
});

/** Whether every address is on a node that answers for it. */
export function available(plan: Plan, { reports, missing, owners }: NodesSeen, revision: string | undefined): Judgement {
  const type = 'Available';
  const { nodes, routers } = plan;
  const impossible = whyNowhere(plan, revision);
  if (impossible !== undefined) return { type, status: 'False', ...impossible };
  const all = routers.reduce((sum, { addresses }) => sum + addresses.length, 0);
  const ownerships = routers.map((router) => ({ router, ownership: owners.get(router.name) ?? ({ kind: 'Unknown' } as const) }));
  const served = ownerships.reduce((sum, { router, ownership }) => sum + servedOf(router.addresses.length, ownership), 0);
  const count = `${served} of ${all} addresses are served`;
  if (!nodes.some((node) => reports.some((report) => report.node === node))) {
    const why = nodes.map((node) => `${node} ${missing?.get(node) ?? 'does not answer'}`);
    return { type, status: 'Unknown', reason: 'NoNodeAnswers', message: cut(listed(why)) };
  }
  if (served === all) return { type, status: 'True', reason: 'AllAddressesServed', message: count };
  const isKnown = ownerships.some(({ ownership }) => ownership.kind === 'NoOwner' || ownership.kind === 'Incomplete');
  return { type, status: isKnown ? 'False' : 'Unknown', reason: 'AddressesNotServed', message: `${count}; see condition AddressesOwned` };
}

/** Whether every node runs the newest configuration. */
export function upToDate(plan: Plan, { reports, missing }: NodesSeen, revision: string | undefined): Judgement {
  const type = 'UpToDate';
  const { nodes } = plan;
  const impossible = whyNowhere(plan, revision);
  if (impossible !== undefined || revision === undefined) return { type, status: 'False', ...(impossible ?? NO_INTERFACE) };
  const behind = nodes.flatMap((node) => whyBehind(node, reports, revision, missing?.get(node)) ?? []);
  if (behind.length === 0)
    return { type, status: 'True', reason: 'AllNodesUpToDate', message: `${nodes.length} of ${nodes.length} nodes run the configuration` };
  const message = `${nodes.length - behind.length} of ${nodes.length} nodes run the configuration; ${listed(behind)}`;
  const heard = reports.filter(({ node }) => nodes.includes(node)).length;
  return { type, status: heard === 0 && missing === undefined ? 'Unknown' : 'False', reason: 'NodesBehind', message: cut(message) };
}

const WORST_FIRST = ['SeveralOwners', 'NoOwner', 'Incomplete', 'Unknown'] as const;

/** Whether every virtual router is owned by exactly one node, with all its addresses. */
export function owned({ routers }: Plan, owners: ReadonlyMap<string, Ownership>): Judgement {
  const type = 'AddressesOwned';
  const seen = routers.map(({ name }) => ({ name, ownership: owners.get(name) ?? ({ kind: 'Unknown' } as const) }));
  const wrong = WORST_FIRST.flatMap((kind) => seen.filter(({ ownership }) => ownership.kind === kind));
  const [worst] = wrong;
  if (worst === undefined)
    return {
      type,
      status: 'True',
      reason: 'OneOwnerEach',
      message: `${routers.length} of ${routers.length} virtual routers have one owner`,
    };
  const count = `${routers.length - wrong.length} of ${routers.length} virtual routers have one owner`;
  const message = cut(`${count}; ${listed(wrong.map(({ name, ownership }) => `${name} ${inWords(ownership)}`))}`);
  return { type, status: worst.ownership.kind === 'Unknown' ? 'Unknown' : 'False', reason: worst.ownership.kind, message };
}

/** What a virtual router is or has, as the end of a sentence that begins with its name. */
export function inWords(ownership: Ownership): string {
  switch (ownership.kind) {
    case 'Owned':
      return `is on ${ownership.node}`;
    case 'SeveralOwners':
      return `is on ${ownership.nodes.join(' and ')} at the same time; look whether these nodes hear each other's adverts`;
    case 'NoOwner':
      return 'is on no node';
    case 'Incomplete':
      return `is on ${ownership.node}, which lacks ${listed(ownership.missing, ', ')}`;
    case 'Unknown':
      return 'may be on a node that does not answer';
  }
}

/** Whether everything that was asked for is carried. Hints leave it True. */
export function accepted({ problems }: Plan): Judgement {
  const type = 'Accepted';
  const all = 'everything that was asked for is carried';
  const sorted = worstFirst(problems);
  const [worst] = sorted;
  if (worst === undefined) return { type, status: 'True', reason: 'AllAccepted', message: all };
  const sentences = sorted.map(({ object, message }) => `${object.kind} ${object.namespace}/${object.name}: ${message}`);
  const message = cut(`${counted(problems)}: ${listed(sentences)}`);
  if (isHint(worst)) return { type, status: 'True', reason: 'AcceptedWithHints', message: `${all}; ${message}` };
  return { type, status: 'False', reason: worst.reason, message };
}

/** What a node says of itself, with its name where it does not give it. */
export const ofNode = (node: string, message: string): string =>
  message.split(/[\s:,;]+/).includes(node) ? message : `${node}: ${message}`;

// --- internal ---

const SHOWN = 5;
/** metav1.Condition allows 32,768. */
const MOST_CHARACTERS = 2000;

const NO_INTERFACE = {
  reason: 'NoInterface',
  message: 'the group names no interface that can be used; see condition Accepted',
};
const NO_NODES = { reason: 'NoNodes', message: 'no node has all the labels of spec.nodeSelector' };

/** Why the group can run nowhere. */
function whyNowhere({ nodes }: Plan, revision: string | undefined): Pick<Judgement, 'reason' | 'message'> | undefined {
  if (revision === undefined) return NO_INTERFACE;
  return nodes.length === 0 ? NO_NODES : undefined;
}

/** Addresses that at least one node has. */
function servedOf(count: number, ownership: Ownership): number {
  if (ownership.kind === 'Owned' || ownership.kind === 'SeveralOwners') return count;
  return ownership.kind === 'Incomplete' ? count - ownership.missing.length : 0;
}

/** Why a node doesn't run the revision, or what keeps it from serving; undefined when all is well. */
function whyBehind(node: string, reports: readonly NodeReport[], revision: string, missing: string | undefined): string | undefined {
  const report = reports.find((one) => one.node === node);
  if (report === undefined) return `${node} ${missing ?? 'does not answer'}`;
  const [problem] = report.problems;
  if (problem !== undefined) return ofNode(node, problem.message);
  if (report.config.refused?.revision === revision) return `${node} refused it: ${report.config.refused.message}`;
  if (!report.daemon.running) return `${node}: keepalived does not run`;
  return report.config.revision === revision ? undefined : `${node} does not run it yet`;
}

/** Such as `2 lost, 1 hint`. */
function counted(problems: readonly Problem[]): string {
  const counts = Object.keys(SEVERITIES).map((severity) => ({
    severity,
    count: problems.filter((problem) => severityOf(problem) === severity).length,
  }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity === 'hint' && count > 1 ? 'hints' : severity}`)
    .join(', ');
}

const listed = (parts: readonly string[], separator = '; '): string =>
  parts.length <= SHOWN ? parts.join(separator) : `${parts.slice(0, SHOWN).join(separator)}${separator}and ${parts.length - SHOWN} more`;

const cut = (text: string): string => (text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`);
