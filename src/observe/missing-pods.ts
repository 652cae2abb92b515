import type { Pod } from '../api/core.ts';

/** What Kubernetes says of the pods of a group. */
export interface PodEvidence {
  readonly pods: readonly Pod[];
  /** Why no pod could be made, in the words of the DaemonSet's Events, the latest last. */
  readonly refusals: readonly string[];
}

/** By node that is to have a pod and has none that runs, why, as the end of a sentence that begins with its name. */
export function missingPods(nodes: readonly string[], { pods, refusals }: PodEvidence): ReadonlyMap<string, string> {
  const byNode = new Map(pods.flatMap((pod): [string, Pod][] => nodesOf(pod).map((node) => [node, pod])));
  return new Map(
    nodes.flatMap((node): [string, string][] => {
      const pod = byNode.get(node);
      const why = pod === undefined ? withoutPod(refusals) : whyWaiting(pod);
      return why === undefined ? [] : [[node, why]];
    }),
  );
}

// --- internal ---

/** Of the one reason that pods are refused by, every node has the same words. */
function withoutPod(refusals: readonly string[]): string {
  const last = refusals.at(-1);
  return last === undefined ? 'has no pod' : `has no pod: ${last}`;
}

/** A pod of a DaemonSet that waits for its node names it by its affinity. */
function nodesOf({ spec }: Pod): readonly string[] {
  if (spec?.nodeName !== undefined) return [spec.nodeName];
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap(({ matchFields = [] }) => matchFields.flatMap(({ key, values = [] }) => (key === 'metadata.name' ? values : [])));
}

function whyWaiting({ spec, status }: Pod): string | undefined {
  const unscheduled = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  if (spec?.nodeName === undefined)
    return unscheduled?.message === undefined
      ? 'has a pod that waits to be scheduled'
      : `has a pod that is not scheduled: ${unscheduled.message}`;
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const waiting = statuses.find(({ state }) => state?.waiting?.reason !== undefined && !STARTING.has(state.waiting.reason));
  const reason = waiting?.state?.waiting?.reason ?? '';
  if (waiting === undefined) return undefined;
  return IMAGE.has(reason)
    ? `has a pod whose container ${waiting.name} waits for its image ${waiting.image ?? ''}: it can't be pulled`
    : `has a pod whose container ${waiting.name} does not start: ${reason}`;
}

/** What every pod waits for, for a moment. */
const STARTING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);
/** They take turns. */
const IMAGE: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName']);
