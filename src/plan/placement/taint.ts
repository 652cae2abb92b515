import type { Node } from '../../api/core.ts';
import type { Toleration } from '../../api/group/keepalived-group.ts';
import type { PlanInput } from '../input.ts';
import { eligibleNodes } from './placement.ts';

/** The nodes that run the group: those with all of its labels on which its pods may be. */
export function memberNodes({ group, nodes, pods }: Pick<PlanInput, 'group' | 'nodes' | 'pods'>): Node[] {
  const { nodeSelector = {}, tolerations } = group.spec ?? {};
  const labelled = eligibleNodes(nodes, nodeSelector);
  if (tolerations === undefined) return labelled;
  const running = new Set(pods.map(({ spec }) => spec?.nodeName));
  return labelled.filter(({ metadata, spec }) =>
    (spec?.taints ?? []).every((taint) => !keepsOut(taint, running.has(metadata.name)) || isTolerated(taint, tolerations)),
  );
}

// --- internal ---

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

/** What every pod of a DaemonSet that uses the node's network tolerates (kubernetes.io/docs/concepts/workloads/controllers/daemonset). */
const OF_DAEMON_SETS: readonly Toleration[] = [
  ...['not-ready', 'unreachable'].map((name) => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists', effect: 'NoExecute' })),
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable', 'network-unavailable'].map((name) => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect: 'NoSchedule',
  })),
];

/** A pod that is there stays when its node gets a taint that only keeps new ones out. */
const keepsOut = ({ effect }: Taint, isRunning: boolean): boolean => effect === 'NoExecute' || (effect === 'NoSchedule' && !isRunning);

const isTolerated = (taint: Taint, tolerations: readonly Toleration[]): boolean =>
  [...OF_DAEMON_SETS, ...tolerations].some((one) => tolerates(one, taint));

function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key === '') return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
}
