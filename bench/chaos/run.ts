/** Takes a lab through the steps of a walk, and tells what was seen in each. */
import type { Lab } from '../../lab/lab.ts';
import { isClientWell } from './carry-out.ts';
import { type Missed, missedIn, type Span } from './client.ts';
import { kindOf, titleOf, touchedBy } from './fault.ts';
import type { Broken } from './invariant.ts';
import { judged } from './judge.ts';
import { objectsOf, Pauses } from './observe.ts';
import { type Observed, observe } from './observed.ts';
import { changedIds, homeOf, type Objects } from './peace.ts';
import { coveredMs } from './starved.ts';
import { GIVEN, prepare, STEADY_ADDRESSES, STEADY_SERVICES } from './steady.ts';
import type { Step } from './walk.ts';
import { type Move, Watcher } from './watcher.ts';

export interface StepReport {
  readonly step: number;
  /** RFC 3339. */
  readonly began: string;
  readonly kinds: readonly string[];
  readonly faults: readonly string[];
  readonly done: Observed['done'];
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

async function take(lab: Lab, step: Step, first: Objects, pauses: readonly Span[], say: (detail: string) => void): Promise<StepReport> {
  const watcher = new Watcher({ nodes: lab.nodes, steady: STEADY_ADDRESSES, given: (address) => GIVEN.has(address) });
  const observed = await observe(lab, step, watcher, say);
  const { began, settledAt, ended, faultsEnded, objects, answers } = observed;
  const silent = [...observed.silent, ...pauses];
  const notOurs = [...silent, ...observed.starved];
  const storm = { from: began, to: Math.min(settledAt, ended) };
  const faults = step.acts.map(({ fault }) => fault);
  const { group } = objects ?? first;
  const phase = (span: Span) => ({
    missed: missedIn(answers, span, notOurs),
    moves: watcher.moves.filter(({ at }) => at >= span.from && at < span.to && !notOurs.some(({ from, to }) => at >= from && at <= to)),
  });
  const seen = {
    held: observed.held,
    touched: faults.flatMap(touchedBy),
    isClientWell: faults.every(isClientWell),
    storm: phase(storm),
    peace: phase({ from: settledAt, to: Number.POSITIVE_INFINITY }),
    homeOf: (address: string) => homeOf(group, address),
  };
  const ids = changedIds(first.group, group, STEADY_SERVICES).map((message): Broken => ({ invariant: 'ids stay', message }));
  return {
    step: step.number,
    began: new Date(began).toISOString(),
    kinds: faults.map(kindOf),
    faults: faults.map(titleOf),
    done: observed.done,
    missed: missedIn(answers, storm, silent),
    longestSharedMs: Math.round(watcher.longestShared),
    settledAfterMs: storm.to - faultsEnded,
    moves: watcher.moves,
    notJudgedMs: Math.round(coveredMs({ from: began, to: ended }, notOurs)),
    broken: [...observed.broken, ...watcher.broken, ...judged(seen), ...ids],
    isSettled: objects !== undefined,
  };
}
