import type { Truth } from '../../observe/observe.ts';
import type { WireVerdict } from '../../observe/wire/verdict.ts';

/** Who answers for the addresses of all groups, and what no node can serve: found by the controller that observes, written down by the one of addresses. */
export class Verdicts {
  readonly #byGroup = new Map<string, ReadonlyMap<string, WireVerdict>>();
  readonly #unserved = new Map<string, ReadonlySet<string>>();
  readonly #listeners: (() => void)[] = [];

  /** Undefined until there is something to tell. */
  of(group: string, address: string): WireVerdict | undefined {
    return this.#byGroup.get(group)?.get(address);
  }

  /** Whether a Service of a group has policy Local, and no ready endpoint on any node. */
  isUnserved(group: string, service: string): boolean {
    return this.#unserved.get(group)?.has(service) === true;
  }

  /** Takes note of what was found of a group. */
  found(group: string, { wire, unserved }: Pick<Truth, 'wire' | 'unserved'>): void {
    const before = this.#byGroup.get(group);
    const isServedAsBefore = this.#unserved.get(group) === unserved;
    this.#unserved.set(group, unserved);
    const after = new Map([...wire.judged].flatMap(([address, { shown }]) => (shown === undefined ? [] : [[address, shown] as const])));
    this.#byGroup.set(group, after);
    if (isServedAsBefore && [...after].every(([address, verdict]) => before?.get(address) === verdict)) return;
    for (const listener of this.#listeners) listener();
  }

  forget(group: string): void {
    this.#byGroup.delete(group);
    this.#unserved.delete(group);
  }

  /** Calls the listener when a verdict has changed. It must not throw. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
