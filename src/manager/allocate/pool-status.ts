import type { PoolState } from '../../allocate/pool/pool-state.ts';
import type { Condition } from '../../api/core.ts';
import type { AddressPool, AddressPoolStatus } from '../../api/pool/address-pool.ts';

/** The status that a pool is to have; undefined when it has it. @param time - RFC 3339 */
export function poolStatus(pool: AddressPool, state: PoolState, time: string): AddressPoolStatus | undefined {
  const before = pool.status?.conditions ?? [];
  const generation = pool.metadata.generation;
  const conditions = [readyCondition(state), completeCondition(state)].map(({ type, status, reason, message }) => {
    const known = before.find((one) => one.type === type);
    return {
      type,
      status,
      reason,
      message,
      ...(generation !== undefined && { observedGeneration: generation }),
      lastTransitionTime: known?.status === status ? known.lastTransitionTime : time,
    };
  });
  const { ipv4, ipv6 } = state;
  const wanted = { ...(generation !== undefined && { observedGeneration: generation }), ipv4, ipv6, conditions };
  return sameText(pool.status) === sameText(wanted) ? undefined : wanted;
}

// --- internal ---

type Found = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** How many Services a message names. */
const SHOWN = 5;

/** Whether the next Service can get an address. */
function readyCondition({ ipv4, ipv6, isReady, problems }: PoolState): Found {
  const [worst] = problems;
  if (!isReady)
    return condition(
      'Ready',
      'False',
      worst?.reason ?? 'NoAddresses',
      worst?.message ?? 'the pool has no address to give: each one is excluded or belongs to the cluster',
    );
  if (ipv4.free + ipv6.free === 0)
    return condition('Ready', 'False', 'Exhausted', 'every address of the pool is taken; add addresses to spec.addresses');
  return condition('Ready', 'True', 'AddressesFree', `${ipv4.free} IPv4 and ${ipv6.free} IPv6 addresses are free`);
}

/** Whether everything that the pool lists is as it should be. */
function completeCondition({ problems, outside }: PoolState): Found {
  const [worst] = problems;
  if (worst !== undefined) return condition('Valid', 'False', worst.reason, problems.map(({ message }) => message).join('; '));
  if (outside.length === 0) return condition('Valid', 'True', 'Valid', 'every entry of the pool is used');
  const names = outside.slice(0, SHOWN).join(', ') + (outside.length > SHOWN ? ` and ${outside.length - SHOWN} more` : '');
  return condition('Valid', 'True', 'AddressesOutside', `Services keep addresses that the pool no longer holds: ${names}`);
}

const condition = (type: string, status: Condition['status'], reason: string, message: string): Found => ({
  type,
  status,
  reason,
  message,
});

/** In one order of keys: the API server has its own. */
const sameText = (status: AddressPoolStatus | undefined): string =>
  JSON.stringify([
    status?.observedGeneration,
    ...[status?.ipv4, status?.ipv6].map((counts) => [counts?.total, counts?.used, counts?.reserved, counts?.free]),
    ...(status?.conditions ?? []).map(({ type, status: is, reason, message, lastTransitionTime, observedGeneration }) => [
      type,
      is,
      reason,
      message,
      lastTransitionTime,
      observedGeneration,
    ]),
  ]);
