import type { VrrpState } from '../api/node/report.ts';
import type { DumpedInstance } from './dump.ts';
import type { NotifyEvent } from './notify-line.ts';

/** What is known of one instance over time. */
export interface InstanceHistory {
  readonly state: VrrpState;
  /** Effective priority, 0-255. */
  readonly priority: number;
  /** Milliseconds since 1970 of the last transition. */
  readonly since: number;
  /** Transitions seen, without the first state. */
  readonly transitions: number;
}

/** Histories by the instances' names. */
export type Histories = ReadonlyMap<string, InstanceHistory>;

/** The histories after a line of the FIFO that was read at `now`, in milliseconds since 1970. */
export function afterNotify(histories: Histories, event: NotifyEvent, now: number): Histories {
  if (event.kind === 'group') return histories;
  const state: VrrpState = event.state === 'DELETED' ? 'STOP' : event.state;
  return new Map(histories).set(event.name, next(histories.get(event.name), { state, priority: event.priority, at: now }));
}

/**
 * The histories after a dump that was asked for at `asked`: what the FIFO told since then is newer and stays, and instances that are not in it
 * are forgotten. A state that was missed counts as one transition.
 */
export function afterDump(histories: Histories, dump: readonly DumpedInstance[], asked: number): Histories {
  return new Map(
    dump.map((instance) => {
      const known = histories.get(instance.name);
      if (known && known.since >= asked) return [instance.name, known];
      const at = Math.min(asked, Math.round(instance.lastTransition * 1000) || asked);
      return [instance.name, next(known, { state: instance.state, priority: instance.effectivePriority, at })];
    }),
  );
}

// --- internal ---

interface Observation {
  readonly state: VrrpState;
  readonly priority: number;
  readonly at: number;
}

function next(known: InstanceHistory | undefined, { state, priority, at }: Observation): InstanceHistory {
  if (known === undefined) return { state, priority, since: at, transitions: 0 };
  if (known.state === state) return { ...known, priority };
  return { state, priority, since: Math.max(known.since, at), transitions: known.transitions + 1 };
}
