import { ALLOCATION_ANNOTATIONS, LOAD_BALANCER_CLASS } from '../../api/names.ts';
import type { ExternalIPs } from './external-ips.ts';

/** What a Service with external IPs is to become, so that it gets the same addresses of its pool: `--convert` prints it, `--apply` writes it. */
export interface Conversion {
  readonly annotations: Readonly<Record<string, string>>;
  /** Part of its `spec`. The class can be set only while the type changes. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** The JSON patch that comes last; it fails if somebody changed the external IPs meanwhile. */
  readonly emptying: readonly object[];
}

export function conversionOf({ addresses, type, written }: ExternalIPs): Conversion {
  const isBalancer = type === 'LoadBalancer';
  return {
    annotations: { [ALLOCATION_ANNOTATIONS.addresses]: addresses.join(',') },
    spec: isBalancer ? {} : { type: 'LoadBalancer', loadBalancerClass: LOAD_BALANCER_CLASS, allocateLoadBalancerNodePorts: false },
    emptying: [
      { op: 'test', path: '/spec/externalIPs', value: written },
      { op: 'remove', path: '/spec/externalIPs' },
    ],
  };
}

/** Commands that give the Service the same addresses of its pool: at no step is it without them. */
export function commandsOf(one: ExternalIPs): string[] {
  const { annotations, spec, emptying } = conversionOf(one);
  const service = serviceArguments(one);
  const named = Object.entries(annotations).map(([name, value]) => `${name}=${value}`);
  const shown = one.addresses.map(
    (address) => `test "$(kubectl get ${service} -o jsonpath='{.status.loadBalancer.ingress[?(@.ip=="${address}")].ip}')"`,
  );
  return [
    `kubectl annotate --overwrite ${service} ${named.join(' ')}`,
    ...(Object.keys(spec).length > 0 ? [`kubectl patch ${service} --patch '${JSON.stringify({ spec })}'`] : []),
    `until ${shown.join(' && ')}; do sleep 1; done`,
    `kubectl patch ${service} --type=json --patch '${JSON.stringify(emptying)}'`,
  ];
}

/** Commands that make the Service what it was before, while its external IPs are still there. */
export function wayBack(one: ExternalIPs): string {
  const service = serviceArguments(one);
  const spec = { type: one.type, loadBalancerClass: null, allocateLoadBalancerNodePorts: null };
  const typed = one.type === 'LoadBalancer' ? [] : [`kubectl patch ${service} --type=merge --patch '${JSON.stringify({ spec })}'`];
  return [...typed, `kubectl annotate ${service} ${ALLOCATION_ANNOTATIONS.addresses}-`].join(' && ');
}

// --- internal ---

const serviceArguments = ({ namespace, name }: ExternalIPs): string => `service -n ${namespace} ${name}`;
