import type { MoveRecord, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { together } from '../../observe/journal/move.ts';
import type { Recorded } from '../../observe/journal/origin.ts';
import type { Truth } from '../../observe/observe.ts';
import type { Clock } from '../../telemetry/clock.ts';

export interface JournalsOptions {
  /** VirtualIPs as they are written, and whether all of them are known. */
  readonly written: { readonly isReady: boolean; list(): readonly VirtualIP[]; onReady(listener: () => void): void };
  readonly clock: Clock;
}

/**
 * Milliseconds for which a manager that has just begun waits to read what was written down. Where that can't be read, as the kind isn't there,
 * moves are told without it.
 */
const PATIENCE = 15_000;

/** The journals of all virtual routers: kept by the controller that observes, written down by the one of addresses. */
export class Journals {
  readonly #options: JournalsOptions;
  readonly #begun: number;
  readonly #byGroup = new Map<string, ReadonlyMap<string, readonly MoveRecord[]>>();
  readonly #recorded = new Map<string, ReadonlyMap<string, Recorded>>();
  readonly #listeners: (() => void)[] = [];
  /** As a manager before this one left them: what is written later is our own. */
  #atStart: readonly VirtualIP[] | undefined;

  constructor(options: JournalsOptions) {
    this.#options = options;
    this.#begun = options.clock.monotonic();
    options.written.onReady(() => {
      this.#atStart = options.written.list();
    });
  }

  /** The moves of a group's virtual router, the latest last. */
  of(group: string, router: string): readonly MoveRecord[] {
    return this.#byGroup.get(group)?.get(router) ?? [];
  }

  /** What was written down of a group's virtual routers before this process began; undefined until that can be known. */
  recordedOf(group: string): ((router: string) => Recorded | undefined) | undefined {
    const { written, clock } = this.#options;
    if (!written.isReady) return clock.monotonic() - this.#begun < PATIENCE ? undefined : () => undefined;
    const known = this.#recorded.get(group) ?? recordedIn(this.#atStart ?? written.list(), group);
    this.#recorded.set(group, known);
    return (router) => known.get(router) ?? { moves: [] };
  }

  /** Takes note of what was found of a group. */
  found(group: string, { chronicles }: Pick<Truth, 'chronicles'>): void {
    const before = this.#byGroup.get(group);
    const after = new Map([...chronicles].map(([router, { journal }]) => [router, journal]));
    this.#byGroup.set(group, after);
    if (
      [...after].every(
        ([router, journal]) => (before?.get(router) ?? []) === journal || (journal.length === 0 && !before?.get(router)?.length),
      )
    )
      return;
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener when it is known what was written down. */
  onReady(listener: () => void): void {
    this.#options.written.onReady(listener);
  }

  forget(group: string): void {
    this.#byGroup.delete(group);
    this.#recorded.delete(group);
  }

  /** Calls the listener when a journal has changed. It must not throw. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

// --- internal ---

function recordedIn(virtualIPs: readonly VirtualIP[], group: string): ReadonlyMap<string, Recorded> {
  const recorded = new Map<string, Recorded>();
  for (const { status } of virtualIPs) {
    if (status?.group !== group || status.virtualRouter === undefined) continue;
    const { moves = [], node, since } = recorded.get(status.virtualRouter) ?? {};
    const own = (status.moves ?? []).toReversed();
    const owner = status.node ?? node;
    const from = status.since === undefined ? since : Math.max(Date.parse(status.since), since ?? 0);
    recorded.set(status.virtualRouter, {
      // Of addresses that share a virtual router, those that came later have fewer.
      moves: own.length > moves.length ? together(own, moves) : together(moves, own),
      ...(owner !== undefined && { node: owner }),
      ...(from !== undefined && { since: from }),
    });
  }
  return recorded;
}
