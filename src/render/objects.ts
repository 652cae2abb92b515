import type { KubernetesObject, OwnerReference } from '../api/core.ts';
import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import { API_VERSION, GROUP_LABEL, KIND, REFUSED_PRIORITY_ANNOTATION } from '../api/names.ts';
import type { Settings } from '../plan/input.ts';
import { THREE } from '../plan/lines/generation.ts';
import { advertSeconds, type VrrpSettings } from '../plan/lines/vrrp-settings.ts';
import type { Plan } from '../plan/plan.ts';
import { renderConfig } from './config.ts';
import { podTemplate } from './pod-template.ts';

/** The objects that a group consists of, for server-side apply: its ConfigMap and its DaemonSet. None while it names no interface or is being deleted. */
export function renderObjects(plan: Plan, settings: Settings): KubernetesObject[] {
  const config = renderConfig(plan);
  if (config === undefined || plan.group.metadata.deletionTimestamp !== undefined) return [];
  const { namespace, name } = plan.group.metadata;
  const metadata = { name, ...(namespace !== undefined && { namespace }), ownerReferences: [ownerReference(plan.group)] };
  const labels = { [GROUP_LABEL]: name };
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, labels }, data: config.data };
  const { refused } = plan.podPriority;
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { ...metadata, ...(refused !== undefined && { annotations: { [REFUSED_PRIORITY_ANNOTATION]: refused } }) },
    spec: {
      selector: { matchLabels: labels },
      minReadySeconds: minReadySeconds(plan.vrrp),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: NODES_AT_ONCE + plan.nodesDown } },
      template: podTemplate(plan, settings),
    },
  };
  return [configMap, daemonSet];
}

// --- internal ---

/** A roll-out takes the next node once addresses that came back to this one have settled: as long as a lost node goes unnoticed, and two seconds; five at least. */
function minReadySeconds({ advertInterval, downTimerAdverts = THREE, version }: VrrpSettings): number {
  return Math.max(5, Math.ceil(advertSeconds(advertInterval, version) * downTimerAdverts) + 2);
}

/** Pods that a roll-out may take away at once. Those of nodes that are down count, too: they are added, or a dead node would stop it. */
const NODES_AT_ONCE = 1;

function ownerReference({ metadata }: KeepalivedGroup): OwnerReference {
  return { apiVersion: API_VERSION, kind: KIND, name: metadata.name, uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true };
}
