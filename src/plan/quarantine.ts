import type { Pod } from '../api/core.ts';
import { REVISION_ANNOTATION } from '../api/names.ts';
import { byText } from '../net/text-order.ts';
import type { PlanInput, ReportedNode } from './input.ts';

type Evidence = Pick<PlanInput, 'pods' | 'reports'>;

/**
 * The nodes of which it isn't known that they run what they were told last, by name: each may still run any id and hold any address that the
 * group had. A node that is gone for good has no pod any more.
 */
export function unheardNodes({ pods, reports }: Evidence): string[] {
  const byPod = new Map(reports.map((report) => [report.pod, report]));
  return pods
    .filter((pod) => !runsWhatItWasTold(pod, byPod.get(pod.metadata.name)))
    .map(({ spec }) => spec?.nodeName ?? '')
    .sort(byText);
}

/** Whether a node may still run a virtual router id that the group gives up. */
export function mayRun(input: Evidence): (id: number) => boolean {
  const running = runningIds(input);
  const isUnknown = unheardNodes(input).length > 0;
  return (id) => isUnknown || running.has(id);
}

/** Whether a node may still hold an address that no Service has any more. */
export function mayHold(input: Evidence): (address: string) => boolean {
  const carried = new Set(input.reports.flatMap(({ instances }) => instances.flatMap(({ addresses }) => addresses)));
  const isUnknown = unheardNodes(input).length > 0;
  return (address) => isUnknown || carried.has(address);
}

export const runningIds = ({ reports }: Evidence): ReadonlySet<number> =>
  new Set(reports.flatMap(({ instances }) => instances.map(({ virtualRouterId }) => virtualRouterId)));

// --- internal ---

/**
 * A node that has yet to take up a revision may be about to run an id that its last report doesn't show. A pod that no node has been found
 * for runs nothing.
 */
function runsWhatItWasTold({ metadata, spec }: Pod, report: ReportedNode | undefined): boolean {
  if (spec?.nodeName === undefined) return true;
  const told = metadata.annotations?.[REVISION_ANNOTATION];
  return report !== undefined && (told === undefined || report.config.revision === told || report.config.refused?.revision === told);
}
