import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { keyOf } from '../../kube/object.ts';
import { digestOf } from '../../observe/digest.ts';
import { type Callers, NO_CALLERS, roundIsDue } from '../../observe/password-round.ts';
import type { ReportedNode } from '../../plan/input.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';

export interface NodeNewsOptions {
  readonly view: ClusterView;
  /** What a group's nodes say, as far as it counts. */
  readonly reportsOf: (groupKey: string) => readonly ReportedNode[];
  readonly clock: Clock;
}

/** What the plans need of the nodes' reports, and whether it has changed: a node's word alone plans nothing anew. */
export class NodeNews {
  readonly #options: NodeNewsOptions;
  /** By group, what the last plan knew of its nodes. */
  readonly #digests = new Map<string, string>();
  readonly #callers = new Map<string, Callers>();

  constructor(options: NodeNewsOptions) {
    this.#options = options;
  }

  /** Whether the nodes of a group say something that its last plan didn't know. */
  isNew(key: string): boolean {
    return this.#digests.get(key) !== this.#digest(key);
  }

  /** The reports to plan by, without the word of nodes that call for a new password round too often. */
  take(group: KeepalivedGroup): readonly ReportedNode[] {
    const { reportsOf, clock } = this.#options;
    const key = keyOf(group);
    this.#digests.set(key, this.#digest(key));
    const reports = reportsOf(key);
    const { isDue, callers } = roundIsDue(
      reports,
      group.status?.passwordRound ?? 0,
      this.#callers.get(key) ?? NO_CALLERS,
      clock.monotonic(),
    );
    this.#callers.set(key, callers);
    return isDue ? reports : reports.map(withoutCall);
  }

  forget(key: string): void {
    this.#digests.delete(key);
    this.#callers.delete(key);
  }

  #digest(key: string): string {
    return digestOf(this.#options.reportsOf(key), this.#options.view.pods.byIndex('group', key));
  }
}

// --- internal ---

function withoutCall({ config: { passwordWaitsAfter: _, ...config }, ...report }: ReportedNode): ReportedNode {
  return { ...report, config };
}
