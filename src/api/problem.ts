import type { ObjectReference } from './core.ts';

/** Why something that was asked for isn't done, or not wholly; the same word in condition, Event, log and metric. */
export interface Problem {
  /** The object that holds what has to be corrected. */
  readonly object: ObjectReference;
  readonly reason: Reason;
  /** What was found, what is expected, what to do. */
  readonly message: string;
}

/** How bad a problem is, the worst first, and what each word means. */
export const SEVERITIES = {
  lost: 'an address that was asked for is not carried',
  refused: 'a setting is left out; the addresses are carried',
  hint: 'everything is carried as asked; something may still not work as intended',
} as const;
export type Severity = keyof typeof SEVERITIES;

interface Meaning {
  readonly severity: Severity;
  readonly meaning: string;
}

const lost = (meaning: string): Meaning => ({ severity: 'lost', meaning });
const refused = (meaning: string): Meaning => ({ severity: 'refused', meaning });
const hint = (meaning: string): Meaning => ({ severity: 'hint', meaning });

export const REASONS = {
  MalformedGroupReference: lost('the annotation that names the group is not NAMESPACE/NAME'),
  GroupNotFound: lost('the annotation names a group that does not exist'),
  AnnotationMisspelled: refused('the key of an annotation is almost one that the operator reads'),
  NoAddress: lost('the Service has no IP address yet'),
  InvalidAddress: lost('a text is not an IP address, where one is expected'),
  AddressConflict: lost('another Service already holds the address, and the two can not share it'),
  NamespaceNotAllowed: lost('the namespace is not among those that may use the group'),
  AddressNotAllowed: lost('the address is not among those that the group may carry'),
  AddressReserved: lost('the address belongs to the cluster itself, to a gateway of the nodes, or to no single host'),
  AddressAlsoReserved: hint('a Service keeps the address that it holds, although the address is also one of the cluster or of a gateway'),
  AssignedAddressReserved: hint('another controller wrote an address of the cluster into status.loadBalancer; it is not carried'),
  AddressLingers: lost('another Service gave the address up, and a node that does not answer may still have it'),
  GroupFull: lost('the configuration of the group would be larger than Kubernetes allows'),
  TooManyAddresses: lost('the namespace or the Service has reached its limit of addresses in the group'),
  TooManyRouters: lost('the namespace has reached its limit of dedicated virtual routers'),
  NoPool: lost('no address pool can give the Service an address'),
  PoolExhausted: lost('every address of the pools that the Service may use is taken'),
  PoolMissing: lost('the address pool that the Service names does not exist'),
  AddressNotInPool: lost('no address pool holds the address that the Service names'),
  GroupMissing: lost('the group that carries the addresses of a pool does not exist'),
  PoolMalformed: refused('an entry of an address pool is not an address, a range or a prefix'),
  PoolOverlap: hint('two address pools hold the same addresses, or one holds addresses of the cluster'),
  FenceMalformed: refused('spec.fences has an invalid entry'),
  RouterIdsExhausted: lost('no virtual router id is free'),
  RouterIdShared: hint('another group uses the same virtual router id'),
  VerbatimMalformed: refused('the verbatim annotation is not a JSON object of strings'),
  VerbatimRefused: refused('a verbatim line is not allowed, or keepalived refuses it; the line is left out'),
  KernelSettingsRemain: hint('a verbatim line of the Service makes keepalived change settings of the kernel, which stay when it ends'),
  NodeUnsteady: hint('a node was lost several times, and takes its addresses back only after it has been healthy for a while'),
  HoldersFull: hint('the status of the group has no room for who holds each of its addresses'),
  NodesSendMuch: hint('one node may send more adverts or gratuitous ARPs for all its groups than was tested'),
  PreferenceIgnored: hint('an entry of the annotation preferred-nodes of the group can not be followed'),
  NothingForwards: hint('the Service has no cluster IP, ports or selector, so nothing forwards from its addresses to pods'),
  AddressOffNetwork: hint("the address is in no network of the nodes' interface, so a router must send its packets to the nodes"),
  LoadBalancerIPUnused: hint('nothing assigned the address in spec.loadBalancerIP to the Service'),
  NoHealthCheckPort: hint('externalTrafficPolicy is Local, and there is no port to ask for local endpoints'),
  InterfaceMissing: lost('neither interface nor interfaceFromIP is set'),
  InvalidInterfaceName: lost('spec.interface is not a valid name of a network interface'),
  UnusualInterfaceName: hint('spec.interface does not look like the name of a network interface'),
  InvalidInterfaceAddress: lost('interfaceFromIP is not an IP address'),
  InvalidRouterId: refused('an entry of blacklistRouterIDs is not a virtual router id'),
  RouterIdReserved: hint('something else on the network is known to use the virtual router id'),
  VirtualMacUnfit: hint('nodes use no virtual MAC addresses for IPv4, because settings of their kernel do not allow it'),
  VrrpSettingsConflict: refused('settings of VRRP contradict each other or are out of range'),
  PriorityClassRefused: hint('the cluster refuses the priority class of the pods; they run without it'),
  PasswordNotApplied: refused('some virtual routers use VRRP version 3, which has no password'),
  ServiceStatusImpossible: refused('Kubernetes allows status.loadBalancer only for Services of type LoadBalancer'),
  TemplateBroken: lost('the text of the custom template is not a valid template'),
  TemplateFailed: lost('the custom template makes no configuration for the group'),
  TemplateObjectRefused: refused('the custom template makes an object that is not allowed'),
  TemplatePodsUnable: refused(
    "the DaemonSet of the custom template runs a program that its image lacks, or has no container of the operator's image",
  ),
  TemplateRouterWithoutId: lost('a virtual router of the custom template has no valid id (1-255)'),
  TemplateAddressMissing: lost('the configuration of the custom template does not carry every address'),
  TemplateWarning: hint('the custom template passed parseJson a text that is not a JSON object of strings'),
} as const satisfies Readonly<Record<string, Meaning>>;
export type Reason = keyof typeof REASONS;

export const severityOf = ({ reason }: Pick<Problem, 'reason'>): Severity => REASONS[reason].severity;
export const isHint = (problem: Pick<Problem, 'reason'>): boolean => severityOf(problem) === 'hint';

/** The same problems by severity; among equals in the order that they had. */
export function worstFirst<T extends Pick<Problem, 'reason'>>(problems: readonly T[]): T[] {
  const order = Object.keys(SEVERITIES);
  return [...problems].sort((a, b) => order.indexOf(severityOf(a)) - order.indexOf(severityOf(b)));
}
