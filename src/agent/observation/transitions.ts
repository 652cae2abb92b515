import { MOST_TRANSITIONS, type TransitionReport, type VrrpState } from '../../api/node/report.ts';
import type { Conf } from '../../conf/tree.ts';
import { type Instance, instanceOf, isInstance } from '../../localise/instance.ts';
import type { Counter, DumpedInstance } from '../../vrrp/dump.ts';
import type { Histories, InstanceHistory } from '../../vrrp/history.ts';
import type { Moment } from '../../vrrp/moment.ts';
import type { NotifyEvent } from '../../vrrp/notify-line.ts';

/** When instances became MASTER and when they were it no longer, the latest last. */
export type Transitions = readonly TransitionReport[];

/** A state that an instance has now, with what the node knows of it. */
export interface NewState extends Partial<Pick<TransitionReport, 'why' | 'message' | 'silence'>> {
  readonly name: string;
  readonly state: VrrpState;
  /** Whether it was MASTER before, where nothing is remembered of it. */
  readonly wasMaster: boolean;
}

/** With the new state, where that begins or ends the time as MASTER; of too many the oldest is forgotten. */
export function withState(transitions: Transitions, { wasMaster, ...entry }: NewState, { at, wall }: Moment): Transitions {
  const last = transitions.findLast(({ name }) => name === entry.name);
  const isMaster = last === undefined ? wasMaster : last.state === 'MASTER';
  if (isMaster === (entry.state === 'MASTER')) return transitions;
  const all = [...transitions, { ...entry, time: new Date(wall).toISOString(), at: Math.round(at) }];
  const ofOne = all.filter(({ name }) => name === entry.name);
  const [oldest] = ofOne.length > MOST_TRANSITIONS.ofOne ? ofOne : [];
  return all.filter((one) => one !== oldest).slice(-MOST_TRANSITIONS.ofAll);
}

/** What is known of the instance when a line of the FIFO comes. */
export interface LineContext {
  readonly before: InstanceHistory | undefined;
  /** The file that the daemon runs; null before the first. */
  readonly conf: Conf | null;
  /** Whether the pod ends and hands its addresses over. */
  readonly isDraining: boolean;
}

/** After a line of the FIFO. Of an instance that its new file does not have any more keepalived says FAULT, or DELETED. */
export function afterEvent(transitions: Transitions, event: NotifyEvent, context: LineContext, now: Moment): Transitions {
  if (event.kind === 'group') return transitions;
  const { before, conf } = context;
  const state: VrrpState = event.state === 'DELETED' ? 'STOP' : event.state;
  const instance = instanceCalled(event.name, conf ?? []);
  const wasMaster = before?.state === 'MASTER';
  const known = state === 'MASTER' ? silenceBefore(instance, event, before, now) : whyLost(state, event, instance, context);
  return withState(transitions, { name: event.name, state, wasMaster, ...known }, now);
}

/**
 * After a dump that tells of states before the FIFO does, as it can where the agent is late; the line that follows tells nothing new.
 * @param before - when the dump before was asked for
 */
export function afterSight(
  transitions: Transitions,
  histories: { before: Histories; after: Histories },
  conf: Conf | null,
  { asked, before: dumped }: { readonly asked: Moment; readonly before: number },
): Transitions {
  const changed = [...histories.after].flatMap(([name, { state, priority, since }]) => {
    const before = histories.before.get(name);
    const isNews = before !== undefined && (before.state === 'MASTER') !== (state === 'MASTER');
    if (!isNews || state === 'INIT') return [];
    // keepalived tells it by the wall clock, which may have been set since. The dump before still told the other state.
    const at = Math.max(asked.at - Math.max(0, asked.wall - since.wall), Math.min(Math.max(dumped, before.since.at), asked.at));
    const moment = { at, wall: since.wall };
    return [{ event: { kind: 'instance', name, state, priority } as const, before, moment }];
  });
  return changed.reduce(
    (some, { event, before, moment }) => afterEvent(some, event, { before, conf, isDraining: false }, moment),
    transitions,
  );
}

/** The instances of a dump, and the moment by the monotonic clock at which it was asked for. */
export interface Sight {
  readonly instances: readonly DumpedInstance[];
  readonly at: number;
}

/** A dump with the moment at which it was there. */
export interface Answer extends Sight, Moment {
  readonly heard: number;
}

/**
 * After a dump, beside the one before: whether the node that was MASTER before had given way, and which instances the daemon has no longer.
 * Only what happened before the dump was asked for can be judged by it.
 */
