import type { Problem } from '../api/problem.ts';
import { serviceReference } from '../plan/reference.ts';
import { giveFree, giveNamed, giveOwn, keepHeld, settle } from './give/grant.ts';
import { keptAddresses, ownAddresses } from './give/kept.ts';
import type { AllocationInput } from './input.ts';
import { type LedgerChange, ledgerChanges, nextChange } from './ledger/ledger.ts';
import { type PoolState, poolStates } from './pool/pool-state.ts';
import { openRound } from './round.ts';
import { isWanting } from './service/applicant.ts';
import { type ServiceChange, serviceChanges } from './service/service-change.ts';

/** What is to be written. The ledger comes first: nobody hears of an address that isn't in it. */
export interface Allocation {
  /** By address. */
  readonly ledger: readonly LedgerChange[];
  /** By namespace and name. */
  readonly services: readonly ServiceChange[];
  /** By name. */
  readonly pools: readonly PoolState[];
  readonly problems: readonly Problem[];
  /** Milliseconds since 1970 at which a reservation ends and this is to be asked again; absent when time changes nothing. */
  readonly again?: number;
}

/**
 * Decides which Service has which address of the pools. Who has one keeps it; then come the addresses that Services name, those that are
 * kept for them, and free ones, each for the oldest Service first. The same input, in whatever order, gives the same allocation.
 */
export function allocate(input: AllocationInput): Allocation {
  const round = openRound(input);
  const { applicants } = round;
  const [own, kept] = [ownAddresses(round), keptAddresses(round)];
  for (const one of applicants) keepHeld(round, one);
  const wanting = applicants.filter(isWanting);
  for (const one of wanting) giveNamed(round, one);
  for (const one of wanting) giveOwn(round, own, one);
  for (const one of wanting) {
    giveFree(round, kept, one);
    settle(round, one);
  }
  const ledger = ledgerChanges(round);
  const again = nextChange(input, ledger);
  const pools = poolStates(round);
  return {
    ledger,
    services: serviceChanges(round),
    pools,
    problems: [
      ...applicants.flatMap(({ service, refusals }) => refusals.map((refusal) => ({ object: serviceReference(service), ...refusal }))),
      ...pools.flatMap(({ problems }) => problems),
    ],
    ...(again !== undefined && { again }),
  };
}
