/** A step, and what is seen while it goes on. */
import { setTimeout as pause } from 'node:timers/promises';
import { addressesOf, CONTROL } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import type { ProbeResult } from '../../lab/probe/probe.ts';
import { Doer } from './carry-out.ts';
import { type Span, silences } from './client.ts';
import { type Fault, titleOf } from './fault.ts';
import { BOUNDS, type Broken } from './invariant.ts';
import { Looking } from './observe.ts';
import { collisionsIn, type Objects } from './peace.ts';
import { Starvation } from './starved.ts';
import { allIsWell, STEADY_ADDRESSES } from './steady.ts';
import type { Step } from './walk.ts';
import type { Held, Watcher } from './watcher.ts';

/** What was seen in a step, before anybody judges it. */
export interface Observed {
  /** Before the first fault. */
  readonly held: Held;
  /** Milliseconds of the epoch. */
  readonly began: number;
  readonly faultsEnded: number;
  readonly settledAt: number;
  readonly ended: number;
  /** What was done when, in milliseconds from the begin of the step. */
  readonly done: readonly { readonly at: number; readonly what: string }[];
  /** What the API had once all was well; absent where it didn't become so. */
  readonly objects?: Objects;
  readonly broken: readonly Broken[];
  /** Of the steady addresses. */
  readonly answers: readonly ProbeResult[];
  /** Times in which a host was silent that nothing happens to. */
  readonly silent: readonly Span[];
  readonly starved: readonly Span[];
}

/** Does what a step says, waits until all is well, and leaves the lab alone for as long as the step says. */
export async function observe(lab: Lab, step: Step, watcher: Watcher, say: (detail: string) => void): Promise<Observed> {
  const starvation = new Starvation(lab);
  const broken: Broken[] = [];
  const done: { at: number; what: string }[] = [];
  const held = await lab.held();
  const probes = await lab.probes([...STEADY_ADDRESSES, addressesOf(CONTROL).v4], EVERY_MS);
  const began = Date.now();
  const tell = (what: string): void => {
    done.push({ at: Date.now() - began, what });
    say(what);
  };
  const look = (now: Held): void => {
    watcher.look(Date.now(), now);
    starvation.look();
  };
  const work = async () => {
    await using _looking = new Looking(lab, look);
    await storm(lab, step, watcher, tell);
    const faultsEnded = Date.now();
    say('waiting until all is well');
    const objects = await settles(lab, broken);
    if (objects === undefined) return { faultsEnded, settledAt: Number.POSITIVE_INFINITY };
    const settledAt = Date.now();
    say('nothing is done');
    await pause(step.restMs);
    broken.push(...(await lies(lab)));
    return { faultsEnded, settledAt, objects };
  };
  const [outcome] = await Promise.allSettled([work()]);
  const results = await probes.stop();
  if (outcome.status === 'rejected') throw outcome.reason;
  return {
    ...outcome.value,
    held,
    began,
    ended: Date.now(),
    done,
    broken,
    answers: results.slice(0, -1),
    silent: results.slice(-1).flatMap(silences),
    starved: starvation.spans,
  };
}

// --- internal ---

const EVERY_MS = 20;

/** Does what the step says, when it says it, and undoes it. */
async function storm(lab: Lab, { acts }: Step, watcher: Watcher, tell: (what: string) => void): Promise<void> {
  const doer = new Doer(lab);
  const carryOut = async (fault: Fault, at: number, lasts: number): Promise<void> => {
    await pause(at);
    watcher.begins(fault);
    await doer.begin(fault);
    tell(titleOf(fault));
    await pause(lasts);
    await doer.end(fault);
    watcher.ends(fault);
    if (lasts > 0) tell(`ends: ${titleOf(fault)}`);
  };
  const outcomes = await Promise.allSettled(acts.map(({ fault, at, lasts }) => carryOut(fault, at, lasts)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** What the API has once all is well; undefined, and broken, where it doesn't become so. */
async function settles(lab: Lab, broken: Broken[]): Promise<Objects | undefined> {
  const collisions = new Set<string>();
  const see = (objects: Objects): void => {
    for (const message of collisionsIn(objects)) collisions.add(message);
  };
  try {
    return await lab.waitFor('all is well', () => allIsWell(lab, see), BOUNDS.settleMs);
  } catch (error) {
    broken.push({ invariant: 'settles', message: (error as Error).message });
    return undefined;
  } finally {
    broken.push(...[...collisions].map((message): Broken => ({ invariant: 'distinct ports', message })));
  }
}

/** What objects and hosts say differently after a time of peace, but for a moment after a move home. */
async function lies(lab: Lab): Promise<Broken[]> {
  try {
    await lab.waitFor('all is well still', () => allIsWell(lab), BOUNDS.lagMs);
    return [];
  } catch (error) {
    return [{ invariant: 'stays settled', message: (error as Error).message }];
  }
}
