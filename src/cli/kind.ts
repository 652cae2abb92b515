import { API_VERSION, KIND } from '../api/names.ts';
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

/** Amounts may be numbers or texts. */
const RESOURCES: Shape = { requests: {}, limits: {} };

const GROUP: Shape = {
  metadata: METADATA,
  spec: {
    image: 'string',
    interface: 'string',
    interfaceFromIP: 'string',
    nodeSelector: TEXTS,
    passwordAuth: { secretRef: { name: 'string' }, secretKey: 'string' },
    verbatimConfig: TEXTS,
    blacklistRouterIDs: ['number'],
    unicastEnabled: 'boolean',
    daemonsetPodPriorityClassName: 'string',
    daemonsetPodAnnotations: TEXTS,
    fences: {
      ...{ namespaces: ['string'], addresses: ['string'], excludedAddresses: ['string'], verbatimKeys: ['string'] },
      ...{ addressesPerNamespace: 'number', addressesPerService: 'number' },
    },
    segment: 'string',
    vrrp: {
      version: 'number',
      advertIntervalMilliseconds: 'number',
      preempt: 'boolean',
      preemptDelaySeconds: 'number',
      gratuitousARP: { repeats: 'number', refreshSeconds: 'number' },
    },
    resources: { keepalived: RESOURCES, agent: RESOURCES },
    tolerations: [{ key: 'string', operator: 'string', value: 'string', effect: 'string', tolerationSeconds: 'number' }],
    imagePullSecrets: [{ name: 'string' }],
    imagePullPolicy: 'string',
  },
  status: { routerIDs: { '*': 'number' }, holders: TEXTS, conditions: CONDITIONS },
};

const SERVICE: Shape = {
  metadata: METADATA,
  spec: { type: 'string', externalIPs: ['string'], externalTrafficPolicy: 'string', healthCheckNodePort: 'number' },
  status: { loadBalancer: { ingress: [{ ip: 'string', hostname: 'string' }] } },
};

const NODE: Shape = {
  metadata: METADATA,
  spec: { unschedulable: 'boolean', podCIDRs: ['string'] },
  status: { addresses: [{ 'type!': 'string', 'address!': 'string' }], conditions: CONDITIONS },
};

const POD: Shape = { metadata: METADATA, spec: { nodeName: 'string' }, status: { phase: 'string', hostIP: 'string' } };

/** The kinds that a plan is made from; others are passed over. */
export const READ_KINDS: readonly ReadKind[] = [
  { apiVersion: API_VERSION, kind: KIND, namespaced: true, shape: GROUP },
  { apiVersion: 'v1', kind: 'Service', namespaced: true, shape: SERVICE },
  { apiVersion: 'v1', kind: 'Node', namespaced: false, shape: NODE },
  { apiVersion: 'v1', kind: 'Pod', namespaced: true, shape: POD },
  { apiVersion: 'v1', kind: 'Secret', namespaced: true, shape: { metadata: METADATA, data: TEXTS, stringData: TEXTS } },
];
