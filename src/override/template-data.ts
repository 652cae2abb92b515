import type { Pod, Service } from '../api/core.ts';
import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import { SERVICE_ANNOTATIONS } from '../api/names.ts';
import { parseAddress } from '../net/address.ts';
import { byText } from '../net/text-order.ts';
import { isCarrier } from '../plan/ids/carrier.ts';
import type { Settings } from '../plan/input.ts';
import type { Plan } from '../plan/plan.ts';
import { keyOf } from '../plan/reference.ts';
import { namesakeOf } from '../plan/sharing/router-names.ts';
import type { VirtualRouter } from '../plan/virtual-router.ts';
import { confOf } from '../render/config.ts';
import type { TemplateData } from '../template/render-template.ts';
import { blocksOf, printedWords } from './blocks.ts';
import { singleLines } from './single-line.ts';

/** What a custom template is rendered from, besides the plan. */
export interface OverrideInput {
  readonly plan: Plan;
  /** Services that name the group, with all that the API holds of them. */
  readonly services: readonly Service[];
  readonly pods: readonly Pod[];
  readonly settings: Settings;
  readonly supportsPodMonitor: boolean;
}

/** Stands in `.Misc.authPass` for the password, which only the nodes know. */
export const PASSWORD_STAND_IN = 'set-by-agent';

/**
 * The data of the Go operator, as far as the plan accepts it: Services that have a virtual router of their own, with the addresses and verbatim
 * lines that they were given. A text that would begin a new line isn't in it.
 */
export function templateData({ plan, services, pods, settings, supportsPodMonitor }: OverrideInput): TemplateData {
  return {
    KeepalivedGroup: singleLines(acceptedGroup(plan)),
    Services: [...services].sort(byNamespaceAndName).flatMap((service) => acceptedService(service, plan) ?? []),
    KeepalivedPods: [...pods].sort((a, b) => byText(a.metadata.name, b.metadata.name)).map(podOnHostNetwork),
    Misc: {
      image: settings.agentImage,
      supportsPodMonitor: String(supportsPodMonitor),
      authPass: plan.password === undefined ? '' : PASSWORD_STAND_IN,
    },
    Blocks: blocksOf(confOf(plan)),
  };
}

// --- internal ---

const byNamespaceAndName = (a: Service, b: Service): number =>
  byText(a.metadata.namespace ?? '', b.metadata.namespace ?? '') || byText(a.metadata.name, b.metadata.name);

/** A Service that has the virtual router of one that left it has the router's id by its own name, too: templates look it up there. */
function acceptedGroup({ group, globals, routerIds, routers }: Plan): KeepalivedGroup {
  const inherited = routers.flatMap((router) => {
    const [key, namesake] = [inTemplate(router), namesakeOf(router.name)];
    const rest = router.name.slice(namesake.length).replace(/^\/ipv6$/, '');
    return key === undefined || key === namesake ? [] : [[`${key}${rest}`, router.id] as const];
  });
  const verbatimConfig = Object.fromEntries(globals.map((line) => [line.keyword, printedWords(line)]));
  return {
    ...group,
    spec: { ...group.spec, ...(group.spec?.verbatimConfig && { verbatimConfig }) },
    status: { ...group.status, routerIDs: { ...Object.fromEntries(inherited), ...routerIds } },
  };
}

function acceptedService(service: Service, { routers }: Plan): object | undefined {
  const key = keyOf(service);
  const own = routers.filter((router) => inTemplate(router) === key);
  if (own.length === 0) return undefined;
  const addresses = new Set(own.flatMap((router) => router.addresses));
  const { metadata, spec, status } = service;
  return singleLines({
    ...service,
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...verbatimAnnotation(service, own) } },
    spec: { ...spec, externalIPs: (spec?.externalIPs ?? []).flatMap((text) => within(addresses, text)) },
    status: { ...status, loadBalancer: { ...status?.loadBalancer, ingress: ingressWithin(service, addresses) } },
  });
}

/** The Service that is to have the virtual router in a template: the one that it is called after, else the first that is on it. */
function inTemplate({ name, services }: VirtualRouter): string | undefined {
  if (isCarrier(name.split('/', 1)[0] ?? '')) return undefined;
  const keys = services.map(({ service }) => `${service.namespace}/${service.name}`);
  return keys.includes(namesakeOf(name)) ? namesakeOf(name) : keys[0];
}

function ingressWithin({ spec, status }: Service, addresses: ReadonlySet<string>): object[] {
  const ingress = spec?.type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []) : [];
  return ingress.flatMap((entry) => within(addresses, entry.ip ?? '').map((ip) => ({ ...entry, ip })));
}

/** The address in its one form, if it is one of these. */
function within(addresses: ReadonlySet<string>, text: string): string[] {
  const address = parseAddress(text)?.text;
  return address !== undefined && addresses.has(address) ? [address] : [];
}

function verbatimAnnotation({ metadata }: Service, routers: readonly VirtualRouter[]): Record<string, string> {
  const name = SERVICE_ANNOTATIONS.verbatim;
  if (metadata.annotations?.[name] === undefined) return {};
  const lines = routers[0]?.verbatim ?? [];
  return { [name]: JSON.stringify(Object.fromEntries(lines.map((line) => [line.keyword, printedWords(line)]))) };
}

/** The group's pods have the network of their host, so the two addresses are one. */
const podOnHostNetwork = (pod: Pod): object =>
  singleLines({ ...pod, status: { ...pod.status, ...(pod.status?.hostIP && { podIP: pod.status.hostIP }) } });
