import type { VrrpState } from '../api/node/report.ts';
import type { DumpedInstance } from './dump.ts';
import type { Moment } from './moment.ts';
import type { NotifyEvent } from './notify-line.ts';

/** What is known of one instance over time. */
export interface InstanceHistory {
  readonly state: VrrpState;
  /** Effective priority, 0-255. */
  readonly priority: number;
  /** When the last transition was heard of, on both clocks. */
  readonly since: Moment;
  /** Transitions seen, without the first state. */
  readonly transitions: number;
}

/** Histories by the instances' names. */
export type Histories = ReadonlyMap<string, InstanceHistory>;

/** The histories after a line of the FIFO that was read now. */
export function afterNotify(histories: Histories, event: NotifyEvent, now: Moment): Histories {
  if (event.kind === 'group') return histories;
  const state: VrrpState = event.state === 'DELETED' ? 'STOP' : event.state;
  return new Map(histories).set(event.name, next(histories.get(event.name), { state, priority: event.priority, since: now }));
}

/**
 * The histories after a dump that was asked for then: what the FIFO told since is newer and stays, and instances that are not in it are
 * forgotten. A state that was missed counts as one transition.
 */
export function afterDump(histories: Histories, dump: readonly DumpedInstance[], asked: Moment): Histories {
  return new Map(
    dump.map((instance) => {
      const known = histories.get(instance.name);
      if (known && known.since.at >= asked.at) return [instance.name, known];
      const wall = Math.min(asked.wall, Math.round(instance.lastTransition * 1000) || asked.wall);
      return [instance.name, next(known, { state: instance.state, priority: instance.effectivePriority, since: { at: asked.at, wall } })];
    }),
  );
}

// --- internal ---

type Observation = Pick<InstanceHistory, 'state' | 'priority' | 'since'>;

function next(known: InstanceHistory | undefined, observation: Observation): InstanceHistory {
  if (known === undefined) return { ...observation, transitions: 0 };
  if (known.state === observation.state) return { ...known, priority: observation.priority };
  return { ...observation, transitions: known.transitions + 1 };
}
