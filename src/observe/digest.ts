import type { Pod } from '../api/core.ts';
import type { ReportedNode } from '../plan/input.ts';
import { unheardNodes } from '../plan/quarantine.ts';

/**
 * All that the plan of a group follows from what its nodes say, in one text: while it stays the same, so does the plan, whatever else the
 * nodes report. That every node runs what it was told is one fact, so a change costs no plan for each node that takes it up.
 */
export function digestOf(reports: readonly ReportedNode[], pods: readonly Pod[]): string {
  const ids = reports.flatMap(({ instances }) => instances.map(({ virtualRouterId }) => virtualRouterId));
  const addresses = reports.flatMap(({ instances }) => instances.flatMap((instance) => instance.addresses));
  return JSON.stringify([
    [...new Set(ids)].sort((a, b) => a - b),
    [...new Set(addresses)].sort(),
    reports.map(({ node, gateways, networks }) => [node, gateways, networks]).sort(),
    [...new Set(reports.flatMap(({ config }) => config.passwordWaitsAfter ?? []))].sort(),
    reports.flatMap(({ node, config }) => (config.leftOut ? [[node, config.leftOut]] : [])).sort(),
    reports.flatMap(({ node, hints }) => (hints ? [[node, hints]] : [])).sort(),
    unheardNodes({ pods, reports }).length === 0,
  ]);
}
