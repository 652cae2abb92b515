import type { Pod } from '../../api/core.ts';
import type { KeepalivedGroup, KeepalivedGroupStatus } from '../../api/group/keepalived-group.ts';
import { FIELD_MANAGER, HELD_ANNOTATION } from '../../api/names.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Budget } from '../../kube/budget.ts';
import { type Client, MERGE_PATCH } from '../../kube/client.ts';
import { keyOf, objectPath } from '../../kube/object.ts';
import type { Outcome } from '../../kube/queue/work-queue.ts';
import type { Change } from '../../kube/store.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { type ClusterView, groupOfPod } from '../cluster/cluster-view.ts';
import { PODS } from '../cluster/resource.ts';
import { type Held, heldIn, heldText } from './held.ts';

export interface FormerGroupsOptions {
  readonly client: Client;
  readonly view: ClusterView;
  /** A group as it is after our own last writes, which the view may not show yet. */
  readonly newest: (group: KeepalivedGroup) => KeepalivedGroup;
  /** The VirtualIPs as they were before this process changed any, once they are known. */
  readonly ledger: { readonly isReady: boolean; list(): readonly VirtualIP[]; onReady(listener: () => void): void };
  readonly budget: Budget;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
}

/** Milliseconds for which the ledger is waited for: an installation may not have it. */
const PATIENCE = 5000;

/**
 * Groups that were deleted and have pods left: a node that doesn't answer may run their ids and hold their addresses for as long as its pod is
 * there. What they had is known from the moment they are deleted, and saved on those pods for a successor of this process; of those that were deleted
 * while nobody looked the ledger knows it.
 */
export class FormerGroups {
  readonly #options: FormerGroupsOptions;
  readonly #byKey = new Map<string, Former>();
  readonly #listeners: (() => void)[] = [];
  readonly #findListeners: ((key: string) => void)[] = [];
  #waitsSince: number | undefined;

