import type { ForeignAdverts } from './foreign.ts';

/** Who answers for an address on the network, as nodes that don't own it were answered. */
export type WireVerdict =
  /** Its owner; `answers`: whether a packet was answered, absent where none ever was. */
  | { readonly kind: 'Owner'; readonly answers?: true }
  /** ARP or NDP may be answered by the owner, and packets, which were, are no more. `askers` found it so. */
  | { readonly kind: 'Silent'; readonly askers: readonly string[] }
  /** ARP or NDP is answered by nobody. */
  | { readonly kind: 'Nobody'; readonly askers: readonly string[] }
  /** Other nodes, because their kernels answer for all addresses that they have; `interface` is where they have it. */
  | { readonly kind: 'LocalCopies'; readonly nodes: readonly string[]; readonly interface: string }
  /** Another node of the group. */
  | { readonly kind: 'OtherNode'; readonly node: string; readonly mac: string; readonly askers: readonly string[] }
  /** A host with a link-layer address that no node of the group has told; `untold`: nodes that have told none. */
  | {
      readonly kind: 'Stranger';
      readonly mac: string;
      readonly askers: readonly string[];
      readonly untold: readonly string[];
      /** Milliseconds since 1970. */
      readonly since: number;
    }
  /** A host that is no node announces it by VRRP, and so has it or takes it. */
  | { readonly kind: 'Advertised'; readonly by: ForeignAdverts }
  | { readonly kind: 'Unknown'; readonly why: WhyUnknown };

export type WireKind = WireVerdict['kind'];

/** What is counted in metrics, all of them. */
export const WIRE_KINDS = [
  'Owner',
  'Silent',
  'Nobody',
  'LocalCopies',
  'OtherNode',
  'Stranger',
  'Advertised',
  'Unknown',
] as const satisfies readonly WireKind[];

export type WhyUnknown =
  /** No other node of the group asks: there is none, or its agent is an older one. */
  | 'NobodyAsks'
  /** No asker found out: it is too early, the address is in no subnet of the interface, or the askers have it themselves, as with IPVS. */
  | 'NoEvidence'
  /** Which node owns it is not known, or its link-layer address isn't. */
  | 'OwnerUnknown';

/** Whether it says that something is amiss. */
export const isTrouble = ({ kind }: WireVerdict): boolean => kind !== 'Owner' && kind !== 'Unknown';

/** Whether two verdicts say the same of the same host, whoever asked. */
export function isSameVerdict(a: WireVerdict, b: WireVerdict): boolean {
  return a.kind === b.kind && (a === b || gist(a) === gist(b));
}

// --- internal ---

function gist(verdict: WireVerdict): string {
  switch (verdict.kind) {
    case 'Owner':
      return `Owner ${verdict.answers === true}`;
    case 'LocalCopies':
      return `LocalCopies ${verdict.interface} ${verdict.nodes.join()}`;
    case 'OtherNode':
      return `OtherNode ${verdict.node}`;
    case 'Stranger':
      return `Stranger ${verdict.mac}`;
    case 'Advertised':
      return `Advertised ${verdict.by.source} ${verdict.by.id} ${verdict.by.ownership?.kind}`;
    case 'Unknown':
      return `Unknown ${verdict.why}`;
    default:
      return verdict.kind;
  }
}
