import { Gauge, type Registry } from 'prom-client';
import type { Truth } from '../../../observe/observe.ts';
import { withoutSpare } from '../../../observe/spare.ts';
import type { Plan } from '../../../plan/plan.ts';
import { countOf } from '../../../render/status.ts';

/** How many addresses each group is to have, has, and could keep if their owner were lost. */
export class VipMetrics {
  readonly #nodes: Gauge;
  readonly #planned: Gauge;
  readonly #observed: Gauge;
  readonly #withoutSpare: Gauge;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['group'], registers: [registry] });
    this.#nodes = gauge('keepalived_operator_nodes', 'Nodes that a group should run on');
    this.#planned = gauge('keepalived_operator_planned_vips', 'Addresses that a group should carry');
    this.#observed = gauge('keepalived_operator_observed_vips', 'Planned addresses that exactly one node has');
    this.#withoutSpare = gauge('keepalived_operator_vips_without_spare', 'Observed addresses for which no other node stands by');
  }

  looked(group: string, { nodes, routers }: Pick<Plan, 'nodes' | 'routers'>, { owners, words }: Pick<Truth, 'owners' | 'words'>): void {
    const { planned, observed } = countOf(routers, owners);
    this.#nodes.set({ group }, nodes.length);
    this.#planned.set({ group }, planned);
    this.#observed.set({ group }, observed);
    this.#withoutSpare.set({ group }, withoutSpare(routers, owners, words));
  }

  /** Nothing is told any more of a group that is gone. */
  gone(group: string): void {
    for (const metric of [this.#nodes, this.#planned, this.#observed, this.#withoutSpare]) metric.remove({ group });
  }
}
