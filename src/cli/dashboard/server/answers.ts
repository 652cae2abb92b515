import type { KubernetesObject } from '../../../api/core.ts';
import type { VirtualIP } from '../../../api/virtual-ip/virtual-ip.ts';
import { simulatedWithout } from '../../simulate/command.ts';
import { type Fate, loads } from '../../simulate/simulate.ts';
import { headline } from '../../simulate/view.ts';
import type { MoveFact } from '../model/facts.ts';
import { movesOf } from '../model/moves.ts';

/** All that is known of one address beside its facts. */
export interface AddressAnswer {
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  readonly ports: readonly string[];
  readonly source?: string;
  readonly pool?: string;
  readonly moves: readonly MoveFact[];
}

export function addressAnswer(virtualIP: VirtualIP): AddressAnswer {
  const { conditions = [], ports = [], source, pool } = virtualIP.status ?? {};
  return {
    conditions: conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
    ports,
    ...(source !== undefined && { source }),
    ...(pool !== undefined && { pool }),
    moves: movesOf(virtualIP),
  };
}

/** What becomes of addresses without nodes, as `simulate` has it; or why that can't be said. */
export type SimulationAnswer = Simulation | { readonly refused: string };

export interface Simulation {
  readonly without: readonly string[];
  readonly headline: string;
  /** Those that do not stay. */
  readonly fates: readonly Fate[];
  readonly nodes: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  /** What is not known, because it may not be read. */
  readonly notes: readonly string[];
}

export function simulationAnswer(objects: readonly KubernetesObject[], notes: readonly string[], without: string): SimulationAnswer {
  const simulated = simulatedWithout(objects, [without]);
  if (typeof simulated === 'string') return { refused: simulated };
  const { fates, plans } = simulated;
  return {
    without: simulated.without,
    headline: headline(simulated.without, fates).trim(),
    fates: fates.filter(({ becomes }) => becomes !== 'Stays'),
    nodes: loads(fates, plans),
    notes,
  };
}
