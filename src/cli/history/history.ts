import type { MoveRecord, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { byText } from '../../net/text-order.ts';
import type { Subject } from '../status/subject.ts';

/** A move of one address. */
export interface AddressMove extends MoveRecord {
  readonly address: string;
  /** `namespace/name`, and how many more share the address; absent while no Service has it. */
  readonly service?: string;
  /** `namespace/name`; absent while no group carries it. */
  readonly group?: string;
}

/** The VirtualIPs that a subject concerns; all without one, and all where it is a node. */
export function concerned(virtualIPs: readonly VirtualIP[], subject: Subject | undefined): readonly VirtualIP[] {
  if (subject === undefined || subject.kind === 'node') return virtualIPs;
  if (subject.kind === 'address') return virtualIPs.filter(({ spec }) => spec.address === subject.text);
  return virtualIPs.filter(({ spec }) => (spec.claims ?? []).some(({ namespace, service }) => `${namespace}/${service}` === subject.key));
}

/** Their moves, the latest first; of a node those to it and from it. */
export function historyOf(virtualIPs: readonly VirtualIP[], subject: Subject | undefined): AddressMove[] {
  const moves = virtualIPs.flatMap(({ spec: { address }, status: { service, group, moves = [] } = {} }) =>
    moves.map((move) => ({ ...move, address, ...(service !== undefined && { service }), ...(group !== undefined && { group }) })),
  );
  const shown = subject?.kind === 'node' ? moves.filter(({ from, to }) => from === subject.name || to === subject.name) : moves;
  return shown.sort((a, b) => Date.parse(b.time) - Date.parse(a.time) || byText(a.address, b.address));
}