export function afterDump(transitions: Transitions, before: Sight, after: Answer): Transitions {
  const { at, wall, heard } = after;
  const [was, is] = [byName(before.instances), byName(after.instances)];
  const judged = transitions.map((one, index) => {
    if (one.at >= at) return one;
    if (one.state === 'MASTER' && one.resigned === undefined && is.has(one.name)) {
      const more = (counter: Counter): number => countOf(is.get(one.name), counter) - countOf(was.get(one.name), counter);
      const isKnown = was.has(one.name) && before.at < one.at;
      const end = transitions.find(({ name }, later) => later > index && name === one.name);
      const most = mostAdverts(one, { since: before.at, heardFor: end === undefined ? 0 : heard - end.at });
      return { ...one, resigned: more('pri_zero_rcvd') > 0 || (isKnown && more('advert_rcvd') > most) };
    }
    const isGone = one.state !== 'MASTER' && one.why === undefined && was.has(one.name) && !is.has(one.name);
    return isGone ? { ...one, why: 'Removed' as const } : one;
  });
  const isSame = judged.every((one, index) => one === transitions[index]);
  const gone = before.instances.filter(({ name, state }) => state === 'MASTER' && !is.has(name));
  return gone.reduce(
    (some: Transitions, { name }) => withState(some, { name, state: 'STOP', wasMaster: true, why: 'Removed' }, { at, wall }),
    isSame ? transitions : judged,
  );
}

/** The instances whose last transition is one to FAULT that nobody has explained yet. */
export function unexplained(transitions: Transitions): readonly TransitionReport[] {
  const last = new Map(transitions.map((one) => [one.name, one]));
  return [...last.values()].filter(({ state, why }) => state === 'FAULT' && why === undefined);
}

// --- internal ---

const countOf = (instance: DumpedInstance | undefined, counter: Counter): number => instance?.counters[counter] ?? 0;

/**
 * Adverts that may have come since a moment if the node before then fell silent; if it didn't, there are more for the whole silence, so the limit is
 * half-way. A busy node reads some late, and keepalived counts those of a node that comes after it, too, which is MASTER until this one has ignored
 * it for as long as a silence. Those of the node that this one gave way to come besides, for some milliseconds.
 */
function mostAdverts({ at, silence }: TransitionReport, { since, heardFor }: { since: number; heardFor: number }): number {
  if (silence === undefined) return Number.POSITIVE_INFINITY;
  const { atLeast, atMost } = silence;
  const interval = Math.max(1, atMost - atLeast);
  return Math.ceil(Math.max(0, at - atMost / 2 - since) / interval) + Math.ceil(heardFor / interval) + 1;
}

const byName = (instances: readonly DumpedInstance[]): ReadonlyMap<string, DumpedInstance> =>
  new Map(instances.map((one) => [one.name, one]));

/** Only this one is read: of hundreds each has a line when a node takes over. */
function instanceCalled(name: string, conf: Conf): Instance | undefined {
  const statement = conf.find((one) => isInstance(one) && one.words[0] === name);
  return statement && instanceOf(statement, conf);
}

/** Since its last advert, as VRRP counts: some intervals and a skew by the priority, which version 2 takes from a second and version 3 from the interval. */
function silenceBefore(
  instance: Instance | undefined,
  { priority }: NotifyEvent,
  before: InstanceHistory | undefined,
  now: Moment,
): Pick<NewState, 'silence'> {
  if (instance === undefined || before === undefined) return {};
  const { interval, patience, version } = instance;
  const skew = ((256 - priority) / 256) * (version === 3 ? interval : 1);
  const atMost = Math.round((patience + skew) * 1000);
  if (before.state !== 'BACKUP' || now.at - before.since.at <= atMost + MARGIN) return {};
  return { silence: { atLeast: Math.max(0, atMost - Math.round(interval * 1000)), atMost } };
}

/** Milliseconds that timers may be late. */
const MARGIN = 50;

function whyLost(
  state: VrrpState,
  { priority }: NotifyEvent,
  instance: Instance | undefined,
  { conf, isDraining }: LineContext,
): Pick<NewState, 'why' | 'message'> {
  if (isDraining) return { why: 'Drained' };
  if (conf !== null && instance === undefined) return { why: 'Removed' };
  if (state === 'STOP') return { why: 'DaemonStopped' };
  if (state !== 'BACKUP' || instance === undefined || priority >= instance.priority) return {};
  return { why: 'HealthLost', message: `what it tracks takes its priority from ${instance.priority} to ${priority}` };
}
