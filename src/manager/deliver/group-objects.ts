import type { KubernetesObject } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Applied, Applier } from '../../kube/apply/apply.ts';
import type { KubeObject, OwnerReference, Resource } from '../../kube/object.ts';
import { keyOf } from '../../kube/object.ts';
import { groupReference } from '../../plan/reference.ts';
import { type PrometheusAccount, renderMonitor } from '../../render/pod-monitor.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';
import type { Monitoring } from '../cluster/monitoring.ts';
import { CONFIG_MAPS, DAEMON_SETS, GROUPS, MONITORING, OWNED } from '../cluster/resource.ts';
import { type RecordEvent, regarding, type Trouble } from '../told-problems.ts';
import type { RenderedGroup } from './rendered-group.ts';

export interface GroupObjectsOptions {
  readonly view: ClusterView;
  readonly monitoring: Monitoring;
  readonly applier: Applier;
  readonly record: RecordEvent;
  /** Who may scrape the groups' pods; undefined: nobody is let. */
  readonly prometheus: PrometheusAccount | undefined;
  readonly log: Log;
}

/** Writes the objects that a group owns. */
export class GroupObjects {
  readonly #options: GroupObjectsOptions;

  constructor(options: GroupObjectsOptions) {
    this.#options = options;
  }

  /** Writes the ConfigMap. Gives what stood in the way; then the nodes must not be told of it, as they would run what isn't ours. */
  async writeConfig(group: KeepalivedGroup, { objects: [configMap] }: RenderedGroup): Promise<Trouble[]> {
    return configMap === undefined ? [] : this.#apply(configMap, group);
  }

  /**
   * Writes the rest, each object for itself. Gives what stood in the way.
   * @throws AggregateError when some could not be written; the others are
   */
  async writeOthers(group: KeepalivedGroup, { objects }: RenderedGroup): Promise<Trouble[]> {
    const [configMap, ...others] = objects;
    if (configMap === undefined) return [];
    const writes = others.filter((object) => !isOfMonitoring(object)).map((object) => this.#apply(object, group));
    const results = await Promise.allSettled([...writes, this.#monitor(group, others.filter(isOfMonitoring))]);
    throwTogether(results.flatMap((result) => (result.status === 'rejected' ? each(result.reason) : [])));
    return results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  }

  /** Forgets what was applied for a group that is no more. */
  forget(key: string): void {
    for (const resource of OWNED) for (const name of [key, `${key}-prometheus-k8s`]) this.#options.applier.forget(resource, name);
  }

  /** The template's and ours, one after the other: a RoleBinding can't be made before its Role. */
  async #monitor(group: KeepalivedGroup, ofTemplate: readonly KubernetesObject[]): Promise<Trouble[]> {
    const { monitoring, prometheus, log } = this.#options;
    const troubles: Trouble[] = [];
    const errors: unknown[] = [];
    for (const object of withoutRepeated([...ofTemplate, ...(monitoring.exists ? renderMonitor(group, prometheus) : [])])) {
      try {
        troubles.push(...(await this.#apply(object, group)));
      } catch (error) {
        // Its CRD was removed a moment ago; soon that is noticed, and the group is looked at again.
        if (!isNotFound(error)) errors.push(error);
        else log.info({ kind: object.kind, object: keyOf(object) }, 'the kind, or what it needs, is not there');
      }
    }
    throwTogether(errors);
    return troubles;
  }

  async #apply(object: KubernetesObject, group: KeepalivedGroup): Promise<Trouble[]> {
    const resource = OWNED.find(({ kind }) => kind === object.kind);
    const [owner] = object.metadata.ownerReferences ?? [];
    if (resource === undefined || owner === undefined)
      throw new Error(`${object.kind} ${keyOf(object)} is not an object that a group owns`);
    const applied = await this.#options.applier.apply({ resource, desired: object, owner, current: this.#storedOf(resource, object) });
    this.#tell(applied, object, group);
    return applied.kind === 'foreign' ? [notOurs(group, object, applied.owner)] : [];
  }

  #storedOf(resource: Resource, object: KubeObject): KubeObject | undefined {
    const { view, monitoring } = this.#options;
    const store = resource === CONFIG_MAPS ? view.configMaps : resource === DAEMON_SETS ? view.daemonSets : monitoring.storeOf(resource);
    return store?.get(keyOf(object));
  }

  #tell({ kind }: Applied, object: KubernetesObject, group: KeepalivedGroup): void {
    const { log, record } = this.#options;
    const fields = { kind: object.kind, object: keyOf(object) };
    if (kind === 'created') log.info(fields, 'created');
    if (kind === 'updated') log.info(fields, 'updated');
    if (kind !== 'repaired') return;
    log.warn(fields, 'someone else changed it, repaired');
    const note = `${object.kind} ${keyOf(object)} was changed or deleted by someone else; it is again as the group wants it`;
    record(regarding(groupReference(group)), { type: 'Warning', reason: 'Repaired', action: 'Apply', note });
  }
}

// --- internal ---

/** @throws AggregateError of all of them, if there are any */
function throwTogether(errors: readonly unknown[]): void {
  if (errors.length > 0) throw new AggregateError(errors, errors.map(messageOf).join('; '));
}

const each = (error: unknown): readonly unknown[] => (error instanceof AggregateError ? error.errors : [error]);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const isOfMonitoring = ({ kind }: KubernetesObject): boolean => MONITORING.some((resource) => resource.kind === kind);

/** A custom template's PodMonitor, Role or RoleBinding comes before ours of the same name. */
function withoutRepeated(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const byName = new Map(objects.toReversed().map((object) => [`${object.kind} ${object.metadata.name}`, object]));
  return [...byName.values()].toReversed();
}

function notOurs(group: KeepalivedGroup, object: KubernetesObject, owner: OwnerReference | undefined): Trouble {
  const belongs = owner === undefined ? 'has no controller' : `belongs to ${owner.kind} ${owner.name} (uid ${owner.uid})`;
  const message = `${object.kind} ${keyOf(object)} exists and ${belongs}, so it was not overwritten; delete or rename it, or give the ${GROUPS.kind} another name`;
  return { object: groupReference(group), reason: 'ObjectNotOurs', message };
}
