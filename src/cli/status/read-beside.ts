import type { Node } from '../../api/core.ts';
import { API_VERSION, VIRTUAL_IP_KIND, VIRTUAL_IP_PLURAL } from '../../api/names.ts';
import { virtualIPName } from '../../api/virtual-ip/name.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { isNotFound, isStatus } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { concerned } from '../history/history.ts';
import type { Subject } from './subject.ts';

/** What is known of a subject beside groups. */
export interface Beside {
  readonly virtualIPs: readonly VirtualIP[];
  /** Absent where the subject is no node, or it isn't there, or can't be read. */
  readonly node?: Node;
  readonly notes: readonly string[];
}

/** What else is there to a subject; what the reader may not read is left out with a note. @throws ApiError when no answer comes */
export async function readBeside(client: Client, subject: Subject | undefined): Promise<Beside> {
  if (subject === undefined) return { virtualIPs: [], notes: [] };
  const path = `/apis/${API_VERSION}/${VIRTUAL_IP_PLURAL}`;
  if (subject.kind === 'address') {
    const one = await readable<VirtualIP>(client, `${path}/${virtualIPName(subject.text)}`, WITHOUT_VIRTUAL_IPS);
    return { virtualIPs: named(one.found === undefined ? [] : [one.found]), notes: one.notes };
  }
  const all = await readable<{ readonly items: readonly VirtualIP[] }>(client, path, WITHOUT_VIRTUAL_IPS);
  const virtualIPs = named(all.found?.items ?? []);
  if (subject.kind === 'service') return { virtualIPs: concerned(virtualIPs, subject), notes: all.notes };
  const node = await readable<Node>(client, `/api/v1/nodes/${encodeURIComponent(subject.name)}`, WITHOUT_NODE);
  const onIt = virtualIPs.filter(({ status }) => status?.node === subject.name);
  const gone = node.found === undefined && node.notes.length === 0 ? [`There is no Node ${subject.name} any more.`] : [];
  return { virtualIPs: onIt, ...(node.found && { node: node.found }), notes: [...all.notes, ...node.notes, ...gone] };
}

// --- internal ---

const WITHOUT_VIRTUAL_IPS =
  'You may not read VirtualIPs, so it is not known since when addresses are where they are, nor what was observed of them.';
const WITHOUT_NODE = 'You may not get the Node, so it is not known whether it is Ready, drained or excluded.';

const named = (virtualIPs: readonly VirtualIP[]): VirtualIP[] =>
  virtualIPs.map((one) => ({ ...one, apiVersion: API_VERSION, kind: VIRTUAL_IP_KIND }));

async function readable<T>(
  client: Client,
  path: string,
  forbidden: string,
): Promise<{ readonly found?: T; readonly notes: readonly string[] }> {
  try {
    return { found: await client.request<T>({ method: 'GET', path }), notes: [] };
  } catch (error) {
    if (isNotFound(error)) return { notes: [] };
    if (isStatus(error, 403)) return { notes: [forbidden] };
    throw error;
  }
}
