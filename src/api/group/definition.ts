import { API_GROUP, API_VERSION, KIND, PLURAL } from '../names.ts';
import { fields } from '../schema.ts';
import { GROUP_SPEC } from './spec-schema.ts';
import { GROUP_STATUS } from './status-schema.ts';

/** The CustomResourceDefinition of KeepalivedGroup. */
export const GROUP_DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${PLURAL}.${API_GROUP}` },
  spec: {
    group: API_GROUP,
    names: { kind: KIND, listKind: `${KIND}List`, plural: PLURAL, singular: KIND.toLowerCase() },
    scope: 'Namespaced',
    versions: [
      {
        name: API_VERSION.slice(API_GROUP.length + 1),
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'VIPs', type: 'integer', jsonPath: '.status.virtualIPs.planned' },
          { name: 'Held', type: 'integer', jsonPath: '.status.virtualIPs.observed', description: 'VIPs that exactly one node has' },
          { name: 'Owners', type: 'string', jsonPath: '.status.owners', description: 'VIPs of each node' },
          { name: 'Accepted', type: 'string', jsonPath: '.status.conditions[?(@.type=="Accepted")].status' },
          { name: 'Nodes', type: 'integer', jsonPath: '.status.nodes.desired', priority: 1 },
          { name: 'Current', type: 'integer', jsonPath: '.status.nodes.current', priority: 1 },
          { name: 'Interface', type: 'string', jsonPath: '.spec.interface', priority: 1 },
          { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason', priority: 1 },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: {
          openAPIV3Schema: fields(
            'Nodes that carry the virtual IPs of the Services that name this group, by keepalived (VRRP).',
            {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: GROUP_SPEC,
              status: GROUP_STATUS,
            },
            {
              'x-kubernetes-validations': [
                {
                  rule: 'self.metadata.name.size() <= 63',
                  message: "the group's name is a label of its pods, so it has at most 63 characters",
                },
              ],
            },
          ),
        },
      },
    ],
  },
} as const;
