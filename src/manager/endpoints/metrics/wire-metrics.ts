import { Gauge, type Registry } from 'prom-client';
import type { Wire } from '../../../observe/wire/look.ts';
import { WIRE_KINDS, type WireKind } from '../../../observe/wire/verdict.ts';

/** How many addresses of each group are answered by whom: as many series as there are verdicts, however many addresses. */
export class WireMetrics {
  readonly #addresses: Gauge;
  readonly #routers: Gauge;

  constructor(registry: Registry) {
    this.#addresses = new Gauge({
      name: 'keepalived_operator_wire_vips',
      help: 'Addresses by who answers for them on the network: owner, silent, nobody, other_node, stranger, or unknown',
      labelNames: ['group', 'verdict'],
      registers: [registry],
    });
    this.#routers = new Gauge({
      name: 'keepalived_operator_foreign_virtual_routers',
      help: 'Virtual routers whose id is also used by a host that is not a node of the cluster; absent if no node listens',
      labelNames: ['group'],
      registers: [registry],
    });
  }

  looked(group: string, { judged, foreign }: Wire): void {
    const names = new Set(foreign.adverts.flatMap(({ router }) => router ?? []));
    if (foreign.isListening || names.size > 0) this.#routers.set({ group }, names.size);
    else this.#routers.remove({ group });
    const counts = new Map(VERDICTS.map((verdict) => [verdict, 0]));
    for (const { shown } of judged.values()) {
      const verdict = LABEL[shown?.kind ?? 'Unknown'];
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    }
    for (const [verdict, count] of counts) this.#addresses.set({ group, verdict }, count);
  }

  /** Nothing is told any more of a group that is gone. */
  gone(group: string): void {
    this.#routers.remove({ group });
    for (const verdict of VERDICTS) this.#addresses.remove({ group, verdict });
  }
}

// --- internal ---

const LABEL: Readonly<Record<WireKind, string>> = {
  Owner: 'owner',
  Silent: 'silent',
  Nobody: 'nobody',
  LocalCopies: 'other_node',
  OtherNode: 'other_node',
  Stranger: 'stranger',
  Advertised: 'stranger',
  Unknown: 'unknown',
};
const VERDICTS = [...new Set(WIRE_KINDS.map((kind) => LABEL[kind]))];
