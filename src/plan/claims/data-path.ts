import type { Service } from '../../api/core.ts';
import { MOST_NETWORKS } from '../../api/node/report.ts';
import type { Problem, Reason } from '../../api/problem.ts';
import { parseAddress } from '../../net/address.ts';
import { containsAny, type Located, locate, parseRange } from '../../net/range.ts';
import type { PlanInput } from '../input.ts';
import { serviceReference } from '../reference.ts';

/** Tells whether an address is in a network of the interfaces that carry the group; undefined while no node has told its networks. */
export function onLink({ reports }: Pick<PlanInput, 'reports'>): ((address: Located) => boolean) | undefined {
  const networks = [...new Set(reports.flatMap(({ networks = [] }) => networks.slice(0, MOST_NETWORKS)))].flatMap(
    (text) => parseRange(text) ?? [],
  );
  return networks.length === 0 ? undefined : containsAny(networks);
}

/** Why nothing may answer at the addresses of a Service, although they are carried. */
export function dataPathHints(service: Service, addresses: readonly string[], isOnLink: ReturnType<typeof onLink>): Problem[] {
  const object = serviceReference(service);
  const off = isOnLink === undefined ? [] : addresses.filter((text) => isOff(text, isOnLink));
  const hints: [Reason, string | false][] = [
    ['NothingForwards', notForwarded(service)],
    ['LoadBalancerIPUnused', unusedLoadBalancerIP(service, addresses)],
    [
      'AddressOffNetwork',
      off.length > 0 &&
        `${off.slice(0, SHOWN).join(', ')}${off.length > SHOWN ? ` and ${off.length - SHOWN} more` : ''} is in no network of the nodes' interface, so hosts on that network do not ask for it by ARP or NDP; correct the address, or route it to the nodes`,
    ],
  ];
  return hints.flatMap(([reason, message]) => (message === false ? [] : [{ object, reason, message }]));
}

// --- internal ---

const SHOWN = 3;

function isOff(text: string, isOnLink: (address: Located) => boolean): boolean {
  const address = parseAddress(text);
  return address !== undefined && !isOnLink(locate(address));
}

/** kube-proxy forwards from external addresses to the endpoints of Services that have a cluster IP. */
function notForwarded({ spec = {} }: Service): string | false {
  if (spec.type === 'ExternalName')
    return 'the Service is of type ExternalName, which is a name in DNS: nothing forwards from its addresses; use another type with endpoints';
  if (spec.clusterIP === 'None')
    return 'the Service is headless (spec.clusterIP is None): kube-proxy forwards nothing from its addresses; make a second Service with a cluster IP for them';
  if (spec.ports === undefined) return false;
  if (spec.ports.length === 0) return 'the Service has no ports, so nothing forwards from its addresses; add spec.ports';
  return (
    Object.keys(spec.selector ?? {}).length === 0 &&
    'the Service has no selector, so Kubernetes makes no endpoints for it; add spec.selector, unless you write its EndpointSlices yourself'
  );
}

function unusedLoadBalancerIP({ spec = {} }: Service, addresses: readonly string[]): string | false {
  const { loadBalancerIP } = spec;
  if (spec.type !== 'LoadBalancer' || !loadBalancerIP) return false;
  if (addresses.includes(parseAddress(loadBalancerIP)?.text ?? '')) return false;
  return `spec.loadBalancerIP is ${JSON.stringify(loadBalancerIP)}, and nothing assigned that address to the Service; write it into spec.externalIPs, or run something that assigns it`;
}
