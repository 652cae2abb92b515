/** Takes a lab through the steps of a walk, and tells what was seen in each. */
import { setTimeout as pause } from 'node:timers/promises';
import { addressesOf, CONTROL, FIRST_VIP } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { service, settled } from '../../test/lab/lab-under-test.ts';
import { Doer, healAll, isClientWell, POOL, poolOf } from './carry-out.ts';
import { type Missed, missedIn, type Span, silences } from './client.ts';
import { type Fault, kindOf, titleOf, touchedBy } from './fault.ts';
import { BOUNDS, type Broken } from './invariant.ts';
import { judged } from './judge.ts';
import { Looking, objectsOf, Pauses } from './observe.ts';
import { changedIds, collisionsIn, complaintsIn, homeOf, type Objects } from './peace.ts';
import { coveredMs, Starvation } from './starved.ts';
import { CHANGING, EXTERNAL, POOLS, type Step } from './walk.ts';
import { type Move, Watcher } from './watcher.ts';

/** Services that are there all the time; with the example's they are spread over the nodes. */
const STEADY = { 'steady-1': ['192.0.2.210', '2001:db8::210'], 'steady-2': ['192.0.2.211'], 'steady-3': ['192.0.2.212', '2001:db8::212'] };
const STEADY_SERVICES = ['web/web', ...Object.keys(STEADY).map((name) => `web/${name}`)];
const STEADY_ADDRESSES = [FIRST_VIP, ...Object.values(STEADY).flat()];
/** Of all pools: 192.0.2.230 to 192.0.2.245. */
const POOLED = Array.from({ length: 16 }, (_, index) => `192.0.2.${230 + index}`);
const GIVEN = new Set([...STEADY_ADDRESSES, ...EXTERNAL, ...POOLED]);
const EVERY_MS = 20;

export interface StepReport {
  readonly step: number;
  /** RFC 3339. */
  readonly began: string;
  readonly kinds: readonly string[];
  readonly faults: readonly string[];
  /** What was done when, in milliseconds from the begin of the step. */
  readonly done: readonly { readonly at: number; readonly what: string }[];
  /** By the client, of each steady address, until all was well again. */
  readonly missed: readonly Missed[];
  readonly longestSharedMs: number;
  /** From the end of the last fault until all was well. */
  readonly settledAfterMs: number;
  readonly moves: readonly Move[];
  /** Of the step's milliseconds, those of which losses and moves are not judged, because the machine let something wait. */
  readonly notJudgedMs: number;
  readonly broken: readonly Broken[];
  /** All was well at its end: another step can begin. */
  readonly isSettled: boolean;
}

/** Takes the steps one after another, and ends where one leaves something that doesn't settle. */
export async function* taken(lab: Lab, steps: Iterable<Step>, say: (detail: string) => void): AsyncGenerator<StepReport> {
  using pauses = new Pauses();
  say('Services that are there all the time');
  await prepare(lab);
  const first = await objectsOf(lab);
  for (const step of steps) {
    const report = await take(lab, step, first, pauses.spans, say);
    yield report;
    if (!report.isSettled) return;
  }
}

// --- internal ---

async function prepare(lab: Lab): Promise<void> {
  await healAll(lab);
  await lab.kubectl(['delete', 'service', '-n', 'web', ...CHANGING, '--ignore-not-found']);
  for (const [name, addresses] of Object.entries(STEADY)) await lab.apply(service(name, ...addresses));
  await lab.apply(poolOf(POOLS[0]));
  await lab.waitFor(`the pool ${POOL} is there and all is well`, () => allIsWell(lab), BOUNDS.settleMs);
}

/** Throws with what isn't. */
async function allIsWell(lab: Lab, see: (objects: Objects) => void = () => {}): Promise<Objects> {
  const [objects, held] = [await objectsOf(lab), await lab.held()];
  see(objects);
  const complaints = complaintsIn(objects, held, lab.nodes);
  if (complaints.length > 0) throw new Error(complaints.join('; '));
  await settled(lab, 1);
  return objects;
}

async function take(lab: Lab, step: Step, first: Objects, pauses: readonly Span[], say: (detail: string) => void): Promise<StepReport> {
  const watcher = new Watcher({ nodes: lab.nodes, steady: STEADY_ADDRESSES, given: (address) => GIVEN.has(address) });
  const broken: Broken[] = [];
  const starvation = new Starvation(lab);
  const before = await lab.held();
  const probes = await lab.probes([...STEADY_ADDRESSES, addressesOf(CONTROL).v4], EVERY_MS);
  const began = Date.now();
  const done: { at: number; what: string }[] = [];
  let [faultsEnded, settledAt] = [began, Number.POSITIVE_INFINITY];
  let objects: Objects | undefined;
  {
    await using _looking = new Looking(lab, (held) => {
      watcher.look(Date.now(), held);
      starvation.look();
    });
    await storm(lab, step, watcher, (what) => {
      done.push({ at: Date.now() - began, what });
      say(what);
    });
    faultsEnded = Date.now();
    say('waiting until all is well');
    objects = await settles(lab, broken);
    if (objects !== undefined) {
      settledAt = Date.now();
      say('nothing is done');
      await pause(step.restMs);
      broken.push(...(await lies(lab)));
    }
  }
  const results = await probes.stop();
  const [own, control] = [results.slice(0, -1), results.slice(-1)];
  const silent = [...control.flatMap(silences), ...pauses];
  const notOurs = [...silent, ...starvation.spans];
  const phase = (span: Span) => ({
    missed: missedIn(own, span, notOurs),
    moves: watcher.moves.filter(({ at }) => at >= span.from && at < span.to && !notOurs.some(({ from, to }) => at >= from && at <= to)),
  });
  const faults = step.acts.map(({ fault }) => fault);
  const ended = Date.now();
  const stormy = { from: began, to: Math.min(settledAt, ended) };
  const home = objects?.group ?? first.group;
  broken.push(
    ...watcher.broken,
    ...judged({
      held: before,
      touched: faults.flatMap(touchedBy),
      isClientWell: faults.every(isClientWell),
      storm: phase(stormy),
      peace: phase({ from: settledAt, to: Number.POSITIVE_INFINITY }),
      homeOf: (address) => homeOf(home, address),
    }),
    ...(objects === undefined ? [] : changedIds(first.group, objects.group, STEADY_SERVICES)).map(
      (message): Broken => ({ invariant: 'ids stay', message }),
    ),
  );
  return {
    step: step.number,
    began: new Date(began).toISOString(),
    kinds: faults.map(kindOf),
    faults: faults.map(titleOf),
    done,
    missed: missedIn(own, stormy, silent),
    longestSharedMs: Math.round(watcher.longestShared),
    settledAfterMs: stormy.to - faultsEnded,
    moves: watcher.moves,
    notJudgedMs: Math.round(coveredMs({ from: began, to: ended }, notOurs)),
    broken,
    isSettled: objects !== undefined,
  };
}

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
