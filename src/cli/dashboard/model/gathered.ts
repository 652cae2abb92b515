import type { Node, Service } from '../../../api/core.ts';
import type { KeepalivedGroup } from '../../../api/group/keepalived-group.ts';
import { VIRTUAL_IP_KIND } from '../../../api/names.ts';
import type { AddressPool } from '../../../api/pool/address-pool.ts';
import type { VirtualIP } from '../../../api/virtual-ip/virtual-ip.ts';
import { keyOf } from '../../../plan/reference.ts';
import { addressFact, addressFactsOfGroup } from './address.ts';
import type { AddressFact, Facts, SourceFact } from './facts.ts';
import { findingsOfGroup, findingsOfPool, findingsOfService } from './finding.ts';
import { moveFacts } from './moves.ts';
import { nodeFacts } from './node.ts';

/** What was read; a kind that may not be read, or has not been yet, is absent. */
export interface Objects {
  readonly virtualIPs?: readonly VirtualIP[];
  readonly groups?: readonly KeepalivedGroup[];
  readonly pools?: readonly AddressPool[];
  readonly nodes?: readonly Node[];
  readonly services?: readonly Service[];
}

/** Makes facts of objects, again and again: what came of the same objects stays the same. */
export class Gathering {
  #addresses = new Map<VirtualIP, { readonly group: KeepalivedGroup | undefined; readonly fact: AddressFact }>();

  factsOf({ virtualIPs, groups = [], pools = [], nodes, services = [] }: Objects, sources: readonly SourceFact[]): Facts {
    const byKey = new Map(groups.map((group) => [keyOf(group), group]));
    const mayRead = !sources.some(({ kind, state }) => kind === `${VIRTUAL_IP_KIND}s` && state === 'forbidden');
    const addresses = mayRead ? this.#ofVirtualIPs(virtualIPs ?? [], (key) => byKey.get(key)) : groups.flatMap(addressFactsOfGroup);
    const findings = [...groups.flatMap(findingsOfGroup), ...pools.flatMap(findingsOfPool), ...services.flatMap(findingsOfService)];
    return {
      addresses: table(addresses, ({ address }) => address),
      nodes: table(nodeFacts({ nodes, groups, addresses }), ({ name }) => name),
      moves: table(moveFacts(virtualIPs ?? []), ({ id }) => id),
      findings: table(findings, ({ id }) => id),
      sources: table(sources, ({ kind }) => kind),
    };
  }

  #ofVirtualIPs(virtualIPs: readonly VirtualIP[], groupCalled: (key: string) => KeepalivedGroup | undefined): AddressFact[] {
    const before = this.#addresses;
    this.#addresses = new Map();
    return virtualIPs.map((virtualIP) => {
      const group = groupCalled(virtualIP.status?.group ?? '');
      const known = before.get(virtualIP);
      const made = known !== undefined && known.group === group ? known : { group, fact: addressFact(virtualIP, group) };
      this.#addresses.set(virtualIP, made);
      return made.fact;
    });
  }
}

// --- internal ---

const table = <T>(records: readonly T[], keyed: (record: T) => string): Record<string, T> =>
  Object.fromEntries(records.map((record) => [keyed(record), record]));
