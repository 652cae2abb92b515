import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { API_VERSION, KIND, PLURAL, POOL_KIND, POOL_PLURAL, VIRTUAL_IP_KIND, VIRTUAL_IP_PLURAL } from '../../api/names.ts';
import type { AddressPool } from '../../api/pool/address-pool.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { isNotFound, isStatus } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { collectionPath, type KubeObject, type Resource } from '../../kube/object.ts';
import { Reflector, type ReflectorOptions } from '../../kube/reflector.ts';
import { Store } from '../../kube/store.ts';
import { concerned } from '../history/history.ts';
import type { Subject } from '../status/subject.ts';
import { interruptions } from './interruptions.ts';
import { addressNews, concernsNode, type News, objectNews } from './news.ts';

export interface FollowOptions {
  readonly client: Client;
  readonly clock: ReflectorOptions<KubeObject>['clock'];
  readonly subject: Subject | undefined;
  /** Of groups; all without one. */
  readonly namespace?: string | undefined;
  readonly tell: (news: News) => void;
  readonly note: (sentence: string) => void;
}

/**
 * Tells what happens to our kinds from now on, until the signal aborts; what happened while the API server did not answer is told afterwards.
 * @throws ApiError when VirtualIPs may not be listed, or the API server does not answer at first
 */
export async function follow(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const [virtualIPs, groups, pools] = await Promise.all([
    opened<VirtualIP>(VIRTUAL_IPS, options),
    opened<KeepalivedGroup>(GROUPS, options),
    opened<AddressPool>(POOLS, options),
  ]);
  const { subject, clock } = options;
  const now = (): string => clock.now().toISOString();
  const tell = (news: readonly News[]): void => {
    for (const one of news) if (subject?.kind !== 'node' || concernsNode(one, subject)) options.tell(one);
  };
  const isAbout = (virtualIP: VirtualIP | undefined): boolean => virtualIP !== undefined && concerned([virtualIP], subject).length > 0;
  const isForAll = subject === undefined || subject.kind === 'node';
  virtualIPs?.listen((change) => (isAbout(change.before) || isAbout(change.after) ? tell(addressNews(change, now())) : undefined));
  if (isForAll) for (const one of [groups, pools]) one?.listen((change, name) => tell(objectNews(name, change, now())));
  await Promise.all([virtualIPs, isForAll ? groups : undefined, isForAll ? pools : undefined].map((one) => one?.run(signal)));
}

// --- internal ---

const VIRTUAL_IPS: Resource = { apiVersion: API_VERSION, kind: VIRTUAL_IP_KIND, plural: VIRTUAL_IP_PLURAL, namespaced: false };
const GROUPS: Resource = { apiVersion: API_VERSION, kind: KIND, plural: PLURAL, namespaced: true };
const POOLS: Resource = { apiVersion: API_VERSION, kind: POOL_KIND, plural: POOL_PLURAL, namespaced: false };

interface Followed<T> {
  listen(listener: (change: { readonly before: T | undefined; readonly after: T | undefined }, name: string) => void): void;
  run(signal: AbortSignal): Promise<void>;
}

/** A kind that can be followed; undefined where the reader may not, or the cluster has none: only VirtualIPs nothing can be told without. */
async function opened<T extends KubeObject>(resource: Resource, options: FollowOptions): Promise<Followed<T> | undefined> {
  const { client, clock, namespace, note } = options;
  try {
    await client.request({ method: 'GET', path: collectionPath(resource, namespace), query: { limit: 1 } });
  } catch (error) {
    if (resource === VIRTUAL_IPS || !(isStatus(error, 403) || isNotFound(error))) throw error;
    note(`You may not list ${resource.kind}s, so changes to them are not shown.`);
    return undefined;
  }
  const store = new Store<T>();
  const within = namespace === undefined ? {} : { namespace };
  const reflector = new Reflector<T>({
    client,
    resource,
    ...within,
    store,
    keep: (object) => object as T,
    clock,
    log: interruptions(resource.kind, note),
  });
  return {
    // What is there at the beginning is no news.
    listen: (listener) => store.onChange((change) => reflector.hasSynced && listener(change, `${resource.kind} ${change.key}`)),
    run: (signal) => reflector.run(signal),
  };
}
