import type { Problem } from '../../localise/problem.ts';
import type { View } from './report.ts';

/** What of the node's own part in serving is not as it should be, beside keepalived. */
export function servingProblems({ checks, isDataPathHealthy, node }: Pick<View, 'checks' | 'isDataPathHealthy' | 'node'>): Problem[] {
  const unanswered = checks.filter(({ finding }) => finding === 'unanswered').map(({ name, port }) => `${name} (port ${port})`);
  const problems: Problem[] = [];
  if (unanswered.length > 0)
    problems.push({
      reason: 'HealthCheckUnanswered',
      message: `node ${node} can not ask which endpoints it has of ${listed(unanswered)}: no address of the node answers at the Service's healthCheckNodePort, so it comes after nodes that are known to have some; see that kube-proxy runs and its nodePortAddresses include one of the node's`,
    });
  if (isDataPathHealthy === false)
    problems.push({
      reason: 'DataPathUnhealthy',
      message: `kube-proxy on node ${node} does not say that it is healthy (port 10256, /healthz), so the node comes after others; see the log of kube-proxy`,
    });
  return problems;
}

// --- internal ---

const listed = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
