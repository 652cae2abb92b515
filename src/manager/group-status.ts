import type { KeepalivedGroup, KeepalivedGroupStatus } from '../api/group/keepalived-group.ts';
import { FIELD_MANAGER } from '../api/names.ts';
import { mergePatch } from '../kube/apply/merge-patch.ts';
import type { Client } from '../kube/client.ts';
import { MERGE_PATCH } from '../kube/client.ts';
import { slim } from '../kube/keep.ts';
import { type KubeObject, keyOf, objectPath } from '../kube/object.ts';
import type { Plan } from '../plan/plan.ts';
import type { Clock } from '../telemetry/clock.ts';
import { GROUPS } from './cluster/resource.ts';

type RouterIds = Plan['routerIds'];

/** What has to be in the status before any node is told of it. */
export type Foretold = Pick<
  Plan,
  'routerIds' | 'homes' | 'defaultsGeneration' | 'rebalanced' | 'holders' | 'sharedAddresses' | 'passwordRound'
>;

/** Milliseconds between two writes of what was observed of one group. Router ids don't wait. */
const PAUSE = 1000;

/** What came of writing what was observed. */
export type StatusWrite = { readonly kind: 'written' | 'unchanged' } | { readonly kind: 'too-soon'; readonly afterMs: number };

/** Writes the groups' status, and knows it before the watch shows it. */
export class GroupStatus {
  readonly #client: Client;
  readonly #clock: Clock;
  /** Groups as our last write left them. */
  readonly #written = new Map<string, KeepalivedGroup>();
  /** Router ids that are given, but not yet known to be saved: no other group may take them meanwhile. */
  readonly #reserved = new Map<string, RouterIds>();
  readonly #observedAt = new Map<string, number>();
  readonly #turns = new Map<string, Promise<void>>();

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Whether the group is as our last write left it. */
  isOurs(group: KubeObject): boolean {
    return this.#written.get(keyOf(group))?.metadata.resourceVersion === group.metadata.resourceVersion;
  }

  /** The group with what we wrote or reserved since the view saw it. */
  newest(group: KeepalivedGroup): KeepalivedGroup {
    const reserved = this.#reserved.get(keyOf(group));
    const newest = this.#newestWritten(group);
    return reserved === undefined ? newest : { ...newest, status: { ...newest.status, routerIDs: reserved } };
  }

  /**
   * Saves what a group's nodes are going to be told and a successor of ours has to know; resolves when the API server has it.
   * From the call on, before anything is sent, no other group is given one of the ids.
   * @throws ApiError 409 when the group was changed meanwhile: plan again
   */
  async saveFirst(group: KeepalivedGroup, foretold: Foretold): Promise<void> {
    const key = keyOf(group);
    const toSave = ({ status }: KeepalivedGroup): KeepalivedGroupStatus | undefined => {
      const { sharedAddresses: _, ...others } = status ?? {};
      const saved = { ...others, ...statusOf(foretold) };
      return mergePatch({ routerIDs: {}, homes: {}, holders: {}, ...status }, saved) === undefined ? undefined : saved;
    };
    if (toSave(this.#newestWritten(group))) this.#reserved.set(key, foretold.routerIds);
    await this.#inTurn(key, async () => {
      const newest = this.#newestWritten(group);
      const status = toSave(newest);
      if (status !== undefined) await this.#write(newest, status);
      this.#reserved.delete(key);
    });
  }

  /**
   * Writes the whole status when it differs, at most once a second; what {@link saveFirst} writes stays as it is.
   * @throws ApiError 409 when the group was changed meanwhile
   */
  async save(group: KeepalivedGroup, observed: KeepalivedGroupStatus): Promise<StatusWrite> {
    const key = keyOf(group);
    const now = this.#clock.monotonic();
    const due = (this.#observedAt.get(key) ?? Number.NEGATIVE_INFINITY) + PAUSE;
    return this.#inTurn(key, async () => {
      const newest = this.#newestWritten(group);
      const status = beside(newest.status, observed);
      if (mergePatch(newest.status ?? {}, status) === undefined) return { kind: 'unchanged' };
      if (now < due) return { kind: 'too-soon', afterMs: due - now };
      this.#observedAt.set(key, now);
      await this.#write(newest, status);
      return { kind: 'written' };
    });
  }

  /** Forgets a group that is no more. */
  forget(key: string): void {
    for (const map of [this.#written, this.#reserved, this.#observedAt, this.#turns]) map.delete(key);
  }

  /** Two controllers write it: one write after the other, each on the strength of the one before. */
  async #inTurn<T>(key: string, write: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(write);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(key, settled);
    return turn;
  }

  #newestWritten(group: KeepalivedGroup): KeepalivedGroup {
    const written = this.#written.get(keyOf(group));
    return written !== undefined && written.metadata.uid === group.metadata.uid && isNewer(written, group) ? written : group;
  }

  async #write(newest: KeepalivedGroup, status: KeepalivedGroupStatus): Promise<void> {
    const { resourceVersion, uid } = newest.metadata;
    const written = await this.#client.request<KeepalivedGroup>({
      method: 'PATCH',
      path: objectPath(GROUPS, newest.metadata, 'status'),
      query: { fieldManager: FIELD_MANAGER },
      // With its version, so that nothing is written on the strength of a status that is no more.
      body: { metadata: { resourceVersion, uid }, status: mergePatch(newest.status ?? {}, status) },
      contentType: MERGE_PATCH,
    });
    this.#written.set(keyOf(newest), slim(written));
  }
}

// --- internal ---

/** With the holders: a status that has ids and no holders is one of the Go operator. */
const statusOf = ({
  routerIds,
  homes,
  defaultsGeneration,
  rebalanced,
  holders,
  sharedAddresses,
  passwordRound,
}: Foretold): KeepalivedGroupStatus => ({
  routerIDs: routerIds,
  homes,
  defaultsGeneration,
  holders,
  ...(rebalanced !== undefined && { rebalanced }),
  ...(Object.keys(sharedAddresses).length > 0 && { sharedAddresses }),
  ...(passwordRound > 0 && { passwordRound }),
});

/** What {@link GroupStatus.saveFirst} writes. */
const SAVED_FIRST: ReadonlySet<string> = new Set([
  'routerIDs',
  'homes',
  'defaultsGeneration',
  'rebalanced',
  'holders',
  'sharedAddresses',
  'passwordRound',
]);

/** What was observed, beside what is saved first as it is saved. */
function beside(saved: KeepalivedGroupStatus = {}, observed: KeepalivedGroupStatus): KeepalivedGroupStatus {
  const kept = Object.entries(saved).filter(([key]) => SAVED_FIRST.has(key));
  const rest = Object.entries(observed).filter(([key]) => !SAVED_FIRST.has(key));
  return Object.fromEntries([...rest, ...kept]);
}

/** Resource versions of one kind compare as numbers (KEP-5504). */
function isNewer(a: KeepalivedGroup, b: KeepalivedGroup): boolean {
  return BigInt(a.metadata.resourceVersion ?? 0) > BigInt(b.metadata.resourceVersion ?? 0);
}
