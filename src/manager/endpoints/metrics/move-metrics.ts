import { Counter, Histogram, type Registry } from 'prom-client';
import { MOVE_CAUSES } from '../../../api/virtual-ip/virtual-ip.ts';
import { isMoved, type Move, nameOfCause } from '../../../observe/journal/move.ts';
import type { VirtualRouter } from '../../../plan/virtual-router.ts';

/** Seconds: from one interval of fast adverts to an operation by hand. */
const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 10, 30, 60, 300];

/** What is counted of virtual routers that another node owns than before. */
export class MoveMetrics {
  readonly #failovers: Counter;
  readonly #moves: Counter;
  readonly #unavailable: Counter;
  readonly #gaps: Histogram;

  constructor(registry: Registry) {
    const counter = (name: string, help: string, labelNames: string[]) => new Counter({ name, help, labelNames, registers: [registry] });
    this.#failovers = counter('keepalived_operator_failovers_total', 'Times that a virtual router was seen on another node than before', [
      'group',
    ]);
    this.#moves = counter('keepalived_operator_moves_total', 'Times that a node became the owner of a virtual router, by cause', [
      'group',
      'cause',
    ]);
    this.#unavailable = counter(
      'keepalived_operator_unavailable_vip_seconds_total',
      'Seconds for which no node owned a virtual router that moved, for each of its addresses: the most that it can have been',
      ['group'],
    );
    this.#gaps = new Histogram({
      name: 'keepalived_operator_without_owner_seconds',
      help: 'Upper bound of the time during which no node owned a virtual router that moved',
      labelNames: ['group'],
      buckets: SECONDS,
      registers: [registry],
    });
  }

  /** What may be counted of a group begins with 0, so that the first time is seen as a change. */
  moved(group: string, routers: readonly Pick<VirtualRouter, 'name' | 'addresses'>[], moves: readonly Move[]): void {
    this.#failovers.inc({ group }, moves.filter(isMoved).length);
    this.#unavailable.inc({ group }, 0);
    for (const cause of MOVE_CAUSES) this.#moves.inc({ group, cause }, 0);
    for (const { router, cause, withoutOwner } of moves) {
      this.#moves.inc({ group, cause: nameOfCause(cause) });
      if (withoutOwner === undefined) continue;
      const seconds = withoutOwner.atMostMilliseconds / 1000;
      this.#gaps.observe({ group }, seconds);
      this.#unavailable.inc({ group }, seconds * (routers.find(({ name }) => name === router)?.addresses.length ?? 0));
    }
  }

  /** Nothing is told any more of a group that is gone. */
  gone(group: string): void {
    for (const metric of [this.#failovers, this.#unavailable, this.#gaps]) metric.remove({ group });
    for (const cause of MOVE_CAUSES) this.#moves.remove({ group, cause });
  }
}
