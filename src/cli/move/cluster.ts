import type { KubernetesObject, Node } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { DRAIN_ANNOTATION, KIND, PREFERRED_NODES_ANNOTATION, REBALANCE_ANNOTATION } from '../../api/names.ts';
import type { Plan } from '../../plan/plan.ts';
import { keyOf } from '../../plan/reference.ts';
import { clusterOf, planGroups } from '../plan/plan-groups.ts';

/** Groups, Services and Nodes, as they are or would be; each change gives another one. */
export class PlannedCluster {
  readonly #objects: readonly KubernetesObject[];
  #plans: ReadonlyMap<string, Plan> | undefined;

  constructor(objects: readonly KubernetesObject[]) {
    this.#objects = objects;
  }

  /** By `namespace/name` of the group. */
  get plans(): ReadonlyMap<string, Plan> {
    this.#plans ??= new Map(planGroups(clusterOf(this.#objects), { settings: { agentImage: '' } }).map(({ key, plan }) => [key, plan]));
    return this.#plans;
  }

  get groups(): ReadonlyMap<string, KeepalivedGroup> {
    const groups = this.#objects.filter(({ kind }) => kind === KIND) as unknown as readonly KeepalivedGroup[];
    return new Map(groups.map((group) => [keyOf(group), group]));
  }

  node(name: string): Node | undefined {
    return this.#objects.find(({ kind, metadata }) => kind === 'Node' && metadata.name === name) as Node | undefined;
  }

  get nodeNames(): readonly string[] {
    return this.#objects.flatMap(({ kind, metadata }) => (kind === 'Node' ? [metadata.name] : []));
  }

  /** With the node's mark of a drain set or taken away. */
  withDrain(name: string, isDrained: boolean): PlannedCluster {
    return this.#changed(
      (object) => object.kind === 'Node' && object.metadata.name === name,
      DRAIN_ANNOTATION,
      () => (isDrained ? '' : undefined),
    );
  }

  /** With a group's preferred nodes as `edit` makes them. */
  withPreferred(group: string, edit: (text: string | undefined) => string | undefined): PlannedCluster {
    return this.#changed(isGroup(group), PREFERRED_NODES_ANNOTATION, edit);
  }

  /** With a group asked to make its homes even. */
  withRebalance(group: string, asked: string): PlannedCluster {
    return this.#changed(isGroup(group), REBALANCE_ANNOTATION, () => asked);
  }

  #changed(
    isIt: (object: KubernetesObject) => boolean,
    key: string,
    edit: (text: string | undefined) => string | undefined,
  ): PlannedCluster {
    return new PlannedCluster(
      this.#objects.map((object) => {
        if (!isIt(object)) return object;
        const { [key]: text, ...others } = object.metadata.annotations ?? {};
        const edited = edit(text);
        return { ...object, metadata: { ...object.metadata, annotations: { ...others, ...(edited !== undefined && { [key]: edited }) } } };
      }),
    );
  }
}

// --- internal ---

const isGroup =
  (group: string) =>
  ({ kind, metadata }: KubernetesObject): boolean =>
    kind === KIND && `${metadata.namespace}/${metadata.name}` === group;