  constructor(options: FormerGroupsOptions) {
    this.#options = options;
    options.ledger.onReady(() => this.#readLedger());
    options.view.groups.onChange((change) => this.#onGroup(change));
    options.view.pods.onChange((change) => this.#onPod(change));
  }

  /** As they were last. One that was made anew isn't among them: it goes on from there. */
  list(): KeepalivedGroup[] {
    return [...this.#byKey].flatMap(([key, { group }]) => (this.#options.view.groups.get(key) === undefined ? group : []));
  }

  keys(): string[] {
    return this.list().map(keyOf);
  }

  /** The group; where it was deleted and made anew, with the ids, homes, holders and defaults that it had. */
  succeeded(group: KeepalivedGroup): KeepalivedGroup {
    const former = this.#byKey.get(keyOf(group));
    if (former === undefined || group.status?.routerIDs !== undefined) return group;
    return { ...group, status: { ...group.status, ...former.group.status } };
  }

  /** Calls the listener when the last pod of a former group is gone: what it held is free. It must not throw. */
  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Calls the listener with each former group that is found in the ledger. It must not throw. */
  onFound(listener: (key: string) => void): void {
    this.#findListeners.push(listener);
  }

  /** Whether pods are left of a group that nobody knows, and the ledger may tell soon what it had. */
  get isOpen(): boolean {
    const { ledger, clock } = this.#options;
    if (ledger.isReady || this.#strays().length === 0) return false;
    this.#waitsSince ??= clock.monotonic();
    return clock.monotonic() - this.#waitsSince < PATIENCE;
  }

  /** Saves on its pods what a former group had. */
  async save(key: string): Promise<Outcome> {
    const former = this.#byKey.get(key);
    if (former === undefined) return { kind: 'done' };
    const text = heldText(former.group);
    const pods = [...former.pods].flatMap((pod) => this.#options.view.pods.get(pod) ?? []);
    const owed = pods.filter(({ metadata }) => metadata.annotations?.[HELD_ANNOTATION] !== text);
    const results = await Promise.allSettled(owed.map((pod) => this.#annotate(pod, text)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined) return { kind: 'done' };
    this.#options.log.error({ group: key, err: failed.reason }, 'what a deleted group had could not be saved on its pods');
    return { kind: 'failed', error: failed.reason };
  }

  #strays(): (readonly [key: string, pod: Pod])[] {
    const { pods, groups } = this.#options.view;
    return pods.list().flatMap((pod) => {
      const key = groupOfPod(pod);
      const isStray = key !== undefined && isOnHost(pod) && groups.get(key) === undefined && !this.#byKey.has(key);
      return isStray ? [[key, pod] as const] : [];
    });
  }

  #readLedger(): void {
    const records = this.#options.ledger.list();
    for (const [key, some] of Map.groupBy(this.#strays(), ([key]) => key)) {
      this.#byKey.set(key, { group: formerGroup(key, recordedOf(key, records)), pods: new Set(some.map(([, pod]) => keyOf(pod))) });
      this.#options.log.info(
        { group: key, pods: some.length },
        'a group was deleted meanwhile; what it had is free when its pods are gone',
      );
      for (const listener of this.#findListeners) listener(key);
    }
  }

  #onGroup({ key, before, after }: Change<KeepalivedGroup>): void {
    if (before === undefined || before.metadata.uid === after?.metadata.uid) return;
    const { view, newest, log } = this.#options;
    const pods = view.pods.byIndex('group', key).map(keyOf);
    if (pods.length === 0) return;
    this.#byKey.set(key, { group: essence(this.succeeded(newest(before))), pods: new Set(pods) });
    log.info({ group: key, pods: pods.length }, 'a group was deleted; what it had is free when its pods are gone');
  }

  #onPod({ key, after }: Change<Pod>): void {
    if (after === undefined) this.#onPodGone(key);
    const group = after && groupOfPod(after);
    const held = after && heldBy(after);
    if (group === undefined || held === undefined) return;
    const former = this.#byKey.get(group) ?? { group: formerGroup(group, held), pods: new Set() };
    this.#byKey.set(group, former);
    former.pods.add(key);
  }

  #onPodGone(pod: string): void {
    for (const [key, { pods }] of this.#byKey) {
      if (!pods.delete(pod) || pods.size > 0) continue;
      this.#byKey.delete(key);
      for (const listener of this.#listeners) listener();
    }
  }

  async #annotate({ metadata }: Pod, text: string): Promise<void> {
    const { budget, client } = this.#options;
    await budget.take();
    const body = { metadata: { uid: metadata.uid, annotations: { [HELD_ANNOTATION]: text } } };
    const query = { fieldManager: FIELD_MANAGER };
    try {
      await client.request({ method: 'PATCH', path: objectPath(PODS, metadata), query, body, contentType: MERGE_PATCH });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

// --- internal ---

interface Former {
  readonly group: KeepalivedGroup;
  /** Keys of those that were its own and are there. */
  readonly pods: Set<string>;
}

/** Who can make pods on the host's network can take any address without us; from nobody else this word counts. */
const heldBy = (pod: Pod): Held | undefined => (isOnHost(pod) ? heldIn(pod.metadata.annotations?.[HELD_ANNOTATION]) : undefined);

const isOnHost = ({ spec }: Pod): boolean => spec?.hostNetwork === true;

/** What the ledger says that a group had. */
function recordedOf(key: string, records: readonly VirtualIP[]): Held {
  const own = records.filter(({ status }) => status?.group === key);
  const ids = own.flatMap(({ status: { virtualRouter, virtualRouterID } = {} }) =>
    virtualRouter === undefined || virtualRouterID === undefined ? [] : [[virtualRouter, virtualRouterID] as const],
  );
  const holders = own.map(
    ({ spec: { address, claims } }) => [address, claims?.[0] ? `${claims[0].namespace}/${claims[0].service}` : ''] as const,
  );
  return { defaultsGeneration: 1, routerIDs: Object.fromEntries(ids), holders: Object.fromEntries(holders) };
}

function essence({ metadata: { namespace, name, uid }, spec, status }: KeepalivedGroup): KeepalivedGroup {
  const { routerIDs = {}, homes, holders = {}, defaultsGeneration = 1 } = status ?? {};
  const kept: KeepalivedGroupStatus = { routerIDs, ...(homes && { homes }), holders, defaultsGeneration };
  return {
    metadata: { ...(namespace && { namespace }), name, ...(uid && { uid }) },
    spec: { ...(spec?.segment && { segment: spec.segment }) },
    status: kept,
  };
}

function formerGroup(key: string, { segment, ...status }: Held): KeepalivedGroup {
  const [namespace = '', name = ''] = key.split('/');
  return { metadata: { namespace, name }, spec: { ...(segment && { segment }) }, status };
}
