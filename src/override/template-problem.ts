import type { Problem, Reason } from '../api/problem.ts';
import type { Plan } from '../plan/plan.ts';
import { groupReference } from '../plan/reference.ts';

/** What a custom template did wrong for a group, told to the group's owner. */
export const templateProblem = ({ group }: Plan, reason: Reason, message: string): Problem => ({
  object: groupReference(group),
  reason,
  message,
});
