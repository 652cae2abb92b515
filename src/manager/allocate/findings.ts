import type { Problem } from '../../api/problem.ts';
import { isSame } from '../../kube/apply/merge-patch.ts';

/** Why Services have no address of a pool, by `namespace/name`: found by one controller, explained by another. */
export class Findings {
  #byService: ReadonlyMap<string, readonly Problem[]> = new Map();
  readonly #listeners: ((key: string) => void)[] = [];

  of(key: string): readonly Problem[] {
    return this.#byService.get(key) ?? [];
  }

  set(problems: readonly Problem[]): void {
    const ofServices = problems.filter(({ object }) => object.kind === 'Service');
    const [before, after] = [this.#byService, Map.groupBy(ofServices, ({ object }) => `${object.namespace}/${object.name}`)];
    this.#byService = after;
    for (const key of new Set([...before.keys(), ...after.keys()]))
      if (!isSame(before.get(key), after.get(key))) for (const listener of this.#listeners) listener(key);
  }

  /** Calls the listener with each Service of which something else is found. It must not throw. */
  onChange(listener: (key: string) => void): void {
    this.#listeners.push(listener);
  }
}
