import { GROUP_SPEC } from '../../api/group/spec-schema.ts';
import { GROUP_STATUS } from '../../api/group/status-schema.ts';
import { API_VERSION, KIND, POOL_KIND, VIRTUAL_IP_KIND } from '../../api/names.ts';
import { POOL_SPEC } from '../../api/pool/spec-schema.ts';
import type { Schema } from '../../api/schema.ts';
import { VIRTUAL_IP_SPEC } from '../../api/virtual-ip/schema.ts';
import type { Shape } from './shape.ts';

/** A kind of object that `plan` reads, and what it reads of it. */
export interface ReadKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shape: Shape;
}

const TEXTS: Shape = { '*': 'string' };
const METADATA: Shape = { name: 'string', namespace: 'string', labels: TEXTS, annotations: TEXTS, creationTimestamp: 'string' };
const CONDITIONS: Shape = [{ 'type!': 'string', 'status!': 'string' }];

const GROUP: Shape = { metadata: METADATA, spec: shapeOf(GROUP_SPEC), status: shapeOf(GROUP_STATUS) };

const SERVICE: Shape = {
  metadata: METADATA,
  spec: {
    type: 'string',
    externalIPs: ['string'],
    externalTrafficPolicy: 'string',
    healthCheckNodePort: 'number',
    clusterIP: 'string',
    loadBalancerIP: 'string',
    loadBalancerClass: 'string',
    ipFamilies: ['string'],
    ipFamilyPolicy: 'string',
    ports: ['any'],
    selector: TEXTS,
  },
  status: { loadBalancer: { ingress: [{ ip: 'string', hostname: 'string' }] } },
};

const NODE: Shape = {
  metadata: METADATA,
  spec: { unschedulable: 'boolean', podCIDRs: ['string'], taints: [{ 'key!': 'string', value: 'string', 'effect!': 'string' }] },
  status: { addresses: [{ 'type!': 'string', 'address!': 'string' }], conditions: CONDITIONS },
};

const POD: Shape = { metadata: METADATA, spec: { nodeName: 'string' }, status: { phase: 'string', hostIP: 'string' } };

const ENDPOINT_SLICE: Shape = { metadata: METADATA, endpoints: [{ nodeName: 'string', conditions: { ready: 'boolean' } }] };

/** The kinds that a plan or a simulation is made from; others are passed over. */
export const READ_KINDS: readonly ReadKind[] = [
  { apiVersion: API_VERSION, kind: KIND, namespaced: true, shape: GROUP },
  { apiVersion: 'v1', kind: 'Service', namespaced: true, shape: SERVICE },
  { apiVersion: API_VERSION, kind: POOL_KIND, namespaced: false, shape: { metadata: METADATA, spec: shapeOf(POOL_SPEC) } },
  { apiVersion: API_VERSION, kind: VIRTUAL_IP_KIND, namespaced: false, shape: { metadata: METADATA, spec: shapeOf(VIRTUAL_IP_SPEC) } },
  { apiVersion: 'v1', kind: 'Node', namespaced: false, shape: NODE },
  { apiVersion: 'v1', kind: 'Namespace', namespaced: false, shape: { metadata: METADATA } },
  { apiVersion: 'v1', kind: 'ResourceQuota', namespaced: true, shape: { metadata: METADATA, spec: { hard: { '*': 'any' } } } },
  { apiVersion: 'v1', kind: 'Pod', namespaced: true, shape: POD },
  { apiVersion: 'v1', kind: 'Secret', namespaced: true, shape: { metadata: METADATA, data: TEXTS, stringData: TEXTS } },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespaced: true, shape: ENDPOINT_SLICE },
];

// --- internal ---

/** The shape that a schema of a CustomResourceDefinition asks for; what may be of several types is not looked at. */
function shapeOf({ type, properties = {}, additionalProperties, items = {} }: Schema): Shape {
  if (type === 'array') return [shapeOf(items)];
  if (type === 'integer') return 'number';
  if (type !== 'object') return type ?? 'any';
  const fields = Object.entries(properties).map(([key, schema]): [string, Shape] => [key, shapeOf(schema)]);
  return Object.fromEntries([...fields, ...(additionalProperties ? [['*', shapeOf(additionalProperties)] as const] : [])]);
}
