import type { Condition, Service } from '../../api/core.ts';
import { SERVICE_CONDITION } from '../../api/names.ts';
import { isHint, type Problem, worstFirst } from '../../api/problem.ts';

/** Our condition on a Service as it is to be; undefined where there is to be none. Hints leave it True. @param now - RFC 3339 */
export function conditionOf(service: Service, problems: readonly Problem[], now: string): Condition | undefined {
  const sorted = worstFirst(problems);
  const [worst] = sorted;
  if (worst === undefined) return undefined;
  const status = isHint(worst) ? 'True' : 'False';
  const before = ownCondition(service);
  const message = sorted.map((problem) => problem.message).join('; ');
  return {
    type: SERVICE_CONDITION,
    status,
    reason: worst.reason,
    message: message.length <= MOST_CHARACTERS ? message : `${message.slice(0, MOST_CHARACTERS - 1)}…`,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
  };
}

/** Our condition as the Service has it. */
export const ownCondition = ({ status }: Service): Condition | undefined =>
  status?.conditions?.find(({ type }) => type === SERVICE_CONDITION);

// --- internal ---

/** metav1.Condition allows 32,768. */
const MOST_CHARACTERS = 4000;
