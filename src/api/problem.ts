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
  NoAddress: lost('the Service has no IP address to carry yet'),
  InvalidAddress: lost('a text where an IP address is expected is not one'),
  AddressConflict: lost('another Service already holds the address, and the two can not share it'),
  NamespaceNotAllowed: lost('the namespace is not among those that may use the group'),
  AddressNotAllowed: lost('the address is not among those that the group may carry'),
  AddressReserved: lost('the address belongs to the cluster itself, to a gateway of the nodes, or to no single host'),
  AddressAlsoReserved: hint('a Service keeps the address that it holds, although the address is also one of the cluster or of a gateway'),
  AssignedAddressReserved: hint('another controller wrote an address of the cluster into status.loadBalancer; it is not carried'),
  AddressLingers: lost('the address was given up by another Service, and a node that does not answer may still have it'),
  GroupFull: lost('the configuration of the group would be larger than Kubernetes allows'),
  TooManyAddresses: lost('the namespace or the Service holds as many addresses of the group as it may'),
  TooManyRouters: lost('the namespace has as many virtual routers of its own as it may'),
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
  VerbatimRefused: refused('a verbatim line is not among those that a Service may set'),
  KernelSettingsRemain: hint('a verbatim line of the Service has keepalived change settings of the kernel, which stay when it ends'),
  NodeUnsteady: hint('a node was lost several times, and takes its addresses back only after it has been well for a while'),
  NodesSendMuch: hint('groups that run on the same nodes can together send more from one of them than was measured'),
  PreferenceIgnored: hint('an entry of the annotation preferred-nodes of the group can not be followed'),
  NothingForwards: hint('the Service has no cluster IP, ports or selector, so nothing forwards from its addresses to pods'),
  AddressOffNetwork: hint("the address is in no network of the nodes' interface, and has to be routed to the nodes"),
  LoadBalancerIPUnused: hint('nothing assigned the address in spec.loadBalancerIP to the Service'),
  NoHealthCheckPort: hint('externalTrafficPolicy is Local, and there is no port to ask for local endpoints'),
  InterfaceMissing: lost('neither interface nor interfaceFromIP is set'),
  InvalidInterfaceName: lost('no network interface can have the name in spec.interface'),
  UnusualInterfaceName: hint('the name in spec.interface looks like something else than the name of a network interface'),
  InvalidInterfaceAddress: lost('interfaceFromIP is not an IP address'),
  InvalidRouterId: refused('an entry of blacklistRouterIDs is not a virtual router id'),
  RouterIdReserved: hint('something else on the network is known to use the virtual router id'),
  VirtualMacUnfit: hint('nodes use no virtual MAC addresses for IPv4, because settings of their kernel do not allow for it'),
  VrrpSettingsConflict: refused('settings of VRRP exclude each other or are out of range'),
  PriorityClassRefused: hint('the cluster refuses the priority class of the pods, which run without it'),
  PasswordNotApplied: refused('the protocol of some virtual routers has no password'),
  ServiceStatusImpossible: refused('Kubernetes allows status.loadBalancer only for Services of type LoadBalancer'),
  TemplateBroken: lost('the text of the custom template is not a template'),
  TemplateFailed: lost('the custom template makes no configuration for the group'),
  TemplateObjectRefused: refused('the custom template makes an object that it may not make'),
  TemplatePodsUnable: refused('the pods of the custom template can not do what they are for'),
  TemplateRouterWithoutId: lost('a virtual router of the custom template has no id that VRRP knows'),
  TemplateAddressMissing: lost('the configuration of the custom template does not carry every address'),
  TemplateWarning: hint('the custom template met data that it did not expect'),
} as const satisfies Readonly<Record<string, Meaning>>;
export type Reason = keyof typeof REASONS;

export const severityOf = ({ reason }: Pick<Problem, 'reason'>): Severity => REASONS[reason].severity;
export const isHint = (problem: Pick<Problem, 'reason'>): boolean => severityOf(problem) === 'hint';

/** The same problems by severity; among equals in the order that they had. */
export function worstFirst<T extends Pick<Problem, 'reason'>>(problems: readonly T[]): T[] {
  const order = Object.keys(SEVERITIES);
  return [...problems].sort((a, b) => order.indexOf(severityOf(a)) - order.indexOf(severityOf(b)));
}
