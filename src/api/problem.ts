import type { ObjectReference } from './core.ts';

/** Why something that was asked for isn't done, or not wholly; the same word in condition, Event, log and metric. */
export interface Problem {
  /** The object that holds what has to be corrected. */
  readonly object: ObjectReference;
  readonly reason: Reason;
  /** What was found, what is expected, what to do. */
  readonly message: string;
}

export const REASONS = {
  MalformedGroupReference: 'the annotation that names the group is not namespace/name',
  NoAddress: 'the Service has no IP address to carry yet',
  InvalidAddress: 'a text in the place of an IP address is none',
  AddressConflict: 'another Service has the address already',
  NamespaceNotAllowed: 'the namespace is not among those that may use the group',
  AddressNotAllowed: 'the address is not among those that the group may carry',
  AddressReserved: 'the address belongs to the cluster itself, to a gateway of the nodes, or to no single host',
  TooManyAddresses: 'the namespace or the Service has as many addresses of the group as it may have',
  TooManyRouters: 'the namespace has as many virtual routers of its own as it may have',
  FenceMalformed: 'an entry of spec.fences is none',
  RouterIdsExhausted: 'no virtual router id is free',
  RouterIdShared: 'another group uses the same virtual router id',
  VerbatimMalformed: 'the verbatim annotation is no JSON object of strings',
  VerbatimRefused: 'a verbatim line is not among those that a Service may set',
  NoHealthCheckPort: 'externalTrafficPolicy is Local, and there is no port to ask for local endpoints',
  InterfaceMissing: 'neither interface nor interfaceFromIP is set',
  InvalidInterfaceAddress: 'interfaceFromIP is no IP address',
  InvalidRouterId: 'a blacklisted virtual router id is none',
  RouterIdReserved: 'something else on the network is known to use the virtual router id',
  VrrpSettingsConflict: 'settings of VRRP exclude each other or are out of range',
  PasswordNotApplied: 'the protocol of some virtual routers has no password',
  ServiceStatusImpossible: 'Kubernetes allows status.loadBalancer only for Services of type LoadBalancer',
  TemplateBroken: 'the text of the custom template is no template',
  TemplateFailed: 'the custom template makes no configuration for the group',
  TemplateObjectRefused: 'the custom template makes an object that it may not make',
  TemplatePodsUnable: 'the pods of the custom template can not do what they are for',
  TemplateRouterWithoutId: 'a virtual router of the custom template has no id that VRRP knows',
  TemplateAddressMissing: 'the configuration of the custom template does not carry every address',
  TemplateWarning: 'the custom template met data that it did not expect',
} as const;
export type Reason = keyof typeof REASONS;
