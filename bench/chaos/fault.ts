/** What may be done to a lab, as data. */
import type { Program } from '../../lab/cluster/signal.ts';
import type { HostName } from '../../lab/hosts/address.ts';

export type Fault =
  | { readonly kind: 'power-off' | 'link-down' | 'cut' | 'cordon' | 'exclude' | 'delete-pod'; readonly node: HostName }
  /** What `from` sends doesn't reach `to`, and the other way neither, unless it is one-way. */
  | { readonly kind: 'partition'; readonly from: HostName; readonly to: HostName; readonly oneWay: boolean }
  | { readonly kind: 'lost-adverts'; readonly percent: number }
  | { readonly kind: 'kill' | 'pause'; readonly program: Program; readonly hosts: readonly HostName[] }
  | { readonly kind: 'delete-leader' }
  /** The Service is to be like this, or not to be. It stays when the step ends. */
  | { readonly kind: 'service'; readonly name: string; readonly wanted: WantedService | null }
  /** The pool is to have these addresses. It stays when the step ends. */
  | { readonly kind: 'pool'; readonly addresses: readonly string[] };

export interface WantedService {
  /** An external IP, or `pool`. */
  readonly address: string;
  readonly port: number;
}

/** Faults of a kind are summed up together. */
export function kindOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'pause':
      return `${fault.kind} ${fault.program}`;
    case 'partition':
      return fault.oneWay
        ? `nothing from ${sortOf(fault.from)} to ${sortOf(fault.to)}`
        : `partition of ${[fault.from, fault.to].map(sortOf).sort().reverse().join(' and ')}`;
    case 'service':
      return fault.wanted === null ? 'Service deleted' : 'Service applied';
    default:
      return TITLES[fault.kind];
  }
}

/** The fault in words. */
export function titleOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'pause':
      return `${fault.kind} ${fault.program} on ${fault.hosts.join(', ')}`;
    case 'partition':
      return fault.oneWay ? `nothing from ${fault.from} reaches ${fault.to}` : `nothing passes between ${fault.from} and ${fault.to}`;
    case 'lost-adverts':
      return `${fault.percent} % of adverts lost`;
    case 'delete-leader':
      return TITLES[fault.kind];
    case 'service':
      return fault.wanted === null
        ? `Service ${fault.name} deleted`
        : `Service ${fault.name} applied: ${fault.wanted.address}, port ${fault.wanted.port}`;
    case 'pool':
      return `pool has ${fault.addresses.join(', ')}`;
    default:
      return `${TITLES[fault.kind]}: ${fault.node}`;
  }
}

/**
 * The nodes whose addresses the fault may take away. What the control plane, the manager and Services go through concerns no address that is
 * carried; nor do a few lost adverts.
 */
export function touchedBy(fault: Fault): readonly HostName[] {
  switch (fault.kind) {
    case 'kill':
    case 'pause':
      return fault.program === 'manager' ? [] : fault.hosts.filter(isNode);
    case 'partition':
      return [fault.from, fault.to].filter(isNode);
    case 'lost-adverts':
    case 'delete-leader':
    case 'service':
    case 'pool':
      return [];
    default:
      return [fault.node];
  }
}

/** Whether an end of the step undoes it. */
export const isUndone = ({ kind }: Fault): boolean => kind !== 'service' && kind !== 'pool';

// --- internal ---

const TITLES = {
  'power-off': 'power off',
  'link-down': 'link down',
  cut: 'cut off the switch',
  cordon: 'cordoned',
  exclude: 'excluded by label',
  'delete-pod': "group's pod deleted",
  'delete-leader': 'leading manager deleted',
  'lost-adverts': 'adverts lost',
  pool: 'pool changed',
} as const;

const isNode = (host: HostName): boolean => host.startsWith('node');
const sortOf = (host: HostName): string => (isNode(host) ? 'node' : host);
