import type { Problem } from '../api/problem.ts';
import type { Plan } from '../plan/plan.ts';
import type { Trouble } from './told-problems.ts';

/** What was decided for a group, and how far it came. */
export interface Decision {
  /** The newest; its problems include those of a custom template. */
  readonly plan: Plan;
  /** The configuration that the nodes are to run; undefined while there is none. */
  readonly revision: string | undefined;
  /** What stood in the way of the group's objects. */
  readonly troubles: readonly Trouble[];
  /** Why the last attempt to write them failed; absent when it didn't. */
  readonly error?: string;
  /** By Service, `namespace/name`, the addresses in the last configuration that was written. */
  readonly carried: ReadonlyMap<string, readonly string[]>;
  /** By Service, what the plan has to tell of it. */
  readonly problemsOf: ReadonlyMap<string, readonly Problem[]>;
}

type Listener = (key: string, before: Decision | undefined, after: Decision | undefined) => void;

/** The decisions of all groups by `namespace/name`: written by one controller, read by the others. */
export class Decisions {
  readonly #byGroup = new Map<string, Decision>();
  readonly #listeners: Listener[] = [];

  get(groupKey: string): Decision | undefined {
    return this.#byGroup.get(groupKey);
  }

  keys(): readonly string[] {
    return [...this.#byGroup.keys()];
  }

  set(groupKey: string, decision: Decision): void {
    const before = this.#byGroup.get(groupKey);
    this.#byGroup.set(groupKey, decision);
    for (const listener of this.#listeners) listener(groupKey, before, decision);
  }

  delete(groupKey: string): void {
    const before = this.#byGroup.get(groupKey);
    this.#byGroup.delete(groupKey);
    if (before !== undefined) for (const listener of this.#listeners) listener(groupKey, before, undefined);
  }

  /** Calls the listener after each decision. It must not throw. */
  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }
}

/** The addresses of each Service that a plan carries. */
export function carriedBy({ routers }: Plan): ReadonlyMap<string, readonly string[]> {
  const carried = new Map<string, string[]>();
  for (const { service, addresses } of routers.flatMap((router) => router.services)) {
    const key = `${service.namespace}/${service.name}`;
    carried.set(key, [...(carried.get(key) ?? []), ...addresses]);
  }
  return carried;
}

export const problemsByService = (problems: readonly Problem[]): ReadonlyMap<string, readonly Problem[]> =>
  Map.groupBy(
    problems.filter(({ object }) => object.kind === 'Service'),
    ({ object }) => `${object.namespace}/${object.name}`,
  );
