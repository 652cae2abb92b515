import type { Condition } from '../api/core.ts';
import { type KeepalivedGroupStatus, MOST_VIRTUAL_ROUTERS, type VirtualRouterStatus } from '../api/keepalived-group.ts';
import type { NodeReport } from '../api/node-report.ts';
import type { Plan } from '../plan/plan.ts';
import type { VirtualRouter } from '../plan/virtual-router.ts';
import { renderConfig } from './config.ts';

/** What is known of a group's nodes when its status is written. */
export interface Observed {
  /** The last report of each pod that gave one lately. */
  readonly reports: readonly NodeReport[];
  /** RFC 3339. */
  readonly now: string;
  /** Why the last attempt to write the group's objects failed; absent when it didn't. */
  readonly error?: string;
}

/** The group's whole status. A condition's time changes only with its status. */
export function renderStatus(plan: Plan, { reports, now, error }: Observed): KeepalivedGroupStatus {
  const { status, metadata } = plan.group;
  const revision = renderConfig(plan)?.revision;
  const current = reports.filter(
    (report) => plan.nodes.includes(report.node) && report.daemon.running && report.config.revision === revision,
  );
  const judged = [reconciled(error), failed(error), available(plan, reports, revision), accepted(plan)];
  const conditions = judged.map((one): Condition => {
    const before = status?.conditions?.find(({ type }) => type === one.type);
    const since = before?.status === one.status ? before.lastTransitionTime : now;
    return { ...one, lastTransitionTime: since, ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }) };
  });
  return {
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    routerIDs: plan.routerIds,
    ...(revision !== undefined && { revision }),
    metricsPort: plan.metricsPort,
    nodes: { desired: plan.nodes.length, current: current.length },
    virtualRouters: plan.routers.slice(0, MOST_VIRTUAL_ROUTERS).map((router) => routerStatus(router, reports)),
    conditions,
  };
}

// --- internal ---

type Judgement = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

const SHOWN = 5;
/** metav1.Condition allows 32,768. */
const MOST_CHARACTERS = 2000;

/** Types and reasons, with their spelling, are those of the Go operator. */
const reconciled = (error: string | undefined): Judgement => ({
  type: 'ReconcileSuccess',
  status: error === undefined ? 'True' : 'False',
  reason: error === undefined ? 'LastReconcileCycleSucceded' : 'LastReconcileCycleFailed',
  message: error === undefined ? 'the objects of the group are as they should be' : cut(error),
});

const failed = (error: string | undefined): Judgement => ({
  type: 'ReconcileError',
  status: error === undefined ? 'False' : 'True',
  reason: error === undefined ? 'LastReconcileCycleSucceded' : 'LastReconcileCycleFailed',
  message: error === undefined ? '' : cut(error),
});

function available({ nodes }: Plan, reports: readonly NodeReport[], revision: string | undefined): Judgement {
  const type = 'Available';
  if (revision === undefined)
    return {
      type,
      status: 'False',
      reason: 'NoInterface',
      message: 'the group names no interface that can be used; see condition Accepted',
    };
  if (nodes.length === 0) return { type, status: 'False', reason: 'NoNodes', message: 'no node has all the labels of spec.nodeSelector' };
  const behind = nodes.flatMap((node) => whyBehind(node, reports, revision) ?? []);
  if (behind.length === 0)
    return { type, status: 'True', reason: 'AllNodesServe', message: `${nodes.length} of ${nodes.length} nodes run the configuration` };
  const message = `${nodes.length - behind.length} of ${nodes.length} nodes run the configuration; ${listed(behind)}`;
  const heard = reports.filter(({ node }) => nodes.includes(node)).length;
  return { type, status: heard === 0 ? 'Unknown' : 'False', reason: 'NodesBehind', message: cut(message) };
}

/** Why a node doesn't run the revision, or what keeps it from serving; undefined when all is well. */
function whyBehind(node: string, reports: readonly NodeReport[], revision: string): string | undefined {
  const report = reports.find((one) => one.node === node);
  if (report === undefined) return `${node} does not answer`;
  const [problem] = report.problems;
  if (problem !== undefined) return `${node}: ${problem.message}`;
  if (report.config.refused?.revision === revision) return `${node} refused it: ${report.config.refused.message}`;
  if (!report.daemon.running) return `${node}: keepalived does not run`;
  return report.config.revision === revision ? undefined : `${node} does not run it yet`;
}

function accepted({ problems }: Plan): Judgement {
  const type = 'Accepted';
  const [first] = problems;
  if (first === undefined) return { type, status: 'True', reason: 'AllAccepted', message: 'everything that was asked for is carried' };
  const sentences = problems.map(({ object, message }) => `${object.kind} ${object.namespace}/${object.name}: ${message}`);
  return { type, status: 'False', reason: first.reason, message: cut(listed(sentences)) };
}

const listed = (sentences: readonly string[]): string =>
  sentences.length <= SHOWN ? sentences.join('; ') : `${sentences.slice(0, SHOWN).join('; ')}; and ${sentences.length - SHOWN} more`;

const cut = (text: string): string => (text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`);

function routerStatus({ name, id, addresses }: VirtualRouter, reports: readonly NodeReport[]): VirtualRouterStatus {
  const masters = reports.filter(({ instances }) =>
    instances.some((one) => one.name === name && one.state === 'MASTER' && addresses.every((address) => one.held.includes(address))),
  );
  const [master] = masters;
  return { name, virtualRouterID: id, addresses, ...(masters.length === 1 && master && { node: master.node }) };
}
