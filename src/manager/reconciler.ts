import type { KubernetesObject } from '../api/core.ts';
import type { KeepalivedGroup } from '../api/keepalived-group.ts';
import type { NodeReport } from '../api/node-report.ts';
import { isConflict } from '../kube/api-error.ts';
import type { Applier } from '../kube/apply.ts';
import type { Client } from '../kube/client.ts';
import type { OwnerReference } from '../kube/object.ts';
import { keyOf } from '../kube/object.ts';
import type { Outcome } from '../kube/work-queue.ts';
import type { Settings } from '../plan/input.ts';
import { type Plan, plan } from '../plan/plan.ts';
import { groupReference } from '../plan/reference.ts';
import { renderConfig } from '../render/config.ts';
import { renderObjects } from '../render/objects.ts';
import { renderStatus } from '../render/status.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { ClusterView } from './cluster-view.ts';
import { gather } from './gather.ts';
import type { GroupStatus } from './group-status.ts';
import { nudge } from './nudge.ts';
import { GROUPS, OWNED } from './resource.ts';
import type { ToldProblems, Trouble } from './told-problems.ts';

export interface ReconcilerOptions {
  readonly client: Client;
  readonly view: ClusterView;
  readonly status: GroupStatus;
  readonly applier: Applier;
  readonly problems: ToldProblems;
  readonly reportsOf: (groupKey: string) => readonly NodeReport[];
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
}

/** Makes one group what it should be: plan, save the router ids, write the objects, tell the nodes, write the status. */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(key: string): Promise<Outcome> {
    const { view, log } = this.#options;
    const group = view.groups.get(key);
    if (group === undefined) {
      this.#forget(key);
      return { kind: 'done' };
    }
    // What a group owns goes with it; made anew, it would outlive the group or stop its deletion.
    if (group.metadata.deletionTimestamp !== undefined) return { kind: 'done' };
    try {
      return await this.#bringAbout(group);
    } catch (error) {
      if (isConflict(error)) log.debug({ group: key, err: error }, 'the group changed meanwhile, planning again');
      else log.error({ group: key, err: error }, 'reconciling failed');
      return { kind: 'failed', error };
    }
  }

  async #bringAbout(group: KeepalivedGroup): Promise<Outcome> {
    const { view, status, reportsOf, settings } = this.#options;
    const key = keyOf(group);
    const newest = (one: KeepalivedGroup): KeepalivedGroup => status.newest(one);
    const decided = plan(gather({ view, newest, reportsOf, settings }, group));
    await status.saveRouterIds(group, decided.routerIds);
    const troubles = await this.#deliver(decided, key).catch(async (error: unknown) => {
      await this.#saveStatus(group, decided, messageOf(error)).catch(() => undefined);
      throw error;
    });
    this.#options.problems.tell(key, [...decided.problems, ...troubles]);
    return this.#saveStatus(group, decided, troubles.map(({ message }) => message).join('; ') || undefined);
  }

  /** Writes the ConfigMap, then at the same time tells the pods and writes the rest. Gives what stood in the way. */
  async #deliver(decided: Plan, key: string): Promise<Trouble[]> {
    const { view, client, settings } = this.#options;
    const [configMap, ...others] = renderObjects(decided, settings);
    if (configMap === undefined) return [];
    const refused = await this.#apply(configMap, decided.group);
    // Pods that mount a ConfigMap of someone else would run what isn't ours.
    if (refused.length > 0) return refused;
    const revision = renderConfig(decided)?.revision ?? '';
    const told = nudge(client, view.pods.byIndex('group', key), revision).then(() => []);
    const results = await Promise.allSettled([told, ...others.map((object) => this.#apply(object, decided.group))]);
    return results.flatMap((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  async #apply(object: KubernetesObject, group: KeepalivedGroup): Promise<Trouble[]> {
    const { view, applier, log } = this.#options;
    const resource = OWNED.find(({ kind }) => kind === object.kind);
    const [owner] = object.metadata.ownerReferences ?? [];
    if (resource === undefined || owner === undefined) throw new Error(`${object.kind} ${keyOf(object)} is no object that a group owns`);
    const applied = await applier.apply({ resource, desired: object, owner, current: view.owned(resource).get(keyOf(object)) });
    if (applied.kind === 'created' || applied.kind === 'updated') log.info({ kind: object.kind, object: keyOf(object) }, `${applied.kind}`);
    if (applied.kind === 'repaired') log.warn({ kind: object.kind, object: keyOf(object) }, 'someone else changed it, repaired');
    return applied.kind === 'foreign' ? [notOurs(group, object, applied.owner)] : [];
  }

  async #saveStatus(group: KeepalivedGroup, decided: Plan, error: string | undefined): Promise<Outcome> {
    const { status, reportsOf, clock } = this.#options;
    const now = clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    const observed = { reports: reportsOf(keyOf(group)), now, ...(error !== undefined && { error }) };
    const saved = await status.save(group, renderStatus({ ...decided, group: status.newest(group) }, observed));
    return saved.kind === 'too-soon' ? { kind: 'again', afterMs: saved.afterMs } : { kind: 'done' };
  }

  #forget(key: string): void {
    for (const resource of OWNED) this.#options.applier.forget(resource, key);
    this.#options.status.forget(key);
    this.#options.problems.tell(key, []);
  }
}

// --- internal ---

function notOurs(group: KeepalivedGroup, object: KubernetesObject, owner: OwnerReference | undefined): Trouble {
  const belongs = owner === undefined ? 'has no controller' : `belongs to ${owner.kind} ${owner.name} (uid ${owner.uid})`;
  const message = `${object.kind} ${keyOf(object)} exists and ${belongs}, so it was not overwritten; delete or rename it, or give the ${GROUPS.kind} another name`;
  return { object: groupReference(group), reason: 'ObjectNotOurs', message };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
