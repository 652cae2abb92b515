import { REFUSED_PRIORITY_ANNOTATION } from '../../api/names.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';

/**
 * Whether the cluster refuses the priority class of a group's pods. Nobody says so beforehand: a roll-out has ended one pod by then, so the
 * class is given up at once, and the DaemonSet remembers it.
 */
export class PriorityRefusals {
  readonly #view: Pick<ClusterView, 'daemonSets'>;
  readonly #log: Log;
  /** By group, until the DaemonSet has it. */
  readonly #refused = new Map<string, string>();
  readonly #listeners: ((groupKey: string) => void)[] = [];

  constructor({ view, log }: { readonly view: Pick<ClusterView, 'daemonSets'>; readonly log: Log }) {
    this.#view = view;
    this.#log = log;
    view.daemonSets.onChange(({ key, after }) => {
      if (after === undefined || savedIn(after) !== undefined) this.#refused.delete(key);
    });
  }

  /** The class that a group's pods were refused with. */
  of(groupKey: string): string | undefined {
    const daemonSet = this.#view.daemonSets.get(groupKey);
    return (daemonSet && savedIn(daemonSet)) ?? this.#refused.get(groupKey);
  }

  /** Calls the listener with each group whose class is refused. It must not throw. */
  onRefusal(listener: (groupKey: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Takes note of why pods of a group could not be made, the latest last. */
  heard(groupKey: string, messages: readonly string[]): void {
    const className = classOf(this.#view.daemonSets.get(groupKey));
    const message = messages.at(-1);
    if (className === undefined || message === undefined || !OF_A_CLASS.test(message) || this.of(groupKey) !== undefined) return;
    this.#log.warn({ group: groupKey, priorityClass: className, message }, 'pods are refused, trying without the priority class');
    this.#refused.set(groupKey, className);
    for (const listener of this.#listeners) listener(groupKey);
  }
}

// --- internal ---

/** Quotas don't say in their refusal that they are for a class alone; without one, a pod that they are not for is made. */
const OF_A_CLASS = /priority|insufficient quota|exceeded quota/i;

const savedIn = ({ metadata }: KubeObject): string | undefined => metadata.annotations?.[REFUSED_PRIORITY_ANNOTATION];

const classOf = (daemonSet: KubeObject | undefined): string | undefined =>
  (daemonSet as { readonly spec?: { readonly template?: { readonly spec?: { readonly priorityClassName?: string } } } } | undefined)?.spec
    ?.template?.spec?.priorityClassName;
