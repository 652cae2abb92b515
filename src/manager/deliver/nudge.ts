import type { Pod } from '../../api/core.ts';
import { FIELD_MANAGER, LEGACY_RELOADER, REVISION_ANNOTATION } from '../../api/names.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { MERGE_PATCH } from '../../kube/client.ts';
import { objectPath } from '../../kube/object.ts';
import { PODS } from '../cluster/resource.ts';

/**
 * Sets the revision on every pod that doesn't carry it, all at once: kubelet then refreshes the pod's ConfigMap mount instead of waiting for
 * its next round, which may be 90 s away. Pods of the Go operator are left alone. Gives the number of pods that were patched.
 * @throws AggregateError when pods could not be patched; the others are
 */
export async function nudge(client: Client, pods: readonly Pod[], revision: string): Promise<number> {
  const stale = pods.filter((pod) => pod.metadata.annotations?.[REVISION_ANNOTATION] !== revision && isOnNode(pod) && !isOfGoOperator(pod));
  const results = await Promise.allSettled(stale.map((pod) => annotate(client, pod, revision)));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} of ${stale.length} pods could not be told of revision ${revision}`);
  return stale.length;
}

// --- internal ---

function isOnNode({ metadata, spec, status }: Pod): boolean {
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return spec?.nodeName !== undefined && metadata.deletionTimestamp === undefined && !isOver;
}

/** Such a pod hands the file to its keepalived as it is: better that it is replaced before it sees ours. */
function isOfGoOperator({ spec }: Pod): boolean {
  return (spec?.containers ?? []).some(({ name }) => name === LEGACY_RELOADER);
}

async function annotate(client: Client, pod: Pod, revision: string): Promise<void> {
  const body = { metadata: { uid: pod.metadata.uid, annotations: { [REVISION_ANNOTATION]: revision } } };
  const query = { fieldManager: FIELD_MANAGER };
  try {
    await client.request({ method: 'PATCH', path: objectPath(PODS, pod.metadata), query, body, contentType: MERGE_PATCH });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
