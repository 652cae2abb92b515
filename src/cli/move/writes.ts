import type { Node } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { API_GROUP, API_VERSION, PLURAL, PREFERRED_NODES_ANNOTATION, REBALANCE_ANNOTATION } from '../../api/names.ts';
import { isConflict, isStatus } from '../../kube/api-error.ts';
import { type Client, MERGE_PATCH } from '../../kube/client.ts';
import { edited } from './entries.ts';

/** A group as it is now. @param key - `namespace/name` */
export const readGroup = (client: Client, key: string): Promise<KeepalivedGroup> => client.request({ method: 'GET', path: groupPath(key) });

/** Sets what the group's annotation says of virtual routers, and leaves the others. @throws ApiError also where somebody else always writes first */
export async function writeEntries(client: Client, group: string, changes: Readonly<Record<string, string | undefined>>): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { metadata } = await readGroup(client, group);
    const text = metadata.annotations?.[PREFERRED_NODES_ANNOTATION];
    const wanted = edited(text, changes);
    if (wanted === text) return;
    const annotations = { [PREFERRED_NODES_ANNOTATION]: wanted ?? null };
    const body = { metadata: { resourceVersion: metadata.resourceVersion, annotations } };
    try {
      await client.request({ method: 'PATCH', path: groupPath(group), body, contentType: MERGE_PATCH });
      return;
    } catch (error) {
      if (!isConflict(error) || tries === MOST_TRIES) throw error;
    }
  }
}

/** Asks a group to make its homes even. @param asked - as `status.rebalanced` then has it */
export const askToRebalance = (client: Client, group: string, asked: string): Promise<KeepalivedGroup> =>
  client.request({
    method: 'PATCH',
    path: groupPath(group),
    body: { metadata: { annotations: { [REBALANCE_ANNOTATION]: asked } } },
    contentType: MERGE_PATCH,
  });

/** Sets annotations of a Node, or removes those that are null. */
export const annotateNode = (client: Client, name: string, annotations: Readonly<Record<string, string | null>>): Promise<Node> =>
  client.request({
    method: 'PATCH',
    path: `/api/v1/nodes/${encodeURIComponent(name)}`,
    body: { metadata: { annotations } },
    contentType: MERGE_PATCH,
  });

/** What a planned move writes. */
export interface Right {
  readonly resource: 'nodes' | typeof PLURAL;
  readonly name: string;
  readonly namespace?: string;
}

export const rightOnGroup = (key: string): Right => {
  const [namespace = '', name = ''] = key.split('/');
  return { resource: PLURAL, namespace, name };
};

/** The first of the objects that the user may not patch, as a sentence; undefined where all may be, or nobody can say. */
export async function whyNotAllowed(client: Client, rights: readonly Right[]): Promise<string | undefined> {
  for (const right of rights) {
    const { resource, name, namespace } = right;
    const attributes = {
      verb: 'patch',
      group: resource === 'nodes' ? '' : API_GROUP,
      resource,
      name,
      ...(namespace !== undefined && { namespace }),
    };
    if (!(await isAllowed(client, attributes))) {
      const object = resource === 'nodes' ? `Node ${name}` : `KeepalivedGroup ${namespace}/${name}`;
      const more = resource === 'nodes' ? '' : ` of API group ${API_GROUP} in namespace ${namespace}`;
      return `you may not patch ${object}: this needs the right "patch" on ${resource}${more}; nothing was changed`;
    }
  }
  return undefined;
}

// --- internal ---

/** The manager writes the status of a group every second at most, so one of these comes through. */
const MOST_TRIES = 20;

function groupPath(key: string): string {
  const [namespace = '', name = ''] = key.split('/');
  return `/apis/${API_VERSION}/namespaces/${encodeURIComponent(namespace)}/${PLURAL}/${encodeURIComponent(name)}`;
}

/** A cluster that doesn't answer the question may still take the write. */
async function isAllowed(client: Client, resourceAttributes: object): Promise<boolean> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  try {
    const { status } = await client.request<{ readonly status?: { readonly allowed?: boolean } }>({
      method: 'POST',
      path,
      body,
      withoutLead: true,
    });
    return status?.allowed !== false;
  } catch (error) {
    if (isStatus(error, 403, 404, 405)) return true;
    throw error;
  }
}
