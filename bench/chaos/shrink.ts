/** Makes a walk that breaks something short: the fewest steps, faults and seconds that still break it. Pure but for the question. */
import type { Step } from './walk.ts';

/** Whether the steps, taken in this order, break again what the walk broke. */
export type Breaks = (steps: readonly Step[]) => Promise<boolean>;

/**
 * Asks at most so many times, and gives the shortest walk that broke it: of the steps whose last one broke something a short end is tried first,
 * then each step is left out, then each fault, then every fault lasts for half as long. The walk itself is never asked: it has broken something.
 */
export async function shrunk(steps: readonly Step[], breaks: Breaks, tries: number): Promise<readonly Step[]> {
  let [best, left] = [steps, tries];
  const asked = new Set([JSON.stringify(steps)]);
  const isBetter = async (steps: readonly Step[]): Promise<boolean> => {
    const text = JSON.stringify(steps);
    if (left === 0 || asked.has(text)) return false;
    asked.add(text);
    left -= 1;
    return breaks(steps);
  };
  for (const shorter of SHORTER) {
    let index = 0;
    // What was left out in vain is needed: it goes on behind that.
    for (let one = shorter(best)[index]; one !== undefined; one = shorter(best)[index])
      if (await isBetter(one)) best = one;
      else index += 1;
  }
  return best;
}

// --- internal ---

/** Shorter than this no fault of a walk lasts, in milliseconds. */
const LEAST_MS = 1500;

/** The last step, the last two, four and so on. */
function ends(steps: readonly Step[]): (readonly Step[])[] {
  const lengths = Array.from({ length: Math.ceil(Math.log2(Math.max(1, steps.length))) }, (_, power) => 2 ** power);
  return lengths.map((length) => steps.slice(-length));
}

const withoutOne = (steps: readonly Step[]): (readonly Step[])[] =>
  steps.slice(0, -1).map((_, index) => steps.filter((_, other) => other !== index));

const withoutAct = (steps: readonly Step[]): (readonly Step[])[] =>
  eachStep(steps, ({ acts, ...step }) =>
    acts.length < 2 ? [] : acts.map((act) => ({ ...step, acts: acts.filter((other) => other !== act).map((one) => ({ ...one, at: 0 })) })),
  );

const halved = (steps: readonly Step[]): (readonly Step[])[] =>
  eachStep(steps, (step) => {
    const acts = step.acts.map((act) => ({ ...act, at: Math.floor(act.at / 2), lasts: half(act.lasts) }));
    return acts.every(({ lasts }, index) => lasts === step.acts[index]?.lasts) ? [] : [{ ...step, acts }];
  });

const half = (lasts: number): number => (lasts <= LEAST_MS ? lasts : Math.max(LEAST_MS, Math.floor(lasts / 2)));

/** The walks in which one step is another one. */
const eachStep = (steps: readonly Step[], others: (step: Step) => Step[]): (readonly Step[])[] =>
  steps.flatMap((step, index) => others(step).map((other) => steps.with(index, other)));

const SHORTER: readonly ((steps: readonly Step[]) => (readonly Step[])[])[] = [ends, withoutOne, withoutAct, halved];
