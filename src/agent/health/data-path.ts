import type { Moment } from '../../vrrp/moment.ts';

/** Whether kube-proxy keeps the rules of this node up to date, as far as it has ever said so. Times are the monotonic clock's. */
export interface DataPath {
  /** Whether it has ever answered that it does: where it never has, it may not be there, or answer elsewhere. */
  readonly isKnown: boolean;
  readonly isHealthy: boolean;
  /** Since when its answers differ from that; null while they don't. */
  readonly differsSince: number | null;
}

/** Milliseconds. */
const LASTS = {
  /** Longer than a kube-proxy that is updated takes to start again: its rules stay meanwhile. */
  unhealthy: 20_000,
  /** Before its node is trusted again. */
  healthy: 5000,
};

/** At the start of the agent; `wasUnhealthy` is what the agent before has left. */
export const dataPathAtStart = (wasUnhealthy: boolean): DataPath => ({
  isKnown: wasUnhealthy,
  isHealthy: !wasUnhealthy,
  differsSince: null,
});

/** After one more answer. */
export function afterHealth(before: DataPath, isHealthy: boolean, { at }: Moment): DataPath {
  if (!before.isKnown) return { ...before, isKnown: isHealthy };
  if (isHealthy === before.isHealthy) return { ...before, differsSince: null };
  const differsSince = before.differsSince ?? at;
  const isDue = at - differsSince >= LASTS[isHealthy ? 'healthy' : 'unhealthy'];
  return isDue ? { ...before, isHealthy, differsSince: null } : { ...before, differsSince };
}
