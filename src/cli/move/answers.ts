import { type Answer, EXIT, failed } from '../answer.ts';
import type { Outcome } from './carry-out.ts';
import { addressesInWords, type Job } from './job.ts';

/** A sentence of what was not all done. */
export const amiss = (sentence: string): Answer => ({ ...failed(sentence), status: EXIT.amiss });

/** What was taken back, and what did not come back. @param state - how things are now, a sentence */
export function reverted(state: string, { why, left }: Extract<Outcome, { kind: 'reverted' }>): Answer {
  const where =
    left.length === 0
      ? 'every address is where it was'
      : `${addressesInWords(left.flatMap(({ addresses }) => addresses))} did not come back yet: look with status`;
  return amiss(`${state}: ${why}; ${where}`);
}

/** `1 address`, `12 addresses` */
export function countOfAddresses(jobs: readonly Job[]): string {
  const count = jobs.reduce((sum, { addresses }) => sum + addresses.length, 0);
  return count === 1 ? '1 address' : `${count} addresses`;
}
