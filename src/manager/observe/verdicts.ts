import type { Truth } from '../../observe/observe.ts';
import type { WireVerdict } from '../../observe/wire/verdict.ts';

/** Who answers for the addresses of all groups: found by the controller that observes, written down by the one of addresses. */
export class Verdicts {
  readonly #byGroup = new Map<string, ReadonlyMap<string, WireVerdict>>();
  readonly #listeners: (() => void)[] = [];

  /** Undefined until there is something to tell. */
  of(group: string, address: string): WireVerdict | undefined {
    return this.#byGroup.get(group)?.get(address);
  }

  /** Takes note of what was found of a group. */
  found(group: string, { wire }: Pick<Truth, 'wire'>): void {
    const before = this.#byGroup.get(group);
    const after = new Map([...wire.judged].flatMap(([address, { shown }]) => (shown === undefined ? [] : [[address, shown] as const])));
    this.#byGroup.set(group, after);
    if ([...after].every(([address, verdict]) => before?.get(address) === verdict)) return;
    for (const listener of this.#listeners) listener();
  }

  forget(group: string): void {
    this.#byGroup.delete(group);
  }

  /** Calls the listener when a verdict has changed. It must not throw. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
